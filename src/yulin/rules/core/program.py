"""A pack compiled once: its rows as functions of the environment, and what each fact can reach.

`Program.run` answers the whole pack on bounds; `Program.rerun` answers it again after one fact was narrowed, computing
only the rows that read that fact. Explanation, relevance and the linter all ask here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

from yulin.rules.core.bounds import (
    AND,
    FALSE,
    TRUE,
    UNKNOWN,
    Bounds,
    Env,
    Evaluator,
    compile_node,
    evaluator_of,
    named_undefined,
)
from yulin.rules.core.nodes import Node
from yulin.rules.core.pack import (
    Bands,
    BestOf,
    ClassTable,
    Condition,
    FirstOf,
    Pack,
    PointsWhen,
    Row,
    Scoring,
    expressions_of,
)

NO_CLASS = None  # the class of a member that the table does not cover


class Points(NamedTuple):
    """What one way to earn points can give: the bounds where it applies, whether it does, and what else it gives."""

    low: int
    high: int
    applies: int
    otherwise: int


@dataclass(frozen=True)
class Part:
    """One row as a function of the environment, with the facts it reads."""

    key: str  # where its result stands in the environment
    row: Row
    run: Evaluator
    slots: frozenset[str]


@dataclass(frozen=True, eq=False)
class Program:
    """The compiled pack; `verdict` is what can still come out: a mask, or the set of classes for a class table."""

    pack: Pack
    parts: tuple[Part, ...]
    conclude: Callable[[Env], Any]
    slots: tuple[str, ...]
    roots: Mapping[str, tuple[Node, ...]]  # by slot, the trees that read it
    bands: Mapping[str, tuple[Bands, ...]]  # by slot, the bands whose number reads it
    readers: Mapping[str, tuple[Part, ...]]  # by slot, the parts that read it
    compiled: dict[int, Evaluator] = field(default_factory=dict)  # parts of trees by identity

    def value(self, node: Node, env: Env) -> Any:
        """Return the value of a part of one of the pack's trees."""
        if id(node) not in self.compiled:
            self.compiled[id(node)] = compile_node(node)
        return self.compiled[id(node)](env)

    def run(self, env: Env) -> Any:
        """Fill the environment with every row's result and return the verdict."""
        for part in self.parts:
            env[part.key] = part.run(env)
        return self.conclude(env)

    def rerun(self, env: Env, slot: str, value: Any, *, known: bool = True) -> tuple[Env, Any]:
        """Return environment and verdict with `slot` set to `value`; only the rows that read it are computed again."""
        inner = {**env, slot: value, "known": env["known"] | {slot} if known else env["known"] - {slot}}
        for part in self.readers.get(slot, ()):
            inner[part.key] = part.run(inner)
        return inner, self.conclude(inner)


@lru_cache(maxsize=512)
def program_of(pack: Pack, *, trusts_unverified: bool = False) -> Program:
    """Compile a pack; unverified rows answer *unknown* unless the caller computes with them knowingly."""
    parts = [
        *(_condition_part(condition, trusts_unverified) for condition in pack.conditions.values()),
        *(_score_part(key, score, trusts_unverified) for key, score in pack.scores.items()),
    ]
    if pack.direct_pass:
        parts.append(_condition_part(pack.direct_pass, trusts_unverified))
    roots, bands = _readers(pack)
    slots = tuple(sorted(pack.slots))
    readers = {slot: tuple(part for part in parts if slot in part.slots) for slot in slots}
    return Program(pack, tuple(parts), _conclusion(pack, trusts_unverified), slots, roots, bands, readers)


def _condition_part(condition: Condition, trusts_unverified: bool) -> Part:
    that, undefined = evaluator_of(condition.that), condition.undefined
    run: Evaluator = that
    if condition.row.is_unverified and not trusts_unverified:
        run = lambda _: UNKNOWN  # noqa: E731 - three bodies of one function, side by side
    elif condition.that.has_division:
        run = lambda env: named_undefined(that(env), undefined)  # noqa: E731
    return Part(condition.row.id, condition.row, run, condition.that.slots)


def _score_part(key: str, score: Any, trusts_unverified: bool) -> Part:
    rule = scoring_of(score.rule)
    slots: frozenset[str] = frozenset().union(*(expression.slots for expression in expressions_of(score.rule)))
    most = score.at_most

    def run(env: Env) -> Bounds:
        low, high = settled(rule(env))
        return (min(low, most), min(high, most), 0)

    is_open = score.row.is_unverified and not trusts_unverified
    return Part(f"scores.{key}", score.row, (lambda _: (0, most, 0)) if is_open else run, slots)


def scoring_of(rule: Scoring) -> Callable[[Env], Points]:
    """Compile a scoring rule."""
    if isinstance(rule, Bands):
        return _bands(rule)
    if isinstance(rule, PointsWhen):
        return _points_when(rule)
    ways = tuple(scoring_of(way) for way in rule.ways)
    if isinstance(rule, FirstOf):
        return _first_of(ways)
    join: Callable[[list[int]], int] = max if isinstance(rule, BestOf) else sum

    def joined(env: Env) -> Points:
        found = [settled(way(env)) for way in ways]
        return Points(join([x[0] for x in found]), join([x[1] for x in found]), TRUE, 0)

    return joined


def settled(points: Points) -> tuple[int, int]:
    """Return the least and most points, also where the way does not apply.

    >>> settled(Points(30, 30, UNKNOWN, 0))
    (0, 30)
    """
    low, high, applies, otherwise = points
    if applies == TRUE:
        return (low, high)
    return (otherwise, otherwise) if applies == FALSE else (min(low, otherwise), max(high, otherwise))


