"""Splitting a loss so that the parts sum to it, to the last fen.

Two rules, chosen by the pack. `ceiling`: a public ratio says "at most", so every party but the bank is rounded down and
the bank keeps the rest. `shares`: a contract vector is a division, so each party gets its floor and the fen left over
go to the largest fractions, ties in party order. Source: worked examples R-05, R-06; faults BL-01 to BL-03.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from yulin.base.errors import SharesError
from yulin.base.ratios import BP_WHOLE, portion_fen
from yulin.base.text import Text


def split_ceiling(total_fen: int, shares_bp: Mapping[str, int | Fraction], residual: str) -> dict[str, int]:
    """Split a loss among parties with ceilings; `residual` (the bank) keeps what is left.

    **Rounding**: every named share down; the residual party takes the remainder, so the parts sum to the total.
    **Raises** BASE.SHARES.NOT_WHOLE for a negative amount, shares above the whole, or a share of the residual party.

    >>> split_ceiling(33_333, {"city": 5_000, "guarantor": 4_000}, "bank")
    {'city': 16666, 'guarantor': 13333, 'bank': 3334}
    """
    if total_fen < 0 or any(bp < 0 for bp in shares_bp.values()):
        raise SharesError(
            found=f"{total_fen}, {dict(shares_bp)}", needed=Text("金额和比例不为负", "no negative amount or share")
        )
    if residual in shares_bp:
        raise SharesError(
            found=residual, needed=Text("余额承担方不另列比例", "no share named for the party that keeps the rest")
        )
    if sum(shares_bp.values()) > BP_WHOLE:
        raise SharesError(
            found=f"{dict(shares_bp)}", needed=Text("合计不超过10000基点", "at most 10000 basis points in all")
        )
    parts = {party: portion_fen(total_fen, bp) for party, bp in shares_bp.items()}
    return parts | {residual: total_fen - sum(parts.values())}


def split_shares(total_fen: int, shares: Mapping[str, int | Fraction]) -> dict[str, int]:
    """Divide an amount in the ratio of `shares` (any unit), in party order.

    **Rounding**: down, then one fen each to the largest fractions, ties to the party named first.
    **Raises** BASE.SHARES.NOT_WHOLE for a negative total or share, or shares that are all zero.

    >>> split_shares(777, {"fund": 54, "bank": 26, "insurer": 16, "appraiser": 4})
    {'fund': 420, 'bank': 202, 'insurer': 124, 'appraiser': 31}
    """
    whole = sum(shares.values())
    if total_fen < 0 or whole <= 0 or any(share < 0 for share in shares.values()):
        raise SharesError(
            found=f"{total_fen}, {dict(shares)}",
            needed=Text("金额和比例不为负，且至少一方大于零", "no negative amount or share, and one share above zero"),
        )
    exact = {party: Fraction(total_fen) * share / whole for party, share in shares.items()}
    parts = {party: int(part) for party, part in exact.items()}
    left_over = total_fen - sum(parts.values())
    by_fraction = sorted(exact, key=lambda party: parts[party] - exact[party])
    return parts | {party: parts[party] + 1 for party in by_fraction[:left_over]}
