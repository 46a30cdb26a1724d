"""Findings: what an assessment says about each row, so that a page, a letter and the API say the same.

A finding names its clause, what was found, what is needed, and what would reach the next band: the gap stands in the
fact's own unit (fen, persons), rounded up to the first value that suffices.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields
from datetime import date
from fractions import Fraction
from math import floor
from typing import Any

from yulin.base.outcome import Outcome
from yulin.base.text import Text
from yulin.rules.core.bounds import FALSE, NOT, TRUE, Bounds, Env, outcome_of
from yulin.rules.core.facts import between, public_name
from yulin.rules.core.nodes import Choice, Compare, Expression, FactRef, Known, Logic, Member, Name, Node, Not
from yulin.rules.core.pack import (
    Bands,
    BestOf,
    ClassRow,
    Condition,
    FirstOf,
    Guarded,
    PointsWhen,
    Row,
    Rung,
    Score,
    Scoring,
)
from yulin.rules.core.program import Program, scoring_of, settled
from yulin.rules.core.relevance import Forms, crossings
from yulin.rules.core.vocabulary import RATIO, Fact, Type


@dataclass(frozen=True)
class Question:
    """One comparison inside a condition: which facts it reads, what was found, what is needed."""

    facts: tuple[str, ...]
    outcome: Outcome
    value: str | None
    needed: str
    gap: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class NextBand:
    """The next better band, the value it needs, and how much more of one fact would reach it."""

    points: int
    needs: str
    gap: dict[str, int]


@dataclass(frozen=True)
class Finding:
    """What the assessment says about one row of law."""

    id: str
    clause: str
    outcome: Outcome
    verified: str
    source: str = ""
    text: Text | None = None
    note: Text | None = None
    facts: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    points: int | None = None
    points_low: int | None = None
    points_high: int | None = None
    of: int | None = None
    value: str | None = None
    next_band: NextBand | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the finding for the API; what does not apply is left out."""
        plain = {key: value for key, value in _plain(self).items() if value not in (None, "", [], {})}
        plain["from"] = plain.pop("facts", [])
        return plain


def _plain(value: Any) -> Any:
    if isinstance(value, Text):
        return {"zh": value.zh, "en": value.en}
    if isinstance(value, Outcome):
        return value.value
    if isinstance(value, Finding | Question | NextBand):
        return {part.name: _plain(getattr(value, part.name)) for part in fields(value)}
    return [_plain(part) for part in value] if isinstance(value, tuple) else value


@dataclass(frozen=True)
class Term:
    """A day, an amount or a share that follows from the facts; without a value where they do not settle it."""

    id: str
    clause: str
    verified: str
    text: Text | None
    value: str | None
    facts: tuple[str, ...]

    def as_json(self) -> dict[str, Any]:
        """Return the term for the API."""
        return {part.name: _plain(getattr(self, part.name)) for part in fields(self)}


