"""Charge a guarantee fee of a loan: the lender owes it, by the table that ruled when the guarantee was approved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from django.db import transaction

from yulin.kit.clock import business_date
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.people.errors import NotAllowedError
from yulin.people.services import record_audit
from yulin.pool.core.fees import FeeDue
from yulin.pool.core.postings import Fee, fee_charged
from yulin.pool.errors import FeeNotThereError, FeeTooEarlyError, FeeUnknownError
from yulin.pool.models import Enrolment, FeeCharge
from yulin.pool.selectors.fees import fees_of
from yulin.pool.services._steps import locked_enrolment
from yulin.pool.services.booking import book
from yulin.pool.services.layer_accounts import open_clearing


class ToCharge(NamedTuple):
    """One fee of a locked loan that is charged now, and for which time."""

    enrolment: Enrolment
    due: FeeDue
    turn: int


def charge_fee(*, actor: Actor, enrolment_id: int, kind: str, number: int) -> FeeCharge:
    """Charge one kind of fee of one year of a loan's guarantee; charged again, it is the same charge.

    Effects: the charge, the lender's and the scheme's accounts, one transfer (none of a rate of nothing), audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.ENROLMENT.NOT_FOUND`, `POOL.FEE.NOT_THERE`, `.TOO_EARLY`, `.UNKNOWN`.
    """
    if not actor.may(Action.CHARGE_FEES):
        raise NotAllowedError(action=str(Action.CHARGE_FEES), role=str(actor.role))
    with transaction.atomic(), scope(EVERYTHING):
        enrolment = locked_enrolment(actor, enrolment_id)
        same = FeeCharge.objects.filter(enrolment=enrolment, kind=kind, number=number)
        return same.standing().first() or _charged(actor, enrolment, (kind, number), turn=same.count() + 1)


def write_charges(actor: Actor, asked: Sequence[ToCharge], *, on: date) -> list[FeeCharge]:
    """Write fees of one scheme's locked loans and book them; the caller has looked at each.

    Effects: charges, the lenders' and the scheme's accounts, one call of the ledger.
    """
    if not asked:
        return []
    charges = FeeCharge.objects.bulk_create([_row(actor, one, on) for one in asked])
    scheme_id = charges[0].scheme_id
    open_clearing(scheme_id, sorted({one.bank_id for one in charges}), has_fees=True)
    book(actor, scheme_id, [
        transfer
        for one, charge in zip(asked, charges, strict=True)
        for transfer in fee_charged(fee_of(charge), one.enrolment.number or "", on)
    ])  # fmt: skip
    return charges


def fee_of(charge: FeeCharge) -> Fee:
    """Return a charge as the ledger books it."""
    return Fee(
        charge.enrolment_id, charge.scheme_id, charge.bank_id, charge.kind, charge.number, charge.turn,
        charge.amount_fen,
    )  # fmt: skip


def _row(actor: Actor, one: ToCharge, on: date) -> FeeCharge:
    loan, due = one.enrolment, one.due
    by = due.loan
    return FeeCharge(
        enrolment=loan, bank_id=loan.bank_id, scheme_id=loan.scheme_id, pack_id=loan.pack_id, kind=due.kind,
        number=due.number, turn=one.turn, table_id=due.table.id, base_fen=due.rounded_base_fen or 0,
        amount_fen=due.amount_fen or 0, charged_on=on, charged_by_id=actor.user_id,
        measured={
            "approved_on": by.approved_on.isoformat(), "gross_fen": by.gross_fen, "enrolled_fen": by.enrolled_fen,
            "outstanding_fen": by.outstanding_fen, "bank_bp": by.bank_bp,
            **({"plus_bp": due.plus_bp} if due.plus_bp else {}),
            **({"matures_on": by.matures_on.isoformat()} if by.matures_on else {}),
        },
    )  # fmt: skip


def _charged(actor: Actor, enrolment: Enrolment, fee: tuple[str, int], *, turn: int) -> FeeCharge:
    today, (kind, number) = business_date(), fee
    found = [one for one in fees_of(enrolment, today=today).due if (one.kind, one.number) == fee]
    if not found:
        raise FeeNotThereError(loan=enrolment.loan_number, kind=kind, number=number)
    (due,) = found
    if due.due_on > today:
        raise FeeTooEarlyError(loan=enrolment.loan_number, due_on=due.due_on, today=today)
    if due.amount_fen is None:
        raise FeeUnknownError(loan=enrolment.loan_number, table=due.table.title)
    (charge,) = write_charges(actor, [ToCharge(enrolment, due, turn)], on=today)
    record_audit(
        actor=actor,
        action="pool.charge_fee",
        subject=("enrolment", enrolment.pk),
        facts={
            "charge": charge.pk, "table": due.table.id, "number": number, "base_fen": charge.base_fen,
            "amount_fen": charge.amount_fen,
        },
    )  # fmt: skip
    return charge
