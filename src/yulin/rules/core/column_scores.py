"""Scores over a whole table: the points that each firm can still earn, as columns; mirrors `program.scoring_of`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import reduce

from yulin.rules.core.columns import NotColumnarError, Plan, Ratio, Span, Truth, Whole, both, either, opposite, pick
from yulin.rules.core.compile import Columns
from yulin.rules.core.engine import Column, Flag
from yulin.rules.core.load_scores import most_points
from yulin.rules.core.nodes import Expression, Node
from yulin.rules.core.pack import Bands, BestOf, FirstOf, Guarded, PointsWhen, Score, Scoring, points_of


def named(truth: Truth, answer: bool | None) -> Truth:
    """Replace a possible *undefined* by the answer that the condition names for it."""
    if truth.may is False:
        return truth
    is_defined = opposite(truth.must)
    yes, no = both(truth.yes, is_defined), both(truth.no, is_defined)
    if answer is not False:
        yes = either(yes, truth.may)
    if answer is not True:
        no = either(no, truth.may)
    return Truth(yes, no) if answer is None else Truth(yes, no, is_settled=truth.is_settled)


@dataclass(frozen=True)
class _Points:
    """What one way can earn where it applies, where it can apply and fail to, and what it else gives."""

    low: Ratio
    high: Ratio
    applies: Truth
    otherwise: int


def score_span(table: Columns, score: Score, trusts_unverified: bool) -> Span:
    """Return the points that a score can still give."""
    most = Ratio.constant(score.at_most)
    if score.row.is_unverified and not trusts_unverified:
        return Span(Ratio.constant(0), most)
    low, high = _settled(table, _scoring(table, score.rule))
    if score.entered:
        low, high = _entered(table, score.entered.node, (low, high), _settled(table, _scoring(table, score.rule, True)))
    if most_points(score.rule) <= score.at_most:
        return Span(low, high)
    plan = table.plan
    capped = plan.kept(_least(plan, low, most))
    return Span(capped, capped if low is high else plan.kept(_least(plan, high, most)))


Pair = tuple[Ratio, Ratio]


def _entered(table: Columns, node: Node, least: Pair, most: Pair) -> Pair:
    """Narrow the range that the law leaves to the expert's points, as far as they lie in it."""
    entered = table.number(node)
    plan = table.plan
    low = _least(plan, _most(plan, entered.low, least[0]), most[0])
    high = _least(plan, _most(plan, entered.high, least[1]), most[1])
    is_one = entered.is_known and least[0] is least[1] and most[0] is most[1]
    kept = plan.kept(low)
    return kept, kept if is_one else plan.kept(high)


def group_span(spans: Sequence[Span], at_most: int, plan: Plan) -> Span:
    """Return several scores together, capped."""
    most = Ratio.constant(at_most)
    low = plan.kept(_least(plan, _total([span.low for span in spans]), most))
    if all(span.is_known for span in spans):
        return Span(low, low)
    return Span(low, plan.kept(_least(plan, _total([span.high for span in spans]), most)))


def total_span(spans: Sequence[Span], plan: Plan) -> Span:
    """Return the sum of scores."""
    low = plan.kept(_total([span.low for span in spans]))
    is_known = all(span.is_known for span in spans)
    return Span(low, low if is_known else plan.kept(_total([span.high for span in spans])))


def _total(ratios: Iterable[Ratio]) -> Ratio:
    return reduce(lambda a, b: a + b, ratios, Ratio.constant(0))


def _scoring(table: Columns, rule: Scoring, is_upper: bool = False) -> _Points:
    if isinstance(rule, Bands):
        return _bands(table, rule, is_upper)
    if isinstance(rule, PointsWhen):
        points = Ratio.constant(points_of(rule, is_upper=is_upper))
        return _Points(points, points, _applies(table, rule.when), 0)
    if isinstance(rule, Guarded):
        low, high = _settled(table, _scoring(table, rule.way, is_upper))
        return _Points(low, high, _applies(table, rule.when), 0)
    ways = [_scoring(table, way, is_upper) for way in rule.ways]
    if isinstance(rule, FirstOf):
        return _first_of(table, ways)
    pairs = [_settled(table, way) for way in ways]
    engine = table.plan.engine
    join = engine.greatest if isinstance(rule, BestOf) else engine.total
    low = _joined(table.plan, join, [pair[0] for pair in pairs])
    high = low if all(pair[0] is pair[1] for pair in pairs) else _joined(table.plan, join, [pair[1] for pair in pairs])
    return _Points(low, high, Truth.known(yes=True), 0)


