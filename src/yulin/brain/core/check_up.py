"""The technology check-up (科技体检): what every title says of a firm on a day, and how near the firm is.

A title of which the firm lacks one requirement alone is *near* (`rules.core.nearness`, for firms and areas alike).
What is unknown stays unknown and is named; a title's rule that nobody has verified decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from yulin.base.outcome import Outcome
from yulin.brain.core.ways import Limits, Way, ways
from yulin.rules.core.assess import Assessment, assess, assess_without_asking
from yulin.rules.core.calendar import last_full_year
from yulin.rules.core.nearness import short_of
from yulin.rules.core.nodes import Compare, Constant, Name
from yulin.rules.core.pack import Pack
from yulin.rules.core.vocabulary import Vocabulary

TITLE, BOARD = "title", "listing"
_NEAREST = Limits(changes=2, ways=1, tries=40, asks=False)


class Standing(StrEnum):
    """How a firm stands to a title."""

    MET = "met"
    NEAR = "near"
    NOT_MET = "not_met"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Line:
    """One title: the answer with its bounds, the pass mark where points decide, and the cheapest near way."""

    pack: Pack
    found: Assessment
    standing: Standing
    pass_mark: int | None
    most_points: int | None
    nearest: Way | None
    unknown: tuple[str, ...] = ()  # facts that open rows read and nobody has said

    @property
    def is_board(self) -> bool:
        """Whether the pack holds the standards of a market."""
        return self.pack.kind == BOARD

    @property
    def is_class(self) -> bool:
        """Whether the pack sorts firms into classes, of which each firm has one."""
        return self.pack.classes is not None

    @property
    def is_met(self) -> bool:
        """Whether the firm has all that the title asks."""
        return self.standing is Standing.MET


def titles_on(packs: Iterable[Pack], on: date, *, applies_to: str = "new_application") -> list[Pack]:
    """Return the titles and boards that rule new applications on a day, in order, with the rows that count."""
    kinds = {TITLE, BOARD}
    return [pack.deciding(applies_to) for pack in packs if pack.kind in kinds and pack.rules(applies_to, on)]


def check_up(packs: Sequence[Pack], facts: Mapping[str, Any], on: date) -> list[Line]:
    """Return a line for each title: near first, then open, met, not met; then classes (a size), then boards.

    `facts` by public names; a fact that no title reads is passed over. What is missing is left to `line_of`.
    Raises: RULES.FACT.VALUE.
    """
    lines = [line_of(pack, facts, on, asks=False) for pack in packs]
    return sorted(lines, key=lambda line: (line.is_board, line.is_class, _ORDER.index(line.standing)))


_ORDER = [Standing.NEAR, Standing.UNKNOWN, Standing.MET, Standing.NOT_MET]


def line_of(pack: Pack, facts: Mapping[str, Any], on: date, *, asks: bool = True) -> Line:
    """Return how a firm stands to one title on a day; `asks=False` leaves out which missing facts would decide."""
    known = facts_for(pack, facts, on)
    found = assess(pack, known, on) if asks else assess_without_asking(pack, known, on)
    nearest: Way | None = None
    if found.outcome is Outcome.NOT_MET:
        nearest = next(iter(ways(pack, known, on, _NEAREST)), None)
    is_near = found.outcome is Outcome.NOT_MET and bool(short_of(pack, known, on))
    return Line(
        pack=pack,
        found=found,
        standing=Standing.NEAR if is_near else Standing(found.outcome.value),
        pass_mark=pass_mark(pack),
        most_points=sum(score.at_most for score in pack.scores.values()) or None,
        nearest=nearest,
        unknown=_unknown(found, known),
    )


def _unknown(found: Assessment, known: Mapping[str, Any]) -> tuple[str, ...]:
    names = (
        name
        for finding in found.findings
        if finding.outcome is Outcome.UNKNOWN and finding.verified != "no"
        for name in finding.facts
    )
    return tuple(dict.fromkeys(name for name in names if name not in known))


def facts_for(pack: Pack, facts: Mapping[str, Any], on: date) -> dict[str, Any]:
    """Return what somebody has said and the vocabulary knows, by public names; the last full year's by the bare name.

    A value under the year's own name goes before one under the bare name.
    """
    known: dict[str, Any] = {}
    for name in sorted(facts, key=lambda name: name != bare_name(name)):  # bare names first, years over them
        bare = bare_name(name)
        fact = pack.vocabulary.find(bare)
        if fact is None or facts[name] is None:
            continue
        year = name.removeprefix(bare)
        known[fact.alias if year in {"", f"_{last_full_year(on)}"} else fact.alias + year] = facts[name]
    return known


def bare_name(name: str) -> str:
    """Return a fact's name without its year.

    >>> bare_name("revenue_fen_2023"), bare_name("revenue_fen_by_year"), bare_name("staff_count")
    ('revenue_fen', 'revenue_fen', 'staff_count')
    """
    bare, _, year = name.rpartition("_")
    return bare if year.isdecimal() and len(year) == 4 else name.removesuffix("_by_year")


def pass_mark(pack: Pack) -> int | None:
    """Return the points that the outcome asks for, where it compares the total with a number."""
    if pack.outcome is None or not pack.scores:
        return None
    for node in pack.outcome.met.node.walk():
        if (
            isinstance(node, Compare)
            and isinstance(node.left, Name)
            and node.left.name == "total"
            and isinstance(node.right, Constant)
        ):
            return int(node.right.value) + (node.operator == ">")
    return None


def next_year(facts: Mapping[str, Any], vocabulary: Vocabulary, on: date) -> dict[str, Any]:
    """Return the facts as they would be a year after `on` if the year then closed repeats the last one.

    `facts` as `facts_for` gives them: the amounts of the last full year under bare names.

    >>> from types import SimpleNamespace as S
    >>> vocabulary = S(find=lambda name: S(is_by_year=name == "r_fen", alias=name))
    >>> next_year({"r_fen": 7, "staff_count": 3}, vocabulary, date(2021, 5, 1))
    {'r_fen': 7, 'staff_count': 3, 'r_fen_2020': 7}
    """
    last = last_full_year(on)
    repeated = {
        f"{name}_{last}": value
        for name, value in facts.items()
        if (fact := vocabulary.find(name)) is not None and fact.is_by_year and name == fact.alias
    }
    return {**facts, **repeated}


@dataclass(frozen=True)
class Compared:
    """A title under two versions of its rule, for the same facts."""

    old: Line
    new: Line


def family(pack_id: str) -> str:
    """Return what the versions of one title share: the id without its year.

    >>> family("title-srdi-2022"), family("title-hnte-2016")
    ('title-srdi', 'title-hnte')
    """
    bare, _, year = pack_id.rpartition("-")
    return bare if year.isdecimal() else pack_id


def compared(packs: Iterable[Pack], facts: Mapping[str, Any]) -> list[Compared]:
    """Return the titles of which two versions are known, each asked on its own first or last day for these facts."""
    versions: dict[str, list[Pack]] = {}
    for pack in packs:
        if pack.kind == TITLE:
            versions.setdefault(family(pack.id), []).append(pack)
    pairs = [sorted(each, key=lambda pack: pack.effective_from)[-2:] for each in versions.values() if len(each) > 1]
    return [Compared(_asked(old, facts), _asked(new, facts)) for old, new in pairs]


def _asked(pack: Pack, facts: Mapping[str, Any]) -> Line:
    return line_of(pack, facts, pack.effective_from, asks=False)
