"""Cells of one column, sorted by what the spreadsheet stored: text, number or day; readers never see mixed cells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from yulin.exchange.core.sheets import Cell, unescape

RESULT_COLUMNS = ("value", "code", "found", "needed")
"""What a reader returns, a line a cell: the typed value, a finding's code, and what it shows of both sides."""


@dataclass(frozen=True)
class RawColumn:
    """One column of cells as three series of the same length, each null where the cell is of another sort."""

    text: pl.Series
    number: pl.Series
    day: pl.Series

    @property
    def is_present(self) -> pl.Series:
        """Whether each cell holds anything."""
        return self.text.is_not_null() | self.number.is_not_null() | self.day.is_not_null()

    def frame(self) -> pl.DataFrame:
        """Return the three series side by side, with blanks cut and full-width forms folded in `folded`."""
        return pl.DataFrame({"text": self.text, "number": self.number, "day": self.day}).with_columns(
            folded=pl.col("text").str.normalize("NFKC").str.strip_chars()
        )

    def as_text(self) -> pl.Series:
        """Return each cell as text: whole numbers without a point, days as ISO dates."""
        return (
            self.frame()
            .select(pl.coalesce("text", number_as_text("number"), pl.col("day").cast(pl.String)))
            .to_series()
        )


def number_as_text(name: str) -> pl.Expr:
    """Return numbers as text, whole ones without a decimal point."""
    number = pl.col(name)
    is_whole = (number == number.round(0)) & (number.abs() < 1e15)
    whole = pl.when(is_whole).then(number).otherwise(None).cast(pl.Int64).cast(pl.String)
    return pl.when(is_whole).then(whole).otherwise(number.cast(pl.String))


_PLAIN_KINDS = frozenset({str, float, int, dt.date, dt.datetime, type(None)})


def raw_column(cells: Sequence[Cell]) -> RawColumn:
    """Sort the cells of one column by what they hold."""
    kinds = set(map(type, cells))
    if not kinds <= _PLAIN_KINDS:
        cells = [_in_words(cell) for cell in cells]
    count = len(cells)
    return RawColumn(
        text=_cleaned(_those(cells, (str,), pl.String()))
        if str in kinds or kinds - _PLAIN_KINDS
        else _nulls(count, pl.String()),
        number=_those(cells, (float, int), pl.Float64()) if kinds & {float, int} else _nulls(count, pl.Float64()),
        day=_days(cells) if kinds & {dt.date, dt.datetime} else _nulls(count, pl.Date()),
    )


def _those(cells: Sequence[Cell], kinds: tuple[type, ...], dtype: pl.DataType) -> pl.Series:
    return pl.Series([cell if type(cell) in kinds else None for cell in cells], dtype=dtype, strict=False)


def _nulls(length: int, dtype: pl.DataType) -> pl.Series:
    return pl.Series("null", [None], dtype=dtype).new_from_index(0, length)


def _cleaned(texts: pl.Series) -> pl.Series:
    if texts.str.contains("_x", literal=True).any():
        texts = pl.Series([None if text is None else unescape(text) for text in texts.to_list()], dtype=pl.String)
    stripped = texts.str.strip_chars()
    return stripped.set(stripped == "", None)


def _days(cells: Sequence[Cell]) -> pl.Series:
    days = [cell if type(cell) is dt.date else cell.date() if isinstance(cell, dt.datetime) else None for cell in cells]
    return pl.Series(days, dtype=pl.Date)


def _in_words(cell: Cell) -> Cell:
    """Return a truth value, a time of day or a span of time as text, which no reader takes for a number or a date."""
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    return str(cell) if isinstance(cell, dt.time | dt.timedelta) else cell


def shown(cell: Cell) -> str:
    """Return a cell as a finding quotes it, cut to eighty characters.

    >>> shown(9.153000071940525e17), shown(5000000.0), shown(None)
    ('9.15300007194052E+17', '5000000', '')
    """
    if cell is None:
        return ""
    if isinstance(cell, float):
        text = str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else f"{cell:.15G}"
    else:
        text = str(cell)
    return text if len(text) <= 80 else text[:79] + "…"
