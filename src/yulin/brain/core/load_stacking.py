"""Reads the law of stacking: YAML files with benefits and the rules between them, each with its clause and its mark.

Every refusal names file, line and path. An amount is written with its unit (100万), `unknown`, or `bonus` where a rule
makes it; zero is no amount. A benefit is for a title, or it is a policy of the library by its key. A rule may speak of
benefits of another file, as a district's of its city's.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from yulin.base.errors import YulinError
from yulin.base.money import parse_fen
from yulin.base.text import Text
from yulin.brain.core.stacking import Benefit, Clause, Level, Rule, RuleKind, check
from yulin.rules.core.entries import Entry, parse_entries
from yulin.rules.errors import PackFormError, PackKeyError, Where, nearest

_CLAUSE = frozenset({"document", "article", "verified", "from", "until", "source", "note"})
_SHARE = re.compile(r"([0-9]{1,4}(?:\.[0-9]{1,2})?)%\Z")
_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,79}\Z")
_MARKS = ("yes", "partly", "no")
_TO = {RuleKind.GIVES_WAY, RuleKind.NEEDS, RuleKind.BONUS}
_OWN_KEYS = {RuleKind.AT_MOST: {"most"}, RuleKind.CAP: {"at_most"}, RuleKind.BONUS: {"share", "at_most"}}
MOST_FEN = 10**11  # one billion yuan: the weighted sums of hundreds of benefits stay whole numbers of 64 bits


@dataclass(frozen=True)
class StackingLaw:
    """All benefits and rules that are known, in the order of their ids."""

    benefits: Mapping[str, Benefit]
    rules: tuple[Rule, ...]

    @property
    def bonus_names(self) -> frozenset[str]:
        """The benefits whose amount a rule makes."""
        return frozenset(rule.members[0] for rule in self.rules if rule.kind is RuleKind.BONUS)

    @property
    def policies(self) -> Mapping[str, str]:
        """The policies of the library that the law speaks of by their keys, each with its benefit."""
        return {one.policy: one.id for one in self.benefits.values() if one.policy}

    def rules_on(self, day: date) -> list[Rule]:
        """Return the rules that are law on a day."""
        return [rule for rule in self.rules if rule.clause.holds_on(day)]


def load_stacking(texts: Mapping[str, str]) -> StackingLaw:
    """Return the law that stands in files, by name.

    **Raises**: `RULES.PACK.FORM`, `RULES.PACK.KEY`, `BRAIN.STACKING.CIRCLE`, `BRAIN.STACKING.CONTRADICTION`.
    """
    roots = [parse_entries(text, name) for name, text in sorted(texts.items())]
    for root in roots:
        root.keys({"title", "benefits", "rules"}, {"title", "benefits"})
        root.need("title").said()
    benefits: dict[str, Benefit] = {}
    for root in roots:
        for name, entry in root.need("benefits").items():
            _unused(name, entry, benefits)
            benefits[name] = _benefit(name, entry)
            _check_once(entry, benefits[name], benefits)
    rules: dict[str, Rule] = {}
    for root in roots:
        for name, entry in _part(root, "rules"):
            _unused(name, entry, rules)
            rules[name] = _rule(name, entry, benefits)
    _check_bonuses(roots, rules)
    ordered = tuple(rules[name] for name in sorted(rules))
    check(ordered)
    return StackingLaw(dict(sorted(benefits.items())), ordered)


def _part(root: Entry, key: str) -> list[tuple[str, Entry]]:
    part = root.get(key)
    return list(part.items()) if part is not None else []


def _unused(name: str, entry: Entry, taken: Mapping[str, Any]) -> None:
    if name in taken:
        raise PackKeyError(entry.where, Text(f"“{name}”已在别处定义。", f"“{name}” is defined elsewhere already."))
    if not _NAME.match(name):
        raise Entry(name, entry.where).defect("小写字母、数字和连字符的编号", "an id of small letters, digits, hyphens")


def _check_once(entry: Entry, one: Benefit, benefits: Mapping[str, Benefit]) -> None:
    """Refuse a policy that is two benefits: it would be paid twice."""
    other = next((each.id for each in benefits.values() if each.policy == one.policy and each.id != one.id), None)
    if one.policy and other is not None:
        said = Text(
            f"政策“{one.policy}”已列为“{other}”。", f"The policy “{one.policy}” is the benefit “{other}” already."
        )
        raise PackKeyError(entry.need("policy").where, said)


def _benefit(name: str, entry: Entry) -> Benefit:
    """Read a benefit: one for titles says where it lies and its amount; the criteria of a policy say where, it what."""
    is_policy = "policy" in entry
    own = {"policy"} if is_policy else {"titles", "area", "amount"}
    entry.keys(
        _CLAUSE | own | {"title", "level", "amount", "ceiling", "stacking"},
        own | {"title", "level", "document", "verified"},
    )
    amount, stacking = entry.get("amount"), entry.get("stacking")
    takes_amount = is_policy and amount is None
    return Benefit(
        id=name,
        title=entry.need("title").said(),
        level=Level(entry.need("level").one_of([*Level])),
        amount_fen=None if takes_amount else _amount(entry.need("amount"), {"unknown", "bonus"}),
        clause=_clause(entry),
        is_ceiling=takes_amount or ("ceiling" in entry and entry.need("ceiling").flag()),
        area="" if is_policy else _area(entry.need("area")),
        titles=() if is_policy else tuple(one.text() for one in entry.need("titles").sequence()),
        policy=entry.need("policy").text() if is_policy else "",
        takes_amount=takes_amount,
        is_stacking_read=stacking is None or stacking.one_of({"read", "unread"}) == "read",
    )


def _amount(entry: Entry, words: set[str]) -> int | None:
    """Read an amount that is more than nothing."""
    text = entry.text()
    if text in words:
        return None
    try:
        fen = parse_fen(text).fen
    except YulinError as error:
        said = error.message if isinstance(error.message, Text) else Text(error.message, error.message)
        raise PackFormError(entry.where, said) from error
    if not 0 < fen <= MOST_FEN:
        raise entry.defect(
            "大于零的金额，读不出的写unknown", "an amount above zero; one that cannot be read is unknown"
        )
    return fen


def _area(entry: Entry) -> str:
    code = entry.text()
    if code != "cn" and not re.fullmatch(r"[0-9]{2}([0-9]{2}){0,2}", code):
        raise entry.defect("区划代码的前2、4或6位，或cn", "the first 2, 4 or 6 digits of a division code, or cn")
    return "" if code == "cn" else code


def _clause(entry: Entry) -> Clause:
    first, until, note = entry.get("from"), entry.get("until"), entry.get("note")
    clause = Clause(
        document=entry.need("document").text(),
        article=entry.need("article").text() if "article" in entry else "",
        verified=entry.need("verified").one_of(_MARKS),
        holds_from=first.day() if first else None,
        holds_until=until.day() if until else None,
        source=entry.need("source").text() if "source" in entry else "",
        note=note.said() if note else None,
    )
    if until is not None and clause.holds_from and clause.holds_until and clause.holds_until <= clause.holds_from:
        raise PackFormError(
            until.where,
            Text(f"失效日{clause.holds_until}不晚于生效日。", f"It ends on {clause.holds_until}, not after its start."),
        )
    return clause


def _rule(name: str, entry: Entry, benefits: Mapping[str, Benefit]) -> Rule:
    kind = RuleKind(entry.need("kind").one_of([*RuleKind]))
    own = _OWN_KEYS.get(kind, set()) | ({"to"} if kind in _TO else set())
    needed = {"kind", "of", "document", "verified"} | own - {"most" if kind is RuleKind.AT_MOST else "at_most"}
    entry.keys(_CLAUSE | {"kind", "of"} | own, needed | ({"at_most"} if kind is RuleKind.CAP else set()))
    members, to = _names(entry.need("of"), benefits), _names(entry.get("to"), benefits)
    if set(members) & set(to):
        twice = min(set(members) & set(to))
        raise PackFormError(entry.where, Text(f"“{twice}”同时在of和to之中。", f"“{twice}” stands in `of` and in `to`."))
    if kind is RuleKind.BONUS and len(members) != 1:
        raise entry.need("of").defect("一项政策", "one benefit alone")
    most = entry.need("most").whole() if "most" in entry else 1
    if kind in {RuleKind.AT_MOST, RuleKind.HIGHER_ONLY} and not 0 < most < len(members):
        raise entry.need("of").defect(f"多于{most}项政策", f"more than {most} of them")
    at_most = entry.get("at_most")
    return Rule(
        id=name,
        kind=kind,
        members=members,
        clause=_clause(entry),
        to=to,
        most=most,
        at_most_fen=_amount(at_most, set()) if at_most else None,
        share_bp=_share(entry.need("share")) if kind is RuleKind.BONUS else 0,
    )


def _names(entry: Entry | None, benefits: Mapping[str, Benefit]) -> tuple[str, ...]:
    if entry is None:
        return ()
    names = []
    for part in entry.sequence():
        name = part.text()
        if name not in benefits:
            said = Text(f"没有政策“{name}”。", f"There is no benefit “{name}”.")
            raise PackKeyError(part.where, said, nearest(name, benefits))
        if name in names:
            raise PackKeyError(part.where, Text(f"“{name}”出现两次。", f"“{name}” stands twice."))
        names.append(name)
    if not names:
        raise entry.defect("至少一项政策", "at least one benefit")
    return tuple(names)


def _share(entry: Entry) -> int:
    found = _SHARE.match(entry.text())
    share_bp = round(float(found[1]) * 100) if found else 0
    if share_bp <= 0:
        raise entry.defect("比例，如30%", "a share such as 30%")
    return share_bp


def _check_bonuses(roots: list[Entry], rules: Mapping[str, Rule]) -> None:
    """Refuse an amount called a bonus without the rule that makes it, two such rules, and a bonus with an amount."""
    made: dict[str, str] = {}
    wheres: dict[str, Where] = {}
    called = set()
    for root in roots:
        wheres |= {name: entry.where for name, entry in _part(root, "rules")}
        of_root = ((name, entry.get("amount")) for name, entry in root.need("benefits").items())
        called |= {name for name, amount in of_root if amount is not None and amount.value == "bonus"}
    for rule in rules.values():
        if rule.kind is RuleKind.BONUS:
            name = rule.members[0]
            if name in made or name not in called:
                said = Text(
                    f"“{name}”的金额须写bonus，且只由一条规则给出。", f"The amount of “{name}” is `bonus`, of one rule."
                )
                raise PackFormError(wheres[rule.id], said)
            made[name] = rule.id
    for name in sorted(called - set(made)):
        where = next(entry.where for root in roots for each, entry in root.need("benefits").items() if each == name)
        raise PackFormError(where, Text(f"没有规则给出“{name}”的金额。", f"No rule makes the amount of “{name}”."))
