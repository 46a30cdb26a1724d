"""What a table's engine must be able to say, so that one compiler serves several: polars here, SQL in `sql_tree`.

A column is an engine's own expression and opaque to the compiler. It knows the operators `+ - * < <= > >= == & | ~`
among its like and with whole numbers; everything else is asked of the engine.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import reduce
from typing import Any, Protocol, TypeAlias

import polars as pl

EPOCH = date(1970, 1, 1).toordinal()
Column: TypeAlias = Any  # pl.Expr or sql_tree.SqlColumn
Flag: TypeAlias = Any  # a column of truth values, or a plain bool where it is the same in every row


class Engine(Protocol):
    """The words beside the operators."""

    def column(self, name: str) -> Column:
        """Return a column of the table by name."""

    def names(self, column: Column) -> Sequence[str]:
        """Return the columns of the table that a column reads."""

    def is_plain(self, column: Column) -> bool:
        """Whether the column is read as it stands in the table."""

    def typed(self, kind: str, name: str, dtype: Any) -> Column:
        """Return the table's column in the unit of a fact of this kind: days as ordinals, everything else 64 bits."""

    def unreadable(self, kind: str, name: str, dtype: Any) -> Column | None:
        """Return a text of the column that is no value of this kind, over the whole table; None where none can be."""

    def literal(self, value: int | bool) -> Column:
        """Return a constant."""

    def none(self, kind: str) -> Column:
        """Return the empty value, of a number or a text."""

    def first_known(self, columns: Sequence[Column]) -> Column:
        """Return the first value that is there."""

    def is_known(self, column: Column) -> Column:
        """Return where there is a value."""

    def filled(self, column: Column, value: int | bool) -> Column:
        """Return the column with another value where there is none."""

    def among(self, column: Column, members: Sequence[str]) -> Column:
        """Return where the column holds one of the members."""

    def when(self, test: Column, then: Column | int, otherwise: Column | int) -> Column:
        """Return one number where a test holds, else the other."""

    def wide(self, column: Column | int) -> Column:
        """Return a whole number in at least 38 digits."""

    def counted(self, flag: Flag) -> Column:
        """Return 1 where a flag is set, else 0."""

    def least(self, columns: Sequence[Column]) -> Column:
        """Return the least of the columns, row by row."""

    def greatest(self, columns: Sequence[Column]) -> Column:
        """Return the greatest of the columns, row by row."""

    def total(self, columns: Sequence[Column]) -> Column:
        """Return the sum of the columns, row by row."""

    def months_later(self, day: Column, months: int) -> Column:
        """Return the ordinal so many months later; a day that the month lacks becomes its last one."""

    def bits(self, places: Sequence[Column]) -> Column:
        """Return the bits that are set in any of the columns."""

    def bit(self, flag: Flag, place: int) -> Column:
        """Return the bit of a place where a flag is set, else 0."""

    def bits_by_member(self, column: Column, by_member: dict[str, Column], otherwise: Column) -> Column:
        """Return the bits that belong to the member in a column, `otherwise` where it holds none."""

    def named(self, cases: Sequence[tuple[Flag, str]], otherwise: str | None, names: Sequence[str]) -> Column:
        """Return the name of the first case that holds; `names` are all that can stand there."""

    def points(self, column: Column) -> Column:
        """Return points as 32 bits."""

    def text(self, column: Column) -> Column:
        """Return a name as a plain text."""

    def has_gaps(self, name: str) -> Column:
        """Return whether any row lacks a value, over the whole table."""

    def lowest(self, column: Column) -> Column:
        """Return the lowest value, over the whole table."""

    def highest(self, column: Column) -> Column:
        """Return the highest value, over the whole table."""

    def stranger(self, column: Column, members: Sequence[str]) -> Column:
        """Return a value that is none of the members, over the whole table."""


