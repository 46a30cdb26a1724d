"""The manager's review of what rules could not decide: confirm, confirm under a condition, refuse, ask the bank.

Whoever filed an enrolment never confirms it; a refusal names its clause; a condition has a last day.
"""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.urls import reverse

from yulin.base.text import Text
from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor
from yulin.people.services import notify
from yulin.pool.core.states import Step
from yulin.pool.enums import EnrolmentState
from yulin.pool.errors import ClauseMissingError, ConditionMissingError, SameHandsError
from yulin.pool.models import Enrolment
from yulin.pool.services._steps import Why, is_disbursed, locked_enrolment, number_fields, take_step


def confirm_enrolment(
    *, actor: Actor, enrolment_id: int, version: int | None = None, clause: str = "", note: str = ""
) -> Enrolment:
    """Confirm a filing: it gets its number, and stands as active once the money was lent.

    Effects: reviewed, confirmed, active; number and code; events; notice to the bank; audit rows.
    Raises: `POOL.ENROLMENT.STEP`, `POOL.ENROLMENT.SAME_HANDS`, `KIT.CHANGED_MEANWHILE`.
    """
    with transaction.atomic(), scope(EVERYTHING):
        enrolment = _opened(actor, enrolment_id, version)
        why = Why(clause=clause, note=note)
        if enrolment.state == EnrolmentState.SUBMITTED:
            take_step(actor, enrolment, Step.REVIEW, why)
        step = Step.FULFIL if enrolment.state == EnrolmentState.CONDITIONAL else Step.CONFIRM
        today = clock.business_date()
        take_step(actor, enrolment, step, why, condition="", conditional_until=None, **number_fields(enrolment, today))
        if is_disbursed(enrolment):
            take_step(actor, enrolment, Step.ACTIVATE)
        _tell_bank(actor, enrolment, Text("已确认备案%(number)s", "Enrolment %(number)s is confirmed"))
    return enrolment


def confirm_conditionally(
    *, actor: Actor, enrolment_id: int, condition: str, until: date | None, version: int | None = None, clause: str = ""
) -> Enrolment:
    """Confirm a filing under a condition: it lapses by itself after the last day unless the fact arrives.

    Effects: reviewed, conditional; events; notice to the bank with the day; audit rows.
    Raises: `POOL.ENROLMENT.CONDITION`, `POOL.ENROLMENT.STEP`, `POOL.ENROLMENT.SAME_HANDS`.
    """
    today = clock.business_date()
    if until is None or until <= today or not condition.strip():
        raise ConditionMissingError(until=until, today=today)
    with transaction.atomic(), scope(EVERYTHING):
        enrolment = _opened(actor, enrolment_id, version)
        why = Why(clause=clause, note=condition)
        if enrolment.state == EnrolmentState.SUBMITTED:
            take_step(actor, enrolment, Step.REVIEW)
        take_step(actor, enrolment, Step.CONFIRM_CONDITIONALLY, why, condition=condition[:300], conditional_until=until)
        title = Text("补齐条件：借据%(loan)s，%(until)s前", "Meet the condition of loan %(loan)s by %(until)s")
        _tell_bank(actor, enrolment, title, body=Text(condition, condition), due_on=until, asks=True)
    return enrolment


def refuse_enrolment(
    *, actor: Actor, enrolment_id: int, clause: str, note: str, version: int | None = None
) -> Enrolment:
    """Refuse a filing under a clause, with the reason; the loan may be filed again.

    Effects: revoked with the clause, room given back, event, notice to the bank, audit row.
    Raises: `POOL.ENROLMENT.CLAUSE`, `POOL.ENROLMENT.NOTE`, `POOL.ENROLMENT.STEP`.
    """
    if not clause.strip():
        raise ClauseMissingError
    with transaction.atomic(), scope(EVERYTHING):
        enrolment = locked_enrolment(actor, enrolment_id, version=version)
        why = Why(clause=clause, note=note)
        take_step(actor, enrolment, Step.REFUSE, why, refusal_code=clause[:80])
        title = Text("不予备案：借据%(loan)s", "Not enrolled: loan %(loan)s")
        _tell_bank(actor, enrolment, title, body=Text(f"{clause}：{note}", f"{clause}: {note}"))
    return enrolment


def ask_bank(
    *, actor: Actor, enrolment_id: int, note: str, version: int | None = None, due_on: date | None = None
) -> Enrolment:
    """Give a filing back to the bank with a question; the loan keeps its place and its room.

    Effects: draft, event, notice to the bank, audit row.
    Raises: `POOL.ENROLMENT.NOTE`, `POOL.ENROLMENT.STEP`.
    """
    with transaction.atomic(), scope(EVERYTHING):
        enrolment = locked_enrolment(actor, enrolment_id, version=version)
        take_step(actor, enrolment, Step.RETURN, Why(note=note))
        title = Text("补充借据%(loan)s的事实", "Complete the facts of loan %(loan)s")
        _tell_bank(actor, enrolment, title, body=Text(note, note), due_on=due_on, asks=True)
    return enrolment


def _opened(actor: Actor, enrolment_id: int, version: int | None) -> Enrolment:
    enrolment = locked_enrolment(actor, enrolment_id, version=version)
    filed = enrolment.events.filter(step=Step.SUBMIT.value).order_by("-id").first()
    if filed is not None and actor.user_id is not None and filed.actor_user_id == actor.user_id:
        raise SameHandsError
    return enrolment


def _tell_bank(
    actor: Actor,
    enrolment: Enrolment,
    title: Text,
    *,
    body: Text | None = None,
    due_on: date | None = None,
    asks: bool = False,
) -> None:
    values = {"number": enrolment.number or "", "loan": enrolment.loan_number, "until": due_on or ""}
    notify(
        actor=actor,
        organisation_id=enrolment.bank_id,
        kind="pool.enrolment",
        title=title.with_values(**values),
        body=body,
        path=reverse("pool:enrolment", args=[enrolment.pk]),
        due_on=due_on,
        about=("enrolment", enrolment.pk) if asks else None,
    )
