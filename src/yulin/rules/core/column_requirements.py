"""What each firm of a table is short of: the requirements of which one alone, if it held, would bring the title.

For each requirement the outcome is asked again with that one supposed to hold, as `nearness` does for one firm. Where
that turns *not met* into *met*, or into *open* with few facts to find out, the firm is short of it, and by how large a
share of what is needed. Shares are for sorting, so they are floats, and polars alone has them.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce

import polars as pl

from yulin.rules.core.column_scores import group_span, named, total_span
from yulin.rules.core.columns import Plan, Ratio, Span, Truth, Whole, both, either, opposite
from yulin.rules.core.compile import Columns
from yulin.rules.core.engine import Column, Flag
from yulin.rules.core.nearness import asks_all
from yulin.rules.core.nodes import Compare, Logic, Name, Node
from yulin.rules.core.pack import Condition, Pack, Score
from yulin.rules.core.requirements import OPEN_FACTS, POINTS_TO_GO, Requirement, parts_of, requirements_of

Results = Mapping[str, Span | Truth]
_HOLDS = Truth.known(yes=True)


def short_name(place: int) -> str:
    """Return the column that says what share of a requirement is lacking; null where the firm is not short of it."""
    return f"short_{place}"


def open_name(place: int) -> str:
    """Return the column that says whether a requirement is open in an answer that is open."""
    return f"open_{place}"


def requirement_answers(pack: Pack, table: Columns, results: Results) -> dict[str, pl.Expr]:
    """Return two columns for each requirement; none for a pack that sorts into classes."""
    if pack.outcome is None or pack.classes or pack.ladder or pack.outcome.row.is_unverified:
        return {}
    verdict = table.plan.truth(_verdict(pack, table, results))
    fails, is_open = opposite(verdict.yes), both(verdict.yes, verdict.no)
    may_stay_open = False if asks_all(pack) else table.plan.flag(_has_few_open(pack, table, results))
    found: dict[str, pl.Expr] = {}
    for place, each in enumerate(requirements_of(pack)):
        if each.row.is_unverified:
            lacks: Flag = False
        else:
            supposed = {**results, **_supposing(pack, each, table, results)}
            verdict_then = _verdict(pack, table, supposed)
            brings = either(opposite(verdict_then.no), both(verdict_then.yes, may_stay_open))
            lacks = both(fails, brings)
        share = _shortfall(table, each.part) if each.part is not None else pl.lit(0.0)
        found[short_name(place)] = pl.when(lacks).then(share.cast(pl.Float32)).otherwise(None)
        found[open_name(place)] = _expression(both(is_open, _is_open(table, each, results)))
    return found


def _has_few_open(pack: Pack, table: Columns, results: Results) -> Flag:
    """Return where open rows read at most `OPEN_FACTS` facts that nobody has said; mirrors `nearness.open_slots`."""
    open_by_slot: dict[str, list[Flag]] = {}
    rows: list[Condition | Score] = [*pack.conditions.values(), *pack.routes.values(), *pack.scores.values()]
    for row in [*rows, pack.direct_pass] if pack.direct_pass else rows:
        expressions = row.expressions() if isinstance(row, Score) else (row.that,)
        is_open = False if row.row.is_unverified else _is_unsettled(table, results[row.row.id])
        for slot in sorted({slot for each in expressions for slot in each.slots}):
            open_by_slot.setdefault(slot, []).append(is_open)
    flags = [both(_is_unknown(table, slot), reduce(either, each)) for slot, each in open_by_slot.items()]
    counts = [table.plan.engine.counted(flag) for flag in flags if flag is not False]
    return reduce(lambda a, b: a + b, counts) <= OPEN_FACTS if counts else True


def _is_unknown(table: Columns, slot: str) -> Flag:
    source = table.sources[slot]
    return True if source.column is None else source.column.is_null() if source.has_gaps else False


def _is_unsettled(table: Columns, result: Span | Truth) -> Flag:
    if isinstance(result, Truth):
        return both(result.yes, result.no)
    return False if result.is_known else table.plan.column(result.low.top) != table.plan.column(result.high.top)


def _verdict(pack: Pack, table: Columns, results: Results) -> Truth:
    assert pack.outcome is not None  # noqa: S101 - asked for only where a pack has an outcome
    return named(table.with_results(results).truth(pack.outcome.met.node), answer=False)


def _supposing(pack: Pack, each: Requirement, table: Columns, results: Results) -> dict[str, Span | Truth]:
    """Return the results that change when one requirement holds."""
    if each.part is None:
        return _with_points(pack, each, table, results)
    section = pack.conditions if each.row.id.startswith("conditions.") else pack.routes
    condition = next(one for one in section.values() if one.row.id == each.row.id)
    changed: dict[str, Span | Truth] = {each.row.id: table.plan.truth(_but_for(condition, each, table))}
    truths = {one.row.id: _truth(changed.get(one.row.id, results[one.row.id])) for one in section.values()}
    if section is pack.conditions:
        changed["conditions"] = table.plan.truth(reduce(lambda a, b: a & b, truths.values(), _HOLDS))
    else:
        changed["routes"] = table.plan.truth(reduce(lambda a, b: a | b, truths.values(), Truth.known(yes=False)))
    return changed


def _truth(value: Span | Truth) -> Truth:
    assert isinstance(value, Truth)  # noqa: S101 - conditions and routes are truths
    return value


def _but_for(condition: Condition, each: Requirement, table: Columns) -> Truth:
    """Return a condition's truth with one of its parts supposed to hold."""
    others = (
        named(table.truth(part), condition.undefined) for i, part in enumerate(parts_of(condition)) if i != each.place
    )
    return reduce(lambda a, b: a & b, others, _HOLDS)


