"""Interest by days: what part of a year lies between two days, and what a loan paid in equal instalments owes.

Banks count a year as 360, 365 or 366 days, as each calendar year's own, or every month as thirty days of 360; which one
is the contract's. A plan pays the same amount on every due day, the last instalment takes up what rounding left.

Invariants: principal parts sum to the loan; a factor is an exact fraction, an amount is rounded once, half up.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise
from types import MappingProxyType

from yulin.base.dates import add_months
from yulin.base.text import Text
from yulin.pool.core.loss import half_up
from yulin.pool.errors import SettlementInputError

PPM = 1_000_000
THIRTY_360 = "30/360"
ACTUAL_ACTUAL = "actual/actual"
BASES: Mapping[str, int | None] = MappingProxyType(
    {THIRTY_360: None, "actual/360": 360, "actual/365": 365, "actual/366": 366, ACTUAL_ACTUAL: None}
)
DEFAULT_BASIS = "actual/360"
MOST_MONTHS = 600
YEAR_DAYS = 360  # where a scheme does not say: the year that gives a bank most


def part_of_years(since: date, until: date, year_days: int | None) -> Fraction:
    """Return how many years of interest lie between two days, the last not counted.

    `year_days` None: each calendar year's own days, so that a leap year counts as one.

    >>> part_of_years(date(2023, 12, 1), date(2024, 2, 1), None)
    Fraction(22661, 133590)
    """
    if until <= since:
        return Fraction()
    if year_days is not None:
        return Fraction((until - since).days, year_days)
    total, start = Fraction(), since
    while start < until:
        end = min(until, date(start.year + 1, 1, 1))
        total += Fraction((end - start).days, (date(start.year + 1, 1, 1) - date(start.year, 1, 1)).days)
        start = end
    return total


def years_between(basis: str, since: date, until: date) -> Fraction:
    """Return the part of a year by one of `BASES`.

    >>> years_between("30/360", date(2024, 1, 31), date(2024, 2, 29))
    Fraction(29, 360)
    """
    if basis != THIRTY_360:
        return part_of_years(since, until, BASES[basis])
    months = (until.year - since.year) * 12 + until.month - since.month
    return max(Fraction(30 * months + min(until.day, 30) - min(since.day, 30), 360), Fraction())


@dataclass(frozen=True)
class Contract:
    """A loan paid in equal instalments, one a month from `starts_on`.

    **Units** fen, parts of a million a year. `up_to_fen`: the instalment is rounded up to whole multiples of it; None
    rounds half up to the fen.
    """

    principal_fen: int
    annual_rate_ppm: int
    starts_on: date
    months: int
    basis: str = DEFAULT_BASIS
    up_to_fen: int | None = None

    def __post_init__(self) -> None:
        """Refuse what no loan is. **Raises**: `POOL.SETTLE.INPUT`."""
        for key, found, is_good in (
            ("principal_fen", self.principal_fen, self.principal_fen > 0),
            ("annual_rate_ppm", self.annual_rate_ppm, 0 <= self.annual_rate_ppm <= PPM),
            ("months", self.months, 0 < self.months <= MOST_MONTHS),
            ("up_to_fen", self.up_to_fen, self.up_to_fen is None or self.up_to_fen > 0),
        ):
            if not is_good:
                raise SettlementInputError(key=key, found=found, needed=_BOUNDS[key])
        if self.basis not in BASES:
            raise SettlementInputError(
                key="basis", found=self.basis, needed=Text("、".join(BASES), "one of " + ", ".join(BASES))
            )

    @property
    def days(self) -> tuple[date, ...]:
        """The first day and every due day."""
        return tuple(add_months(self.starts_on, month) for month in range(self.months + 1))

    def factor(self, since: date, until: date) -> Fraction:
        """Return the interest on one fen between two days."""
        return Fraction(self.annual_rate_ppm, PPM) * years_between(self.basis, since, until)


_BOUNDS = {
    "principal_fen": Text("大于0的整数（分）", "a whole number of fen above 0"),
    "annual_rate_ppm": Text("0至1,000,000（百万分之）", "0 to 1,000,000 parts of a million"),
    "months": Text("1至600个月", "1 to 600 months"),
    "up_to_fen": Text("大于0的整数（分），或不填", "a whole number of fen above 0, or nothing"),
}


@dataclass(frozen=True)
class PlannedInstalment:
    """One due day of a plan: what is paid, what of it is interest, what is owed behind it."""

    due_on: date
    instalment_fen: int
    interest_fen: int
    balance_fen: int

    @property
    def principal_fen(self) -> int:
        """What of it is principal."""
        return self.instalment_fen - self.interest_fen


def instalment_fen(contract: Contract) -> int:
    """Return the equal instalment: what, paid on every due day, leaves nothing (but for rounding)."""
    factors = [contract.factor(*days) for days in pairwise(contract.days)]
    growth, annuity = Fraction(1), Fraction()
    for factor in factors:
        growth, annuity = growth * (1 + factor), annuity * (1 + factor) + 1
    exact = contract.principal_fen * growth / annuity
    step = contract.up_to_fen
    return half_up(exact) if step is None else -(-exact // step) * step


def equal_instalments(contract: Contract) -> tuple[PlannedInstalment, ...]:
    """Return the plan of a loan; the last instalment pays whatever is still owed.

    >>> plan = equal_instalments(Contract(10_000, 70_000, date(2024, 1, 1), 6, "30/360"))
    >>> [one.instalment_fen for one in plan]
    [1701, 1701, 1701, 1701, 1701, 1700]
    """
    level, balance, plan = instalment_fen(contract), contract.principal_fen, []
    for since, until in pairwise(contract.days):
        interest = half_up(balance * contract.factor(since, until))
        is_last = until == contract.days[-1]
        paid = balance + interest if is_last else min(level, balance + interest)
        balance += interest - paid
        plan.append(PlannedInstalment(until, paid, interest, balance))
    return tuple(plan)


def owed_on(contract: Contract, plan: Sequence[PlannedInstalment], day: date) -> tuple[int, int]:
    """Return principal and interest that pay a loan off on a day, all that fell due by then being paid.

    Within a period interest grows by its days: 14 days of a February of 29 are 14/29 of that month's interest.
    """
    since = max((one for one in contract.days if one <= day), default=contract.starts_on)
    balance = next((one.balance_fen for one in plan if one.due_on == since), contract.principal_fen)
    until = min((one for one in contract.days if one > day), default=since)
    if until <= since or day <= since:
        return balance, 0
    part = Fraction((day - since).days, (until - since).days)
    return balance, half_up(balance * contract.factor(since, until) * part)


@dataclass(frozen=True)
class StatedInterest:
    """Interest that a bank states in a claim, beside the loan's own rate."""

    stated_fen: int
    principal_fen: int
    annual_rate_ppm: int
    days: int
    year_days: int

    @property
    def by_rate_fen(self) -> int:
        """What the principal earns at the loan's rate in those days, half up."""
        return half_up(Fraction(self.principal_fen * self.annual_rate_ppm * self.days, PPM * self.year_days))

    @property
    def above_fen(self) -> int:
        """How much more is stated than the rate gives."""
        return max(self.stated_fen - self.by_rate_fen, 0)
