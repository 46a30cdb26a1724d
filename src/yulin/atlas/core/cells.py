"""Cells of a source's file by the column: text as it came → the value in its one form, or why it has none.

Values are kept as text in one form: money in whole fen, days as 2005-09-28, a month without a day as 2005-09 (the day
is not invented), counts as digits, ratios in millionths, yes and no as true and false.

What a value is then held to (bounds, forms, lists) is decided in `field_rules.py`.

Invariant: a cell that holds something yields either a value or a problem, never both, never neither.
"""

from __future__ import annotations

import polars as pl

from yulin.atlas.core.contracts import SourceField
from yulin.atlas.enums import FieldType, Problem

_FOREIGN = "美|港|欧|英|日|韩|澳|加拿大|瑞士|新加坡|台|法郎|马克|卢布|USD|HKD|EUR|JPY|GBP"
_AMOUNT = r"^(-?)(\d{1,12})(?:\.(\d{1,6}))?\s*\(?(亿|万)?(?:元|圆|人民币|RMB|CNY|[()])*(?:[()])?$"
_YES, _NO = ("是", "有", "true", "1", "y", "yes", "√"), ("否", "没有", "false", "0", "n", "no", "×")
_STRUCTURE = r'^(\{"|\[[{"\]])'
_FRACTION_PLACES = 6


def column_of(field: SourceField) -> tuple[pl.Expr, pl.Expr]:
    """Return value and problem (each null where there is none) of a field's column, whose blanks are null already."""
    cell = pl.col(field.column)
    value = _READERS[field.type](cell)
    problem = pl.when(cell.is_null()).then(None).when(cell.str.len_chars() > field.longest).then(_say(Problem.TOO_LONG))
    if field.type is FieldType.MONEY:
        problem = problem.when(value.is_null() & cell.str.contains(_FOREIGN)).then(_say(Problem.FOREIGN_CURRENCY))
    said = problem.when(value.is_null()).then(_say(Problem.UNREADABLE)).otherwise(None)
    return pl.when(said.is_null()).then(value).otherwise(None), said


def _say(problem: Problem) -> pl.Expr:
    return pl.lit(problem.value)


def _text(cell: pl.Expr) -> pl.Expr:
    """Return the text; an object or a list of a JSON file is none."""
    return pl.when(cell.str.contains(_STRUCTURE)).then(None).otherwise(cell)


def _date(cell: pl.Expr) -> pl.Expr:
    plain = cell.str.replace_all(r"[年月./]", "-").str.replace_all(r"日|\s.*$|T.*$|-+$", "")
    plain = plain.str.replace(r"^(\d{4})(\d\d)(\d\d)$", "$1-$2-$3").str.replace(r"^(\d{4})(\d\d)$", "$1-$2")
    parts = plain.str.extract_groups(r"^(?<y>\d{4})-(?<m>\d{1,2})(?:-(?<d>\d{1,2}))?$")
    month = pl.concat_str(parts.struct.field("y"), pl.lit("-"), parts.struct.field("m").str.zfill(2))
    day = pl.concat_str(month, pl.lit("-"), parts.struct.field("d").str.zfill(2))
    has_day = parts.struct.field("d").is_not_null()
    read = day.str.to_date("%Y-%m-%d", strict=False).dt.to_string("%Y-%m-%d")
    read_month = pl.concat_str(month, pl.lit("-01")).str.to_date("%Y-%m-%d", strict=False).dt.to_string("%Y-%m")
    return pl.when(has_day).then(read).otherwise(read_month)


def _money(cell: pl.Expr) -> pl.Expr:
    """Return whole fen; an amount that is no whole fen, or says another currency, has no value."""
    plain = cell.str.replace_all(r"[,\s¥￥]", "").str.replace_all("（", "(").str.replace_all("）", ")")
    parts = plain.str.extract_groups(_AMOUNT)
    whole = parts.struct.field("2").cast(pl.Int64, strict=False)
    fraction = parts.struct.field("3").fill_null("").str.pad_end(_FRACTION_PLACES, "0").cast(pl.Int64, strict=False)
    unit = parts.struct.field("4").replace_strict({"万": 10**6, "亿": 10**10}, default=100, return_dtype=pl.Int64)
    millionths = fraction * unit
    fen = whole * unit + millionths // 10**_FRACTION_PLACES
    signed = pl.when(parts.struct.field("1") == "-").then(-fen).otherwise(fen)
    is_exact = (millionths % 10**_FRACTION_PLACES == 0) & (whole < 10**18 // unit // 10)
    return pl.when(is_exact).then(signed).otherwise(None).cast(pl.String)


def _count(cell: pl.Expr) -> pl.Expr:
    plain = cell.str.replace_all(r"[,\s]", "").str.extract(r"^(-?\d{1,15})(?:\.0+)?[人个项名]?$")
    return plain.cast(pl.Int64, strict=False).cast(pl.String)


def _ratio(cell: pl.Expr) -> pl.Expr:
    """Return millionths of a percentage; a number without its sign may be either, and has no value."""
    plain = cell.str.replace_all(r"\s", "").str.replace("％", "%")
    parts = plain.str.extract_groups(r"^(\d{1,4})(?:\.(\d{1,4}))?%$")
    whole = parts.struct.field("1").cast(pl.Int64, strict=False)
    fraction = parts.struct.field("2").fill_null("").str.pad_end(4, "0").cast(pl.Int64, strict=False)
    return (whole * 10_000 + fraction).cast(pl.String)


def _bool(cell: pl.Expr) -> pl.Expr:
    plain = cell.str.to_lowercase()
    return pl.when(plain.is_in(_YES)).then(pl.lit("true")).when(plain.is_in(_NO)).then(pl.lit("false")).otherwise(None)


_READERS = {
    FieldType.TEXT: _text,
    FieldType.DATE: _date,
    FieldType.MONEY: _money,
    FieldType.COUNT: _count,
    FieldType.RATIO: _ratio,
    FieldType.BOOL: _bool,
}
