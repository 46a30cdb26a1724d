"""What every step of an enrolment does: lock the row, look into the table of steps, write state, event, audit row."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings
from django.db import connection

from yulin.kit import clock
from yulin.people.core.actors import Actor
from yulin.people.services import record_audit, settle_notices
from yulin.pool.adapters.bulk import recount_balances, recount_balances_of_loans
from yulin.pool.core.limits import LimitKey, limit_keys
from yulin.pool.core.numbers import confirmation_number, number_prefix, verification_code
from yulin.pool.core.states import IN_FORCE, Step, next_state
from yulin.pool.enums import EnrolmentState, LimitKind
from yulin.pool.errors import ChangedMeanwhileError, EnrolmentNotFoundError
from yulin.pool.models import Enrolment, EnrolmentEvent
from yulin.pool.selectors.capacity import promise_of
from yulin.pool.selectors.enrolments import enrolments_visible_to
from yulin.pool.services.capacity import hold_enrolment, release_capacity


@dataclass(frozen=True)
class Why:
    """The reason that a step gives: the clause that it rests on, and words."""

    clause: str = ""
    note: str = ""
    facts: dict[str, Any] = field(default_factory=dict)


def locked_enrolment(actor: Actor, enrolment_id: int, *, version: int | None = None) -> Enrolment:
    """Return one enrolment of the actor's, locked until the transaction ends.

    Raises: `POOL.ENROLMENT.NOT_FOUND`, `KIT.CHANGED_MEANWHILE`.
    """
    found = (
        enrolments_visible_to(actor)
        .filter(pk=enrolment_id)
        .select_related("pack", "firm", "bank")
        .select_for_update(of=("self",))
        .first()
    )
    if found is None:
        raise EnrolmentNotFoundError(enrolment=enrolment_id)
    if version is not None and found.version != version:
        raise ChangedMeanwhileError(enrolment=enrolment_id, found=found.version, expected=version)
    return found


def take_step(actor: Actor, enrolment: Enrolment, step: Step, why: Why | None = None, **changes: Any) -> Enrolment:
    """Move a locked enrolment by one step of the table, with `changes` of its fields.

    Effects: the enrolment with its next version, one event, room given back where it is revoked, what the firm owes
    counted anew where it ends or is opened again, the layers' capacity held where it comes into force and released
    where it ends, notices that asked for it done, audit row.
    Raises: `POOL.ENROLMENT.STEP`, `POOL.ENROLMENT.NOTE`, `POOL.LIMIT.CAPACITY`.
    """
    why = why or Why()
    before = enrolment.state
    enrolment.state = next_state(before, step, note=why.note)
    enrolment.version += 1
    for name, value in changes.items():
        setattr(enrolment, name, value)
    enrolment.save(update_fields=["state", "version", *changes])
    EnrolmentEvent.objects.create(
        enrolment=enrolment,
        actor_user_id=actor.user_id,
        actor_organisation_id=actor.organisation_id,
        actor_name=actor.name,
        step=step.value,
        from_state=before,
        to_state=enrolment.state,
        clause=why.clause,
        note=why.note,
    )
    if enrolment.state == EnrolmentState.REVOKED:
        release_room(enrolment)
    elif step in {Step.CLOSE, Step.REOPEN}:
        recount_balances_of_loans([enrolment.pk])
    _keep_capacity(actor, enrolment, before)
    settle_notices(about=("enrolment", enrolment.pk))
    record_audit(
        actor=actor,
        action=f"pool.{step.value}_enrolment",
        subject=("enrolment", enrolment.pk),
        facts={
            "from": before,
            "to": str(enrolment.state),
            "clause": why.clause,
            "note": why.note,
            "loan_number": enrolment.loan_number,
            "number": enrolment.number,
            **why.facts,
        },
    )
    return enrolment


def _keep_capacity(actor: Actor, enrolment: Enrolment, before: str) -> None:
    """Hold the layers' capacity when an enrolment comes into force, release it when it ends."""
    was, is_now = before in IN_FORCE, enrolment.state in IN_FORCE
    if is_now and not was:
        hold_enrolment(actor, enrolment, today=clock.business_date())
    elif was and not is_now:
        release_capacity(actor, [promise_of(enrolment)], today=clock.business_date())


def draw_numbers(scheme_id: str, year: int, count: int) -> list[str]:
    """Draw the next confirmation numbers of a scheme and year.

    Effects: the series of the scheme and year.
    """
    return draw_from_series(number_prefix(scheme_id), year, count)


def draw_from_series(prefix: str, year: int, count: int) -> list[str]:
    """Draw the next numbers of a series and year; others wait until this transaction ends.

    Effects: the series. A rolled-back transaction gives its numbers back, so none is missing.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO pool_numberseries (prefix, year, last) VALUES (%s, %s, %s) ON CONFLICT (prefix, year)"
            " DO UPDATE SET last = pool_numberseries.last + excluded.last RETURNING last",
            [prefix, year, count],
        )
        last = int(cursor.fetchone()[0])
    return [confirmation_number(prefix, year, running) for running in range(last - count + 1, last + 1)]


def code_of(number: str) -> str:
    """Return the verification code of a confirmation number under this instance's secret."""
    return verification_code(settings.SECRET_KEY.encode(), number)


def number_fields(enrolment: Enrolment, on: date) -> dict[str, Any]:
    """Return number, code and day of confirmation; a number once given stays."""
    number = enrolment.number or draw_numbers(enrolment.scheme_id, on.year, 1)[0]
    return {"number": number, "verification_code": code_of(number), "confirmed_on": on}


def room_keys(enrolment: Enrolment) -> list[LimitKey]:
    """Return the totals that an enrolment adds to, that of its firm's balance among them where it is kept."""
    resolved = enrolment.firm.identifier_scheme == "USCC"
    return limit_keys(
        scheme_id=enrolment.scheme_id,
        firm_id=enrolment.firm_id if resolved else None,
        bank_id=enrolment.bank_id,
        year=enrolment.disbursed_on.year,
        has_ceiling=True,
    )


def release_room(enrolment: Enrolment) -> None:
    """Give back the room of an enrolment that no longer stands.

    Effects: the running totals of its firm, firm and year, bank and scheme, locked in the order of their keys.
    """
    change_room(dict.fromkeys(room_keys(enrolment), -enrolment.enrolled_amount_fen))


def change_room(changes: dict[LimitKey, int]) -> None:
    """Add to running totals, in the order of their keys. The database refuses a total above its limit.

    What a firm owes is not added to but counted anew from its loans, in its turn.
    """
    with connection.cursor() as cursor:
        for key in sorted(changes):
            if key.kind is LimitKind.FIRM:
                recount_balances([key])
                continue
            cursor.execute(
                "UPDATE pool_limituse SET used_fen = used_fen + %s"
                " WHERE scheme_id = %s AND kind = %s AND key = %s AND period = %s",
                [changes[key], key.scheme_id, LimitKind(key.kind).value, key.key, key.period],
            )


def is_disbursed(enrolment: Enrolment) -> bool:
    """Tell whether the money was lent by today."""
    return enrolment.disbursed_on <= clock.business_date()
