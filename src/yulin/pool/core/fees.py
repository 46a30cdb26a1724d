"""Guarantee fees by table: the gross loan picks the tier, the tier's bands charge the base that the table names.

A fee is rounded half up to the cent; the table is that of the day on which the guarantee was approved, if the loan's
term is one that the table is for. A fee is charged once, or once for each year of the guarantee from the day on which
that year begins; no year begins on or after the day on which the loan matures, and a last year that maturity cuts is
charged whole, or by its days where the table says so.

Invariants: a fee whose rate or base nobody knows is not charged, and is never nothing; one that is charged late is what
it was on its day, by what was outstanding then; no fee begins once the loan has matured, but the first.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from fractions import Fraction
from itertools import count
from types import MappingProxyType

from yulin.base.dates import add_months, add_years
from yulin.base.text import Text
from yulin.pool.core.loss import half_up
from yulin.pool.core.ratios import WHOLE_BP
from yulin.rules.core.scheme import FeeTable


def fee_table(tables: Sequence[FeeTable], kind: str, on: date) -> FeeTable | None:
    """Return the table of a kind (the first word of its id) that is in force on the day, or None."""
    for table in tables:
        starts, ends = table.fee_from or date.min, table.fee_until or date.max
        if table.id.partition("-")[0] == kind and starts <= on < ends:
            return table
    return None


def fee_fen(
    table: FeeTable, gross_fen: int, base_fen: Fraction, plus_bp: int = 0, part: Fraction = Fraction(1)
) -> int | None:
    """Return the fee on a base (an exact share of the gross loan), or None where the rate is not known.

    `plus_bp` is what a surcharge adds to the rate, in basis points of the rate; `part` what of the year is charged.
    """
    tier = next((tier for tier in table.tiers if tier.up_to_fen is None or gross_fen <= tier.up_to_fen), None)
    if tier is None:
        return None
    lower, exact = Fraction(), Fraction()
    for band in tier.bands:
        upper = base_fen if band.up_to_fen is None else min(base_fen, Fraction(band.up_to_fen))
        if upper > lower and band.bp is None:
            return None
        exact += max(upper - lower, Fraction()) * (band.bp or 0) / 10_000
        lower = max(lower, upper)
    return half_up(exact * part * (WHOLE_BP + plus_bp) / WHOLE_BP)


@dataclass(frozen=True)
class GuaranteedLoan:
    """What a fee is measured by: **Units** fen; `bank_bp` is what the bank itself bears, None where not known.

    `lent_on` and `matures_on` are the loan's term. `balances` are the month ends of which the lender told the balance,
    in order; the last is what is outstanding now.
    """

    approved_on: date
    gross_fen: int
    enrolled_fen: int
    outstanding_fen: int
    bank_bp: int | None
    balances: tuple[tuple[date, int], ...] = ()
    lent_on: date | None = None
    matures_on: date | None = None  # None: nobody has said

    def is_within(self, months: int) -> bool | None:
        """Tell whether the loan's term is at most so many months; None where its days are not known."""
        if self.lent_on is None or self.matures_on is None:
            return None
        return self.matures_on <= add_months(self.lent_on, months)

    def on(self, day: date) -> GuaranteedLoan:
        """Return the loan as it stood on a day: outstanding what was told last by then, else the whole loan.

        >>> told = ((date(2021, 1, 31), 90), (date(2021, 2, 28), 70))
        >>> loan = GuaranteedLoan(date(2021, 1, 5), 100, 100, 70, None, told)
        >>> [loan.on(date(2021, *day)).outstanding_fen for day in ((1, 30), (1, 31), (2, 27), (2, 28), (9, 1))]
        [100, 90, 90, 70, 70]
        """
        if not self.balances or self.balances[-1][0] <= day:
            return self
        told = [fen for month_end, fen in self.balances if month_end <= day]
        return replace(self, outstanding_fen=told[-1] if told else self.gross_fen)


@dataclass(frozen=True)
class FeeDue:
    """One fee of a loan as it stood on the fee's day: of which table, of which year (1: charged once), how much."""

    loan: GuaranteedLoan
    table: FeeTable
    kind: str
    number: int
    due_on: date
    base_fen: Fraction | None
    amount_fen: int | None  # None: the rate or the base is not known
    plus_bp: int | None = 0  # what a surcharge adds to the rate; None: not known
    part: Fraction = Fraction(1)  # what of the year is charged

    @property
    def days(self) -> int | None:
        """How many days of its year are charged, where maturity cuts it and the table counts them."""
        matures_on = self.loan.matures_on
        return max((matures_on - self.due_on).days, 0) if matures_on and self.part != 1 else None

    @property
    def rounded_base_fen(self) -> int | None:
        """The base in whole fen, half up: it is shown and kept, the fee is taken of the exact one."""
        return None if self.base_fen is None else half_up(self.base_fen)


class FeeVerdict(StrEnum):
    """What happens to one fee when all fees of a period are charged."""

    CHARGED = "charged"
    BEFORE = "before"
    LATER = "later"
    UNKNOWN = "unknown"
    ENDED = "ended"


