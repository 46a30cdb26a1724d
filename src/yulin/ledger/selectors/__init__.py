"""Every read of the ledger that another area or a screen needs."""

from __future__ import annotations

from yulin.ledger.selectors.accounts import account_for, accounts_visible_to, closed_days, expired_holds, open_holds
from yulin.ledger.selectors.balances import balance, balances, balances_at
from yulin.ledger.selectors.statements import ROW_HEADS, Statement, StatementLine, statement, statement_of
from yulin.ledger.selectors.verification import Verification, verify

__all__ = [
    "ROW_HEADS",
    "Statement",
    "StatementLine",
    "Verification",
    "account_for",
    "accounts_visible_to",
    "balance",
    "balances",
    "balances_at",
    "closed_days",
    "expired_holds",
    "open_holds",
    "statement",
    "statement_of",
    "verify",
]
