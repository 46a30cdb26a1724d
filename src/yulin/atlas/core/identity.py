"""Whether two records of sources are one firm, and why: codes first, names never alone.

A code that holds decides: the same code is the same firm whatever the names say, two different codes of the same kind
are two firms even under one name, unless one is a former code of the other. Where a code is missing, names and what
else is known make two records at best `possible`: a person decides. A name with one wrong character speaks only beside
two facts that agree.

Properties: deciding is symmetric; a record matches itself where it has a code; a name alone never matches.
**Source**: GB 32100-2015 (the organisation code stands inside the USCC), worked_examples §4; failures BL-21 to BL-23.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from itertools import product

from yulin.atlas.core.name_parts import NameParts, take_apart
from yulin.atlas.core.names import NameVerdict, compare_parts
from yulin.base.ids import IdKind, check_id
from yulin.base.text import Text


class Verdict(StrEnum):
    """What two records are to each other."""

    MATCH = "match"
    POSSIBLE = "possible"
    DIFFERENT = "different"


Code = tuple[IdKind, str]


@dataclass(frozen=True)
class Codes:
    """The codes of a record or of several that are one firm: those it has `now`, and all it has `ever` had."""

    now: frozenset[Code] = frozenset()
    ever: frozenset[Code] = frozenset()

    def with_those_of(self, other: Codes) -> Codes:
        """Return the codes of both."""
        return Codes(self.now | other.now, self.ever | other.ever)

    def shared_with(self, other: Codes) -> Code | None:
        """Return a code that both have or had, of the strongest kind."""
        return min(self.ever & other.ever, key=_strength, default=None)

    def differ_from(self, other: Codes) -> tuple[Code, Code] | None:
        """Return two codes of the strongest kind that both have now, where they are not the same."""
        for kind in _KINDS:
            ours, theirs = (min((code for code in each.now if code[0] is kind), default=None) for each in (self, other))
            if ours and theirs:
                return (ours, theirs) if ours != theirs else None
        return None

    def why_apart(self, other: Codes) -> Reason | None:
        """Return why codes keep two firms apart: they differ, and no code of one was ever the other's."""
        differing = self.differ_from(other)
        if differing is None or self.shared_with(other):
            return None
        (kind, left), (_, right) = differing
        return Reason(-CODE_POINTS, _OTHER_CODE.with_values(kind=_KIND_NAMES[kind], left=left, right=right))


@dataclass(frozen=True)
class FirmRecord:
    """One source's record of a firm. `former_codes` are codes it had before; what is not known is empty."""

    key: str
    name: str = ""
    code: str = ""
    former_codes: tuple[str, ...] = ()
    former_names: tuple[str, ...] = ()
    founded_on: date | None = None
    representative: str = ""
    address: str = ""

    @cached_property
    def codes(self) -> Codes:
        """Return the codes that hold, now and formerly."""
        now = _codes_of(self.code)
        return Codes(now, frozenset().union(now, *map(_codes_of, self.former_codes)))

    @cached_property
    def names_ever(self) -> tuple[str, ...]:
        """Return the name and the former names."""
        return tuple(name for name in dict.fromkeys((self.name, *self.former_names)) if name)

    @cached_property
    def parts_ever(self) -> tuple[NameParts, ...]:
        """Return each of `names_ever` taken apart."""
        return tuple(map(take_apart, self.names_ever))


@dataclass(frozen=True)
class Reason:
    """One thing that speaks for one firm (`points` above 0), against it (below), or only warns (0)."""

    points: int
    sentence: Text


@dataclass(frozen=True)
class Decision:
    """Two records decided: the verdict, the points for it (0–100), and every reason in the order of its weight."""

    verdict: Verdict
    points: int
    reasons: tuple[Reason, ...]