def _points_when(rule: PointsWhen) -> Callable[[Env], Points]:
    when, points = evaluator_of(rule.when), rule.points
    return lambda env: Points(points, points, named_undefined(when(env), answer=False), 0)


def _bands(rule: Bands) -> Callable[[Env], Points]:
    of, otherwise = evaluator_of(rule.of), rule.otherwise
    undefined = rule.undefined if rule.undefined is not None else otherwise
    bounds, points = [step.bound for step in rule.steps], [step.points for step in rule.steps]
    index, is_rising = _BAND_INDEX[rule.comparator], rule.comparator in {">=", ">"}

    def run(env: Env) -> Points:
        low, high, state = of(env)
        if state == 2:
            return Points(undefined, undefined, TRUE, otherwise)
        if low == high and not state:
            at = index(bounds, low)
            return (
                Points(otherwise, otherwise, FALSE, otherwise)
                if at == len(bounds)
                else Points(points[at], points[at], TRUE, 0)
            )
        best, worst = (high, low) if is_rising else (low, high)
        first, last = index(bounds, best), index(bounds, worst)
        reached = points[first : last + 1] + [undefined] * bool(state)
        applies = (TRUE if reached else 0) | (FALSE if last == len(bounds) else 0)
        return Points(min(reached, default=0), max(reached, default=0), applies, otherwise)

    return run


def _first(bounds: list[Any], test: Callable[[Any], bool]) -> int:
    return next((i for i, bound in enumerate(bounds) if test(bound)), len(bounds))


_BAND_INDEX: Mapping[str, Callable[[list[Any], Any], int]] = {
    ">=": lambda bounds, value: _first(bounds, lambda bound: value >= bound),
    ">": lambda bounds, value: _first(bounds, lambda bound: value > bound),
    "<=": lambda bounds, value: _first(bounds, lambda bound: value <= bound),
    "<": lambda bounds, value: _first(bounds, lambda bound: value < bound),
}


def _first_of(ways: tuple[Callable[[Env], Points], ...]) -> Callable[[Env], Points]:
    def run(env: Env) -> Points:
        reached: list[int] = []
        otherwise = 0
        for way in ways:
            low, high, applies, otherwise = way(env)
            if applies & TRUE:
                reached += (low, high)
            if applies == TRUE:
                return Points(min(reached), max(reached), TRUE, otherwise)
        return Points(min(reached, default=0), max(reached, default=0), UNKNOWN if reached else FALSE, otherwise)

    return run


def _conclusion(pack: Pack, trusts_unverified: bool) -> Callable[[Env], Any]:
    """Return the function from row results to the verdict; it leaves `conditions` and `total` in the environment."""
    if pack.classes:
        return _class_conclusion(pack.classes, trusts_unverified)
    if pack.outcome is None:
        return lambda _: UNKNOWN
    conditions = [condition.row.id for condition in pack.conditions.values()]
    scores = [f"scores.{key}" for key in pack.scores]
    met = evaluator_of(pack.outcome.met)
    is_open = pack.outcome.row.is_unverified and not trusts_unverified

    def conclude(env: Env) -> int:
        mask = TRUE
        for key in conditions:
            mask = AND[mask][env[key]]
        env["conditions"] = mask
        env["total"] = (sum(env[key][0] for key in scores), sum(env[key][1] for key in scores), 0)
        return UNKNOWN if is_open else named_undefined(met(env), answer=False)

    return conclude


def _class_conclusion(table: ClassTable, trusts_unverified: bool) -> Callable[[Env], Any]:
    rows = {
        member: tuple((name, evaluator_of(that)) for name, that in row.classes)
        for member, row in table.rows.items()
        if trusts_unverified or not row.row.is_unverified
    }
    slot, last = table.of.slot, table.order[-1]
    everything = frozenset({NO_CLASS, *table.order})
    unverified = {member for member, row in table.rows.items() if row.row.is_unverified} - rows.keys()

    def conclude(env: Env) -> frozenset[str | None]:
        found: set[str | None] = set()
        for member in env[slot]:
            if member in rows:
                found |= classes_of(rows[member], last, env)
            else:
                found |= everything if member in unverified else {NO_CLASS}
        return frozenset(found)

    return conclude


def classes_of(row: Iterable[tuple[str, Evaluator]], last: str, env: Env) -> set[str | None]:
    """Return the classes still possible in one row: each is reached where none above it surely holds."""
    found: set[str | None] = set()
    for name, holds in row:
        mask = holds(env)
        if mask & TRUE:
            found.add(name)
        if mask == TRUE:
            return found
    return {*found, last}


def _readers(pack: Pack) -> tuple[dict[str, tuple[Node, ...]], dict[str, tuple[Bands, ...]]]:
    """Index the trees and bands of a pack by the facts that they read."""
    roots: dict[str, tuple[Node, ...]] = {}
    for expression in pack.expressions():
        for slot in expression.slots:
            roots[slot] = (*roots.get(slot, ()), expression.node)
    bands: dict[str, tuple[Bands, ...]] = {}
    for score in pack.scores.values():
        for rule in _all_bands(score.rule):
            for slot in rule.of.slots:
                bands[slot] = (*bands.get(slot, ()), rule)
    return roots, bands


def _all_bands(rule: Scoring) -> Iterable[Bands]:
    if isinstance(rule, Bands):
        return (rule,)
    return () if isinstance(rule, PointsWhen) else tuple(band for way in rule.ways for band in _all_bands(way))
