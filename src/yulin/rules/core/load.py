"""From a pack's files to a pack: every defect is found here, named with file, line and path, or there is none.

The version of a pack is the SHA-256 of its law in canonical form (comments and layout do not count, order does), so a
decision that stores it can be recomputed against the very text.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import Any

from yulin.base.text import Text
from yulin.rules.core.context import ROW_KEYS, Context, undefined_missing
from yulin.rules.core.entries import Entry, read_entries
from yulin.rules.core.load_scheme import SCHEME_KEYS, load_scheme
from yulin.rules.core.nodes import FactRef
from yulin.rules.core.pack import (
    KINDS,
    VERIFIED,
    Bands,
    BestOf,
    Case,
    ClassRow,
    ClassTable,
    FirstOf,
    OutcomeRule,
    Pack,
    Parameter,
    PointsWhen,
    Score,
    Scoring,
    Step,
    SumOf,
    expressions_of,
)
from yulin.rules.core.vocabulary import BOOL, POINTS, Vocabulary
from yulin.rules.errors import PackFormError, PackKeyError, Where

_HEADER = frozenset(
    {"id", "kind", "title", "document", "authority", "effective", "applies_to", "verified", "source", "zone",
     "currency", "replaces", "note", "parameters"}
)  # fmt: skip
_SECTIONS = frozenset({"conditions", "scores", "direct_pass", "outcome", "classes"})
_EVERY_CASE = ("new_application", "review", "title_held")
_COMPARATORS = {"at_least": ">=", "above": ">", "up_to": "<=", "below": "<"}


def load_pack(
    texts: Mapping[str, str], vocabulary: Vocabulary, manager_values: Mapping[str, Any] | None = None
) -> Pack:
    """Read a pack from its files (`pack.yaml` and, if any, `cases.yaml`).

    `manager_values` maps paths of entries that the pack leaves to the manager (`set_by: manager`) to their values.

    Raises: RULES.PACK.FORM, RULES.PACK.KEY, RULES.EXPRESSION.*, each with file, line and path.
    """
    if "pack.yaml" not in texts:
        raise PackKeyError(Where("pack.yaml"), Text("缺少 pack.yaml。", "pack.yaml is missing."))
    folder = _folder(texts["pack.yaml"])
    root = read_entries(texts["pack.yaml"], f"{folder}pack.yaml")
    for path, value in (manager_values or {}).items():
        root = _with_manager_value(root, path.split("."), value)
    kind = root.need("kind").one_of(KINDS)
    root.keys(_HEADER | (SCHEME_KEYS if kind == "scheme" else _SECTIONS), {"id", "title", "document", "effective"})
    cases = _cases(texts["cases.yaml"], f"{folder}cases.yaml") if "cases.yaml" in texts else ()
    return _Loader(root, kind, vocabulary).pack(texts, cases)


def _folder(text: str) -> str:
    """Guess the folder from the pack's id, so that places read `gz-credit-2021/pack.yaml:12` also for a draft."""
    for line in text.splitlines():
        if line.startswith("id:"):
            return line.removeprefix("id:").split("#")[0].strip().strip("'\"") + "/"
    return ""