POSSIBLE_FROM = 40  # points
CODE_POINTS = 100
_NAME_POINTS = 50
_FACT_POINTS = 15
_SLIP_POINTS = 20  # with two facts that agree and none that differs it is worth a person's look
_SHORTEST_SLIP = 6  # characters: of shorter names one is too much
_KINDS = (IdKind.USCC, IdKind.ORGANISATION_CODE, IdKind.REGISTRATION_15)
_KIND_NAMES = {
    IdKind.USCC: Text("统一社会信用代码", "USCC"),
    IdKind.ORGANISATION_CODE: Text("组织机构代码", "organisation code"),
    IdKind.REGISTRATION_15: Text("注册号", "registration number"),
}
_SAME_CODE = Text("%(kind)s相同：%(code)s", "Same %(kind)s: %(code)s")
_FORMER_CODE = Text(
    "一方曾用的%(kind)s即另一方的：%(code)s", "The %(kind)s of one is a former one of the other: %(code)s"
)
_OTHER_CODE = Text("%(kind)s不同：%(left)s / %(right)s", "Different %(kind)s: %(left)s / %(right)s")
_CONFLICT = Text(
    "%(kind)s相同（%(code)s）而%(other)s不同：%(left)s / %(right)s",
    "Same %(kind)s (%(code)s) but different %(other)s: %(left)s / %(right)s",
)
_SAME_NAME = Text("名称相同：%(left)s；名称不是身份", "Same name: %(left)s; a name is no identity")
_LIKE_NAME = Text(
    "名称相近（%(percent)s%%）：%(left)s / %(right)s", "Names alike (%(percent)s%%): %(left)s / %(right)s"
)
_SLIP_NAME = Text(
    "名称只差一字，或为笔误：%(left)s / %(right)s",
    "Different names, one character apart, perhaps a slip: %(left)s / %(right)s",
)
_OTHER_NAME = Text("名称不同：%(left)s / %(right)s", "Different names: %(left)s / %(right)s")
_NAME_WARNING = Text(
    "代码相同而名称不同，请核对曾用名或代码录入：%(left)s / %(right)s",
    "One code under two names; check for a former name or a mistyped code: %(left)s / %(right)s",
)
_FACTS = {
    "founded_on": Text("成立日期", "founding day"),
    "representative": Text("法定代表人", "legal representative"),
    "address": Text("住所", "address"),
}
_SAME_FACT = Text("%(fact)s相同：%(left)s", "Same %(fact)s: %(left)s")
_OTHER_FACT = Text("%(fact)s不同：%(left)s / %(right)s", "Different %(fact)s: %(left)s / %(right)s")


def decide(left: FirmRecord, right: FirmRecord) -> Decision:
    """Return whether two records are one firm, and why.

    >>> one = FirmRecord("a", "广州华科科技有限公司", "91440112YL0000012M")
    >>> two = FirmRecord("b", "广州华科科技有限公司", "91440112YL0000020G")
    >>> decide(one, two).verdict.value, decide(one, two).reasons[0].sentence.en
    ('different', 'Different USCC: 91440112YL0000012M / 91440112YL0000020G')
    >>> decide(one, FirmRecord("c", "广州华科科技有限公司")).verdict.value
    'possible'
    """
    by_code = _by_code(left, right)
    by_name = _by_name(left, right)
    if by_code and by_code.points == CODE_POINTS:
        warning = _name_warning(left, right) if by_name and by_name.points <= _SLIP_POINTS else ()
        return Decision(Verdict.MATCH, CODE_POINTS, (by_code, *warning))
    by_facts = tuple(found for fact in _FACTS if (found := _by_fact(fact, left, right)))
    others = tuple(sorted((by_name, *by_facts) if by_name else by_facts, key=lambda each: -abs(each.points)))
    if by_code:
        is_conflict = by_code.points >= 0
        verdict = Verdict.POSSIBLE if is_conflict else Verdict.DIFFERENT
        return Decision(verdict, POSSIBLE_FROM if is_conflict else 0, (by_code, *others))
    points = max(0, min(CODE_POINTS - 1, sum(each.points for each in others)))
    verdict = Verdict.POSSIBLE if points >= POSSIBLE_FROM else Verdict.DIFFERENT
    return Decision(verdict, points, others)


def _codes_of(text: str) -> frozenset[Code]:
    checked = check_id(text)
    if not checked.valid or checked.normalised is None or checked.kind not in _KINDS:
        return frozenset()
    found = {(checked.kind, checked.normalised)}
    if checked.kind is IdKind.USCC and not checked.warnings:
        found.add((IdKind.ORGANISATION_CODE, checked.normalised[8:17]))
    return frozenset(found)


def _strength(code: Code) -> tuple[int, str]:
    return _KINDS.index(code[0]), code[1]


