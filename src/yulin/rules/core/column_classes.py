"""Classes over a whole table, by a list or by rules; a bit stands for each class that is still possible."""

from __future__ import annotations

from functools import reduce

import polars as pl

from yulin.rules.core.column_scores import named
from yulin.rules.core.columns import Flag, Truth, both, either
from yulin.rules.core.compile import Columns, Source
from yulin.rules.core.pack import ClassTable, Ladder, Rung

OUTCOMES = ("unknown", "met", "not_met")
OUTCOME = pl.Enum(OUTCOMES)


def class_answers(classes: ClassTable, table: Columns, trusts_unverified: bool) -> dict[str, pl.Expr]:
    """Return the class where exactly one is left; a bit stands for each class, the last for what is not covered."""
    source: Source = table.sources[classes.of.slot]
    by_member = {member: _class_bits(classes, member, table, trusts_unverified) for member in sorted(source.members)}
    bits = table.plan.keep(reduce(lambda a, b: a | b, by_member.values()))
    if source.column is not None:
        members = pl.Enum(list(by_member))
        column = table.plan.keep(source.column.cast(members))
        for member, found in by_member.items():
            bits = pl.when(column == pl.lit(member, members)).then(found).otherwise(bits)
    return _class_answer(classes.order, table.plan.keep(bits))


def _class_answer(classes: tuple[str, ...], bits: pl.Expr) -> dict[str, pl.Expr]:
    order = pl.Enum(classes)
    band = pl.lit(None, order)
    for place, name in enumerate(classes):
        band = pl.when(bits == 1 << place).then(pl.lit(name, order)).otherwise(band)
    is_one = reduce(lambda a, b: a | b, (bits == 1 << place for place in range(len(classes))))
    return {
        "outcome": pl.when(is_one).then(pl.lit("met", OUTCOME)).otherwise(pl.lit("unknown", OUTCOME)),
        "score_low": pl.lit(None, pl.Int32),
        "score_high": pl.lit(None, pl.Int32),
        "band": band,
    }


def _class_bits(classes: ClassTable, member: str, table: Columns, trusts_unverified: bool) -> pl.Expr:
    count, row = len(classes.order), classes.rows.get(member)
    if row is None:
        return pl.lit(1 << count, pl.Int16)
    if row.row.is_unverified and not trusts_unverified:
        return pl.lit((2 << count) - 1, pl.Int16)
    is_open: Flag = True
    bits = pl.lit(0, pl.Int16)
    for i, (_, that) in enumerate(row.classes):
        truth = table.plan.truth(table.truth(that.node))
        bits = bits | _bit(both(is_open, truth.yes), i)
        is_open = both(is_open, truth.no)
    return table.plan.keep(bits | _bit(is_open, count - 1))


def _bit(is_set: Flag, place: int) -> pl.Expr:
    test = pl.lit(is_set) if isinstance(is_set, bool) else is_set
    return pl.when(test).then(pl.lit(1 << place, pl.Int16)).otherwise(pl.lit(0, pl.Int16))


def ladder_answers(ladder: Ladder, table: Columns, trusts_unverified: bool) -> dict[str, pl.Expr]:
    """Return the class where exactly one is left, of the rules in the order of their classes."""
    is_open: Flag = True
    bits = pl.lit(0, pl.Int16)
    for place, name in enumerate(ladder.order):
        can_hold: Flag = False
        for rung in ladder.rungs.values():
            if rung.name == name:
                truth = table.plan.truth(_rung(rung, table, trusts_unverified))
                can_hold = either(can_hold, both(is_open, truth.yes))
                is_open = table.plan.flag(both(is_open, truth.no))
        bits = bits | _bit(can_hold, place)
    bits = bits | _bit(is_open, len(ladder.order) - 1)
    return _class_answer(ladder.order, table.plan.keep(bits))


def _rung(rung: Rung, table: Columns, trusts_unverified: bool) -> Truth:
    truth = named(table.truth(rung.that.node), rung.undefined)
    if rung.row.is_unverified and not trusts_unverified:
        return Truth(yes=truth.yes, no=True)
    return truth
