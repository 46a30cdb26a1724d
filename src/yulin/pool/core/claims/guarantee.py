"""A guarantor's own claim (政担): it paid the bank out, and asks the pool for its share of what it has not got back.

The payment is proved by a certificate; its amount is at most the guarantor's contract share of the principal that was
owed, and its day lies between the default and today. The bank never claims on such a loan: one loan, one mode (R-08).

Invariant: nothing is claimed that was not paid out, and nothing that came back already.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from yulin.base.text import Text
from yulin.pool.core.claims.opening import LoanStanding, Opened, enrolment_refusal
from yulin.pool.core.ratios import WHOLE_BP
from yulin.pool.enums import Mode
from yulin.pool.errors import GuaranteePaymentError, NoDefaultError, NotGuaranteedError
from yulin.rules.core.pack import Row
from yulin.rules.core.scheme import EARLY_DEFAULT, Provision
from yulin.rules.errors import Where

CERTIFICATE = "guarantee_payment"
_WORD = Text("代偿证明（银行回单）", "Certificate of the guarantee payment")
CERTIFICATE_RULE = Provision(
    CERTIFICATE, None, "", Row(f"documents.{CERTIFICATE}", "–", "yes", "", _WORD, None, Where()),
    checks=("paid_out", "loan", "paid_on"),
)  # fmt: skip


@dataclass(frozen=True)
class GuaranteePayment:
    """What a guarantor paid a bank on one loan, and when."""

    amount_fen: int
    paid_on: date


def most_payable_fen(principal_fen: int, contract_bp: Mapping[str, int]) -> int:
    """Return the most that the guarantor owed on a principal: its contract share rounded down, all where none is named.

    >>> most_payable_fen(100_000_000, {"guarantor": 8_000}), most_payable_fen(100, {})
    (80000000, 100)
    """
    return principal_fen * contract_bp.get("guarantor", WHOLE_BP) // WHOLE_BP


def open_for_guarantor(loan: LoanStanding, payment: GuaranteePayment, *, most_fen: int, today: date) -> Opened:
    """Return since when a guarantor may claim on a loan: the day on which it paid.

    Raises: `POOL.CLAIM.ENROLMENT_REVOKED`, `.NOT_CONFIRMED`, `.NOT_GUARANTEED`, `.NO_DEFAULT`, `.GUARANTEE_PAYMENT`.
    """
    refused = enrolment_refusal(loan)
    if refused is not None:
        raise refused
    if loan.mode != Mode.GUARANTEE:
        raise NotGuaranteedError(loan=loan.loan_number)
    if loan.defaulted_on is None:
        raise NoDefaultError(loan=loan.loan_number, month=loan.last_month, overdue_days=loan.overdue_days)
    is_day = loan.defaulted_on <= payment.paid_on <= today
    if not is_day or not 0 < payment.amount_fen <= most_fen:
        raise GuaranteePaymentError(
            loan=loan.loan_number, amount_fen=payment.amount_fen, most_fen=most_fen, paid_on=payment.paid_on,
            first=loan.defaulted_on, last=today,
        )  # fmt: skip
    return Opened(payment.paid_on, Text("代偿日", "the day of the guarantee payment"), {CERTIFICATE: payment.paid_on})


def claim_documents(
    documents: tuple[Provision, ...], *, is_guarantors: bool, is_early_default: bool
) -> tuple[Provision, ...]:
    """Return the papers that a claim needs: the scheme's, and first of all a guarantor's certificate.

    What the scheme asks of early defaults alone, the loan's origination file (AU-03), no other claim needs.
    """
    asked = [one for one in documents if is_early_default or one.only != EARLY_DEFAULT]
    confirmed = tuple(one for one in asked if not one.row.is_unverified)
    if not is_guarantors or any(one.id == CERTIFICATE for one in confirmed):
        return confirmed
    return (CERTIFICATE_RULE, *confirmed)
