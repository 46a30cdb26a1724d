"""Guarantee fees by table: the gross loan picks the tier, the tier's bands charge the base that the table names.

A fee is rounded half up to the cent; the table is that of the day on which the guarantee was approved.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from fractions import Fraction

from yulin.pool.core.loss import half_up
from yulin.rules.core.scheme import FeeTable


def fee_table(tables: Sequence[FeeTable], kind: str, on: date) -> FeeTable | None:
    """Return the table of a kind (the first word of its id) that is in force on the day, or None."""
    for table in tables:
        starts, ends = table.fee_from or date.min, table.fee_until or date.max
        if table.id.partition("-")[0] == kind and starts <= on < ends:
            return table
    return None


def fee_fen(table: FeeTable, gross_fen: int, base_fen: Fraction) -> int | None:
    """Return the fee on a base (an exact share of the gross loan), or None where the rate is not known."""
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
    return half_up(exact)
