"""Every read of the ledger that another area or a screen needs."""

from __future__ import annotations

from yulin.ledger.selectors.accounts import (
    LayerRoom,
    account_for,
    account_scheme_ids,
    accounts_visible_to,
    closed_days,
    expired_holds,
    layer_rooms,
    open_holds,
    standing_holds,
)
from yulin.ledger.selectors.balances import (
    balance,
    balances,
    balances_at,
    locked_balances,
    moved_in,
    totals_of_kinds,
    totals_on,
)
from yulin.ledger.selectors.currencies import currency_of_account, with_currency
from yulin.ledger.selectors.periods import ClosingPreview, closed_periods, closing_preview, scheme_periods
from yulin.ledger.selectors.statement_letters import statement_facts
from yulin.ledger.selectors.statements import ROW_HEADS, Statement, StatementLine, statement, statement_of
from yulin.ledger.selectors.transfers import (
    TransferStory,
    accounts_of_holds,
    booked_keys,
    holds_visible_to,
    transfer_story,
)
from yulin.ledger.selectors.verification import Verification, verify

__all__ = [
    "ROW_HEADS",
    "ClosingPreview",
    "LayerRoom",
    "Statement",
    "StatementLine",
    "TransferStory",
    "Verification",
    "account_for",
    "account_scheme_ids",
    "accounts_of_holds",
    "accounts_visible_to",
    "balance",
    "balances",
    "balances_at",
    "booked_keys",
    "closed_days",
    "closed_periods",
    "closing_preview",
    "currency_of_account",
    "expired_holds",
    "holds_visible_to",
    "layer_rooms",
    "locked_balances",
    "moved_in",
    "open_holds",
    "scheme_periods",
    "standing_holds",
    "statement",
    "statement_facts",
    "statement_of",
    "totals_of_kinds",
    "totals_on",
    "transfer_story",
    "verify",
    "with_currency",
]
