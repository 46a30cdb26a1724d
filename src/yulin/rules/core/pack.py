"""A pack as frozen data: what a lawyer wrote, typed, with the place of every row.

A row is the smallest thing that carries law: a condition, a score, a class, a parameter. Each has its clause and says
how well it is verified; nothing here computes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from yulin.base.text import Text
from yulin.rules.core.nodes import Expression, FactRef
from yulin.rules.core.vocabulary import Fact, Vocabulary
from yulin.rules.errors import Where

KINDS = ("title", "scheme", "policy", "product", "listing")
VERIFIED = ("yes", "partly", "no")


@dataclass(frozen=True)
class Row:
    """What every row of law carries beside its content."""

    id: str  # the path that findings show: `scores.staff`
    clause: str
    verified: str  # yes | partly | no
    source: str
    text: Text | None
    note: str
    where: Where

    @property
    def is_unverified(self) -> bool:
        """Whether nobody has confirmed the row, so that it may inform but never decide."""
        return self.verified == "no"


@dataclass(frozen=True)
class Parameter:
    """A named value or sub-expression that other rows use as `parameters.<name>`."""

    row: Row
    value: Expression


@dataclass(frozen=True)
class Condition:
    """A yes-or-no question; `undefined` is its answer where a divisor is zero."""

    row: Row
    that: Expression
    undefined: bool | None = None


@dataclass(frozen=True)
class Step:
    """One band: the bound and the points that reaching it earns."""

    bound: int | Fraction
    points: int


@dataclass(frozen=True)
class Bands:
    """Points by the band in which a number lies; steps stand best match first."""

    of: Expression
    comparator: str  # >= | > | <= | <
    steps: tuple[Step, ...]
    undefined: int | None = None
    otherwise: int = 0


@dataclass(frozen=True)
class PointsWhen:
    """Fixed points when a condition holds."""

    when: Expression
    points: int


@dataclass(frozen=True)
class BestOf:
    """The highest of several ways to earn points."""

    ways: tuple[Scoring, ...]


@dataclass(frozen=True)
class FirstOf:
    """The first way that applies: a `when` that holds, or a band that is reached."""

    ways: tuple[Scoring, ...]


@dataclass(frozen=True)
class SumOf:
    """All ways together."""

    ways: tuple[Scoring, ...]


Scoring = Bands | PointsWhen | BestOf | FirstOf | SumOf


@dataclass(frozen=True)
class Score:
    """A score of a table, with the most that it may give."""

    row: Row
    rule: Scoring
    at_most: int


@dataclass(frozen=True)
class ClassRow:
    """One row of a class table: for one member of the list, the question of each class, highest first."""

    row: Row
    member: str
    classes: tuple[tuple[str, Expression], ...]


@dataclass(frozen=True)
class ClassTable:
    """Classes by a list (size classes by industry): the first class whose question holds, else the last of `order`."""

    of: FactRef
    order: tuple[str, ...]
    rows: Mapping[str, ClassRow]


@dataclass(frozen=True)
class OutcomeRule:
    """When the whole pack is met."""

    row: Row
    met: Expression


@dataclass(frozen=True)
class Case:
    """One case in the trade's words: facts, a day, what is expected and why."""

    name: str
    on: date
    facts: Mapping[str, Any]
    expect: Mapping[str, Any]
    where: Where
    why: str = ""
    more: Mapping[str, Any] = field(default_factory=dict)  # what a scheme's case says besides: loan, loss, book


@dataclass(frozen=True, eq=False)
class Pack:
    """One version of a pack."""

    id: str
    kind: str
    title: Text
    document: str
    authority: Text
    effective_from: date
    effective_until: date | None
    applies_to: tuple[str, ...]
    verified: str
    source: str
    zone: str
    currency: str
    version: str
    vocabulary: Vocabulary
    where: Where
    note: str = ""
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    conditions: Mapping[str, Condition] = field(default_factory=dict)
    direct_pass: Condition | None = None
    scores: Mapping[str, Score] = field(default_factory=dict)
    outcome: OutcomeRule | None = None
    classes: ClassTable | None = None
    scheme: Any = None
    cases: tuple[Case, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)

    def fact(self, slot: str) -> Fact:
        """Return the vocabulary's fact behind a slot."""
        return self.vocabulary.facts[slot.partition("[")[0]]

    def is_in_force(self, on: date) -> bool:
        """Whether `on` lies in the pack's half-open interval."""
        return self.effective_from <= on and (self.effective_until is None or on < self.effective_until)

    def rows(self) -> Iterator[Row]:
        """Yield every row of law, in the order of the text."""
        yield from (item.row for group in (self.parameters, self.conditions, self.scores) for item in group.values())
        if self.direct_pass:
            yield self.direct_pass.row
        if self.outcome:
            yield self.outcome.row
        if self.classes:
            yield from (row.row for row in self.classes.rows.values())

    def expressions(self) -> Iterator[Expression]:
        """Yield every expression that assessment reads."""
        for parameter in self.parameters.values():
            yield parameter.value
        for condition in self.conditions.values():
            yield condition.that
        for score in self.scores.values():
            yield from expressions_of(score.rule)
        if self.direct_pass:
            yield self.direct_pass.that
        if self.outcome:
            yield self.outcome.met
        if self.classes:
            for row in self.classes.rows.values():
                yield from (that for _, that in row.classes)

    @property
    def slots(self) -> frozenset[str]:
        """The facts that the pack uses, by slot."""
        used = frozenset().union(*(expression.slots for expression in self.expressions()))
        return used | {self.classes.of.slot} if self.classes else used


def expressions_of(rule: Scoring) -> Iterator[Expression]:
    """Yield the expressions of a scoring rule."""
    if isinstance(rule, Bands):
        yield rule.of
    elif isinstance(rule, PointsWhen):
        yield rule.when
    else:
        for way in rule.ways:
            yield from expressions_of(way)
