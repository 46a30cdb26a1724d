"""How the demo book's loans stand at a month's end, and the returns that banks filed about them."""

from __future__ import annotations

from datetime import date

import polars as pl

from yulin.demo import targets
from yulin.pool.core.returns import month_end

# Days overdue from which the demo's banks class a loan lower; what the official table of 2023 says of retail exposure.
_CLASSES = ((361, "loss"), (271, "doubtful"), (91, "substandard"), (1, "special_mention"))
_LIQUIDATION_AFTER_DAYS = 180
MONTHS_OF_RETURNS = 12
BANKS_WITHOUT_LAST_RETURN = 3


def standing(loans: pl.DataFrame, on: date) -> pl.DataFrame:
    """Add balance, days overdue, class and status of each loan at the end of a day."""
    has_failed = pl.col("defaulted_on").is_not_null() & (pl.col("defaulted_on") <= on)
    is_paid = pl.col("closed_on").is_not_null() & (pl.col("closed_on") <= on)
    overdue = pl.when(has_failed).then((pl.lit(on) - pl.col("defaulted_on")).dt.total_days() + 1).otherwise(0)
    five_class = pl.lit("normal")
    for days, name in reversed(_CLASSES):
        five_class = pl.when(overdue >= days).then(pl.lit(name)).otherwise(five_class)
    return loans.with_columns(
        outstanding_fen=pl.when(is_paid)
        .then(0)
        .when(has_failed)
        .then("default_outstanding_fen")
        .otherwise("loan_amount_fen"),
        overdue_days=overdue,
        five_class=five_class,
        loan_status=pl.when(is_paid)
        .then(pl.lit("paid"))
        .when(overdue > _LIQUIDATION_AFTER_DAYS)
        .then(pl.lit("in_liquidation"))
        .when(has_failed)
        .then(pl.lit("overdue"))
        .otherwise(pl.lit("current")),
    )


def months_before(last: date, count: int) -> list[date]:
    """Return the first days of `count` months up to that of `last`, in order."""
    first = last.year * 12 + last.month - count
    return [date(number // 12, number % 12 + 1, 1) for number in range(first, first + count)]


def monthly_returns(loans: pl.DataFrame, months: list[date]) -> pl.DataFrame:
    """Return one row for each loan and month in which it stood; the last banks have not filed the last month."""
    frames = []
    for month in months:
        end = month_end(month)
        is_open = (pl.col("disbursed_on") <= end) & (pl.col("closed_on").is_null() | (pl.col("closed_on") >= month))
        if end >= targets.AS_OF:
            is_open &= pl.col("bank") < pl.col("bank").max() + 1 - BANKS_WITHOUT_LAST_RETURN
        frames.append(standing(loans.filter(is_open), end).with_columns(month=pl.lit(month)))
    return pl.concat(frames)
