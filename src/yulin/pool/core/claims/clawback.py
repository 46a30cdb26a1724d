"""Money paid wrongly is asked back with interest from the day it was paid (CGTMSE: the bank rate plus 4 %, R-15).

Layers pay at their own time, and an instalment long before the next: what is asked back is taken of every payment in
its part, and bears interest from the day of that payment. Interest is simple, by days over the year that the scheme
says (360, 365, 366 days, or each calendar year's own, so that a leap year counts as one), to the day of repayment.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction

from yulin.base.shares import split_shares
from yulin.base.text import Text
from yulin.pool.core.interest import part_of_years
from yulin.pool.core.loss import half_up
from yulin.pool.errors import AboveLossBaseError
from yulin.rules.core.scheme import Recovery


@dataclass(frozen=True)
class Payment:
    """One payment of a layer: on which day, how much."""

    party: str
    on: date
    fen: int


@dataclass(frozen=True)
class Clawback:
    """What is asked back: the part of what was paid, and the interest on it, also by layer."""

    principal_fen: int
    interest_fen: int
    interest_parts: Mapping[str, int] = field(default_factory=dict)

    @property
    def total_fen(self) -> int:
        """Both together."""
        return self.principal_fen + self.interest_fen


def most_recallable_fen(paid_fen: Mapping[str, int], left_fen: Mapping[str, int]) -> int:
    """Return the most that can be asked back of what layers paid, so that no layer gets more than it still lacks.

    **Shapes**: by layer, what it paid and what of that has not come back. What is asked back is divided by what was
    paid; where recoveries were shared in other parts, the layer that lacks least bounds the whole.

    >>> most_recallable_fen({"city": 150, "district": 120}, {"city": 100, "district": 80})
    180
    >>> most_recallable_fen({"city": 150, "district": 120}, {"city": 100, "district": 0})
    0
    """
    total, most = sum(paid_fen.values()), sum(max(left, 0) for left in left_fen.values())
    if not total or not most:
        return 0
    if all(fen <= left_fen[party] for party, fen in split_shares(most, paid_fen).items()):
        return most
    return min(max(left_fen[party], 0) * total // fen for party, fen in paid_fen.items() if fen)


def claw_back(
    *,
    principal_fen: int,
    most_fen: int,
    annual_rate_ppm: int,
    payments: Sequence[Payment],
    repaid_on: date,
    year_days: int | None = 365,
) -> Clawback:
    """Return what is owed when part of a compensation is asked back, of the most that can be.

    **Rounding**: interest half up to the fen, once, then divided by what each layer's part has earned.
    Raises: `POOL.CLAIM.ABOVE_BASE`.

    >>> paid = [Payment("city", date(2021, 1, 1), 6_000), Payment("district", date(2021, 7, 2), 4_000)]
    >>> claw_back(principal_fen=10_000, most_fen=10_000, annual_rate_ppm=100_000, payments=paid,
    ...           repaid_on=date(2022, 1, 1)).interest_parts
    {'city': 600, 'district': 201}
    """
    if not 0 < principal_fen <= most_fen:
        raise AboveLossBaseError(
            item=Text("追回金额", "The amount asked back"), found_fen=principal_fen, most_fen=most_fen
        )
    earned: dict[str, Fraction] = {}
    for one, fen in asked_of(principal_fen, payments):
        years = part_of_years(one.on, repaid_on, year_days)
        earned[one.party] = earned.get(one.party, Fraction()) + Fraction(fen * annual_rate_ppm, 1_000_000) * years
    interest = half_up(sum(earned.values(), Fraction()))
    return Clawback(principal_fen, interest, split_shares(interest, earned) if interest else {})


def asked_of(principal_fen: int, payments: Sequence[Payment]) -> list[tuple[Payment, int]]:
    """Return what of each payment is asked back: divided among layers by what they paid, then among their payments."""
    by_party: dict[str, int] = {}
    for one in payments:
        by_party[one.party] = by_party.get(one.party, 0) + one.fen
    found = []
    for party, share in split_shares(principal_fen, by_party).items():
        own = [one for one in payments if one.party == party]
        parts = split_shares(share, {str(place): one.fen for place, one in enumerate(own)})
        found += [(one, parts[str(place)]) for place, one in enumerate(own)]
    return found


def recall_year_days(rule: Recovery | None) -> int | None:
    """Return the year that a scheme counts interest on a recall by; 365 days where it says nothing."""
    return 365 if rule is None else rule.recall_year_days
