"""Amounts: cells in 元, 万元 or 亿元 to whole fen, exactly or not at all.

Text is read digit by digit, so no rounding happens; a number cell carries fifteen digits and must lie on a whole
fen. A unit written in the cell wins over the column's and is remarked on.
"""

from __future__ import annotations

import polars as pl

from yulin.exchange.core.cells import RawColumn
from yulin.exchange.core.columns import Unit

_PLACES = {Unit.YUAN: 2, Unit.WAN: 6, Unit.YI: 10}
_WRITTEN_UNITS = {"元": Unit.YUAN, "圆": Unit.YUAN, "万": Unit.WAN, "万元": Unit.WAN, "亿": Unit.YI, "亿元": Unit.YI}
_AMOUNT = r"^(?:人民币|RMB|CNY|USD|[¥$])?([+-]?)((?:\d{1,3}(?:,\d{3})+|\d+))(?:\.(\d*))?(万元|亿元|万|亿|元|圆)?整?$"
_LARGEST_FEN = 9_000_000_000_000_000  # a number cell is exact below 2^53
_SMALL_FEN = 100_000


def read_amounts(column: RawColumn, unit: Unit, *, may_be_zero: bool, warns_of_small: bool) -> pl.DataFrame:
    """Return each cell in fen with the finding on it, as `RESULT_COLUMNS`.

    Units: `unit` is the column's; `value` is int64 fen (cents for a dollar file). `warns_of_small` remarks on
    amounts below 1,000 yuan.
    """
    frame = column.frame().with_columns(pl.col("folded").str.replace_all(r"\s", "").str.to_uppercase())
    frame = _split_text(frame).with_columns(_from_number(unit), *_from_text(unit))
    value = pl.coalesce("text_fen", "number_fen")
    is_small = pl.lit(value=warns_of_small) & (value < _SMALL_FEN)
    code = (
        pl.when(pl.col("day").is_not_null() | (pl.col("text").is_not_null() & pl.col("digits").is_null()))
        .then(pl.lit("FILE.AMOUNT.UNREADABLE"))
        .when("has_fraction")
        .then(pl.lit("FILE.AMOUNT.FRACTION"))
        .when(_present() & value.is_null())
        .then(pl.lit("FILE.AMOUNT.OUT_OF_RANGE"))
        .when(value < 0)
        .then(pl.lit("FILE.AMOUNT.NEGATIVE" if may_be_zero else "FILE.AMOUNT.NOT_POSITIVE"))
        .when(pl.lit(value=not may_be_zero) & (value == 0))
        .then(pl.lit("FILE.AMOUNT.NOT_POSITIVE"))
        .when(pl.col("written").is_not_null() & (pl.col("written") != unit.value))
        .then(pl.lit("FILE.UNIT.GUESSED"))
        .when(is_small & (value > 0))
        .then(pl.lit("FILE.AMOUNT.SMALL"))
    )
    return frame.with_columns(value=value, code=code).select(
        value=pl.when(pl.col("code").is_null() | pl.col("code").is_in(["FILE.UNIT.GUESSED", "FILE.AMOUNT.SMALL"])).then(
            "value"
        ),
        code="code",
        found=pl.when(pl.col("code") == "FILE.AMOUNT.SMALL").then(_yuan("value")),
        needed=pl.lit(unit.value),
    )


def _present() -> pl.Expr:
    return pl.col("text").is_not_null() | pl.col("number").is_not_null()


def _split_text(frame: pl.DataFrame) -> pl.DataFrame:
    folded = pl.col("folded")
    return frame.with_columns(
        sign=folded.str.extract(_AMOUNT, 1),
        digits=folded.str.extract(_AMOUNT, 2).str.replace_all(",", ""),
        decimals=folded.str.extract(_AMOUNT, 3).fill_null("").str.strip_chars_end("0"),
        written=folded.str.extract(_AMOUNT, 4).replace_strict(
            {word: unit.value for word, unit in _WRITTEN_UNITS.items()}, default=None, return_dtype=pl.String
        ),
    )


def _from_text(unit: Unit) -> tuple[pl.Expr, pl.Expr]:
    used = pl.col("written").fill_null(unit.value)
    fen: pl.Expr = pl.lit(None, dtype=pl.Int64)
    is_fraction: pl.Expr = pl.lit(value=False)
    for one, places in _PLACES.items():
        whole = pl.concat_str("digits", pl.col("decimals").str.pad_end(places, "0").str.slice(0, places))
        in_range = whole.str.strip_chars_start("0").str.len_chars() <= 16
        fen = pl.when((used == one.value) & in_range).then(whole.cast(pl.Int64, strict=False)).otherwise(fen)
        is_fraction = is_fraction | ((used == one.value) & (pl.col("decimals").str.len_chars() > places))
    signed = pl.when(pl.col("sign") == "-").then(-fen).otherwise(fen)
    number_is_fraction = (_scaled(unit) - _scaled(unit).round(0)).abs() > 0.005
    has_fraction = (
        pl.when(pl.col("digits").is_not_null()).then(is_fraction).otherwise(number_is_fraction.fill_null(value=False))
    )
    return signed.alias("text_fen"), has_fraction.alias("has_fraction")


def _scaled(unit: Unit) -> pl.Expr:
    return pl.col("number") * float(10 ** _PLACES[unit])


def _from_number(unit: Unit) -> pl.Expr:
    scaled = _scaled(unit).round(0)
    return pl.when(scaled.abs() <= _LARGEST_FEN).then(scaled).cast(pl.Int64).alias("number_fen")


def _yuan(name: str) -> pl.Expr:
    return (pl.col(name) / 100).round(2).cast(pl.String)