class Polars:
    """Columns as polars expressions."""

    def column(self, name: str) -> pl.Expr:
        return pl.col(name)

    def names(self, column: pl.Expr) -> Sequence[str]:
        return column.meta.root_names()

    def is_plain(self, column: pl.Expr) -> bool:
        return column.meta.is_column()

    def typed(self, kind: str, name: str, dtype: Any) -> pl.Expr:
        column = pl.col(name)
        if kind == "date":
            days = column if dtype == pl.Date else column.cast(pl.String).str.to_date(strict=False)
            return days.cast(pl.Int32).cast(pl.Int64) + EPOCH
        wanted = _DTYPES.get(kind, pl.Int64)
        return column if dtype == wanted else column.cast(wanted)

    def unreadable(self, kind: str, name: str, dtype: Any) -> pl.Expr | None:
        if kind != "date" or dtype != pl.String:
            return None
        column = pl.col(name)
        return column.filter(column.str.to_date(strict=False).is_null()).max()

    def literal(self, value: int | bool) -> pl.Expr:
        return pl.lit(value)

    def none(self, kind: str) -> pl.Expr:
        return pl.lit(None, pl.String if kind == "text" else pl.Int32)

    def first_known(self, columns: Sequence[pl.Expr]) -> pl.Expr:
        return pl.coalesce(columns)

    def is_known(self, column: pl.Expr) -> pl.Expr:
        return column.is_not_null()

    def filled(self, column: pl.Expr, value: int | bool) -> pl.Expr:
        return column.fill_null(value)

    def among(self, column: pl.Expr, members: Sequence[str]) -> pl.Expr:
        return column.is_in(members) if len(members) != 1 else column == members[0]

    def when(self, test: pl.Expr, then: pl.Expr | int, otherwise: pl.Expr | int) -> pl.Expr:
        return pl.when(test).then(then).otherwise(otherwise)

    def wide(self, column: pl.Expr | int) -> pl.Expr:
        return (pl.lit(column) if isinstance(column, int) else column).cast(pl.Int128)

    def counted(self, flag: Flag) -> pl.Expr:
        return (pl.lit(flag) if isinstance(flag, bool) else flag).cast(pl.Int64)

    def least(self, columns: Sequence[pl.Expr]) -> pl.Expr:
        return pl.min_horizontal(columns)

    def greatest(self, columns: Sequence[pl.Expr]) -> pl.Expr:
        return pl.max_horizontal(columns)

    def total(self, columns: Sequence[pl.Expr]) -> pl.Expr:
        return pl.sum_horizontal(columns)

    def months_later(self, day: pl.Expr, months: int) -> pl.Expr:
        shifted = (day - EPOCH).cast(pl.Int32).cast(pl.Date).dt.offset_by(f"{months}mo")
        return shifted.cast(pl.Int32).cast(pl.Int64) + EPOCH

    def bits(self, places: Sequence[pl.Expr]) -> pl.Expr:
        return reduce(lambda a, b: a | b, places)

    def bit(self, flag: Flag, place: int) -> pl.Expr:
        if isinstance(flag, bool):
            return pl.lit(flag << place, pl.Int16)
        return pl.when(flag).then(pl.lit(1 << place, pl.Int16)).otherwise(pl.lit(0, pl.Int16))

    def bits_by_member(self, column: pl.Expr, by_member: dict[str, pl.Expr], otherwise: pl.Expr) -> pl.Expr:
        members, found = pl.Enum(list(by_member)), otherwise
        for member, bits in by_member.items():
            found = pl.when(column.cast(members) == pl.lit(member, members)).then(bits).otherwise(found)
        return found

    def named(self, cases: Sequence[tuple[Flag, str]], otherwise: str | None, names: Sequence[str]) -> pl.Expr:
        kind = pl.Enum(names)
        found = pl.lit(otherwise, kind)
        for test, name in reversed(cases):
            found = pl.when(test).then(pl.lit(name, kind)).otherwise(found)
        return found

    def points(self, column: pl.Expr) -> pl.Expr:
        return column.cast(pl.Int32)

    def text(self, column: pl.Expr) -> pl.Expr:
        return column.cast(pl.String)

    def has_gaps(self, name: str) -> pl.Expr:
        return pl.col(name).has_nulls()

    def lowest(self, column: pl.Expr) -> pl.Expr:
        return column.min()

    def highest(self, column: pl.Expr) -> pl.Expr:
        return column.max()

    def stranger(self, column: pl.Expr, members: Sequence[str]) -> pl.Expr:
        return column.filter(~column.is_in(members)).max()


_DTYPES = {"member": pl.String, "text": pl.String, "bool": pl.Boolean}
POLARS = Polars()


def engine_of(*columns: Column | int) -> Engine:
    """Return the engine whose columns these are; whole numbers belong to any."""
    found: Engine = next((column.engine for column in columns if hasattr(column, "engine")), POLARS)
    return found