@dataclass(frozen=True)
class Explainer:
    """Explains the rows of one assessment."""

    program: Program
    env: Env
    on: date

    def findings(self) -> Iterator[Finding]:
        """Yield a finding for every row, in the order of the pack."""
        pack = self.program.pack
        for condition in (*pack.conditions.values(), *pack.routes.values()):
            yield self.condition(condition)
        for key, score in pack.scores.items():
            yield self.score(score, self.env[f"scores.{key}"])
        if pack.direct_pass:
            yield self.condition(pack.direct_pass)
        if pack.classes:
            for member in self.env[pack.classes.of.slot] if pack.classes.of.slot in self.env["known"] else ():
                if member in pack.classes.rows:
                    yield from self.class_row(pack.classes.rows[member])
        if pack.ladder:
            yield from (self.condition(rung) for rung in pack.ladder.rungs.values())

    def terms(self) -> Iterator[Term]:
        """Yield the rates and terms of the pack; one that nobody has verified has no value."""
        for key, series in self.program.pack.series.items():
            rate = None if series.row.is_unverified else say_term(self.env[f"series.{key}"], RATIO)
            yield Term(key, series.row.clause, series.row.verified, series.row.text, rate, ())
        for key, term in self.program.pack.terms.items():
            value = say_term(self.program.value(term.value.node, self.env), term.value.type)
            shown = None if term.row.is_unverified else value
            yield Term(key, term.row.clause, term.row.verified, term.row.text, shown, self.facts(term.value))

    def condition(self, condition: Condition | Rung) -> Finding:
        """Explain one condition by its questions."""
        questions = tuple(self.questions(condition.that.node))
        outcome = outcome_of(self.env[condition.row.id])
        return self.finding(condition.row, outcome, self.facts(condition.that), questions=questions)

    def class_row(self, row: ClassRow) -> Iterator[Finding]:
        """Explain the classes of one row of a class table."""
        for name, that in row.classes:
            outcome = Outcome.UNKNOWN if row.row.is_unverified else outcome_of(self.program.value(that.node, self.env))
            found = self.finding(row.row, outcome, self.facts(that), questions=tuple(self.questions(that.node)))
            yield Finding(**{**_shallow(found), "id": f"{row.row.id}.{name}"})

    def score(self, score: Score, points: Bounds) -> Finding:
        """Explain one score by the way that decided it."""
        low, high = int(points[0]), int(points[1])
        is_known = low == high
        outcome = Outcome.UNKNOWN if not is_known else Outcome.MET if low > 0 else Outcome.NOT_MET
        bands = self.deciding(score.rule)
        value = bands and self.program.value(bands.of.node, self.env)
        entered = self.facts(score.entered)
        return self.finding(
            score.row, outcome, tuple(dict.fromkeys((*self.facts(bands.of if bands else _when(score.rule)), *entered))),
            points=low if is_known else None, points_low=low, points_high=high, of=score.at_most,
            value=say_bounds(value, bands.of.type) if bands and value else None,
            next_band=self.next_band(bands, value) if bands and value else None,
        )  # fmt: skip

    def finding(self, row: Row, outcome: Outcome, facts: tuple[str, ...], **more: Any) -> Finding:
        """Return a finding with what its row carries."""
        return Finding(row.id, row.clause, outcome, row.verified, row.source, row.text, row.note, facts, **more)

    def facts(self, expression: Expression | None) -> tuple[str, ...]:
        """Return the facts that an expression reads, as files name them."""
        return self.facts_below(expression.node) if expression else ()

    def deciding(self, rule: Scoring) -> Bands | None:
        """Return the bands that gave the points: the best way, or the first that applies."""
        if isinstance(rule, Bands):
            return rule
        if isinstance(rule, PointsWhen):
            return None
        if isinstance(rule, Guarded):
            return self.deciding(rule.way)
        found = [(scoring_of(way)(self.env), way) for way in rule.ways]
        if isinstance(rule, FirstOf):
            return self.deciding(next((way for points, way in found if points.applies & TRUE), rule.ways[-1]))
        best = max(found, key=lambda pair: settled(pair[0])) if isinstance(rule, BestOf) else found[0]
        return self.deciding(best[1])

    def next_band(self, bands: Bands, value: Bounds) -> NextBand | None:
        """Return the nearest band that earns more, with what is lacking."""
        low, high, state = value
        if low != high or state:
            return None
        at = next(
            (i for i, step in enumerate(bands.steps) if _holds(low, bands.comparator, step.bound)), len(bands.steps)
        )
        current = bands.steps[at].points if at < len(bands.steps) else bands.otherwise
        better = next((step for step in reversed(bands.steps[:at]) if step.points > current), None)
        if better is None:
            return None
        gap = {name: more for name, more in self.gap(bands.of.node, bands.comparator, better.bound).items() if more > 0}
        return NextBand(better.points, say(better.bound, bands.of.type), gap)

    def gap(self, node: Node, comparator: str, bound: int | Fraction) -> dict[str, int]:
        """Return, fact by fact, the least change of that fact alone that makes `node comparator bound` true."""
        found: dict[str, int] = {}
        for slot in dict.fromkeys(part.slot for part in node.walk() if isinstance(part, FactRef)):
            fact = self.program.pack.fact(slot)
            if slot not in self.env["known"] or not fact.type.is_numeric:
                continue
            own = int(self.env[slot][0] * fact.scale)
            roots = (
                root for form in Forms(self.program, slot, self.env).of(node, 0) for root in crossings(form, bound)
            )
            near = {floor(root * fact.scale) + step for root in roots for step in (-1, 0, 1, 2)}
            changes = [at - own for at in near if self.reaches(node, fact, slot, at, comparator, bound)]
            if changes:
                found[self.public(slot)] = min(changes, key=abs)
        return found

    def reaches(self, node: Node, fact: Fact, slot: str, at: int, comparator: str, bound: int | Fraction) -> bool:
        """Whether the fact's value `at` makes the comparison true, all else as it is."""
        if not fact.lowest <= at <= fact.highest:
            return False
        low, _, state = self.program.value(node, {**self.env, slot: between(fact, at, at)})
        return not state and _holds(low, comparator, bound)

    def public(self, slot: str) -> str:
        """Return the name of a slot in files and in the API."""
        return public_name(slot, self.program.pack.vocabulary, self.on)

    def questions(self, node: Node, wanted: bool = True) -> Iterator[Question]:
        """Yield the comparisons of a condition, each with what is needed of it for the condition to hold."""
        if isinstance(node, Not):
            yield from self.questions(node.operand, not wanted)
        elif isinstance(node, Logic):
            for part in node.operands:
                yield from self.questions(part, wanted)
        elif isinstance(node, Name) and node.definition is not None:
            yield from self.questions(node.definition, wanted)
        elif isinstance(node, Choice) and self.program.value(node.condition, self.env) in {TRUE, FALSE}:
            holds = self.program.value(node.condition, self.env) == TRUE
            yield from self.questions(node.then if holds else node.otherwise, wanted)
        else:
            yield self.question(node, wanted)

    def question(self, node: Node, wanted: bool) -> Question:
        """Explain one comparison: what was found, and what is needed for it to be as the condition wants it."""
        mask = self.program.value(node, self.env)
        if not wanted:
            mask = NOT[mask]
        outcome, facts = outcome_of(mask), self.facts_below(node)
        if isinstance(node, Compare) and node.left.type.is_numeric:
            return self.comparison(node, node.operator if wanted else _OPPOSITE[node.operator], outcome)
        if isinstance(node, Member):
            found = self.program.value(node.item, self.env)
            value = next(iter(found)) if len(found) == 1 else None
            return Question(
                facts, outcome, value, f"{'in' if wanted else 'not in'} ({', '.join(sorted(node.members))})"
            )
        needed = "known" if isinstance(node, Known) else _YES_NO[wanted]
        value = None if outcome is Outcome.UNKNOWN else _YES_NO[(outcome is Outcome.MET) == wanted]
        return Question(facts, outcome, value, needed)

    def comparison(self, node: Compare, operator: str, outcome: Outcome) -> Question:
        """Explain a comparison of numbers, with the least change of each fact that would turn it."""
        left, right = self.program.value(node.left, self.env), self.program.value(node.right, self.env)
        lacks = outcome is Outcome.NOT_MET and right[0] == right[1]
        gap = self.gap(node.left, operator, right[0]) if lacks else {}
        needed = f"{operator} {say_bounds(right, node.right.type) or '?'}"
        return Question(self.facts_below(node), outcome, say_bounds(left, node.left.type), needed, gap)

    def facts_below(self, node: Node) -> tuple[str, ...]:
        """Return the facts that a part of an expression reads, as files name them."""
        slots = dict.fromkeys(part.slot for part in node.walk() if isinstance(part, FactRef))
        return tuple(self.public(slot) for slot in slots)


