"""Amounts as the board shows them: 亿元 in Chinese, CNY bn in English, from the same fen, the exact sum beside.

Rounding: half up to two decimals, from fen; sums are never made from what is rounded here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from yulin.base.text import OWN_CURRENCY, Text

YI_FEN = 10_000_000_000
BILLION_FEN = 10 * YI_FEN
YI = Text("亿元", "CNY bn")


@dataclass(frozen=True)
class Amount:
    """One amount: its fen, how it reads in large units, and the exact sum."""

    fen: int

    @property
    def value(self) -> Text:
        """The number alone, in 亿元 or CNY bn."""
        return Text(scaled(self.fen, YI_FEN), scaled(self.fen, BILLION_FEN))

    @property
    def unit(self) -> Text:
        """The unit of `value`."""
        return YI

    @property
    def exact(self) -> Text:
        """The exact sum, to the fen."""
        return Text(f"{yuan(self.fen)}元", f"CNY {yuan(self.fen)}")


@dataclass(frozen=True)
class Sums:
    """What stands beside a queue in each currency of the book; nothing at all is nothing in yuan."""

    by_currency: Mapping[str, int]

    @property
    def shown(self) -> Mapping[str, int]:
        """The sums to show."""
        return self.by_currency or {OWN_CURRENCY: 0}


def scaled(fen: int, unit_fen: int) -> str:
    """Return an amount in a larger unit, two decimals, comma groups.

    >>> scaled(5_040_000_000_000, YI_FEN)
    '504.00'
    """
    return f"{(Decimal(fen) / unit_fen).quantize(Decimal('0.01'), rounding=ROUND_HALF_UP):,}"


def yuan(fen: int) -> str:
    """Return an amount in yuan to the fen.

    >>> yuan(328_461_743)
    '3,284,617.43'
    """
    return f"{Decimal(fen) / 100:,.2f}"


def percent_of(part: int, whole: int) -> str:
    """Return a share with two decimals and its sign, or a dash where there is nothing to divide by.

    >>> percent_of(1, 3)
    '33.33%'
    """
    if whole <= 0:
        return "—"
    return f"{(Decimal(part) * 100 / whole).quantize(Decimal('0.01'), rounding=ROUND_HALF_UP)}%"


def rate_text(ppm: int | None) -> str:
    """Return an annual rate in percent with one decimal.

    >>> rate_text(43_500)
    '4.4'
    """
    if ppm is None:
        return "—"
    return str((Decimal(ppm) / 10_000).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP))