class _Loader:
    """Reads the header once and each section with what is known so far."""

    def __init__(self, root: Entry, kind: str, vocabulary: Vocabulary) -> None:
        self.root, self.kind = root, kind
        self.verified = root.need("verified").one_of(VERIFIED) if "verified" in root else "yes"
        self.ctx = Context(vocabulary, self.verified, self.text("source"))

    def text(self, key: str, default: str = "") -> str:
        return self.root.need(key).text() if key in self.root else default

    def pack(self, texts: Mapping[str, str], cases: tuple[Case, ...]) -> Pack:
        root, effective = self.root, self.root.need("effective").keys({"from", "until"}, {"from"})
        first, until = effective.need("from").day(), effective.get("until")
        last = until.day() if until and until.value is not None else None
        if last is not None and last <= first:
            raise PackFormError(effective.where, Text("生效区间为空。", "The effective interval is empty."))
        parameters = self.parameters()
        conditions = self.ctx.conditions(*self.condition_section())
        direct_pass, scores = self.direct_pass(), self.scores()
        return Pack(
            id=self.text("id"), kind=self.kind, title=root.need("title").said(), document=self.text("document"),
            authority=root.need("authority").said() if "authority" in root else Text("", ""),
            effective_from=first, effective_until=last, applies_to=self.applies_to(), verified=self.verified,
            source=self.text("source"), zone=self.text("zone", "Asia/Shanghai"), currency=self.text("currency", "CNY"),
            version=version_of(root), vocabulary=self.ctx.vocabulary, where=root.where, note=self.text("note"),
            parameters=parameters, conditions=conditions, direct_pass=direct_pass, scores=scores,
            outcome=self.outcome(conditions, scores, direct_pass is not None), classes=self.classes(),
            scheme=load_scheme(root, self.ctx) if self.kind == "scheme" else None,
            cases=cases, texts=dict(texts),
        )  # fmt: skip

    def applies_to(self) -> tuple[str, ...]:
        entry = self.root.get("applies_to")
        return tuple(part.one_of(_EVERY_CASE) for part in entry.sequence()) if entry else _EVERY_CASE

    def condition_section(self) -> tuple[str, Entry | None]:
        section = "eligibility" if self.kind == "scheme" else "conditions"
        return section, self.root.get(section)

    def parameters(self) -> dict[str, Parameter]:
        """Read named values in order; each may use those before it, and each joins the scope."""
        found: dict[str, Parameter] = {}
        entry = self.root.get("parameters")
        for key, part in entry.items() if entry else ():
            is_row = isinstance(part.value, dict)
            if is_row:
                part.keys(ROW_KEYS | {"value"}, {"value"})
            value = self.ctx.expression(part.need("value") if is_row else part)
            row = self.ctx.row(f"parameters.{key}", part if is_row else Entry({}, part.where), value)
            found[key] = Parameter(row, value)
            name = f"parameters.{key}"
            self.ctx = self.ctx.with_names({name: value.node}, frozenset({name}) if row.is_unverified else frozenset())
        return found

    def direct_pass(self) -> Any:
        entry = self.root.get("direct_pass")
        return self.ctx.condition("direct_pass", entry) if entry else None

    def scores(self) -> dict[str, Score]:
        entry = self.root.get("scores")
        return {key: self.score(f"scores.{key}", part) for key, part in entry.items()} if entry else {}

    def score(self, row_id: str, entry: Entry) -> Score:
        entry.keys(ROW_KEYS | {"at_most", *_WAYS})
        rule = self.scoring(entry)
        most = entry.need("at_most").whole() if "at_most" in entry else most_points(rule)
        return Score(self.ctx.row(row_id, entry, *expressions_of(rule)), rule, most)

    def scoring(self, entry: Entry) -> Scoring:
        if "when" in entry:
            entry.keys(ROW_KEYS | {"when", "points", "at_most"}, {"points"})
            return PointsWhen(self.ctx.expression(entry.need("when"), expected=BOOL), entry.need("points").whole())
        way = next((key for key in _GROUPS if key in entry), None)
        if way is not None:
            group: type[BestOf | FirstOf | SumOf] = _GROUPS[way]
            return group(tuple(self.scoring(part) for part in entry.need(way).sequence()))
        return self.bands(entry.need("bands"))

    def bands(self, entry: Entry) -> Bands:
        entry.keys({"of", "undefined", "otherwise", *_COMPARATORS}, {"of"})
        of = self.ctx.expression(entry.need("of"))
        key = next((key for key in _COMPARATORS if key in entry), None)
        if key is None or not of.type.is_numeric:
            raise entry.defect(
                "一个数（of）和一组界限（at_least 等）", "a number (of) and bounds (at_least, above, up_to, below)"
            )
        if of.has_division and "undefined" not in entry:
            raise undefined_missing(entry.need("of"))
        steps = [
            Step(self.ctx.quantity(bound, part.where, of.type), part.whole()) for bound, part in entry.need(key).items()
        ]
        steps.sort(key=lambda step: step.bound, reverse=key in {"at_least", "above"})
        undefined = entry.need("undefined").whole() if "undefined" in entry else None
        otherwise = entry.need("otherwise").whole() if "otherwise" in entry else 0
        return Bands(of, _COMPARATORS[key], tuple(steps), undefined, otherwise)

    def outcome(
        self, conditions: Mapping[str, Any], scores: Mapping[str, Score], has_direct_pass: bool
    ) -> OutcomeRule | None:
        entry = self.root.get("outcome") if self.kind != "scheme" else None
        if entry is None and not conditions:
            return None
        entry = entry or Entry({"met": Entry("conditions", self.root.where)}, self.root.where)
        entry.keys(ROW_KEYS | {"met"}, {"met"})
        names = {"conditions": BOOL, **{f"conditions.{key}": BOOL for key in conditions}}
        if scores:
            names |= {"total": POINTS, **{f"scores.{key}": POINTS for key in scores}}
        if has_direct_pass:
            names["direct_pass"] = BOOL
        met = self.ctx.expression(entry.need("met"), names=names, expected=BOOL)
        return OutcomeRule(self.ctx.row("outcome", entry, met), met)

    def classes(self) -> ClassTable | None:
        entry = self.root.get("classes") if self.kind != "scheme" else None
        if entry is None:
            return None
        entry.keys({"of", "order", "rows"}, {"of", "order", "rows"})
        fact = self.ctx.vocabulary.facts.get(entry.need("of").text())
        if fact is None or fact.type.kind != "member":
            raise entry.need("of").defect("清单类事实", "a fact of a closed list")
        order = tuple(part.text() for part in entry.need("order").sequence())
        members = self.ctx.vocabulary.lists[fact.type.unit].members
        rows = {}
        for member, part in entry.need("rows").items():
            Entry(member, part.where).one_of(members)
            rows[member] = self.class_row(member, part, order)
        return ClassTable(FactRef(fact.type, fact.name), order, rows)

    def class_row(self, member: str, entry: Entry, order: tuple[str, ...]) -> ClassRow:
        entry.keys(ROW_KEYS | set(order[:-1]), order[:-1])
        classes = tuple((name, self.ctx.expression(entry.need(name), expected=BOOL)) for name in order[:-1])
        divided = next((that for _, that in classes if that.has_division), None)
        if divided is not None:
            raise PackFormError(divided.where, Text("划型条件不得含除法。", "A class's question may not divide."))
        return ClassRow(self.ctx.row(f"classes.{member}", entry, *(that for _, that in classes)), member, classes)


