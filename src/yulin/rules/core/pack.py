"""A pack as frozen data: what a lawyer wrote, typed, with the place of every row.

A row is the smallest thing that carries law: a condition, a score, a class, a parameter. Each has its clause and says
how well it is verified; nothing here computes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from fractions import Fraction
from functools import lru_cache
from typing import Any

from yulin.base.text import Text
from yulin.rules.core.nodes import Expression, FactRef
from yulin.rules.core.vocabulary import Fact, Vocabulary
from yulin.rules.errors import Where

KINDS = ("title", "score", "class", "scheme", "policy", "product", "listing", "rate")
VERIFIED = ("yes", "partly", "no")
HELD = "title_held"
DECISIONS = ("new_application", "review", HELD)  # the kinds of decision that a version can rule
# What a case may expect of an assessment; a case of a scheme that speaks of a loan or a loss is the pool's to run.
EXPECTED = frozenset(
    {"outcome", "score", "score_low", "score_high", "band", "missing", "because", "findings", "groups", "terms"}
    | {"error"}
)


@dataclass(frozen=True)
class Row:
    """What every row of law carries beside its content."""

    id: str  # the path that findings show: `scores.staff`
    clause: str
    verified: str  # yes | partly | no
    source: str
    text: Text | None
    note: Text | None
    where: Where
    applies_to: tuple[str, ...] = ()  # the kinds of decision that the row counts in; none named is all

    def counts_in(self, decision: str) -> bool:
        """Whether the row counts in a decision of this kind."""
        return not self.applies_to or decision in self.applies_to

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
    """One band: the bound and the points that reaching it earns; `most` where the law leaves a range to an expert."""

    bound: int | Fraction
    points: int
    most: int | None = None


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
    """Fixed points when a condition holds; `most` where the law leaves a range to an expert."""

    when: Expression
    points: int
    most: int | None = None


@dataclass(frozen=True)
class Guarded:
    """A way to earn points that is open only while a condition holds."""

    when: Expression
    way: Scoring


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


Scoring = Bands | PointsWhen | Guarded | BestOf | FirstOf | SumOf


def points_of(step: Step | PointsWhen, *, is_upper: bool) -> int:
    """Return the least points of a step, or the most where the law gives a range.

    >>> points_of(Step(5, 7, 8), is_upper=True), points_of(Step(5, 7), is_upper=True)
    (8, 7)
    """
    return step.most if is_upper and step.most is not None else step.points


@dataclass(frozen=True)
class Score:
    """A score of a table, with the most that it may give.

    Where the law leaves a range, `entered` is the fact that holds the expert's points: they count as far as they lie in
    the range, and without them the score is the range.
    """

    row: Row
    rule: Scoring
    at_most: int
    entered: Expression | None = None

    def expressions(self) -> Iterator[Expression]:
        """Yield the expressions that the score reads."""
        yield from expressions_of(self.rule)
        if self.entered:
            yield self.entered


@dataclass(frozen=True)
class Group:
    """Scores that a table adds up under one head, with the most that they give together."""

    row: Row
    scores: tuple[str, ...]
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
class Rung:
    """One rule of a ladder: where its question holds, the class is at least this one."""

    row: Row
    that: Expression
    undefined: bool | None
    name: str


@dataclass(frozen=True)
class Ladder:
    """Classes by rules: of `order`, strongest first, the first that some rule names and whose question holds.

    A rule that nobody has verified leaves its class open where it may hold, and says nothing where it surely does not.
    """

    list: str  # the closed list that names the classes
    order: tuple[str, ...]
    rungs: Mapping[str, Rung]


@dataclass(frozen=True)
class OutcomeRule:
    """When the whole pack is met, and where one kind of decision asks something else, when that is."""

    row: Row
    met: Expression
    by_decision: Mapping[str, Expression] = field(default_factory=dict)

    def ruling(self, decision: str) -> OutcomeRule:
        """Return the rule as it stands for one kind of decision."""
        return replace(self, met=self.by_decision.get(decision, self.met), by_decision={})


@dataclass(frozen=True)
class Days:
    """A half-open interval of days."""

    first: date
    until: date | None = None

    def holds(self, on: date) -> bool:
        """Whether `on` lies in it."""
        return self.first <= on and (self.until is None or on < self.until)


@dataclass(frozen=True)
class Series:
    """A rate by day: each holds from its day to the next, the last until the day from which nothing is known."""

    row: Row
    steps: tuple[tuple[date, Fraction], ...]  # oldest first
    until: date | None

    def on(self, day: date) -> Fraction | None:
        """Return the rate of a day, or None where the series knows none."""
        if self.until is not None and day >= self.until:
            return None
        return next((rate for first, rate in reversed(self.steps) if first <= day), None)


@dataclass(frozen=True)
class Case:
    """One case in the trade's words: facts, a day, what is expected and why."""

    name: str
    on: date
    facts: Mapping[str, Any]
    expect: Mapping[str, Any]
    where: Where
    why: str = ""
    applies_to: str | None = None
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
    applies_to: Mapping[str, Days]  # the kinds of decision that the version rules, each with its days
    verified: str
    source: str
    zone: str
    currency: str
    version: str
    vocabulary: Vocabulary
    where: Where
    note: Text | None = None
    replaces: str = ""
    decision: str = ""  # the kind of decision whose rows these are; empty while the pack holds all
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    conditions: Mapping[str, Condition] = field(default_factory=dict)
    routes: Mapping[str, Condition] = field(default_factory=dict)
    direct_pass: Condition | None = None
    scores: Mapping[str, Score] = field(default_factory=dict)
    groups: Mapping[str, Group] = field(default_factory=dict)
    outcome: OutcomeRule | None = None
    classes: ClassTable | None = None
    ladder: Ladder | None = None
    series: Mapping[str, Series] = field(default_factory=dict)
    terms: Mapping[str, Parameter] = field(default_factory=dict)
    scheme: Any = None
    cases: tuple[Case, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)

    def fact(self, slot: str) -> Fact:
        """Return the vocabulary's fact behind a slot."""
        return self.vocabulary.facts[slot.partition("[")[0]]

    def is_in_force(self, on: date) -> bool:
        """Whether `on` lies in the pack's half-open interval."""
        return Days(self.effective_from, self.effective_until).holds(on)

    def rules(self, decision: str, on: date) -> bool:
        """Whether the pack rules a kind of decision on a day."""
        return decision in self.applies_to and self.applies_to[decision].holds(on)

    def deciding(self, decision: str | None = None) -> Pack:
        """Return the pack with only the rows that count in a kind of decision: unless named, the first that it rules.

        The same pack comes back for the same question, so that what is compiled for it serves again.
        """
        if self.decision and decision in {None, self.decision}:
            return self
        return _deciding(self, decision or next(iter(self.applies_to)))

    def ending(self, until: date) -> Pack:
        """Return the pack as it rules where it ends on a day: nothing is granted under it from then on.

        A title held keeps the version that granted it, so those days stay as the pack says.
        """
        days = {
            key: each if key == HELD or (each.until and each.until <= until) else Days(each.first, until)
            for key, each in self.applies_to.items()
            if key == HELD or each.first < until
        }
        return replace(self, effective_until=until, applies_to=days)

    def rows(self) -> Iterator[Row]:
        """Yield every row of law, in the order of the text."""
        sections = (self.parameters, self.conditions, self.routes, self.scores, self.groups)
        yield from (item.row for section in sections for item in section.values())
        if self.direct_pass:
            yield self.direct_pass.row
        if self.outcome:
            yield self.outcome.row
        if self.classes:
            yield from (row.row for row in self.classes.rows.values())
        if self.ladder:
            yield from (rung.row for rung in self.ladder.rungs.values())
        yield from (item.row for section in (self.series, self.terms) for item in section.values())

    def expressions(self) -> Iterator[Expression]:
        """Yield every expression that assessment reads."""
        for parameter in self.parameters.values():
            yield parameter.value
        for condition in (*self.conditions.values(), *self.routes.values()):
            yield condition.that
        for score in self.scores.values():
            yield from score.expressions()
        if self.direct_pass:
            yield self.direct_pass.that
        if self.outcome:
            yield self.outcome.met
            yield from self.outcome.by_decision.values()
        if self.classes:
            for row in self.classes.rows.values():
                yield from (that for _, that in row.classes)
        if self.ladder:
            yield from (rung.that for rung in self.ladder.rungs.values())

    @property
    def slots(self) -> frozenset[str]:
        """The facts that the pack uses, by slot."""
        used = frozenset().union(*(expression.slots for expression in self.expressions()))
        return used | {self.classes.of.slot} if self.classes else used


def expressions_of(rule: Scoring) -> Iterator[Expression]:
    """Yield the expressions of a scoring rule."""
    if isinstance(rule, Bands):
        yield rule.of
    elif isinstance(rule, PointsWhen | Guarded):
        yield rule.when
        if isinstance(rule, Guarded):
            yield from expressions_of(rule.way)
    else:
        for way in rule.ways:
            yield from expressions_of(way)


@lru_cache(maxsize=512)
def _deciding(pack: Pack, decision: str) -> Pack:
    scores = {key: score for key, score in pack.scores.items() if score.row.counts_in(decision)}
    groups = {
        key: replace(group, scores=tuple(name for name in group.scores if name in scores))
        for key, group in pack.groups.items()
    }
    return replace(
        pack,
        decision=decision,
        conditions={key: each for key, each in pack.conditions.items() if each.row.counts_in(decision)},
        routes={key: each for key, each in pack.routes.items() if each.row.counts_in(decision)},
        scores=scores,
        groups={key: group for key, group in groups.items() if group.scores},
        outcome=pack.outcome and pack.outcome.ruling(decision),
    )
