"""What the PDF of a statement says, in plain JSON for its template."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from yulin.base.money import yuan_text
from yulin.base.text import OWN_CURRENCY, Text
from yulin.ledger.errors import StatementTooLongError
from yulin.ledger.selectors.currencies import currency_of_account
from yulin.ledger.selectors.statements import Statement, StatementLine
from yulin.people.selectors import the_book

LONGEST_LETTER = 2_000  # lines; a longer one is a sheet


def statement_facts(statement: Statement, *, today: date) -> dict[str, Any]:
    """Return the facts of a statement's PDF. **Raises**: `LEDGER.STATEMENT.TOO_LONG`."""
    count = statement.transfers.order_by()[: LONGEST_LETTER + 1].count()
    if count > LONGEST_LETTER:
        raise StatementTooLongError(account=statement.account.code, at_most=LONGEST_LETTER)
    lines = list(statement.lines())
    closing = lines[-1].balance_fen if lines else statement.opening.posted_fen
    account, book = statement.account, the_book()
    currency = currency_of_account(account)
    last = statement.until - timedelta(1) if statement.until else today
    first = statement.since or (lines[0].transfer.value_on if lines else today)
    return {
        "book": _text(book.name),
        "is_demo": book.is_demo,
        "made_on": today.isoformat(),
        "account": {"code": account.code, **_text(account.name)},
        "kind": _text(account.kind_name),
        "unit": {"zh": "元" if currency == OWN_CURRENCY else currency, "en": currency},
        "since": first.isoformat(),
        "last": last.isoformat(),
        "opening": yuan_text(statement.opening.posted_fen),
        "closing": yuan_text(closing),
        "lines": [_line(line) for line in lines],
    }


def _text(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": "" if text.en == text.zh else text.en}


def _line(line: StatementLine) -> dict[str, Any]:
    def amount(fen: int | None) -> str:
        return "" if fen is None else yuan_text(fen)

    return {
        "value_on": line.transfer.value_on.isoformat(),
        "key": line.transfer.key,
        "counterpart": line.counterpart.name.zh,
        "reason": line.transfer.reason,
        "kind": _text(line.kind_name),
        "in_yuan": amount(line.in_fen),
        "out_yuan": amount(line.out_fen),
        "held_yuan": amount(line.held_fen),
        "balance": amount(line.balance_fen),
    }