VERDICT_NAMES: Mapping[FeeVerdict, Text] = MappingProxyType(
    {
        FeeVerdict.CHARGED: Text("计收", "charged now"),
        FeeVerdict.BEFORE: Text("此前已计收", "charged before"),
        FeeVerdict.LATER: Text("未到起计日", "not due yet"),
        FeeVerdict.UNKNOWN: Text("费率、适用情形或担保比例未定", "rate, case or guaranteed share not known"),
        FeeVerdict.ENDED: Text("备案已不生效", "no longer in force"),
    }
)


PlusOf = Callable[[int], int | None]
"""What a surcharge adds to the rates of a year, in basis points of the rate; None where nobody knows."""


def no_plus(_year: int) -> int:
    """Return that nothing is added."""
    return 0


def fees_due(
    tables: Sequence[FeeTable], loan: GuaranteedLoan, standing: Collection[tuple[str, int]], plus_of: PlusOf = no_plus
) -> list[FeeDue]:
    """Return the next fee of each kind; `standing` names those that are charged, by kind and year.

    A kind that is charged once and was is left out.
    """
    found = []
    for kind in _kinds(tables):
        table = fee_table(tables, kind, loan.approved_on)
        number = next(number for number in count(1) if (kind, number) not in standing)
        if table is not None and _is_owed(table, loan, number):
            found.append(_fee(table, loan, kind, number, plus_of))
    return found


def fees_between(
    tables: Sequence[FeeTable], loan: GuaranteedLoan, since: date, until: date, plus_of: PlusOf = no_plus
) -> list[FeeDue]:
    """Return every fee of a loan whose day lies from `since` up to, and not on, `until`, charged or not."""
    found = []
    for kind in _kinds(tables):
        table = fee_table(tables, kind, loan.approved_on)
        years = 0 if table is None else 1 if table.per == "once" else until.year - loan.approved_on.year + 1
        in_time = [n for n in range(1, years + 1) if since <= add_years(loan.approved_on, n - 1) < until]
        owed = [n for n in in_time if table is not None and _is_owed(table, loan, n)]
        found += [_fee(table, loan, kind, number, plus_of) for number in owed if table is not None]
    return found


def _is_owed(table: FeeTable, loan: GuaranteedLoan, number: int) -> bool:
    """Tell whether a table is for loans of this term and has a fee of this year, before the loan matures."""
    if table.over_months is not None and loan.is_within(table.over_months):
        return False
    if table.months_at_most is not None and loan.is_within(table.months_at_most) is False:
        return False
    if number == 1:
        return True
    begins = add_years(loan.approved_on, number - 1)
    return table.per == "year" and (loan.matures_on is None or begins < loan.matures_on)


def part_of_year(table: FeeTable, loan: GuaranteedLoan, number: int) -> Fraction:
    """Return what of a year's fee is charged: all, or in a last year that maturity cuts the days until then."""
    begins, ends = (add_years(loan.approved_on, years) for years in (number - 1, number))
    if table.per == "once" or table.part_year == "whole" or loan.matures_on is None or loan.matures_on >= ends:
        return Fraction(1)
    return Fraction(max((loan.matures_on - begins).days, 0), (ends - begins).days)


def _is_open(table: FeeTable, loan: GuaranteedLoan) -> bool:
    """Tell whether nobody can say that the table is for the loan: a case without record, a term that is not known."""
    is_bounded = table.over_months is not None or table.months_at_most is not None
    return table.only is not None or (is_bounded and (loan.lent_on is None or loan.matures_on is None))


def fee_verdict(due: FeeDue, *, is_charged: bool, is_in_force: bool, today: date) -> FeeVerdict:
    """Return what happens to a fee that is looked at today: each is charged once, in time, on a loan in force."""
    if is_charged:
        return FeeVerdict.BEFORE
    if not is_in_force:
        return FeeVerdict.ENDED
    if due.due_on > today:
        return FeeVerdict.LATER
    return FeeVerdict.UNKNOWN if due.amount_fen is None else FeeVerdict.CHARGED


def _kinds(tables: Sequence[FeeTable]) -> Iterable[str]:
    return dict.fromkeys(table.id.partition("-")[0] for table in tables)


def _fee(table: FeeTable, loan: GuaranteedLoan, kind: str, number: int, plus_of: PlusOf) -> FeeDue:
    due_on = add_years(loan.approved_on, number - 1)
    measured = loan.on(due_on)
    base = base_fen(table, measured, number)
    plus_bp = plus_of(due_on.year)
    part, amount = part_of_year(table, loan, number), None
    if base is not None and plus_bp is not None and not _is_open(table, loan):
        amount = fee_fen(table, measured.gross_fen, base, plus_bp, part)
    return FeeDue(measured, table, kind, number, due_on, base, amount, plus_bp, part)


def base_fen(table: FeeTable, loan: GuaranteedLoan, number: int) -> Fraction | None:
    """Return what the rate is taken of in a year of the guarantee, exactly; None where the ratio is not known."""
    if table.base == "loan":
        return Fraction(loan.gross_fen)
    if table.base == "outstanding" or (table.base == "guaranteed_then_outstanding" and number > 1):
        return Fraction(loan.outstanding_fen)
    if loan.bank_bp is None:
        return None
    amount = loan.outstanding_fen if table.base == "guaranteed_outstanding" else loan.enrolled_fen
    return Fraction(amount * (WHOLE_BP - loan.bank_bp), WHOLE_BP)
