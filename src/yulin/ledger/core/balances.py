"""Balances: what stands on an account at a value date, as known at a booking instant.

Invariant: a balance is the sum of the signed amounts of the account's transfers; the order in which they were booked
does not matter.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from yulin.ledger.core.accounts import Totals
from yulin.ledger.core.transfers import SIGNS
from yulin.ledger.enums import TransferKind


@dataclass(frozen=True)
class Balance:
    """What is posted on an account, what holds reserve of it, and what it can still give."""

    posted_fen: int
    held_fen: int
    available_fen: int

    @staticmethod
    def of(totals: Totals) -> Balance:
        """Return the balance that the totals of an account make."""
        return Balance(totals.posted_fen, totals.held_out_fen, totals.available_fen)


@dataclass(frozen=True)
class Line:
    """One booked transfer as an account's balance needs it."""

    kind: TransferKind
    debit: str
    credit: str
    amount_fen: int
    value_on: date
    booked_at: datetime


def effect(line: Line, account: str) -> Totals:
    """Return by how much one transfer changes the totals of an account."""
    sign = SIGNS[line.kind]
    posted, held = sign.posted * line.amount_fen, sign.held * line.amount_fen
    given = Totals(-posted, held, 0) if line.debit == account else Totals()
    return given.plus(posted, 0, held) if line.credit == account else given


def totals_at(
    lines: Iterable[Line], account: str, *, on: date | None = None, known_at: datetime | None = None
) -> Totals:
    """Return the totals of an account at the end of a value date, as known at an instant; None is no bound.

    >>> from datetime import UTC
    >>> line = Line(TransferKind.POSTED, "a", "b", 5, date(2022, 1, 3), datetime(2022, 1, 9, tzinfo=UTC))
    >>> totals_at([line], "b", on=date(2022, 1, 2)).posted_fen, totals_at([line], "b", on=date(2022, 1, 3)).posted_fen
    (0, 5)
    """
    totals = Totals()
    for line in lines:
        if (on is None or line.value_on <= on) and (known_at is None or line.booked_at <= known_at):
            change = effect(line, account)
            totals = totals.plus(change.posted_fen, change.held_out_fen, change.held_in_fen)
    return totals