def _applies(table: Columns, when: Expression) -> Truth:
    return table.plan.truth(named(table.truth(when.node), answer=False))


def _joined(plan: Plan, join: Callable[[Sequence[Column]], Column], ratios: Sequence[Ratio]) -> Ratio:
    most = sum(ratio.top.most for ratio in ratios)
    return Ratio(Whole(join([plan.column(ratio.top) for ratio in ratios]), most))


def _settled(table: Columns, points: _Points) -> tuple[Ratio, Ratio]:
    """Return the least and most points, also where the way does not apply."""
    otherwise = Ratio.constant(points.otherwise)
    return _else(table, points, otherwise, otherwise)


def _else(table: Columns, points: _Points, low: Ratio, high: Ratio) -> tuple[Ratio, Ratio]:
    """Return the points where the way applies, `low` and `high` where it does not, the wider of both where it may."""
    yes, no, kept = points.applies.yes, points.applies.no, table.plan.kept
    if points.applies.is_settled:
        found = kept(pick(yes, points.low, low))
        is_one = points.low is points.high and low is high
        return found, found if is_one else kept(pick(yes, points.high, high))
    open_low = pick(yes, _least(table.plan, points.low, low), low)
    open_high = pick(yes, _most(table.plan, points.high, high), high)
    surely = opposite(no)
    return kept(pick(surely, points.low, open_low)), kept(pick(surely, points.high, open_high))


def _least(plan: Plan, one: Ratio, two: Ratio) -> Ratio:
    return _joined(plan, plan.engine.least, (one, two))


def _most(plan: Plan, one: Ratio, two: Ratio) -> Ratio:
    return _joined(plan, plan.engine.greatest, (one, two))


def _first_of(table: Columns, ways: list[_Points]) -> _Points:
    """Nest the ways from the last: each gives way to the next where it does not apply."""
    low = high = Ratio.constant(ways[-1].otherwise)
    for way in reversed(ways):
        low, high = _else(table, way, low, high)
    return _Points(low, high, Truth.known(yes=True), 0)


def _bands(table: Columns, rule: Bands, is_upper: bool) -> _Points:
    span = table.number(rule.of.node)
    points = [points_of(step, is_upper=is_upper) for step in rule.steps]
    if points != sorted(points, reverse=True) or (rule.otherwise > points[-1] and not span.is_known):
        raise NotColumnarError(rule)
    best, worst = (span.high, span.low) if rule.comparator in {">=", ">"} else (span.low, span.high)
    undefined = Ratio.constant(rule.otherwise if rule.undefined is None else rule.undefined)
    high, reached = _reached(table, rule, points, best)
    if span.is_known:
        known = high if span.must is False else table.plan.kept(pick(span.must, undefined, high))
        return _Points(known, known, Truth.known(either(reached, span.must)), rule.otherwise)
    low, surely = _reached(table, rule, points, worst)
    if span.may is not False:
        kept = table.plan.kept
        alone = either(span.must, both(span.may, opposite(reached)))
        low = kept(pick(alone, undefined, pick(span.may, _least(table.plan, low, undefined), low)))
        high = kept(pick(alone, undefined, pick(span.may, _most(table.plan, high, undefined), high)))
    applies = Truth(either(reached, span.may), both(opposite(surely), opposite(span.must)))
    return _Points(low, high, table.plan.truth(applies), rule.otherwise)


def _reached(table: Columns, rule: Bands, points: list[int], value: Ratio) -> tuple[Ratio, Flag]:
    """Return the points of the first band that the value reaches (else the last band's), and whether it reaches any."""
    tests = [value.compares(rule.comparator, Ratio.constant(step.bound)) for step in rule.steps]
    found = Ratio.constant(points[-1])
    for test, earned in zip(reversed(tests[:-1]), reversed(points[:-1]), strict=True):
        found = pick(test, Ratio.constant(earned), found)
    return table.plan.kept(found), table.plan.flag(tests[-1])
