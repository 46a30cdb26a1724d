"""Money paid wrongly is asked back with interest from the day it was paid (CGTMSE: the bank rate plus 4 %, R-15).

Interest is simple, by days over the rate's own year, from the day of payment to the day of repayment.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from yulin.base.text import Text
from yulin.pool.core.loss import half_up
from yulin.pool.errors import AboveLossBaseError


@dataclass(frozen=True)
class Clawback:
    """What is asked back: the part of what was paid, and the interest on it."""

    principal_fen: int
    interest_fen: int

    @property
    def total_fen(self) -> int:
        """Both together."""
        return self.principal_fen + self.interest_fen


def claw_back(
    *, principal_fen: int, paid_fen: int, annual_rate_ppm: int, paid_on: date, repaid_on: date, year_days: int = 365
) -> Clawback:
    """Return what is owed when part of a compensation is asked back.

    **Rounding**: interest half up to the fen. Raises: `POOL.CLAIM.ABOVE_BASE`.

    >>> claw_back(principal_fen=10_000, paid_fen=10_000, annual_rate_ppm=100_000,
    ...           paid_on=date(2021, 1, 1), repaid_on=date(2022, 1, 1)).interest_fen
    1000
    """
    if not 0 < principal_fen <= paid_fen:
        raise AboveLossBaseError(
            item=Text("追回金额", "The amount asked back"), found_fen=principal_fen, most_fen=paid_fen
        )
    days = max((repaid_on - paid_on).days, 0)
    return Clawback(principal_fen, half_up(Fraction(principal_fen * annual_rate_ppm * days, 1_000_000 * year_days)))
