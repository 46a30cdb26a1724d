"""Whole numbers (职工总数, 期限, 逾期天数) and districts: what is not understood stays unknown, with a remark."""

from __future__ import annotations

import polars as pl

from yulin.base.districts import GUANGZHOU_DISTRICTS
from yulin.exchange.core.cells import RawColumn, number_as_text

_COUNT = r"^(\d{1,3}(?:,\d{3})+|\d{1,9})(?:\.0*)?(个月|月|人|天|日|年|months?|m)?$"
_ALSO_HUANGPU = ("开发", "广州开发", "经济技术开发")  # the Development Zone lies in Huangpu
_DISTRICT_CODES = {name.zh.removesuffix("区"): code for code, name in GUANGZHOU_DISTRICTS.items()} | dict.fromkeys(
    _ALSO_HUANGPU, "440112"
)


def read_counts(column: RawColumn) -> pl.DataFrame:
    """Return whole numbers that are not negative; `3年` is thirty-six months. A line a cell, as `RESULT_COLUMNS`."""
    folded = pl.coalesce(pl.col("folded").str.replace_all(r"\s", "").str.to_lowercase(), number_as_text("number"))
    number = folded.str.extract(_COUNT, 1).str.replace_all(",", "").cast(pl.Int64, strict=False)
    value = pl.when(folded.str.extract(_COUNT, 2) == "年").then(number * 12).otherwise(number)
    is_present = folded.is_not_null() | pl.col("day").is_not_null()
    code = pl.when(is_present & value.is_null()).then(pl.lit("FILE.NUMBER.UNREADABLE"))
    return _results(column, value, code)


def read_districts(column: RawColumn) -> pl.DataFrame:
    """Return six-digit district codes; those of Guangzhou may also be named. As `RESULT_COLUMNS`."""
    text = pl.coalesce("folded", number_as_text("number"))
    code_written = text.str.extract(r"^(\d{6})$", 1)
    name_written = text.str.strip_prefix("广东省").str.strip_prefix("广州市").str.strip_suffix("区")
    value = pl.coalesce(
        code_written, name_written.replace_strict(_DISTRICT_CODES, default=None, return_dtype=pl.String)
    )
    is_present = text.is_not_null() | pl.col("day").is_not_null()
    return _results(column, value, pl.when(is_present & value.is_null()).then(pl.lit("FILE.CHOICE.UNKNOWN")))


def _results(column: RawColumn, value: pl.Expr, code: pl.Expr) -> pl.DataFrame:
    nothing = pl.lit(None, dtype=pl.String)
    return column.frame().select(value=value, code=code, found=nothing, needed=nothing)
