"""The end of a debt's pursuit (核销): what it ends, and the past that it closes.

A proposal follows the debt: whatever comes in or is undone before it is approved changes what it would end (P-16b). An
approved write-off closes the past: nothing dated on or before it is entered or undone afterwards (P-16a); money that
comes in later is shared like any other.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from yulin.pool.core.recoveries import Booked
from yulin.pool.errors import WrittenOffError


def open_loss_fen(borne_fen: Mapping[str, int], booked: Booked) -> int:
    """Return what has not come back of a debt: what its write-off ends.

    >>> open_loss_fen({"city": 500, "bank": 500}, {(1, "city"): 125, (1, "bank"): 125})
    750
    """
    return sum(borne_fen.values()) - sum(booked.values())


def refuse_closed(on: date, written_off_on: date | None) -> None:
    """Refuse to change a day that a write-off has closed. Raises: POOL.DEBT.WRITTEN_OFF."""
    if written_off_on is not None and on <= written_off_on:
        raise WrittenOffError(on=on, written_off_on=written_off_on)