def _with_points(pack: Pack, each: Requirement, table: Columns, results: Results) -> dict[str, Span | Truth]:
    """Return scores, groups and total with `POINTS_TO_GO` more points in one indicator, as far as it gives them."""
    spans: dict[str, Span] = {key: value for key, value in results.items() if isinstance(value, Span)}
    score = pack.scores[each.row.id.removeprefix("scores.")]
    own = spans[each.row.id]
    raised = {each.row.id: _raised(table.plan, own, score.at_most)}
    scores = {key: raised.get(f"scores.{key}", spans[f"scores.{key}"]) for key in pack.scores}
    groups = {
        key: group_span([scores[name] for name in group.scores], group.at_most, table.plan)
        for key, group in pack.groups.items()
    }
    grouped = {name for group in pack.groups.values() for name in group.scores}
    total = total_span([*(span for key, span in scores.items() if key not in grouped), *groups.values()], table.plan)
    return {**raised, **{f"groups.{key}": span for key, span in groups.items()}, "total": total}


def _raised(plan: Plan, own: Span, at_most: int) -> Span:
    low = _up(plan, own.low, at_most)
    return Span(low, low if own.is_known else _up(plan, own.high, at_most))


def _up(plan: Plan, points: Ratio, at_most: int) -> Ratio:
    return Ratio(Whole(pl.min_horizontal(plan.column(points.top) + POINTS_TO_GO, pl.lit(at_most)), at_most))


def _is_open(table: Columns, each: Requirement, results: Results) -> Flag:
    if each.row.is_unverified:
        return True
    if each.part is not None:
        truth = named(table.truth(each.part), answer=False)
        return both(truth.yes, truth.no)
    return _is_unsettled(table, results[each.row.id])


def _expression(flag: Flag) -> pl.Expr:
    return pl.lit(flag) if isinstance(flag, bool) else flag


def _shortfall(table: Columns, node: Node) -> Column:
    """Return what share of the amount needed is lacking; 0 for yes and no, the least of several alternatives."""
    if isinstance(node, Name) and node.definition is not None:
        return _shortfall(table, node.definition)
    if isinstance(node, Logic):
        parts = [_shortfall(table, part) for part in node.operands]
        return pl.min_horizontal(parts) if node.operator == "or" else pl.max_horizontal(parts)
    if not isinstance(node, Compare) or not node.left.type.is_numeric:
        return pl.lit(0.0)
    found, needed = (_number(table.plan, table.number(side).high) for side in (node.left, node.right))
    return ((needed - found).abs() / pl.max_horizontal(needed.abs(), found.abs(), pl.lit(1e-9))).fill_nan(0.0)


def _number(plan: Plan, ratio: Ratio) -> Column:
    return plan.column(ratio.top).cast(pl.Float64) / plan.column(ratio.bottom).cast(pl.Float64)
