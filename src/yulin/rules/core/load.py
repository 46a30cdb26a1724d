"""From a pack's files to a pack: every defect is found here, named with file, line and path, or there is none.

The version of a pack is the SHA-256 of its law in canonical form (comments and layout do not count, order does), so a
decision that stores it can be recomputed against the very text.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from yulin.base.text import Text
from yulin.rules.core.context import ROW_KEYS, Context
from yulin.rules.core.entries import Entry, parse_entries
from yulin.rules.core.load_cases import load_cases
from yulin.rules.core.load_scheme import SCHEME_KEYS, load_scheme
from yulin.rules.core.load_scores import load_groups, load_scores
from yulin.rules.core.load_series import load_series
from yulin.rules.core.manager_values import manager_source
from yulin.rules.core.nodes import Expression, FactRef
from yulin.rules.core.pack import (
    DECISIONS,
    KINDS,
    VERIFIED,
    Case,
    ClassRow,
    ClassTable,
    Condition,
    Days,
    Ladder,
    OutcomeRule,
    Pack,
    Parameter,
    Rung,
    Series,
)
from yulin.rules.core.vocabulary import BOOL, POINTS, RATIO, Type, Vocabulary
from yulin.rules.errors import ExpressionNameError, PackFormError, PackKeyError, Where

_HEADER = frozenset(
    {"id", "kind", "title", "document", "authority", "effective", "applies_to", "verified", "source", "zone",
     "currency", "replaces", "note", "parameters"}
)  # fmt: skip
_SECTIONS = frozenset(
    {"conditions", "routes", "scores", "groups", "direct_pass", "outcome", "classes", "ladder", "series", "terms"}
)


def load_pack(
    texts: Mapping[str, str], vocabulary: Vocabulary, manager_values: Mapping[str, Any] | None = None
) -> Pack:
    """Read a pack from its files (`pack.yaml` and, if any, `cases.yaml`).

    `manager_values` maps paths of entries that the pack leaves to the manager (`set_by: manager`) to their values.

    Raises: RULES.PACK.FORM, RULES.PACK.KEY, RULES.EXPRESSION.*, each with file, line and path.
    """
    if "pack.yaml" not in texts:
        raise PackKeyError(Where("pack.yaml"), Text("缺少 pack.yaml。", "pack.yaml is missing."))
    root = filled(parse_entries(texts["pack.yaml"], place_of(texts, "pack.yaml")), manager_values)
    cases = parse_entries(texts["cases.yaml"], place_of(texts, "cases.yaml")) if "cases.yaml" in texts else None
    return pack_of(texts, root, cases, vocabulary)


def pack_of(texts: Mapping[str, str], root: Entry, cases: Entry | None, vocabulary: Vocabulary) -> Pack:
    """Read a pack from the entries of its files.

    Raises: RULES.PACK.FORM, RULES.PACK.KEY, RULES.EXPRESSION.*, each with file, line and path.
    """
    kind = root.need("kind").one_of(KINDS)
    root.keys(_HEADER | (SCHEME_KEYS if kind == "scheme" else _SECTIONS), {"id", "title", "document", "effective"})
    return _Loader(root, kind, vocabulary).pack(texts, load_cases(cases, kind) if cases else ())


def place_of(texts: Mapping[str, str], name: str) -> str:
    """Return how places name a file; the folder is the pack's id, so that a draft's read `gz-credit-2021/pack.yaml:12`.

    >>> place_of({"pack.yaml": "id: demo # invented"}, "cases.yaml")
    'demo/cases.yaml'
    """
    for line in texts["pack.yaml"].splitlines():
        if line.startswith("id:"):
            return line.removeprefix("id:").split("#")[0].strip().strip("'\"") + "/" + name
    return name


class _Loader:
    """Reads the header once and each section with what is known so far."""

    def __init__(self, root: Entry, kind: str, vocabulary: Vocabulary) -> None:
        self.root, self.kind = root, kind
        self.verified = root.need("verified").one_of(VERIFIED) if "verified" in root else "yes"
        self.ctx = Context(vocabulary, self.verified, self.text("source"))

    def text(self, key: str, default: str = "") -> str:
        return self.root.need(key).text() if key in self.root else default

    def pack(self, texts: Mapping[str, str], cases: tuple[Case, ...]) -> Pack:
        root, days = self.root, _days(self.root.need("effective"))
        parameters = self.parameters()
        conditions = self.ctx.conditions(*self.condition_section())
        routes = self.ctx.conditions("routes", self.root.get("routes"))
        scores = load_scores(self.ctx, root.get("scores"))
        series = load_series(self.ctx, root.get("series"))
        found = Pack(
            id=self.text("id"), kind=self.kind, title=root.need("title").said(), document=self.text("document"),
            authority=root.need("authority").said() if "authority" in root else Text("", ""),
            effective_from=days.first, effective_until=days.until, applies_to=self.applies_to(days),
            verified=self.verified, source=self.text("source"), zone=self.text("zone", "Asia/Shanghai"),
            currency=self.text("currency", "CNY"), version=version_of(root), vocabulary=self.ctx.vocabulary,
            where=root.where, note=root.need("note").said() if "note" in root else None, replaces=self.replaces(),
            parameters=parameters, conditions=conditions, routes=routes, direct_pass=self.direct_pass(), scores=scores,
            groups=load_groups(self.ctx, root.get("groups"), scores), classes=self.classes(),
            series=series, terms=self.terms(series),
            scheme=load_scheme(root, self.ctx) if self.kind == "scheme" else None,
            cases=cases, texts=dict(texts),
        )  # fmt: skip
        found = replace(found, ladder=self.ladder(results_of(found)))
        return _checked(replace(found, outcome=self.outcome(found)))

    def applies_to(self, days: Days) -> dict[str, Days]:
        """Read the kinds of decision: a list, or a mapping to the days on which the version rules each."""
        entry = self.root.get("applies_to")
        if entry is None:
            return dict.fromkeys(DECISIONS, days)
        if isinstance(entry.value, list):
            return {part.one_of(DECISIONS): days for part in entry.sequence()}
        found = {Entry(key, part.where).one_of(DECISIONS): _days(part, days) for key, part in entry.items()}
        for key, each in found.items():
            if each.first < days.first or (days.until and (each.until is None or each.until > days.until)):
                raise PackFormError(
                    entry.need(key).where,
                    Text(f"“{key}”的区间超出规则包的生效区间。", f"The days of “{key}” leave those of the pack."),
                )
        return found

    def replaces(self) -> str:
        """Return the id of the version before; a scheme says more about it, which the scheme's reader reads."""
        entry = self.root.get("replaces")
        if entry is None:
            return ""
        return entry.need("pack").text() if isinstance(entry.value, dict) else entry.text()

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
            value = self.parameter(part.need("value") if is_row else part, key)
            row = self.ctx.row(f"parameters.{key}", part if is_row else Entry({}, part.where), value)
            found[key] = Parameter(row, value)
            name = f"parameters.{key}"
            self.ctx = self.ctx.with_names({name: value.node}, frozenset({name}) if row.is_unverified else frozenset())
        return found

    def parameter(self, entry: Entry, key: str) -> Expression:
        """Read a parameter's value; one that uses itself, or one below it, would never come to an end."""
        try:
            return self.ctx.expression(entry)
        except ExpressionNameError as error:
            name = str(error.facts["name"])
            if name not in {f"parameters.{each}" for each in self.root.need("parameters").mapping()}:
                raise
            raise ExpressionNameError(
                entry.where,
                Text(f"参数“{key}”用到“{name}”，它不在前面。", f"“{key}” uses “{name}”, which does not stand above."),
                Text("参数只能用写在前面的参数，不能引用自身或循环引用。",
                     "A parameter may use those above it, neither itself nor in a circle."),
                name=name,
            ) from error  # fmt: skip

    def direct_pass(self) -> Condition | None:
        entry = self.root.get("direct_pass")
        return self.ctx.condition("direct_pass", entry) if entry else None

    def outcome(self, found: Pack) -> OutcomeRule | None:
        entry = self.root.get("outcome") if self.kind != "scheme" else None
        if entry is None and (found.ladder or not found.conditions):
            return None
        entry = entry or Entry({"met": Entry("conditions", self.root.where)}, self.root.where)
        entry.keys(ROW_KEYS | {"met", *found.applies_to}, {"met"})
        names = results_of(found)
        met = self.ctx.expression(entry.need("met"), names=names, expected=BOOL)
        others = {
            key: self.ctx.expression(entry.need(key), names=names, expected=BOOL)
            for key in found.applies_to
            if key in entry
        }
        return OutcomeRule(self.ctx.row("outcome", entry, met, *others.values()), met, others)

    def terms(self, series: Mapping[str, Series]) -> dict[str, Parameter]:
        """Read what follows on the calendar or in money: each a value that an assessment states beside its outcome."""
        entry = self.root.get("terms")
        found = {}
        for key, part in entry.items() if entry else ():
            part.keys(ROW_KEYS | {"value"}, {"value"})
            value = self.ctx.expression(part.need("value"), names={f"series.{name}": RATIO for name in series})
            found[key] = Parameter(self.ctx.row(f"terms.{key}", part, value), value)
        return found

    def ladder(self, names: Mapping[str, Type]) -> Ladder | None:
        """Read classes by rules: `order` from the strongest class to the one that is left, each rule naming a class."""
        entry = self.root.get("ladder")
        if entry is None:
            return None
        entry.keys({"list", "order", "rules"}, {"list", "order", "rules"})
        name = entry.need("list").one_of(self.ctx.vocabulary.lists)
        members = self.ctx.vocabulary.lists[name].members
        order = tuple(part.one_of(members) for part in entry.need("order").sequence())
        rungs = {}
        for key, part in entry.need("rules").items():
            part.keys(ROW_KEYS | {"when", "class", "undefined"}, {"when", "class"})
            bare = Entry({k: v for k, v in part.mapping().items() if k != "class"}, part.where)
            condition = self.ctx.condition(f"ladder.{key}", bare, names=names, key="when")
            rungs[key] = Rung(condition.row, condition.that, condition.undefined, part.need("class").one_of(order[:-1]))
        return Ladder(name, order, rungs)

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


