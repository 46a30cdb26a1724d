"""Several years of a fund: what comes in, what claims and running it take, and how much it can still stand for.

One year: closing = opening + interest − administration − claims, claims being a rate on what stands outstanding at the
year's end; capacity = closing × multiple, excess = capacity − outstanding (guarantee-fund worksheet, P-11).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from yulin.pool.core.loss import half_up
from yulin.pool.core.ratios import WHOLE_BP


@dataclass(frozen=True)
class PlannedYear:
    """What is assumed of one year; the multiple is how much a unit of the fund may stand for."""

    interest_fen: int
    outstanding_fen: int
    multiple: int
    claim_rate_bp: int
    administration_fen: int
    paid_in_fen: int = 0


@dataclass(frozen=True)
class ProjectedYear:
    """One year of the projection; an excess below zero is a shortfall."""

    opening_fen: int
    claims_fen: int
    closing_fen: int
    capacity_fen: int
    excess_fen: int


def project(opening_fen: int, years: Iterable[PlannedYear]) -> Iterator[ProjectedYear]:
    """Yield the years of a fund that opens with `opening_fen`; a fund that runs dry goes on below zero, to be seen.

    **Rounding**: claims half up to the fen; everything else is exact. Capacity of a fund below zero is zero.
    """
    for year in years:
        claims = half_up(Fraction(year.outstanding_fen * year.claim_rate_bp, WHOLE_BP))
        closing = opening_fen + year.paid_in_fen + year.interest_fen - year.administration_fen - claims
        capacity = max(closing, 0) * year.multiple
        yield ProjectedYear(opening_fen, claims, closing, capacity, capacity - year.outstanding_fen)
        opening_fen = closing


def first_shortfall(years: Iterable[ProjectedYear]) -> int | None:
    """Return the first year, counted from 1, whose capacity is below what stands outstanding; None: in no year."""
    return next((number for number, year in enumerate(years, start=1) if year.excess_fen < 0), None)
