"""What happens to an enrolment after its confirmation: activated, closed, opened again, revoked; lapsing."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.urls import reverse

from yulin.base.text import Text
from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import SYSTEM_ACTOR, Actor
from yulin.people.enums import Action
from yulin.people.errors import NotAllowedError
from yulin.people.services import notify
from yulin.pool.core.claims.states import STATE_NAMES, WITH_MONEY
from yulin.pool.core.states import Step
from yulin.pool.enums import ClaimState, EnrolmentState, LoanStatus
from yulin.pool.errors import (
    ClauseMissingError,
    ClosingDayError,
    EnrolmentCompensatedError,
    NothingOwedError,
    NotLentYetError,
)
from yulin.pool.models import Claim, Enrolment
from yulin.pool.services._steps import Why, locked_enrolment, take_step


def revoke_enrolment(
    *, actor: Actor, enrolment_id: int, clause: str, note: str, version: int | None = None
) -> Enrolment:
    """Revoke a confirmed enrolment under a clause.

    Effects: revoked, room given back, event, notice to the bank, audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.ENROLMENT.CLAUSE`, `POOL.ENROLMENT.NOTE`, `POOL.ENROLMENT.STEP`,
    `POOL.ENROLMENT.COMPENSATED`, `KIT.CHANGED_MEANWHILE`.
    """
    _require(actor, Action.REVOKE_ENROLMENTS)
    if not clause.strip():
        raise ClauseMissingError
    with transaction.atomic(), scope(EVERYTHING):
        enrolment = locked_enrolment(actor, enrolment_id, version=version)
        _refuse_compensated(enrolment)
        why = Why(clause=clause, note=note)
        take_step(actor, enrolment, Step.REVOKE, why, refusal_code=clause[:80])
        _tell_bank(actor, enrolment, Text("已撤销备案%(id)s", "Enrolment %(id)s is revoked"), f"{clause}：{note}")
    return enrolment


def _refuse_compensated(enrolment: Enrolment) -> None:
    """Refuse to revoke a loan whose claim is decided for payment or paid, until that is undone."""
    standing = WITH_MONEY - {ClaimState.RECALLED}
    claim = Claim.objects.filter(enrolment=enrolment, state__in=[str(state) for state in standing]).first()
    if claim is not None:
        raise EnrolmentCompensatedError(
            loan=enrolment.loan_number, claim=claim.number, state=STATE_NAMES[ClaimState(claim.state)]
        )


def activate_enrolment(
    *, actor: Actor, enrolment_id: int, note: str = "", version: int | None = None, today: date | None = None
) -> Enrolment:
    """Make a confirmed enrolment active: the money was lent.

    Effects: active, event, audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.ENROLMENT.NOT_LENT`, `POOL.ENROLMENT.STEP`, `KIT.CHANGED_MEANWHILE`.
    """
    _require(actor, Action.CONFIRM_ENROLMENTS)
    with transaction.atomic(), scope(EVERYTHING):
        enrolment = locked_enrolment(actor, enrolment_id, version=version)
        today = today or clock.business_date()
        if enrolment.state == EnrolmentState.CONFIRMED and enrolment.disbursed_on > today:
            raise NotLentYetError(on=enrolment.disbursed_on, today=today)
        return take_step(actor, enrolment, Step.ACTIVATE, Why(note=note))


def close_enrolment(
    *,
    actor: Actor,
    enrolment_id: int,
    on: date,
    note: str = "",
    version: int | None = None,
    today: date | None = None,
) -> Enrolment:
    """Close an enrolment whose loan is repaid; nothing of it is outstanding from then on.

    Effects: closed with its day, event, audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.ENROLMENT.CLOSING_DAY`, `POOL.ENROLMENT.STEP`, `KIT.CHANGED_MEANWHILE`.
    """
    _require(actor, Action.CONFIRM_ENROLMENTS)
    with transaction.atomic(), scope(EVERYTHING):
        enrolment = locked_enrolment(actor, enrolment_id, version=version)
        today = today or clock.business_date()
        if not enrolment.disbursed_on <= on <= today:
            raise ClosingDayError(on=on, since=enrolment.disbursed_on, today=today)
        return take_step(
            actor,
            enrolment,
            Step.CLOSE,
            Why(note=note),
            closed_on=on,
            loan_status=LoanStatus.PAID.value,
            outstanding_fen=0,
        )


def reopen_enrolment(*, actor: Actor, enrolment_id: int, note: str, version: int | None = None) -> Enrolment:
    """Open a loan again that was closed by mistake, once its bank's return says what is owed.

    Effects: active, the layers' capacity held anew, what its firm owes counted anew, event, notice to the bank, audit
    row.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.ENROLMENT.NOTHING_OWED`, `POOL.ENROLMENT.STEP`, `POOL.ENROLMENT.NOTE`,
    `POOL.LIMIT.CAPACITY`, `KIT.CHANGED_MEANWHILE`.
    """
    _require(actor, Action.REVOKE_ENROLMENTS)
    with transaction.atomic(), scope(EVERYTHING):
        enrolment = locked_enrolment(actor, enrolment_id, version=version)
        owed_fen = enrolment.outstanding_fen or 0
        if enrolment.state == EnrolmentState.CLOSED and (owed_fen <= 0 or enrolment.loan_status == LoanStatus.PAID):
            raise NothingOwedError(loan=enrolment.loan_number, month=enrolment.last_return_month)
        why = Why(note=note, facts={"closed_on": str(enrolment.closed_on), "outstanding_fen": owed_fen})
        times = enrolment.times_reopened + 1
        take_step(actor, enrolment, Step.REOPEN, why, closed_on=None, times_reopened=times)
        _tell_bank(actor, enrolment, Text("备案%(id)s已恢复在册", "Enrolment %(id)s is open again"), note)
    return enrolment


def lapse_conditional_enrolments(*, today: date | None = None) -> int:
    """Revoke every conditional enrolment whose last day is over, and tell its bank; return how many.

    Effects, each in a transaction of its own: revoked, room given back, event, notice, audit row. Run twice, it does
    nothing the second time.
    """
    today = today or clock.business_date()
    with scope(EVERYTHING):
        due = Enrolment.objects.filter(state=EnrolmentState.CONDITIONAL.value, conditional_until__lt=today)
        ids = list(due.order_by("id").values_list("id", flat=True))
        return sum(_lapse(enrolment_id, today) for enrolment_id in ids)


def activate_disbursed_enrolments(*, today: date | None = None) -> int:
    """Make every confirmed enrolment active whose money was lent by today; return how many.

    Effects, each in a transaction of its own: active, event, audit row.
    """
    today = today or clock.business_date()
    with scope(EVERYTHING):
        due = Enrolment.objects.filter(state=EnrolmentState.CONFIRMED.value, disbursed_on__lte=today)
        ids = list(due.order_by("id").values_list("id", flat=True))
        for enrolment_id in ids:
            activate_enrolment(actor=SYSTEM_ACTOR, enrolment_id=enrolment_id, today=today)
    return len(ids)


def _lapse(enrolment_id: int, today: date) -> bool:
    with transaction.atomic():
        enrolment = locked_enrolment(SYSTEM_ACTOR, enrolment_id)
        until = enrolment.conditional_until
        if enrolment.state != EnrolmentState.CONDITIONAL or until is None or until >= today:
            return False
        note = f"条件“{enrolment.condition}”至{until}未满足，自动失效。"
        take_step(SYSTEM_ACTOR, enrolment, Step.LAPSE, Why(note=note), refusal_code="POOL.CONDITION.LAPSED")
        _tell_bank(
            SYSTEM_ACTOR,
            enrolment,
            Text("附条件备案已失效：借据%(loan)s", "The conditional enrolment of loan %(loan)s has lapsed"),
            note,
        )
    return True


def _require(actor: Actor, action: Action) -> None:
    if not actor.may(action):
        raise NotAllowedError(action=str(action), role=str(actor.role))


def _tell_bank(actor: Actor, enrolment: Enrolment, title: Text, body: str) -> None:
    notify(
        actor=actor,
        organisation_id=enrolment.bank_id,
        kind="pool.enrolment",
        title=title.with_values(id=enrolment.number or enrolment.pk, loan=enrolment.loan_number),
        body=Text(body, body),
        path=reverse("pool:enrolment", args=[enrolment.pk]),
    )
