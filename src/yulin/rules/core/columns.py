"""Exact arithmetic on columns: whole numbers that cannot overflow, ratios that are never divided.

A `Whole` is a column expression with a proved bound on its size; a sum or product that could leave 64 bits is widened
to 38 digits first, and one that could leave those has no column form. A `Ratio` is numerator and denominator, and
compares by cross-multiplication. A `Span` is a number's bounds; `low is high` where it is known, so that known columns
are computed once.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import polars as pl

from yulin.rules.core.engine import POLARS, Column, Engine, Flag, engine_of

# A plan shares what is shared; looking for it again costs more than it finds.
NO_SECOND_SHARING = pl.QueryOptFlags(comm_subexpr_elim=False)
SIXTY_FOUR_BITS, WIDEST = 2**63 - 1, 10**38 - 1  # 38 digits: what every engine has


class NotColumnarError(Exception):
    """The expression needs the row-by-row evaluator; `population` catches it."""


@dataclass(frozen=True, eq=False)
class Whole:
    """A whole number in a column, or a constant; `most` bounds its absolute value."""

    value: Column | int
    most: int

    @classmethod
    def constant(cls, value: int) -> Whole:
        """Return a constant."""
        return cls(value, abs(value))

    @property
    def is_constant(self) -> bool:
        """Whether the number is the same for every row."""
        return isinstance(self.value, int)

    def is_same(self, other: Whole) -> bool:
        """Whether both are one column, or equal constants."""
        return self is other or (
            isinstance(self.value, int) and isinstance(other.value, int) and self.value == other.value
        )

    def __add__(self, other: Whole) -> Whole:
        """Return the exact sum."""
        return _wide(self, other, self.most + other.most, lambda a, b: a + b)

    def __sub__(self, other: Whole) -> Whole:
        """Return the exact difference."""
        return _wide(self, other, self.most + other.most, lambda a, b: a - b)

    def __mul__(self, other: Whole) -> Whole:
        """Return the exact product."""
        for one, two in ((self, other), (other, self)):
            if one.is_constant and one.value == 1:
                return two
        return _wide(self, other, self.most * other.most, lambda a, b: a * b)


def _wide(a: Whole, b: Whole, most: int, join: Any) -> Whole:
    if a.is_constant and b.is_constant:
        return Whole.constant(join(a.value, b.value))
    if most > WIDEST:
        raise NotColumnarError(most)
    if most > SIXTY_FOUR_BITS:
        wide = engine_of(a.value, b.value).wide
        return Whole(join(wide(a.value), wide(b.value)), most)
    return Whole(join(a.value, b.value), most)


ONE = Whole.constant(1)


@dataclass(frozen=True, eq=False)
class Ratio:
    """An exact fraction of two wholes; the denominator is above zero in every row."""

    top: Whole
    bottom: Whole = ONE

    @classmethod
    def constant(cls, value: int | Fraction) -> Ratio:
        """Return a constant."""
        fraction = Fraction(value)
        return cls(Whole.constant(fraction.numerator), Whole.constant(fraction.denominator))

    def __add__(self, other: Ratio) -> Ratio:
        """Return the exact sum."""
        if self.bottom.is_same(other.bottom):
            return Ratio(self.top + other.top, self.bottom)
        return Ratio(self.top * other.bottom + other.top * self.bottom, self.bottom * other.bottom)

    def __neg__(self) -> Ratio:
        """Return the opposite."""
        return Ratio(Whole.constant(0) - self.top, self.bottom)

    def __mul__(self, other: Ratio) -> Ratio:
        """Return the exact product."""
        return Ratio(self.top * other.top, self.bottom * other.bottom)

    def over(self, divisor: Ratio) -> Ratio:
        """Return the quotient by a divisor whose numerator is above zero."""
        return Ratio(self.top * divisor.bottom, self.bottom * divisor.top)

    def compares(self, operator: str, other: Ratio) -> Flag:
        """Return whether `self operator other`, row by row."""
        if self.bottom.is_same(other.bottom):
            left, right = self.top, other.top
        else:
            left, right = self.top * other.bottom, other.top * self.bottom
        result: Flag = _OPERATORS[operator](left.value, right.value)
        return result


_OPERATORS: dict[str, Any] = {
    ">=": lambda a, b: a >= b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    "<": lambda a, b: a < b,
    "==": lambda a, b: a == b,
}


def pick(first: Flag, one: Ratio, two: Ratio) -> Ratio:
    """Return `one` where `first` holds, else `two`."""
    if isinstance(first, bool):
        return one if first else two
    if one.bottom.is_same(two.bottom):
        return Ratio(_pick(first, one.top, two.top), one.bottom)
    return Ratio(_pick(first, one.top, two.top), _pick(first, one.bottom, two.bottom))


def _pick(first: Column, one: Whole, two: Whole) -> Whole:
    if one.is_same(two):
        return one
    most, engine = max(one.most, two.most), engine_of(first)
    then, otherwise = (engine.wide(x.value) if most > SIXTY_FOUR_BITS else x.value for x in (one, two))
    return Whole(engine.when(first, then, otherwise), most)


def least(ratios: Sequence[Ratio]) -> Ratio:
    """Return the least of several ratios, row by row."""
    return _outermost(ratios, "<=")


def greatest(ratios: Sequence[Ratio]) -> Ratio:
    """Return the greatest of several ratios, row by row."""
    return _outermost(ratios, ">=")


def _outermost(ratios: Sequence[Ratio], operator: str) -> Ratio:
    found = ratios[0]
    for ratio in ratios[1:]:
        found = pick(found.compares(operator, ratio), found, ratio)
    return found


def both(a: Flag, b: Flag) -> Flag:
    """Return `a and b`, without an expression where one side is constant."""
    if isinstance(a, bool):
        return b if a else False
    if isinstance(b, bool):
        return a if b else False
    return a & b


def either(a: Flag, b: Flag) -> Flag:
    """Return `a or b`, without an expression where one side is constant."""
    if isinstance(a, bool):
        return True if a else b
    if isinstance(b, bool):
        return True if b else a
    return a | b


def opposite(a: Flag) -> Flag:
    """Return `not a`."""
    return not a if isinstance(a, bool) else ~a


class Plan:
    """Columns computed once and read by name, in stages: an expression that many others read is kept, not repeated."""

    def __init__(self, engine: Engine = POLARS) -> None:
        self.engine = engine
        self.stages: list[dict[str, Column]] = []
        self.levels: dict[str, int] = {}
        self.names: dict[str, Column] = {}  # by the key under which a caller may ask again

    def keep(self, expression: Column, key: str = "") -> Column:
        """Return a column that holds `expression`; the same `key` returns the same column."""
        if key in self.names:
            return self.names[key]
        level = 1 + max((self.levels.get(name, -1) for name in self.engine.names(expression)), default=-1)
        name = f"·{len(self.levels)}"
        self.levels[name] = level
        self.stages += [{} for _ in range(level + 1 - len(self.stages))]
        self.stages[level][name] = expression
        kept = self.engine.column(name)
        if key:
            self.names[key] = kept
        return kept

    def kept(self, ratio: Ratio) -> Ratio:
        """Return the ratio with its columns kept."""
        return Ratio(self._whole(ratio.top), self._whole(ratio.bottom))

    def _whole(self, whole: Whole) -> Whole:
        return whole if isinstance(whole.value, int) else Whole(self.keep(whole.value), whole.most)

    def column(self, whole: Whole) -> Column:
        """Return the number as a column."""
        return self.engine.literal(whole.value) if isinstance(whole.value, int) else whole.value

    def flag(self, flag: Flag) -> Flag:
        """Return the flag with its column kept."""
        return flag if isinstance(flag, bool) else self.keep(flag)

    def truth(self, truth: Truth) -> Truth:
        """Return the answers with their columns kept."""
        yes = self.flag(truth.yes)
        no = opposite(yes) if truth.is_settled else self.flag(truth.no)
        return replace(truth, yes=yes, no=no, may=self.flag(truth.may), must=self.flag(truth.must))

    def over(self, table: pl.LazyFrame, answers: Mapping[str, pl.Expr], *, beside: Sequence[str] = ()) -> pl.LazyFrame:
        """Return the answers over a table, a row for each of its rows, `beside` its own columns of these names."""
        for stage in self.stages:
            table = table.with_columns(**stage)
        named = {f"·{name}": expression for name, expression in answers.items()}
        return table.with_columns(**named).select(*beside, *(pl.col(f"·{name}").alias(name) for name in answers))


@dataclass(frozen=True, eq=False)
class Span:
    """The bounds of a number; `may` and `must` say where it may or must be undefined (a zero divisor)."""

    low: Ratio
    high: Ratio
    may: Flag = False
    must: Flag = False

    @property
    def is_known(self) -> bool:
        """Whether both bounds are one column."""
        return self.low is self.high


@dataclass(frozen=True, eq=False)
class Truth:
    """Which answers are still possible, row by row; `no` is the opposite of `yes` where the question is settled."""

    yes: Flag
    no: Flag
    may: Flag = False
    must: Flag = False
    is_settled: bool = False

    @classmethod
    def known(cls, yes: Flag, may: Flag = False, must: Flag = False) -> Truth:
        """Return an answer that is settled in every row."""
        return cls(yes, opposite(yes), may, must, is_settled=True)

    def __and__(self, other: Truth) -> Truth:
        """Return the conjunction."""
        may, must = either(self.may, other.may), either(self.must, other.must)
        if self.is_settled and other.is_settled:
            return Truth.known(both(self.yes, other.yes), may, must)
        return Truth(both(self.yes, other.yes), either(self.no, other.no), may, must)

    def __or__(self, other: Truth) -> Truth:
        """Return the disjunction."""
        return ~(~self & ~other)

    def __invert__(self) -> Truth:
        """Return the opposite."""
        return Truth(self.no, self.yes, self.may, self.must, self.is_settled)
