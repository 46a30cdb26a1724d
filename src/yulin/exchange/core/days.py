"""Dates: date cells, 2021-07-05, 2021/7/5, 20210705, 2021年7月5日, day numbers of spreadsheets and of SAS.

A day that the calendar does not have is refused, never moved. Dates outside 1980–2099 are numbers that a spreadsheet
took for dates.
"""

from __future__ import annotations

import datetime as dt

import polars as pl

from yulin.exchange.core.cells import RawColumn, number_as_text
from yulin.exchange.core.columns import DateForm

EARLIEST = dt.date(1980, 1, 1)
LATEST = dt.date(2099, 12, 31)
_SPREADSHEET_DAY_0 = dt.date(1899, 12, 30)
_SAS_DAY_0 = dt.date(1960, 1, 1)
_TIME = r"(?:[ T]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?$"
_YEAR_FIRST = r"^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?" + _TIME
_COMPACT = r"^(\d{4})(\d{2})(\d{2})$"
_MONTH_FIRST = r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{4})" + _TIME
_DAY_NUMBER = r"^([+-]?\d{1,6})(?:\.0*)?$"


def read_days(column: RawColumn, form: DateForm) -> pl.DataFrame:
    """Return each cell as a date with the finding on it, as `RESULT_COLUMNS`."""
    frame = column.frame().with_columns(folded=pl.coalesce("folded", number_as_text("number")))
    frame = frame.with_columns(
        written=_written(form), day_number=pl.col("folded").str.extract(_DAY_NUMBER, 1).cast(pl.Int64)
    )
    frame = frame.with_columns(
        from_text=pl.col("written").str.to_date("%Y-%m-%d", strict=False),
        from_number=pl.when(pl.col("written").is_null()).then(_counted(form)),
    )
    frame = frame.with_columns(value=pl.coalesce("day", "from_text", "from_number"))
    is_serial = pl.col("from_number").is_not_null() & pl.col("day").is_null() & pl.lit(value=form is not DateForm.SAS)
    code = (
        pl.when(pl.col("folded").is_null() & pl.col("day").is_null())
        .then(None)
        .when(pl.col("written").is_not_null() & pl.col("value").is_null())
        .then(pl.lit("FILE.DATE.IMPOSSIBLE"))
        .when(pl.col("value").is_null())
        .then(pl.lit("FILE.DATE.UNREADABLE"))
        .when(~pl.col("value").is_between(EARLIEST, LATEST))
        .then(pl.lit("FILE.DATE.OUT_OF_RANGE"))
        .when(is_serial)
        .then(pl.lit("FILE.DATE.SERIAL"))
    )
    return frame.with_columns(code=code).select(
        value=pl.when(pl.col("code").is_null() | (pl.col("code") == "FILE.DATE.SERIAL")).then("value"),
        code="code",
        found=pl.when(pl.col("code").is_in(["FILE.DATE.OUT_OF_RANGE", "FILE.DATE.SERIAL"])).then(
            pl.col("value").cast(pl.String)
        ),
        needed=pl.lit(None, dtype=pl.String),
    )


def _written(form: DateForm) -> pl.Expr:
    folded = pl.col("folded")
    year_first = [folded.str.extract(_YEAR_FIRST, group) for group in (1, 2, 3)]
    compact = [folded.str.extract(_COMPACT, group) for group in (1, 2, 3)]
    written = [pl.coalesce(pair) for pair in zip(year_first, compact, strict=True)]
    if form is not DateForm.YEAR_FIRST:
        month_first = [folded.str.extract(_MONTH_FIRST, group) for group in (3, 1, 2)]
        written = [pl.coalesce(pair) for pair in zip(written, month_first, strict=True)]
    year, month, day = written
    return pl.concat_str(year, month.str.zfill(2), day.str.zfill(2), separator="-")


def _counted(form: DateForm) -> pl.Expr:
    first = _SAS_DAY_0 if form is DateForm.SAS else _SPREADSHEET_DAY_0
    number = pl.col("day_number")
    return pl.when(number.is_between(-99_999, 99_999)).then(pl.lit(first) + pl.duration(days=number)).cast(pl.Date)


def add_months(days: pl.Series, months: pl.Series) -> pl.Series:
    """Return each day moved on by its number of months; where the month is shorter, its last day."""
    frame = pl.DataFrame({"day": days, "months": months})
    moved = pl.col("day").dt.offset_by(pl.concat_str(pl.col("months").cast(pl.String), pl.lit("mo")))
    return frame.select(pl.when(pl.col("day").is_not_null() & pl.col("months").is_not_null()).then(moved)).to_series()
