"""A small book: funding that may be overdrawn, a budget and what it paid, and a receivable that is never overfilled."""

from __future__ import annotations

from datetime import date

from yulin.ledger import services
from yulin.ledger.core.accounts import NewAccount
from yulin.ledger.core.transfers import Booked, NewTransfer
from yulin.ledger.enums import AccountKind, TransferKind
from yulin.people.core.actors import SYSTEM_ACTOR

TODAY = date(2022, 1, 19)
ACCOUNTS = [
    NewAccount("funding", AccountKind.FUNDING, None, "s", "", may_overdraw=True),
    NewAccount("budget", AccountKind.BUDGET, None, "s", "city", may_overdraw=False),
    NewAccount("paid", AccountKind.COMPENSATION_PAID, None, "s", "city", may_overdraw=False),
    NewAccount("due", AccountKind.RECOVERY_RECEIVABLE, None, "s", "city", may_overdraw=True, may_overfill=False),
]


def posted(key: str, debit: str, credit: str, amount: int, on: date = TODAY, **more: object) -> NewTransfer:
    """Return a transfer that moves at once."""
    return NewTransfer(key, TransferKind.POSTED, debit, credit, amount, on, **more)


def open_all() -> None:
    """Open the four accounts."""
    services.open_accounts(actor=SYSTEM_ACTOR, accounts=ACCOUNTS)


def book(*transfers: NewTransfer, **more: object) -> list[Booked]:
    """Book on the day on which the book stands."""
    return services.book_transfers(actor=SYSTEM_ACTOR, transfers=transfers, today=TODAY, **more)