def results_of(pack: Pack) -> dict[str, Type]:
    """Return the names under which a pack's rows can be used in its outcome and its ladder."""
    names = {"conditions": BOOL, **{f"conditions.{key}": BOOL for key in pack.conditions}}
    if pack.routes:
        names |= {"routes": BOOL, **{f"routes.{key}": BOOL for key in pack.routes}}
    if pack.scores:
        names |= {"total": POINTS, **{f"scores.{key}": POINTS for key in pack.scores}}
    names |= {f"groups.{key}": POINTS for key in pack.groups}
    return names | ({"direct_pass": BOOL} if pack.direct_pass else {})


def _checked(pack: Pack) -> Pack:
    """Refuse an outcome that, in some kind of decision, uses a row that does not count there."""
    for decision in pack.applies_to:
        ruling = pack.deciding(decision)
        if ruling.outcome is None:
            continue
        known = results_of(ruling)
        for name in sorted(ruling.outcome.met.names - known.keys()):
            if not name.startswith("parameters."):
                raise ExpressionNameError(
                    ruling.outcome.met.where,
                    Text(f"“{name}”在“{decision}”中不适用。", f"“{name}” does not count in “{decision}”."),
                    Text(f"为“{decision}”另写一条结论。", f"Write an outcome of its own for “{decision}”."),
                    name=name,
                )
    return pack


