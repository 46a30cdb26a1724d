"""A pack compiled once: its rows as functions of the environment, and what each fact can reach.

`Program.run` answers the whole pack on bounds; `Program.rerun` answers it again after one fact was narrowed, computing
only the rows that read that fact. Explanation, relevance and the linter all ask here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, reduce
from typing import Any, NamedTuple, TypeVar

from yulin.rules.core.bounds import (
    AND,
    FALSE,
    OR,
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
    Guarded,
    Ladder,
    Pack,
    PointsWhen,
    Row,
    Score,
    Scoring,
    points_of,
)

Kept = TypeVar("Kept")
NO_CLASS = None  # the class of a member that the table does not cover


class Points(NamedTuple):
    """What one way to earn points can give: the bounds where it applies, whether it does, and what else it gives."""

    low: int
    high: int
    applies: int
    otherwise: int


@dataclass(frozen=True)
class Part:
    """One row as a function of the environment, with the facts it reads: none where nobody has verified it."""

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
    kept: dict[tuple[str, ...], Any] = field(default_factory=dict)  # what follows from the text alone, by name

    def value(self, node: Node, env: Env) -> Any:
        """Return the value of a part of one of the pack's trees."""
        if id(node) not in self.compiled:
            self.compiled[id(node)] = compile_node(node)
        return self.compiled[id(node)](env)

    def once(self, key: tuple[str, ...], find: Callable[[], Kept]) -> Kept:
        """Return what `find` found the first time: for what follows from the pack's text alone."""
        if key not in self.kept:
            self.kept[key] = find()
        found: Kept = self.kept[key]
        return found

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
        *(
            _condition_part(condition, trusts_unverified)
            for section in (pack.conditions, pack.routes)
            for condition in section.values()
        ),
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
    if condition.row.is_unverified and not trusts_unverified:
        return Part(condition.row.id, condition.row, lambda _: UNKNOWN, frozenset())
    run: Evaluator = that
    if condition.that.has_division:
        run = lambda env: named_undefined(that(env), undefined)  # noqa: E731 - one of two bodies
    return Part(condition.row.id, condition.row, run, condition.that.slots)


def _score_part(key: str, score: Score, trusts_unverified: bool) -> Part:
    name, most = f"scores.{key}", score.at_most
    if score.row.is_unverified and not trusts_unverified:
        return Part(name, score.row, lambda _: (0, most, 0), frozenset())
    slots: frozenset[str] = frozenset().union(*(expression.slots for expression in score.expressions()))
    return Part(name, score.row, _entered_score(score) if score.entered else _plain_score(score), slots)


def _plain_score(score: Score) -> Evaluator:
    rule, most = scoring_of(score.rule), score.at_most

    def run(env: Env) -> Bounds:
        low, high = settled(rule(env))
        return (min(low, most), min(high, most), 0)

    return run


def _entered_score(score: Score) -> Evaluator:
    """Return the range that the law leaves, narrowed to the expert's points as far as they lie in it."""
    assert score.entered is not None  # noqa: S101 - the caller asked
    least, most = scoring_of(score.rule), scoring_of(score.rule, is_upper=True)
    entered, at_most = evaluator_of(score.entered), score.at_most

    def run(env: Env) -> Bounds:
        (low, low_of_best), (high_of_worst, high) = settled(least(env)), settled(most(env))
        first, last, _ = entered(env)
        return (
            min(max(first, low), high_of_worst, at_most),
            min(max(last, low_of_best), high, at_most),
            0,
        )

    return run


def scoring_of(rule: Scoring, *, is_upper: bool = False) -> Callable[[Env], Points]:
    """Compile a scoring rule; `is_upper` takes the most points of each range instead of the least."""
    if isinstance(rule, Bands):
        return _bands(rule, is_upper)
    if isinstance(rule, PointsWhen):
        return _points_when(evaluator_of(rule.when), points_of(rule, is_upper=is_upper))
    if isinstance(rule, Guarded):
        return _guarded(evaluator_of(rule.when), scoring_of(rule.way, is_upper=is_upper))
    ways = tuple(scoring_of(way, is_upper=is_upper) for way in rule.ways)
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


