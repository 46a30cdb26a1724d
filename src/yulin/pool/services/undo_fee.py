"""Undo a fee that was charged wrongly: another person, with a reason; the fee can then be charged anew."""

from __future__ import annotations

from django.db import transaction

from yulin.kit.clock import business_date
from yulin.kit.row_security import EVERYTHING, scope
from yulin.ledger.selectors import booked_keys
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.people.errors import NotAllowedError
from yulin.people.services import record_audit
from yulin.pool.core.postings import fee_undone
from yulin.pool.errors import FeeReasonError, FeeSamePersonError, FeeUndoneError
from yulin.pool.models import FeeCharge, FeeUndo
from yulin.pool.selectors.fees import charge_for
from yulin.pool.services._steps import locked_enrolment
from yulin.pool.services.booking import book
from yulin.pool.services.charge_fee import fee_of


def undo_fee(*, actor: Actor, charge_id: int, reason: str) -> FeeUndo:
    """Undo one charge: what the lender owes for it goes back, once.

    Effects: the undoing, one reversal in the ledger (none where nothing was booked, or a checker had reversed the
    transfer there), audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.FEE.NOT_FOUND`, `.REASON`, `.SAME_PERSON`, `.UNDONE`.
    """
    if not actor.may(Action.CORRECT_LEDGER):
        raise NotAllowedError(action=str(Action.CORRECT_LEDGER), role=str(actor.role))
    with transaction.atomic(), scope(EVERYTHING):
        charge = charge_for(actor, charge_id)
        loan = locked_enrolment(actor, charge.enrolment_id).loan_number
        _check(actor, charge, loan, reason)
        undo = FeeUndo.objects.create(
            charge=charge, reason=reason.strip(), undone_on=business_date(), undone_by_id=actor.user_id
        )
        reversals = fee_undone(fee_of(charge), business_date(), undo.reason)
        before = booked_keys([one.key for one in reversals])
        book(actor, charge.scheme_id, [one for one in reversals if one.key not in before])
        record_audit(
            actor=actor,
            action="pool.undo_fee",
            subject=("enrolment", charge.enrolment_id),
            facts={"charge": charge.pk, "amount_fen": charge.amount_fen, "reason": undo.reason},
        )
    return undo


def _check(actor: Actor, charge: FeeCharge, loan: str, reason: str) -> None:
    if not reason.strip():
        raise FeeReasonError(loan=loan)
    if actor.user_id is not None and actor.user_id == charge.charged_by_id:
        raise FeeSamePersonError(loan=loan)
    before = FeeUndo.objects.filter(charge=charge).first()
    if before is not None:
        raise FeeUndoneError(loan=loan, undone_on=before.undone_on, reason=before.reason)