def _days(entry: Entry, within: Days | None = None) -> Days:
    """Read `{from, until}`; inside another interval both ends default to its own."""
    entry.keys({"from", "until"}, () if within else {"from"})
    first = entry.need("from").day() if within is None or "from" in entry else within.first
    until = entry.get("until")
    last = until.day() if until and until.value is not None else within.until if within else None
    if last is not None and last <= first:
        raise PackFormError(entry.where, Text("生效区间为空。", "The effective interval is empty."))
    return Days(first, last)


def version_of(root: Entry) -> str:
    """Return the content hash of a pack's law: SHA-256 of its canonical JSON, keys in the order of the text."""
    return "sha256:" + hashlib.sha256(_canonical(root)).hexdigest()


def canonical_law(texts: Mapping[str, str], manager_values: Mapping[str, Any] | None = None) -> bytes:
    """Return the canonical JSON of a pack's law, the very bytes whose SHA-256 is its version.

    Raises: RULES.PACK.FORM.
    """
    return _canonical(filled(parse_entries(texts["pack.yaml"], "pack.yaml"), manager_values))


def _canonical(root: Entry) -> bytes:
    return json.dumps(root.plain(), ensure_ascii=False, separators=(",", ":")).encode()


def filled(root: Entry, manager_values: Mapping[str, Any] | None) -> Entry:
    """Return the entries of a pack with the manager's values filled in.

    Raises: RULES.PACK.FORM, RULES.PACK.KEY.
    """
    for path, value in _ordered(manager_values or {}).items():
        root = _with_manager_value(root, path.split("."), value)
    return root


def _ordered(value: Any) -> Any:
    """Return plain values with the keys of objects in the order of a database's JSON, which keeps no other.

    So values that were kept and read again make the same law, with the same version, as when they were drafted.
    """
    if isinstance(value, Mapping):
        return {key: _ordered(value[key]) for key in sorted(value, key=lambda key: (len(key.encode()), key.encode()))}
    return [_ordered(part) for part in value] if isinstance(value, list | tuple) else value


def _with_manager_value(root: Entry, path: list[str], value: Any) -> Entry:
    """Return the tree with the value at `path` filled in; only entries marked `set_by: manager` may be filled."""
    if not path:
        is_open = "set_by" in root and root.need("set_by").text() == "manager"
        if not is_open:
            raise PackFormError(root.where, Text("此项不由管理机构填写。", "This entry is not the manager's to fill."))
        filled = value if isinstance(value, dict) else {"value": value}
        # Decided, and still no law that anybody has read.
        marks = {"verified": "partly", "source": manager_source()}
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
