"""Charge a guarantee fee of a loan: the lender owes it, by the table that ruled when the guarantee was approved."""

from __future__ import annotations

from django.db import transaction

from yulin.kit.clock import business_date
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.people.errors import NotAllowedError
from yulin.people.services import record_audit
from yulin.pool.core.postings import Fee, fee_charged
from yulin.pool.errors import FeeNotThereError, FeeTooEarlyError, FeeUnknownError
from yulin.pool.models import Enrolment, FeeCharge
from yulin.pool.selectors.fees import fees_of
from yulin.pool.services._steps import locked_enrolment
from yulin.pool.services.booking import book
from yulin.pool.services.layer_accounts import open_clearing


def charge_fee(*, actor: Actor, enrolment_id: int, kind: str, number: int) -> FeeCharge:
    """Charge one kind of fee of one year of a loan's guarantee; charged again, it is the same charge.

    Effects: the charge, the lender's and the scheme's accounts, one transfer (none of a rate of nothing), audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.ENROLMENT.NOT_FOUND`, `POOL.FEE.NOT_THERE`, `.TOO_EARLY`, `.UNKNOWN`.
    """
    if not actor.may(Action.CONFIRM_ENROLMENTS):
        raise NotAllowedError(action=str(Action.CONFIRM_ENROLMENTS), role=str(actor.role))
    with transaction.atomic(), scope(EVERYTHING):
        enrolment = locked_enrolment(actor, enrolment_id)
        before = FeeCharge.objects.filter(enrolment=enrolment, kind=kind, number=number).first()
        return before or _charged(actor, enrolment, kind, number)


def _charged(actor: Actor, enrolment: Enrolment, kind: str, number: int) -> FeeCharge:
    today = business_date()
    found = [one for one in fees_of(enrolment, today=today).due if (one.kind, one.number) == (kind, number)]
    if not found:
        raise FeeNotThereError(loan=enrolment.loan_number, kind=kind, number=number)
    (due,) = found
    if due.due_on > today:
        raise FeeTooEarlyError(loan=enrolment.loan_number, due_on=due.due_on, today=today)
    if due.amount_fen is None or due.rounded_base_fen is None:
        raise FeeUnknownError(loan=enrolment.loan_number, table=due.table.title)
    charge = FeeCharge.objects.create(
        enrolment=enrolment, bank_id=enrolment.bank_id, scheme_id=enrolment.scheme_id, kind=kind, number=number,
        table_id=due.table.id, base_fen=due.rounded_base_fen, amount_fen=due.amount_fen, charged_on=today,
        charged_by_id=actor.user_id,
    )  # fmt: skip
    open_clearing(enrolment.scheme_id, [enrolment.bank_id], has_fees=True)
    fee = Fee(enrolment.scheme_id, enrolment.bank_id, kind, number, due.amount_fen)
    book(actor, enrolment.scheme_id, fee_charged(enrolment.pk, enrolment.number or "", fee, today))
    record_audit(
        actor=actor,
        action="pool.charge_fee",
        subject=("enrolment", enrolment.pk),
        facts={"table": due.table.id, "number": number, "base_fen": charge.base_fen, "amount_fen": charge.amount_fen},
    )
    return charge
