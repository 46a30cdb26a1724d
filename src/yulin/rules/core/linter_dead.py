"""What of a pack can never have an effect: rows that no outcome asks for, ways and classes that another one covers."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from itertools import pairwise

from yulin.base.text import Text
from yulin.rules.core.bounds import TRUE, evaluator_of, own_limits
from yulin.rules.core.facts import environment
from yulin.rules.core.nodes import Compare, Constant, FactRef, Logic, Node
from yulin.rules.core.pack import Bands, FirstOf, Guarded, Pack, PointsWhen, Row, Scoring
from yulin.rules.core.program import all_bands
from yulin.rules.errors import Where

Dead = tuple[str, Where, Text]  # code of the remark, place, sentence
Box = dict[str, tuple[Fraction | float, Fraction | float]]  # by slot, the values for which a question holds


def dead_parts(pack: Pack) -> Iterator[Dead]:
    """Yield every part without effect, and every table whose points fall where the value gets better."""
    yield from _rows_nobody_asks_for(pack)
    for score in pack.scores.values():
        yield from _falling_points(score.row, score.rule)
        yield from _ways_never_taken(pack, score.row, score.rule)
    yield from _classes_never_reached(pack)


def _rows_nobody_asks_for(pack: Pack) -> Iterator[Dead]:
    """Report rows that the outcome or ladder of no decision names, neither themselves nor their section."""
    if pack.kind == "scheme" or not (pack.outcome or pack.ladder):
        return
    living = frozenset().union(*(_asked_for(pack.deciding(decision)) for decision in pack.applies_to))
    sections = (pack.conditions, pack.routes, pack.scores, pack.groups)
    rows = [item.row for section in sections for item in section.values()]
    for row in (*rows, *([pack.direct_pass.row] if pack.direct_pass else [])):
        if row.id not in living:
            yield ("dead", row.where, Text(f"结论从不用到 {row.id}。", f"No outcome ever asks for {row.id}."))


def _asked_for(pack: Pack) -> frozenset[str]:
    """Return the rows that the outcome or the ladder of one decision reads."""
    names = set(pack.outcome.met.names) if pack.outcome else set()
    for rung in pack.ladder.rungs.values() if pack.ladder else ():
        names |= rung.that.names
    if "total" in names:
        names |= {f"scores.{key}" for key in pack.scores} | {f"groups.{key}" for key in pack.groups}
    for key, group in pack.groups.items():
        if f"groups.{key}" in names:
            names |= {f"scores.{score}" for score in group.scores}
    if "conditions" in names:
        names |= {condition.row.id for condition in pack.conditions.values()}
    if "routes" in names:
        names |= {route.row.id for route in pack.routes.values()}
    return frozenset(names)


def _falling_points(row: Row, rule: Scoring) -> Iterator[Dead]:
    """Report bands in which reaching a further bound earns less; steps stand best match first."""
    for bands in all_bands(rule):
        for better, worse in pairwise(bands.steps):
            if better.points < worse.points:
                yield (
                    "order",
                    bands.of.where,
                    Text(
                        f"{row.id}：{better.bound} 一档的分数低于 {worse.bound} 一档。",
                        f"{row.id}: the band {better.bound} earns less than the band {worse.bound}.",
                    ),
                )


def _ways_never_taken(pack: Pack, row: Row, rule: Scoring) -> Iterator[Dead]:
    """Report a way of `first_of` that stands behind one which always applies."""
    if isinstance(rule, Guarded):
        yield from _ways_never_taken(pack, row, rule.way)
    if isinstance(rule, Bands | PointsWhen | Guarded):
        return
    for place, way in enumerate(rule.ways, 1):
        yield from _ways_never_taken(pack, row, way)
        if isinstance(rule, FirstOf) and place < len(rule.ways) and _always_applies(pack, way):
            yield (
                "dead",
                row.where,
                Text(f"{row.id} 第{place}项之后的各项用不到。", f"{row.id}: nothing behind way {place} is ever taken."),
            )
            return


def _always_applies(pack: Pack, way: Scoring) -> bool:
    env = environment(pack.vocabulary, {}, max(pack.effective_from, date(2000, 1, 1)), pack.slots)
    if isinstance(way, PointsWhen | Guarded):
        return bool(evaluator_of(way.when)(env) == TRUE)
    if not isinstance(way, Bands):
        return False
    low, high, undefined = evaluator_of(way.of)(env)
    last = way.steps[-1].bound
    reached = {">=": low >= last, ">": low > last, "<=": high <= last, "<": high < last}
    return not undefined and reached[way.comparator]


# Classes


def _classes_never_reached(pack: Pack) -> Iterator[Dead]:
    if pack.classes:
        for row in pack.classes.rows.values():
            questions = [(name, row.row, that.node) for name, that in row.classes]
            yield from _covered(questions)
    if pack.ladder:
        ladder = pack.ladder
        rungs = [(name, rung) for name in ladder.order for rung in ladder.rungs.values() if rung.name == name]
        for name in ladder.order[:-1]:
            if all(each != name for each, _ in rungs):
                yield ("unreachable", pack.where, Text(f"没有规则给出“{name}”。", f"No rule gives the class {name}."))
        yield from _covered([(name, rung.row, rung.that.node) for name, rung in rungs])


def _covered(questions: list[tuple[str, Row, Node]]) -> Iterator[Dead]:
    """Report a question whose answers all lie within those of one that is asked before it, or that never holds."""
    boxes: list[tuple[str, Box]] = []
    for name, row, node in questions:
        box = box_of(node)
        over = next((each for each, before in boxes if box is not None and _lies_in(box, before)), None)
        is_empty = box is not None and any(low > high for low, high in box.values())
        if over is not None or is_empty:
            reason = Text(f"“{over}”已涵盖", f"“{over}” covers it") if over else Text("从不成立", "it never holds")
            yield (
                "unreachable",
                row.where,
                Text(f"{row.id} 给不出“{name}”：{reason.zh}。", f"{row.id} never gives “{name}”: {reason.en}."),
            )
        if box is not None:
            boxes.append((name, box))


def box_of(node: Node) -> Box | None:
    """Return the values for which a question holds, where it is made of comparisons of facts with constants alone."""
    if isinstance(node, Logic) and node.operator == "and":
        box: Box = {}
        for part in node.operands:
            inner = box_of(part)
            if inner is None:
                return None
            for slot, (low, high) in inner.items():
                first, last = box.get(slot, (low, high))
                box[slot] = (max(first, low), min(last, high))
        return box
    if isinstance(node, Compare) and isinstance(node.left, FactRef) and isinstance(node.right, Constant):
        if not node.left.type.is_numeric or node.operator == "!=":
            return None
        least, most = own_limits(node.operator, Fraction(node.right.value) * node.left.scale)
        return {
            node.left.slot: (
                Fraction(least) if least is not None else float("-inf"),
                Fraction(most) if most is not None else float("inf"),
            )
        }
    return None


def _lies_in(inner: Box, outer: Box) -> bool:
    """Whether every value of the inner box lies in the outer one; a fact that the outer one names must be bounded."""
    return all(
        slot in inner and low <= inner[slot][0] and inner[slot][1] <= high for slot, (low, high) in outer.items()
    )