def _points_when(when: Evaluator, points: int) -> Callable[[Env], Points]:
    return lambda env: Points(points, points, named_undefined(when(env), answer=False), 0)


def _guarded(when: Evaluator, way: Callable[[Env], Points]) -> Callable[[Env], Points]:
    return lambda env: Points(*settled(way(env)), named_undefined(when(env), answer=False), 0)


def _bands(rule: Bands, is_upper: bool) -> Callable[[Env], Points]:
    of, otherwise = evaluator_of(rule.of), rule.otherwise
    undefined = rule.undefined if rule.undefined is not None else otherwise
    bounds, points = [step.bound for step in rule.steps], [points_of(step, is_upper=is_upper) for step in rule.steps]
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
    together = _together(pack)
    if pack.ladder:
        answer: Callable[[Env], Any] = _ladder_answer(pack.ladder, trusts_unverified)
    elif pack.outcome is None or (pack.outcome.row.is_unverified and not trusts_unverified):
        answer = lambda _: UNKNOWN  # noqa: E731 - one of three bodies
    else:
        met = evaluator_of(pack.outcome.met)
        answer = lambda env: named_undefined(met(env), answer=False)  # noqa: E731

    def conclude(env: Env) -> Any:
        together(env)
        return answer(env)

    return conclude


def _together(pack: Pack) -> Callable[[Env], None]:
    """Return what joins the rows: all conditions, any route, the groups of scores, the total."""
    conditions = [condition.row.id for condition in pack.conditions.values()]
    routes = [route.row.id for route in pack.routes.values()]
    groups = [
        (f"groups.{key}", [f"scores.{name}" for name in group.scores], group.at_most)
        for key, group in pack.groups.items()
    ]
    grouped = {name for _, names, _ in groups for name in names}
    summands = [name for name in (f"scores.{key}" for key in pack.scores) if name not in grouped]
    summands += [key for key, _, _ in groups]

    def join(env: Env) -> None:
        env["conditions"] = reduce(lambda mask, key: AND[mask][env[key]], conditions, TRUE)
        env["routes"] = reduce(lambda mask, key: OR[mask][env[key]], routes, FALSE)
        for key, names, most in groups:
            env[key] = (
                min(sum(env[name][0] for name in names), most),
                min(sum(env[name][1] for name in names), most),
                0,
            )
        env["total"] = (sum(env[key][0] for key in summands), sum(env[key][1] for key in summands), 0)

    return join


def _ladder_answer(ladder: Ladder, trusts_unverified: bool) -> Callable[[Env], Any]:
    rungs = [
        (rung.name, rung.row.id, evaluator_of(rung.that), rung.undefined, rung.row.is_unverified)
        for name in ladder.order
        for rung in ladder.rungs.values()
        if rung.name == name
    ]

    def answer(env: Env) -> frozenset[str | None]:
        found: set[str | None] = set()
        is_decided = False
        for name, key, that, undefined, is_unverified in rungs:
            mask = named_undefined(that(env), undefined)
            if is_unverified and not trusts_unverified and mask != FALSE:
                mask = UNKNOWN
            env[key] = mask
            if mask & TRUE and not is_decided:
                found.add(name)
            is_decided = is_decided or mask == TRUE
        return frozenset(found if is_decided else {*found, ladder.order[-1]})

    return answer


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
        for rule in all_bands(score.rule):
            for slot in rule.of.slots:
                bands[slot] = (*bands.get(slot, ()), rule)
    return roots, bands


def all_bands(rule: Scoring) -> tuple[Bands, ...]:
    """Return the bands anywhere in a scoring rule."""
    if isinstance(rule, Bands):
        return (rule,)
    if isinstance(rule, PointsWhen):
        return ()
    ways = (rule.way,) if isinstance(rule, Guarded) else rule.ways
    return tuple(band for way in ways for band in all_bands(way))
