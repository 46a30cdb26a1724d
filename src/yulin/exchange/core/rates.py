"""Yearly interest rates to parts per million: 4.35, 4.35 %, 0.0435 and rates a month in ‰ or %.

A number below 0.36 in a column of per cent is a fraction that the spreadsheet showed as per cent: it is read so,
with a remark. Above 36 % nothing is believed: 435 is 4.35 without its point.
"""

from __future__ import annotations

import polars as pl

from yulin.exchange.core.cells import RawColumn
from yulin.exchange.core.columns import Unit

HIGHEST_PPM = 360_000
_PPM = {
    Unit.PERCENT: 10_000,
    Unit.FRACTION: 1_000_000,
    Unit.PERMILLE: 1_000,
    Unit.PERCENT_MONTH: 120_000,
    Unit.PERMILLE_MONTH: 12_000,
}
_RATE = r"^([+-]?\d+(?:\.\d*)?)(%|‰)?$"


def read_rates(column: RawColumn, unit: Unit) -> pl.DataFrame:
    """Return each cell in parts per million a year with the finding on it, as `RESULT_COLUMNS`.

    Rounding: to the nearest part per million.
    """
    monthly = unit in (Unit.PERCENT_MONTH, Unit.PERMILLE_MONTH)
    signs = {
        "%": _PPM[Unit.PERCENT_MONTH if monthly else Unit.PERCENT],
        "‰": _PPM[Unit.PERMILLE_MONTH if monthly else Unit.PERMILLE],
    }
    folded = pl.col("folded").str.replace_all(r"\s", "")
    frame = column.frame().with_columns(
        sign=folded.str.extract(_RATE, 2),
        amount=pl.coalesce("number", folded.str.extract(_RATE, 1).cast(pl.Float64, strict=False)),
    )
    is_fraction = (
        pl.col("sign").is_null()
        & (pl.col("amount") > 0)
        & (pl.col("amount") < 0.36)
        & pl.lit(value=unit is Unit.PERCENT)
    )
    factor = (
        pl.when(is_fraction)
        .then(_PPM[Unit.FRACTION])
        .otherwise(pl.col("sign").replace_strict(signs, default=_PPM[unit], return_dtype=pl.Int64))
    )
    frame = frame.with_columns(value=(pl.col("amount") * factor).round(0), is_fraction=is_fraction)
    code = (
        pl.when(pl.col("day").is_not_null() | (pl.col("text").is_not_null() & pl.col("amount").is_null()))
        .then(pl.lit("FILE.RATE.UNREADABLE"))
        .when(~pl.col("value").is_between(0, HIGHEST_PPM))
        .then(pl.lit("FILE.RATE.OUT_OF_RANGE"))
        .when("is_fraction")
        .then(pl.lit("FILE.RATE.FRACTION"))
    )
    frame = frame.with_columns(code=code, percent=pl.concat_str(_as_percent(), pl.lit("%")))
    return frame.select(
        value=pl.when(pl.col("code").is_null() | (pl.col("code") == "FILE.RATE.FRACTION")).then("value").cast(pl.Int64),
        code="code",
        found=pl.when(pl.col("code") == "FILE.RATE.OUT_OF_RANGE").then("percent"),
        needed=pl.when(pl.col("code") == "FILE.RATE.FRACTION").then("percent"),
    )


def _as_percent() -> pl.Expr:
    percent = pl.struct(number=(pl.col("value") / 10_000).round(4))
    return percent.struct.field("number").pipe(_number_text)


def _number_text(expression: pl.Expr) -> pl.Expr:
    return expression.cast(pl.String).str.strip_chars_end("0").str.strip_chars_end(".")