def _by_code(left: FirmRecord, right: FirmRecord) -> Reason | None:
    """Return what the codes say: one that both have or had speaks for one firm, codes of one kind that differ against.

    A registration number that both have or had beside different codes since says neither.
    """
    shared = left.codes.shared_with(right.codes)
    if shared is None:
        return left.codes.why_apart(right.codes)
    values = {"kind": _KIND_NAMES[shared[0]], "code": shared[1]}
    differing = left.codes.differ_from(right.codes)
    if differing and shared[0] is IdKind.REGISTRATION_15 and differing[0][0] is not IdKind.REGISTRATION_15:
        (other, mine), (_, theirs) = differing
        return Reason(0, _CONFLICT.with_values(other=_KIND_NAMES[other], left=mine, right=theirs, **values))
    is_now = shared in left.codes.now and shared in right.codes.now
    return Reason(CODE_POINTS, (_SAME_CODE if is_now else _FORMER_CODE).with_values(**values))


def _by_name(left: FirmRecord, right: FirmRecord) -> Reason | None:
    """Return what the names that are most alike say, former names with them."""
    if not left.names_ever or not right.names_ever:
        return None
    pairs = product(
        zip(left.names_ever, left.parts_ever, strict=True), zip(right.names_ever, right.parts_ever, strict=True)
    )
    folded = [((mine, other), (name, other_name)) for (name, mine), (other_name, other) in pairs]
    compared = [(compare_parts(*parts), names) for parts, names in folded]
    found = max(compared, key=lambda each: (_rank(each[0].verdict), each[0].score))
    comparison, (mine, other) = found
    if comparison.verdict is NameVerdict.DIFFERENT:
        slip = next((names for (one, two), names in folded if is_slip(one.folded, two.folded)), None)
        if slip:
            return Reason(_SLIP_POINTS, _SLIP_NAME.with_values(left=slip[0], right=slip[1]))
        return Reason(0, _OTHER_NAME.with_values(left=mine, right=other))
    sentence = _SAME_NAME if comparison.verdict is NameVerdict.MATCH else _LIKE_NAME
    points = round(_NAME_POINTS * comparison.score)
    return Reason(points, sentence.with_values(left=mine, right=other, percent=round(100 * comparison.score)))


def is_slip(one: str, other: str) -> bool:
    """Tell whether two folded names differ by one character changed, added or left out, or by two swapped.

    Numerals tell firms apart (一厂, 二厂), so a numeral is no slip.

    >>> is_slip("广州云衡岚软件公司", "广州云恒岚软件公司"), is_slip("广州云岚1厂公司", "广州云岚2厂公司")
    (True, False)
    """
    if abs(len(one) - len(other)) > 1 or min(len(one), len(other)) < _SHORTEST_SLIP or one == other:
        return False
    start = next((at for at, (mine, theirs) in enumerate(zip(one, other, strict=False)) if mine != theirs), None)
    start = min(len(one), len(other)) if start is None else start
    mine, theirs = one[start:], other[start:]
    while mine and theirs and mine[-1] == theirs[-1]:
        mine, theirs = mine[:-1], theirs[:-1]
    if any(sign.isdigit() for sign in mine + theirs):
        return False
    return max(len(mine), len(theirs)) <= 1 or (len(mine) == 2 and mine == theirs[::-1])


def _rank(verdict: NameVerdict) -> int:
    return (NameVerdict.DIFFERENT, NameVerdict.POSSIBLE, NameVerdict.MATCH).index(verdict)


def _name_warning(left: FirmRecord, right: FirmRecord) -> tuple[Reason, ...]:
    return (Reason(0, _NAME_WARNING.with_values(left=left.name or "–", right=right.name or "–")),)


def _by_fact(fact: str, left: FirmRecord, right: FirmRecord) -> Reason | None:
    mine, other = getattr(left, fact), getattr(right, fact)
    if not mine or not other:
        return None
    mine, other = str(mine).strip(), str(other).strip()
    if mine == other:
        return Reason(_FACT_POINTS, _SAME_FACT.with_values(fact=_FACTS[fact], left=mine))
    return Reason(-_FACT_POINTS, _OTHER_FACT.with_values(fact=_FACTS[fact], left=mine, right=other))
