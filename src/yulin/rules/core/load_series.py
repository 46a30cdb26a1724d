"""Read rates by day: the section `series` of a pack."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

from yulin.base.text import Text
from yulin.rules.core.context import ROW_KEYS, Context
from yulin.rules.core.entries import Entry
from yulin.rules.core.pack import Series
from yulin.rules.core.vocabulary import RATIO
from yulin.rules.errors import PackFormError


def load_series(ctx: Context, entry: Entry | None) -> dict[str, Series]:
    """Read every series; days must rise, and `until` says from which day on nothing is known."""
    return {key: _series(ctx, f"series.{key}", part) for key, part in entry.items()} if entry else {}


def _series(ctx: Context, row_id: str, entry: Entry) -> Series:
    entry.keys(ROW_KEYS | {"rates", "until"}, {"rates"})
    steps: list[tuple[date, Fraction]] = []
    for key, part in entry.need("rates").items():
        day = Entry(key, part.where).day()
        if steps and day <= steps[-1][0]:
            raise PackFormError(
                part.where, Text(f"日期 {day} 未递增。", f"The day {day} does not come after the last.")
            )
        steps.append((day, Fraction(ctx.quantity(part.text(), part.where, RATIO))))
    if not steps:
        raise entry.need("rates").defect("日期对应的利率", "rates by day")
    until = entry.need("until").day() if "until" in entry else None
    if until is not None and until <= steps[-1][0]:
        raise PackFormError(
            entry.need("until").where,
            Text(f"截止日 {until} 不晚于最后一个利率日。", f"The series ends on {until}, not after its last rate."),
        )
    return Series(ctx.row(row_id, entry), tuple(steps), until)
