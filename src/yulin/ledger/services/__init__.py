"""Every write of the ledger."""

from __future__ import annotations

from yulin.ledger.services.booking import book_transfers
from yulin.ledger.services.closing import close_period
from yulin.ledger.services.expiring import expire_holds
from yulin.ledger.services.opening import open_accounts
from yulin.ledger.services.reversing import preview_reversal, reverse_transfer
from yulin.ledger.services.sealing import seal_transfers

__all__ = [
    "book_transfers",
    "close_period",
    "expire_holds",
    "open_accounts",
    "preview_reversal",
    "reverse_transfer",
    "seal_transfers",
]
