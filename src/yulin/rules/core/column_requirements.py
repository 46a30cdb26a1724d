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
from yulin.rules.core.nearness import asks_all, condition_of, slots_beside
from yulin.rules.core.nodes import Compare, Logic, Name, Node
from yulin.rules.core.pack import Condition, Pack, Row
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
    open_facts = None if asks_all(pack) else _OpenFacts(pack, table, results)
    found: dict[str, pl.Expr] = {}
    for place, each in enumerate(requirements_of(pack)):
        if each.row.is_unverified or each.is_of_place:
            lacks: Flag = False
        else:
            supposed = {**results, **_supposing(pack, each, table, results)}
            verdict_then = _verdict(pack, table, supposed)
            beside = slots_beside(pack, each)
            may_stay_open = open_facts.are_few_with(each, supposed[each.row.id], beside) if open_facts else False
            brings = either(opposite(verdict_then.no), both(verdict_then.yes, may_stay_open))
            lacks = both(fails, brings)
        share = _shortfall(table, each.part) if each.part is not None else pl.lit(0.0)
        found[short_name(place)] = pl.when(lacks).then(share.cast(pl.Float32)).otherwise(None)
        found[open_name(place)] = _expression(both(is_open, _is_open(table, each, results)))
    return found


class _OpenFacts:
    """Counts, row by row, the unknown facts of a pack's open rows; mirrors `nearness.open_slots`."""

    def __init__(self, pack: Pack, table: Columns, results: Results) -> None:
        self.table, self.rows = table, _rows_of(pack)
        self.open = {
            key: False if row.is_unverified else table.plan.flag(_is_unsettled(table, results[key]))
            for key, (row, _) in self.rows.items()
        }
        slots = sorted({slot for _, each in self.rows.values() for slot in each})
        self.counts = {slot: self.count(slot, self.open) for slot in slots}
        self.total = reduce(lambda a, b: a + b, self.counts.values(), Whole.constant(0))
        self.total = table.plan.kept(Ratio(self.total)).top

    def count(self, slot: str, is_open: Mapping[str, Flag]) -> Whole:
        """Return 1 where the fact is unknown and any row that reads it is open, else 0."""
        flags = [is_open[key] for key, (_, slots) in self.rows.items() if slot in slots and key in is_open]
        if not flags:
            return Whole.constant(0)
        flag = both(_is_unknown(self.table, slot), reduce(either, flags))
        if isinstance(flag, bool):
            return Whole.constant(int(flag))
        return Whole(self.table.plan.keep(self.table.plan.engine.counted(flag)), 1)

    def are_few_with(self, each: Requirement, result: Span | Truth, beside: frozenset[str]) -> Flag:
        """Return where at most `OPEN_FACTS` are open when a requirement's row has another result, by what is beside."""
        key = each.row.id
        others = {name: flag for name, flag in self.open.items() if name != key}
        supposed, count = {**others, key: _is_unsettled(self.table, result)}, self.total
        for slot in sorted(self.rows[key][1]):
            count = count - self.counts[slot] + self.count(slot, supposed if slot in beside else others)
        return Ratio(count).compares("<=", Ratio.constant(OPEN_FACTS))


def _rows_of(pack: Pack) -> dict[str, tuple[Row, frozenset[str]]]:
    """Return the rows that can be open, each with the facts that it reads."""
    conditions = (*pack.conditions.values(), *pack.routes.values(), *((pack.direct_pass,) if pack.direct_pass else ()))
    found = {each.row.id: (each.row, each.that.slots) for each in conditions}
    for score in pack.scores.values():
        found[score.row.id] = (score.row, frozenset().union(*(each.slots for each in score.expressions())))
    return found


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
    but_for = _but_for(condition_of(pack, each), each, table)
    changed: dict[str, Span | Truth] = {each.row.id: table.plan.truth(but_for)}
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
