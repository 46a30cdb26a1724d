"""Ratios in whole basis points and exact fractions: 5 % means 5 %, and one fen below is below.

A ratio of two integers is never divided to be compared; both sides are multiplied out.
"""

from __future__ import annotations

from fractions import Fraction

from yulin.base.errors import RatioError

BP_WHOLE = 10_000


def compare_ratio(numerator: int, denominator: int, bp: int) -> int:
    """Return -1, 0 or 1 as `numerator / denominator` is below, at or above `bp` basis points.

    **Raises** BASE.RATIO.NO_WHOLE unless the denominator is positive: the caller names what an undefined ratio means.

    >>> compare_ratio(299_999_999, 5_000_000_000, 600), compare_ratio(300_000_000, 5_000_000_000, 600)
    (-1, 0)
    """
    if denominator <= 0:
        raise RatioError(part=numerator, whole=denominator)
    left, right = numerator * BP_WHOLE, bp * denominator
    return (left > right) - (left < right)


def portion_fen(amount_fen: int, bp: int | Fraction) -> int:
    """Return `bp` basis points of an amount, rounded down: a public ratio is "at most".

    >>> portion_fen(123_456_789, 5_000)
    61728394
    """
    return int(Fraction(amount_fen) * bp // BP_WHOLE)
