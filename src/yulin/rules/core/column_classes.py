"""Classes over a whole table, by a list or by rules; a bit stands for each class that is still possible."""

from __future__ import annotations

from functools import reduce

from yulin.rules.core.column_scores import named
from yulin.rules.core.columns import Plan, Truth, both, either
from yulin.rules.core.compile import Columns, Source
from yulin.rules.core.engine import Column, Flag
from yulin.rules.core.pack import ClassTable, Ladder, Rung

OUTCOMES = ("unknown", "met", "not_met")


def class_answers(classes: ClassTable, table: Columns, trusts_unverified: bool) -> dict[str, Column]:
    """Return the class where exactly one is left; a bit stands for each class, the last for what is not covered."""
    source: Source = table.sources[classes.of.slot]
    by_member = {member: _class_bits(classes, member, table, trusts_unverified) for member in sorted(source.members)}
    bits = table.plan.keep(table.plan.engine.bits(list(by_member.values())))
    if source.column is not None:
        bits = table.plan.engine.bits_by_member(source.column, by_member, otherwise=bits)
    return _class_answer(classes.order, table.plan, table.plan.keep(bits))


def _class_answer(classes: tuple[str, ...], plan: Plan, bits: Column) -> dict[str, Column]:
    cases = [(bits == 1 << place, name) for place, name in enumerate(classes)]
    is_one = plan.keep(reduce(either, (test for test, _ in cases)))
    return {
        "outcome": plan.engine.named([(is_one, "met")], "unknown", OUTCOMES),
        "score_low": plan.engine.none("number"),
        "score_high": plan.engine.none("number"),
        "band": plan.engine.named(cases, None, classes),
    }


def _class_bits(classes: ClassTable, member: str, table: Columns, trusts_unverified: bool) -> Column:
    engine, count, row = table.plan.engine, len(classes.order), classes.rows.get(member)
    if row is None:
        return engine.bit(True, count)
    if row.row.is_unverified and not trusts_unverified:
        return engine.bits([engine.bit(True, place) for place in range(count + 1)])
    is_open: Flag = True
    places = []
    for i, (_, that) in enumerate(row.classes):
        truth = table.plan.truth(table.truth(that.node))
        places.append(engine.bit(both(is_open, truth.yes), i))
        is_open = both(is_open, truth.no)
    return table.plan.keep(engine.bits([*places, engine.bit(is_open, count - 1)]))


def ladder_answers(ladder: Ladder, table: Columns, trusts_unverified: bool) -> dict[str, Column]:
    """Return the class where exactly one is left, of the rules in the order of their classes."""
    engine, places = table.plan.engine, []
    is_open: Flag = True
    for place, name in enumerate(ladder.order):
        can_hold: Flag = False
        for rung in ladder.rungs.values():
            if rung.name == name:
                truth = table.plan.truth(_rung(rung, table, trusts_unverified))
                can_hold = either(can_hold, both(is_open, truth.yes))
                is_open = table.plan.flag(both(is_open, truth.no))
        places.append(engine.bit(can_hold, place))
    bits = engine.bits([*places, engine.bit(is_open, len(ladder.order) - 1)])
    return _class_answer(ladder.order, table.plan, table.plan.keep(bits))


def _rung(rung: Rung, table: Columns, trusts_unverified: bool) -> Truth:
    truth = named(table.truth(rung.that.node), rung.undefined)
    if rung.row.is_unverified and not trusts_unverified:
        return Truth(yes=truth.yes, no=True)
    return truth