_GROUPS: Mapping[str, type[BestOf | FirstOf | SumOf]] = {"best_of": BestOf, "first_of": FirstOf, "sum_of": SumOf}
_WAYS = ("bands", "when", "points", *_GROUPS)


def most_points(rule: Scoring) -> int:
    """Return the most points that a scoring rule can give.

    >>> from yulin.rules.core.language import parse_expression
    >>> most_points(PointsWhen(parse_expression("1 > 0", Vocabulary({})), 30))
    30
    """
    if isinstance(rule, PointsWhen):
        return rule.points
    if isinstance(rule, Bands):
        return max(rule.otherwise, rule.undefined or 0, *(step.points for step in rule.steps))
    each = [most_points(way) for way in rule.ways]
    return sum(each) if isinstance(rule, SumOf) else max(each)


def version_of(root: Entry) -> str:
    """Return the content hash of a pack's law: SHA-256 of its canonical JSON, keys in the order of the text."""
    canonical = json.dumps(root.plain(), ensure_ascii=False, separators=(",", ":"))
    return "sha256:" + hashlib.sha256(canonical.encode()).hexdigest()


def _cases(text: str, file: str) -> tuple[Case, ...]:
    """Read `cases.yaml`: a list of cases, or `{given, cases}` where each case changes some of the given facts."""
    root = read_entries(text, file)
    if isinstance(root.value, list):
        return tuple(_case(part, {}) for part in root.value)
    root.keys({"given", "cases"}, {"given", "cases"})
    return tuple(_case(part, root.need("given").plain()) for part in root.need("cases").sequence())


def _case(entry: Entry, given: Mapping[str, Any]) -> Case:
    entry.keys(None, {"name", "on", "expect"})
    known = {"name", "on", "facts", "expect", "why"}
    facts = entry.get("facts")
    return Case(
        entry.need("name").text(),
        entry.need("on").day(),
        {**given, **(facts.plain() if facts else {})},
        entry.need("expect").plain(),
        entry.where,
        entry.need("why").text() if "why" in entry else "",
        {key: part.plain() for key, part in entry.items() if key not in known},
    )


def _with_manager_value(root: Entry, path: list[str], value: Any) -> Entry:
    """Return the tree with the value at `path` filled in; only entries marked `set_by: manager` may be filled."""
    if not path:
        is_open = "set_by" in root and root.need("set_by").text() == "manager"
        if not is_open:
            raise PackFormError(root.where, Text("此项不由管理机构填写。", "This entry is not the manager's to fill."))
        filled = value if isinstance(value, dict) else {"value": value}
        # Decided, and still no law that anybody has read.
        marks = {"verified": "partly", "source": "受托管理机构填定 · set by the manager"}
        return Entry({**root.mapping(), **_planted(marks | filled, root.where).mapping()}, root.where)
    key, *rest = path
    return Entry({**root.mapping(), key: _with_manager_value(root.need(key), rest, value)}, root.where)


def _planted(value: Any, where: Where) -> Entry:
    """Return a plain value as entries, all at one place."""
    if isinstance(value, dict):
        return Entry({str(key): _planted(part, where.under(str(key))) for key, part in value.items()}, where)
    if isinstance(value, list):
        return Entry([_planted(part, where.under(str(i))) for i, part in enumerate(value)], where)
    return Entry(value, where)
