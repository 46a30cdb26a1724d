"""Which debts can be assigned at all: compensated, still owed, and really lent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from yulin.base.text import Text
from yulin.pool.enums import ClaimState, LoanStatus

_NOT_CONFIRMED, _UNDISBURSED = "POOL.ASSIGNMENT.DEBT_NOT_CONFIRMED", "POOL.ASSIGNMENT.DEBT_UNDISBURSED"
_PAID, _OVERPAID = "POOL.ASSIGNMENT.DEBT_PAID", "POOL.ASSIGNMENT.DEBT_OVERPAID"
_NOT_COMPENSATED = "POOL.ASSIGNMENT.DEBT_NOT_COMPENSATED"
_WRITTEN_OFF = "POOL.ASSIGNMENT.DEBT_WRITTEN_OFF"
NOT_APPROVED = "POOL.ASSIGNMENT.NOT_APPROVED"

DEBT_BLOCKS: Mapping[str, Text] = {
    _NOT_CONFIRMED: Text("入库备案未确认", "the enrolment is not confirmed"),
    _UNDISBURSED: Text("借据未放款", "the loan was never disbursed"),
    _PAID: Text("借据已结清", "the loan is repaid"),
    _OVERPAID: Text("还款已超过欠款", "more was repaid than was owed"),
    _NOT_COMPENSATED: Text("补偿尚未拨付", "its compensation has not been paid"),
    _WRITTEN_OFF: Text("已核销，价款不能再分回", "it is written off, so that its price could not be shared any more"),
    NOT_APPROVED: Text("交割日前未获批准", "nobody approved it by its settlement"),
}
"""Why a debt cannot change hands, by code."""


@dataclass(frozen=True)
class Debt:
    """What is known of a debt; `outstanding_fen` below zero was overpaid."""

    outstanding_fen: int
    loan_status: LoanStatus
    is_confirmed: bool
    claim_state: ClaimState | None
    is_written_off: bool = False


def debt_blocks(debt: Debt) -> tuple[str, ...]:
    """Return the codes of everything that keeps a debt from being assigned; none: it can be.

    >>> debt_blocks(Debt(0, LoanStatus.PAID, True, ClaimState.PAID))
    ('POOL.ASSIGNMENT.DEBT_PAID',)
    """
    is_disbursed = debt.loan_status != LoanStatus.UNDISBURSED
    found = {
        _NOT_CONFIRMED: not debt.is_confirmed,
        _UNDISBURSED: not is_disbursed,
        _PAID: is_disbursed and (debt.outstanding_fen == 0 or debt.loan_status == LoanStatus.PAID),
        _OVERPAID: debt.outstanding_fen < 0,
        _NOT_COMPENSATED: debt.claim_state != ClaimState.PAID,
        _WRITTEN_OFF: debt.is_written_off,
    }
    return tuple(code for code, holds in found.items() if holds)
