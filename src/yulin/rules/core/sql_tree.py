"""Columns as one sqlglot tree, so that the same rules run where SQL does: Spark on many machines, DuckDB in tests.

Every whole number is a BIGINT, or an INT128 where a product could leave 64 bits; an engine without INT128 has 38
decimal digits, which is what `columns.WIDEST` allows. No column is ever divided.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

import polars as pl
from sqlglot import exp

from yulin.rules.core.columns import Plan
from yulin.rules.core.engine import EPOCH, Flag

FIRMS = "firms"  # the table that a statement reads
_WIDE = exp.DataType.build("INT128")
_DIGITS = exp.DataType.build("DECIMAL(38, 0)")
_FIRST_DAY = exp.cast(exp.Literal.string("1970-01-01"), "DATE")


@dataclass(frozen=True, eq=False)
class SqlColumn:
    """An expression and the columns that it reads; trees are copied when they are joined, as each has one parent."""

    tree: exp.Expr
    reads: frozenset[str] = frozenset()

    @property
    def engine(self) -> Sql:
        """The engine whose column this is."""
        return SQL

    def __add__(self, other: SqlColumn | int) -> SqlColumn:
        """Return the sum."""
        return _joined(exp.Add, self, other)

    def __radd__(self, other: int) -> SqlColumn:
        """Return the sum."""
        return _joined(exp.Add, other, self)

    def __sub__(self, other: SqlColumn | int) -> SqlColumn:
        """Return the difference."""
        return _joined(exp.Sub, self, other)

    def __rsub__(self, other: int) -> SqlColumn:
        """Return the difference."""
        return _joined(exp.Sub, other, self)

    def __mul__(self, other: SqlColumn | int) -> SqlColumn:
        """Return the product."""
        return _joined(exp.Mul, self, other)

    def __rmul__(self, other: int) -> SqlColumn:
        """Return the product."""
        return _joined(exp.Mul, other, self)

    def __ge__(self, other: SqlColumn | int) -> SqlColumn:
        """Return where it is at least the other."""
        return _joined(exp.GTE, self, other)

    def __gt__(self, other: SqlColumn | int) -> SqlColumn:
        """Return where it is above the other."""
        return _joined(exp.GT, self, other)

    def __le__(self, other: SqlColumn | int) -> SqlColumn:
        """Return where it is at most the other."""
        return _joined(exp.LTE, self, other)

    def __lt__(self, other: SqlColumn | int) -> SqlColumn:
        """Return where it is below the other."""
        return _joined(exp.LT, self, other)

    def __eq__(self, other: SqlColumn | int) -> SqlColumn:  # type: ignore[override]  # an expression, as in polars
        """Return where both are equal."""
        return _joined(exp.EQ, self, other)

    __hash__ = None  # type: ignore[assignment]  # what has no equality has no hash

    def __and__(self, other: SqlColumn) -> SqlColumn:
        """Return where both hold."""
        return _joined(exp.And, self, other)

    def __or__(self, other: SqlColumn) -> SqlColumn:
        """Return where either holds."""
        return _joined(exp.Or, self, other)

    def __invert__(self) -> SqlColumn:
        """Return where it does not hold."""
        return SqlColumn(exp.Not(this=_part(self)), self.reads)


def _part(value: SqlColumn | int) -> exp.Expr:
    """Return an operand that keeps together whatever stands around it."""
    tree = exp.convert(value) if isinstance(value, int) else value.tree.copy()
    return exp.Paren(this=tree) if isinstance(tree, exp.Binary | exp.Not | exp.Neg | exp.In | exp.Is) else tree


def _reads(*columns: SqlColumn | Flag) -> frozenset[str]:
    return frozenset().union(*(column.reads for column in columns if isinstance(column, SqlColumn)))


def _joined(operator: type[exp.Binary], left: SqlColumn | int, right: SqlColumn | int) -> SqlColumn:
    return SqlColumn(operator(this=_part(left), expression=_part(right)), _reads(left, right))


def _call(function: type[exp.Func], columns: Sequence[SqlColumn]) -> SqlColumn:
    first, *rest = (column.tree.copy() for column in columns)
    return SqlColumn(function(this=first, expressions=rest), _reads(*columns))


def _of(tree: exp.Expr, *columns: SqlColumn | Flag) -> SqlColumn:
    return SqlColumn(tree, _reads(*columns))


class Sql:
    """Columns as SQL."""

    def column(self, name: str) -> SqlColumn:
        return SqlColumn(exp.column(exp.to_identifier(name, quoted=True)), frozenset({name}))

    def names(self, column: SqlColumn) -> Sequence[str]:
        return list(column.reads)

    def is_plain(self, column: SqlColumn) -> bool:
        return isinstance(column.tree, exp.Column)

    def typed(self, kind: str, name: str, dtype: Any) -> SqlColumn:
        column = self.column(name)
        if kind == "date":
            day = column.tree if dtype == pl.Date else exp.TryCast(this=column.tree, to=exp.DataType.build("DATE"))
            days = exp.DateDiff(this=day, expression=_FIRST_DAY.copy(), unit=exp.var("DAY"))
            return SqlColumn(exp.cast(days, "BIGINT"), column.reads) + EPOCH
        wanted, sql_name = _DTYPES.get(kind, (pl.Int64, "BIGINT"))
        return column if dtype == wanted else _of(exp.cast(column.tree, sql_name), column)

    def unreadable(self, kind: str, name: str, dtype: Any) -> SqlColumn | None:
        if kind != "date" or dtype != pl.String:
            return None
        column = self.column(name)
        day = exp.TryCast(this=column.tree.copy(), to=exp.DataType.build("DATE"))
        text = exp.Case(ifs=[exp.If(this=exp.Is(this=day, expression=exp.null()), true=column.tree)])
        return _of(exp.Max(this=text), column)

    def literal(self, value: int | bool) -> SqlColumn:
        return SqlColumn(exp.convert(value) if isinstance(value, bool) else exp.cast(exp.convert(value), "BIGINT"))

    def none(self, kind: str) -> SqlColumn:
        return SqlColumn(exp.cast(exp.null(), "TEXT" if kind == "text" else "INT"))

    def first_known(self, columns: Sequence[SqlColumn]) -> SqlColumn:
        return _call(exp.Coalesce, columns)

    def is_known(self, column: SqlColumn) -> SqlColumn:
        return _of(exp.Not(this=exp.Paren(this=exp.Is(this=_part(column), expression=exp.null()))), column)

    def filled(self, column: SqlColumn, value: int | bool) -> SqlColumn:
        return _call(exp.Coalesce, [column, self.literal(value)])

    def among(self, column: SqlColumn, members: Sequence[str]) -> SqlColumn:
        return _of(exp.In(this=_part(column), expressions=[exp.convert(member) for member in members]), column)

    def when(self, test: SqlColumn, then: SqlColumn | int, otherwise: SqlColumn | int) -> SqlColumn:
        one, two = (self.literal(value) if isinstance(value, int) else value for value in (then, otherwise))
        first = exp.If(this=test.tree.copy(), true=one.tree.copy())
        if isinstance(two.tree, exp.Case):  # a chain of tests stays flat
            chain = two.tree.copy()
            chain.set("ifs", [first, *chain.args["ifs"]])
            return _of(chain, test, one, two)
        return _of(exp.Case(ifs=[first], default=two.tree.copy()), test, one, two)

    def wide(self, column: SqlColumn | int) -> SqlColumn:
        tree = exp.convert(column) if isinstance(column, int) else column.tree.copy()
        return _of(exp.Cast(this=tree, to=_WIDE.copy()), column)

    def counted(self, flag: Flag) -> SqlColumn:
        return self.literal(int(flag)) if isinstance(flag, bool) else self.when(flag, 1, 0)

    def least(self, columns: Sequence[SqlColumn]) -> SqlColumn:
        return _call(exp.Least, columns) if len(columns) > 1 else columns[0]

    def greatest(self, columns: Sequence[SqlColumn]) -> SqlColumn:
        return _call(exp.Greatest, columns) if len(columns) > 1 else columns[0]

    def total(self, columns: Sequence[SqlColumn]) -> SqlColumn:
        return reduce(lambda a, b: a + b, columns)

    def months_later(self, day: SqlColumn, months: int) -> SqlColumn:
        days = exp.cast((day - EPOCH).tree, "INT")
        at = exp.cast(exp.DateAdd(this=_FIRST_DAY.copy(), expression=days, unit=exp.var("DAY")), "DATE")
        later = exp.cast(exp.AddMonths(this=at, expression=exp.convert(months)), "DATE")
        shifted = exp.cast(exp.DateDiff(this=later, expression=_FIRST_DAY.copy(), unit=exp.var("DAY")), "BIGINT")
        return SqlColumn(shifted, day.reads) + EPOCH

    def bits(self, places: Sequence[SqlColumn]) -> SqlColumn:
        return reduce(lambda a, b: _joined(exp.BitwiseOr, a, b), places)

    def bit(self, flag: Flag, place: int) -> SqlColumn:
        return self.literal(flag << place) if isinstance(flag, bool) else self.when(flag, 1 << place, 0)

    def bits_by_member(self, column: SqlColumn, by_member: dict[str, SqlColumn], otherwise: SqlColumn) -> SqlColumn:
        tests = [
            exp.If(this=exp.EQ(this=_part(column), expression=exp.convert(member)), true=bits.tree.copy())
            for member, bits in by_member.items()
        ]
        return _of(exp.Case(ifs=tests, default=otherwise.tree.copy()), column, *by_member.values(), otherwise)

    def named(self, cases: Sequence[tuple[Flag, str]], otherwise: str | None, names: Sequence[str]) -> SqlColumn:
        del names
        tests = [
            exp.If(this=exp.convert(test) if isinstance(test, bool) else test.tree.copy(), true=exp.convert(name))
            for test, name in cases
        ]
        default = exp.convert(otherwise)
        return _of(exp.Case(ifs=tests, default=default) if tests else default, *(test for test, _ in cases))

    def points(self, column: SqlColumn) -> SqlColumn:
        return _of(exp.cast(column.tree.copy(), "INT"), column)

    def text(self, column: SqlColumn) -> SqlColumn:
        return _of(exp.cast(column.tree.copy(), "TEXT"), column)

    def has_gaps(self, name: str) -> SqlColumn:
        column = self.column(name)
        known = exp.Count(this=column.tree)
        return _of(exp.NEQ(this=exp.Count(this=exp.Star()), expression=known), column)

    def lowest(self, column: SqlColumn) -> SqlColumn:
        return _of(exp.Min(this=column.tree.copy()), column)

    def highest(self, column: SqlColumn) -> SqlColumn:
        return _of(exp.Max(this=column.tree.copy()), column)

    def stranger(self, column: SqlColumn, members: Sequence[str]) -> SqlColumn:
        strange = ~self.among(column, members)
        return _of(exp.Max(this=exp.Case(ifs=[exp.If(this=strange.tree, true=column.tree.copy())])), column)


_DTYPES = {"member": (pl.String, "TEXT"), "text": (pl.String, "TEXT"), "bool": (pl.Boolean, "BOOLEAN")}
SQL = Sql()


def statement(
    plan: Plan, answers: Mapping[str, SqlColumn], *, before: Iterable[str] = (), after: Iterable[str] = ()
) -> exp.Expr:
    """Return the answers over the table of firms as one tree: a stage of the plan is a subquery of the next.

    `before` and `after` name columns of the table that go along on either side of the answers.
    """
    source, found = FIRMS, exp.Select()
    for place, stage in enumerate(plan.stages):
        name = f"stage_{place}"
        found = found.with_(name, as_=exp.select(exp.Star(), *_named(stage)).from_(source), copy=False)
        source = name
    own, beside = ([SQL.column(name).tree for name in names] for names in (before, after))
    return found.select(*own, *_named(answers), *beside, copy=False).from_(source, copy=False)


def asked(questions: Mapping[str, SqlColumn]) -> exp.Expr:
    """Return a question to the whole table, one row of answers."""
    return exp.select(*_named(questions)).from_(FIRMS)


def doubles() -> exp.Expr:
    """Return the question for a firm that stands in several rows, or in one without an id."""
    firm_id = SQL.column("firm_id").tree
    rows = exp.alias_(exp.Count(this=exp.Star()), "rows")
    several = exp.GT(this=exp.Count(this=exp.Star()), expression=exp.convert(1))
    wrong = exp.or_(several, exp.Is(this=firm_id.copy(), expression=exp.null()))
    return exp.select(firm_id.copy(), rows).from_(FIRMS).group_by(firm_id).having(wrong).limit(1)


def _named(columns: Mapping[str, SqlColumn]) -> list[exp.Expr]:
    return [exp.alias_(column.tree.copy(), name, quoted=True) for name, column in columns.items()]


def rendered(tree: exp.Expr, dialect: str) -> str:
    """Return a tree as the SQL of one engine."""
    if dialect == "spark":
        tree = tree.transform(lambda part: _DIGITS.copy() if isinstance(part, exp.DataType) and part == _WIDE else part)
    sql: str = tree.sql(dialect=dialect)
    return sql
