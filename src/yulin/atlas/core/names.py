"""Whether two written names can be one firm's, part by part, each with its reason.

A name is never an identity: `match` says that the names say the same, not that the firms are one. Names of different
brand (字号) or different division never match, nor a branch and its parent; where one name leaves a part out, the
answer is at best `possible`.

Properties: comparing is symmetric; a name matches itself with score 1; width, brackets, traditional characters,
numerals and the place of a bracketed division change nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from yulin.atlas.core.name_parts import BRANCH, BRAND, DIVISION, FORM, GROUP, INDUSTRY, NameParts, take_apart
from yulin.base.divisions import province_of
from yulin.base.text import Text


class NameVerdict(StrEnum):
    """What two names say of each other."""

    MATCH = "match"
    POSSIBLE = "possible"
    DIFFERENT = "different"


class Agreement(StrEnum):
    """How one part of two names agrees."""

    SAME = "same"
    WITHIN = "within"
    SHORTENED = "shortened"
    ONE_ABSENT = "one_absent"
    DIFFERENT = "different"


@dataclass(frozen=True)
class PartFinding:
    """One part of two names: how it agrees, how much (0–1), what stands in each."""

    part: str
    agreement: Agreement
    likeness: float
    left: str
    right: str

    @property
    def part_name(self) -> Text:
        """Return what the part is called."""
        return _PART_NAMES[self.part]

    @property
    def why(self) -> Text:
        """Return the reason as a sentence."""
        return _WHY[self.agreement].with_values(
            part=_PART_NAMES[self.part], left=self.left or "–", right=self.right or "–"
        )


@dataclass(frozen=True)
class NameComparison:
    """Two names compared: verdict, score (0–1) and the finding of each part that either has."""

    verdict: NameVerdict
    score: float
    findings: tuple[PartFinding, ...]


_PART_NAMES = {
    DIVISION: Text("行政区划", "division"),
    BRAND: Text("字号", "brand"),
    INDUSTRY: Text("行业", "industry"),
    GROUP: Text("集团字样", "group's word"),
    FORM: Text("组织形式", "form"),
    BRANCH: Text("分支机构", "branch"),
}
_WHY = {
    Agreement.SAME: Text("%(part)s相同：%(left)s", "Same %(part)s: %(left)s"),
    Agreement.WITHIN: Text(
        "%(part)s相容：%(left)s / %(right)s", "One %(part)s lies in the other: %(left)s / %(right)s"
    ),
    Agreement.SHORTENED: Text(
        "%(part)s为简写：%(left)s / %(right)s", "One %(part)s shortens the other: %(left)s / %(right)s"
    ),
    Agreement.ONE_ABSENT: Text(
        "仅一方有%(part)s：%(left)s / %(right)s", "Only one has a %(part)s: %(left)s / %(right)s"
    ),
    Agreement.DIFFERENT: Text("%(part)s不同：%(left)s / %(right)s", "Different %(part)s: %(left)s / %(right)s"),
}
_WEIGHTS = {DIVISION: 0.2, BRAND: 0.45, INDUSTRY: 0.2, GROUP: 0.05, FORM: 0.1}
_ABSENT_LIKENESS = 0.5
_OTHER_BRANCH = 0.5  # a branch and its parent, or two branches, keep half of the score
_SAME_FORMS = (("有限责任公司", "有限公司"), ("股份公司", "股份有限公司"))


def compare_names(left: str, right: str) -> NameComparison:
    """Return whether two names can be one firm's, and why.

    >>> found = compare_names("安维思电子科技（广州）有限公司", "广州安维思電子科技有限责任公司")
    >>> found.verdict.value, found.score
    ('match', 1.0)
    >>> compare_names("广州华科科技有限公司", "深圳华科科技有限公司").findings[0].why.en
    'Different division: 广州 / 深圳'
    """
    return compare_parts(take_apart(left), take_apart(right))


def compare_parts(left: NameParts, right: NameParts) -> NameComparison:
    """Return the comparison of two names that are already taken apart."""
    findings = tuple(found for found in (_compare(part, left, right) for part in _COMPARED) if found)
    weight = sum(_WEIGHTS.get(found.part, 0.0) for found in findings)
    score = sum(_WEIGHTS.get(found.part, 0.0) * found.likeness for found in findings) / weight if weight else 0.0
    by_part = {found.part: found for found in findings}
    if BRANCH in by_part and by_part[BRANCH].agreement is not Agreement.SAME:
        score *= _OTHER_BRANCH
    return NameComparison(_verdict(by_part), round(score, 4), findings)


def _verdict(by_part: dict[str, PartFinding]) -> NameVerdict:
    agreements = {part: found.agreement for part, found in by_part.items()}
    if all(agreement is Agreement.SAME for agreement in agreements.values()) and BRAND in agreements:
        return NameVerdict.MATCH
    brand = agreements.get(BRAND, Agreement.DIFFERENT)
    is_other = (
        brand in {Agreement.DIFFERENT, Agreement.ONE_ABSENT}
        or agreements.get(DIVISION) is Agreement.DIFFERENT
        or agreements.get(BRANCH, Agreement.SAME) is not Agreement.SAME
        or agreements.get(INDUSTRY) is Agreement.DIFFERENT
    )
    return NameVerdict.DIFFERENT if is_other else NameVerdict.POSSIBLE


def _compare(part: str, left: NameParts, right: NameParts) -> PartFinding | None:
    mine, other = left.part(part), right.part(part)
    if not mine and not other:
        return None
    agreement, likeness = _COMPARED[part](mine, other, left, right)
    return PartFinding(part, agreement, likeness, mine, other)


_Answer = tuple[Agreement, float]


def _plain(mine: str, other: str, _left: NameParts, _right: NameParts) -> _Answer:
    if mine == other:
        return Agreement.SAME, 1.0
    if not mine or not other:
        return Agreement.ONE_ABSENT, _ABSENT_LIKENESS
    if _is_shortened(mine, other):
        return Agreement.SHORTENED, _shared(mine, other)
    return Agreement.DIFFERENT, _shared(mine, other) / 2


def _divisions(mine: str, other: str, left: NameParts, right: NameParts) -> _Answer:
    ours, theirs = set(left.divisions), set(right.divisions)
    if ours == theirs:
        return Agreement.SAME, 1.0
    if not mine or not other or not ours or not theirs:
        return Agreement.ONE_ABSENT, _ABSENT_LIKENESS
    if ours <= _reached(theirs) or theirs <= _reached(ours):
        return Agreement.WITHIN, 0.8
    if _are_of_unlike_size(ours, theirs):
        return Agreement.ONE_ABSENT, _ABSENT_LIKENESS
    return Agreement.DIFFERENT, 0.0


def _are_of_unlike_size(ours: set[str], theirs: set[str]) -> bool:
    """Tell whether one names only counties and the other only cities: whether one lies in the other is not known."""
    provinces = province_of()
    return {all(place in provinces for place in ours), all(place in provinces for place in theirs)} == {
        True,
        False,
    } and (not ours & set(provinces) or not theirs & set(provinces))


def _reached(places: set[str]) -> set[str]:
    """Return places with the provinces they lie in."""
    provinces = province_of()
    return places | {provinces[place] for place in places if place in provinces}


def _forms(mine: str, other: str, left: NameParts, right: NameParts) -> _Answer:
    for long, short in _SAME_FORMS:
        mine, other = (short if form == long else form for form in (mine, other))
    agreement, likeness = _plain(mine, other, left, right)
    return (Agreement.DIFFERENT, likeness) if agreement is Agreement.SHORTENED else (agreement, likeness)


def _trades(mine: str, other: str, left: NameParts, right: NameParts) -> _Answer:
    agreement, likeness = _plain(mine, other, left, right)
    if agreement is not Agreement.SAME and mine and other and (mine in other or other in mine):
        return Agreement.WITHIN, _shared(mine, other)
    return agreement, likeness


def _is_shortened(one: str, another: str) -> bool:
    """Tell whether the shorter keeps the first character and others of the longer in their order."""
    short, long = sorted((one, another), key=len)
    left = iter(long)
    return len(short) >= 2 and short[0] == long[0] and all(letter in left for letter in short)


def _shared(one: str, another: str) -> float:
    """Return the share of characters that two texts have in common in order (1 = all)."""
    row = [0] * (len(another) + 1)
    for letter in one:
        before = 0
        for at, facing in enumerate(another, 1):
            before, row[at] = row[at], before + 1 if letter == facing else max(row[at], row[at - 1])
    return 2 * row[-1] / (len(one) + len(another))


_COMPARED: dict[str, Callable[[str, str, NameParts, NameParts], _Answer]] = {
    DIVISION: _divisions,
    BRAND: _plain,
    INDUSTRY: _trades,
    GROUP: _plain,
    FORM: _forms,
    BRANCH: _plain,
}