_YES_NO = {True: "yes", False: "no"}
_OPPOSITE = {"<": ">=", ">=": "<", "<=": ">", ">": "<=", "==": "!=", "!=": "=="}


def _holds(value: int | Fraction, comparator: str, bound: int | Fraction) -> bool:
    if comparator in {">=", ">"}:
        return value > bound or (comparator == ">=" and value == bound)
    if comparator in {"<=", "<"}:
        return value < bound or (comparator == "<=" and value == bound)
    return (value == bound) == (comparator == "==")


def _when(rule: Scoring) -> Expression | None:
    return rule.when if isinstance(rule, PointsWhen | Guarded) else None


def _shallow(finding: Finding) -> dict[str, Any]:
    return {part.name: getattr(finding, part.name) for part in fields(finding)}


def say_bounds(value: Bounds, type_: Type) -> str | None:
    """Return a number as people read it, or None where it is not known or not defined."""
    low, high, state = value
    return say(low, type_) if low == high and not state else None


def say_term(value: Bounds, type_: Type) -> str | None:
    """Return a term as people read it: a rate with as many digits as it has, four at most.

    >>> say_term((Fraction(5655, 100_000),) * 2 + (0,), RATIO), say_term((0, 1, 0), RATIO)
    ('5.655 %', None)
    """
    low, high, state = value
    if type_.kind != "ratio" or low != high or state:
        return say_bounds(value, type_)
    percent = Fraction(low) * 100
    places = next((places for places in (2, 3) if 10**places % percent.denominator == 0), 4)
    shown = floor(abs(percent) * 10**places)
    return f"{'-' if low < 0 else ''}{shown // 10**places}.{shown % 10**places:0{places}d} %"


_TIMES = {"days": "天", "months": "个月"}


def say(value: int | Fraction, type_: Type) -> str:
    """Return a number with its unit, cut (never rounded up) to what is shown.

    >>> say(Fraction(49999, 1000000), Type("ratio")), say(50_000_000_000, Type("money"))
    ('4.99 %', '500000000.00 元')
    >>> say(365, Type("days"))
    '365 天'
    """
    if type_.kind == "ratio":
        return f"{_cut(Fraction(value) * 100)} %"
    if type_.kind == "money":
        return f"{_cut(Fraction(value) / 100)} 元"
    if type_.kind in _TIMES and Fraction(value).denominator == 1:
        return f"{value} {_TIMES[type_.kind]}"
    if type_.kind == "date":
        return date.fromordinal(int(value)).isoformat()
    return str(value) if Fraction(value).denominator == 1 else _cut(Fraction(value))


def _cut(value: Fraction) -> str:
    hundredths = floor(abs(value) * 100)
    return f"{'-' if value < 0 else ''}{hundredths // 100}.{hundredths % 100:02d}"
