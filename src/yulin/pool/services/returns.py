"""Take a bank's monthly return: one line a loan, late ones flagged, the loan's present state and day of default kept.

A month reported again replaces its lines, but neither the day on which the first came nor that it was late. The day of
default, once seen, stands.
"""

from __future__ import annotations

from dataclasses import asdict
from datetime import date
from typing import TYPE_CHECKING, Any

import polars as pl
from django.db import connection, transaction
from django.urls import reverse

from yulin.base.text import Text
from yulin.exchange.core.columns import guess_mapping
from yulin.exchange.core.fields import return_form
from yulin.exchange.core.reasons import WORDS
from yulin.exchange.core.typing import head_of, type_sheet
from yulin.exchange.core.verdicts import verdicts_of
from yulin.exchange.enums import UploadState
from yulin.exchange.selectors import upload_for
from yulin.exchange.services import begin_enrolment, read_upload, record_enrolment
from yulin.exchange.services.adding import add_verdicts
from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.adapters.calendar import work_calendar
from yulin.people.core.actors import SYSTEM_ACTOR, Actor
from yulin.people.enums import OrganisationKind
from yulin.people.selectors import organisations_of_kind
from yulin.people.services import notify, record_audit
from yulin.pool.adapters.bulk import insert_events, recount_balances_of_loans
from yulin.pool.adapters.packs import published_laws
from yulin.pool.core.return_rows import (
    CONTRADICTIONS,
    RETURN_REASONS,
    UNSHARED,
    Enrolled,
    Taken,
    default_days,
    read_returns,
)
from yulin.pool.core.returns import is_late, month_end
from yulin.pool.core.states import Step
from yulin.pool.enums import EnrolmentState, LoanStatus
from yulin.pool.errors import ReturnMonthError, UploadNotReadyError
from yulin.pool.models import Enrolment, ReturnFile
from yulin.pool.selectors.assignments import transferred_since
from yulin.pool.selectors.capacity import promise_of
from yulin.pool.selectors.recoveries import owed_after_compensation
from yulin.pool.selectors.returns import due_day
from yulin.pool.services.capacity import release_capacity

if TYPE_CHECKING:
    from yulin.exchange.models import Upload

_LINES = """
INSERT INTO pool_monthlyreturn (
  enrolment_id, month, outstanding_fen, overdue_days, five_class, annual_rate_ppm, loan_status, deposit_fen, purpose,
  received_at, is_late
)
SELECT line.*, %(received_at)s, %(is_late)s FROM (
  SELECT enrolment_id, %(month)s::date, outstanding_fen, overdue_days, five_class, annual_rate_ppm, loan_status,
         deposit_fen, purpose
  FROM unnest(%(ids)s::bigint[], %(outstanding)s::bigint[], %(overdue)s::integer[], %(classes)s::text[],
              %(rates)s::bigint[], %(statuses)s::text[], %(deposits)s::bigint[], %(purposes)s::text[])
    AS one (enrolment_id, outstanding_fen, overdue_days, five_class, annual_rate_ppm, loan_status, deposit_fen, purpose)
) AS line
ON CONFLICT (enrolment_id, month) DO UPDATE SET
  outstanding_fen = excluded.outstanding_fen, overdue_days = excluded.overdue_days, five_class = excluded.five_class,
  annual_rate_ppm = excluded.annual_rate_ppm, loan_status = excluded.loan_status,
  deposit_fen = excluded.deposit_fen, purpose = excluded.purpose
"""
_PRESENT = """
UPDATE pool_enrolment AS held SET
  outstanding_fen = one.outstanding_fen, overdue_days = one.overdue_days,
  five_class = coalesce(nullif(one.five_class, ''), held.five_class), loan_status = one.loan_status,
  last_return_month = %(month)s::date
FROM unnest(%(ids)s::bigint[], %(outstanding)s::bigint[], %(overdue)s::integer[], %(classes)s::text[],
            %(statuses)s::text[]) AS one (id, outstanding_fen, overdue_days, five_class, loan_status)
WHERE held.id = one.id AND (held.last_return_month IS NULL OR held.last_return_month <= %(month)s::date)
"""
_DEFAULTS = """
UPDATE pool_enrolment AS held SET defaulted_on = one.defaulted_on
FROM unnest(%(ids)s::bigint[], %(defaults)s::date[]) AS one (id, defaulted_on)
WHERE held.id = one.id AND held.defaulted_on IS NULL AND one.defaulted_on IS NOT NULL
"""
_CLOSE = """
UPDATE pool_enrolment SET state = 'closed', closed_on = %(closed_on)s, version = version + 1
WHERE id = ANY(%(ids)s) AND state = 'active' AND last_return_month = %(month)s RETURNING id
"""


def take_returns(*, actor: Actor, upload_id: int) -> dict[str, Any]:
    """Take the lines of a bank's return file of one month.

    The same file again changes nothing.

    Effects: monthly returns; each loan's balance, status, class and, once, day of default; repaid loans closed with an
    event, what each firm owes counted anew, the layers' capacity released; the return file; the file's verdicts and
    result; a notice to the manager where a compensated loan owes less than its recoveries explain; audit rows.
    Raises: `POOL.RETURN.MONTH`, `POOL.UPLOAD.NOT_READY`, and what reading the file may refuse.
    """
    upload = upload_for(actor, upload_id)
    if upload.state == UploadState.CHECKED.value:
        begin_enrolment(actor=actor, upload_id=upload_id)
    with transaction.atomic(), scope(EVERYTHING):
        upload = upload_for(actor, upload_id)
        if upload.state == UploadState.ENROLLED.value:
            return dict(upload.result or {})
        if upload.state != UploadState.ENROLLING.value:
            raise UploadNotReadyError(upload=upload_id, state=str(upload.state))
        month = full_month(upload.month)
        form = return_form()
        sheet, mapping = read_upload(upload, form)
        typed = type_sheet(sheet, form, mapping or guess_mapping(head_of(sheet, form), form))
        enrolled = enrolled_of(upload.bank_id, month=month)
        taken, findings = read_returns(typed.valid, enrolled, month=month, letters=typed.letters)
        result = record_returns(actor=actor, bank_id=upload.bank_id, month=month, taken=taken, upload_id=upload_id)
        words = {**WORDS, **CONTRADICTIONS}
        add_verdicts(upload=upload, table=typed.table, verdicts=verdicts_of(findings, RETURN_REASONS, words))
        _tell_managers(actor, upload, findings.filter(pl.col("code") == UNSHARED).height)
        result |= {"rows": typed.row_count, "refused": typed.row_count - len(taken)}
        record_enrolment(actor=actor, upload_id=upload_id, result=result, is_enrolled=bool(taken))
    return result


def record_returns(
    *, actor: Actor, bank_id: int, month: date, taken: list[Taken], upload_id: int | None = None
) -> dict[str, Any]:
    """Write lines of one bank and month, in the caller's transaction.

    Effects: as `take_returns`, without the file.
    """
    received_at = clock.now()
    due = due_day(month, calendar=work_calendar())
    # The business date: on a demo book the day stands still, and so does what is late.
    late = due is not None and is_late(received_on=clock.business_date(), due=due)
    values: dict[str, Any] = _arrays(taken) | {"month": month, "received_at": received_at, "is_late": late}
    with connection.cursor() as cursor:
        cursor.execute(_LINES, values)
        cursor.execute(_PRESENT, values | _arrays(_still_the_banks(bank_id, month, taken)))
        cursor.execute(_DEFAULTS, values)
        paid = [one.enrolment_id for one in taken if one.loan_status == LoanStatus.PAID]
        cursor.execute(_CLOSE, {"ids": paid, "closed_on": month_end(month), "month": month})
        closed = [row[0] for row in cursor.fetchall()]
    insert_events(closed, [_closing(month)])
    recount_balances_of_loans([one.enrolment_id for one in taken])
    ended = Enrolment.objects.filter(pk__in=closed).order_by("id")
    release_capacity(actor, [promise_of(one) for one in ended], today=clock.business_date())
    ReturnFile.objects.create(
        bank_id=bank_id,
        month=month,
        upload_id=upload_id,
        due_on=due,
        received_at=received_at,
        is_late=late,
        line_count=len(taken),
    )
    result = {
        "taken": len(taken),
        "overdue": sum(one.overdue_days > 0 for one in taken),
        "defaulted": sum(one.defaulted_on is not None for one in taken),
        "closed": len(closed),
        "is_late": late,
    }
    subject = ("upload", upload_id) if upload_id else ("bank", bank_id)
    record_audit(actor=actor, action="pool.take_returns", subject=subject, facts={"month": str(month), **result})
    return result


def enrolled_of(bank_id: int, *, month: date) -> dict[str, Enrolled]:
    """Return a bank's enrolled loans by loan number, as a return of a month meets them.

    With each the days after which its scheme counts default, and of a compensated one what it owes at least.
    """
    days = {law.published_id: default_days(law.pack.scheme.claim) for law in published_laws()}
    rows = Enrolment.objects.filter(bank_id=bank_id, state__in=["confirmed", "active", "closed", "conditional"])
    assigned = transferred_since(bank_id)
    owed = owed_after_compensation(bank_id, until=month_end(month))
    fields = ("loan_number", "id", "loan_amount_fen", "disbursed_on", "defaulted_on", "pack_id")
    return {
        number: Enrolled(
            enrolment_id,
            amount,
            disbursed,
            defaulted,
            days.get(pack_id),
            assigned.get(enrolment_id),
            owed.get(enrolment_id),
        )
        for number, enrolment_id, amount, disbursed, defaulted, pack_id in rows.values_list(*fields).iterator()
    }


def _tell_managers(actor: Actor, upload: Upload, count: int) -> None:
    """Send the manager a notice of compensated loans whose balance fell without a recovery."""
    title = Text(
        "核对已补偿贷款的余额：%(bank)s%(month)s月报，%(n)s笔少于应有余额",
        "Check balances of compensated loans: %(bank)s, %(month)s, %(n)s {n:owes|owe} less than recoveries explain",
    ).with_values(bank=upload.bank.short_name, month=f"{upload.month:%Y-%m}", n=count)
    for one in organisations_of_kind(OrganisationKind.MANAGER) if count else ():
        notify(actor=actor, organisation_id=one.pk, kind="pool.returns", title=title, path=reverse("pool:recoveries"))


def full_month(month: date | None) -> date:
    """Return the first day of a month that is over. Raises: `POOL.RETURN.MONTH`."""
    today = clock.business_date()
    if month is None or month_end(month) >= today:
        raise ReturnMonthError(month=month, today=today)
    return month.replace(day=1)


def _still_the_banks(bank_id: int, month: date, taken: list[Taken]) -> list[Taken]:
    """Return the lines that say how a loan stands now: one of a month before its assignment came too late for that."""
    since, last_day = transferred_since(bank_id), month_end(month)
    return [one for one in taken if since.get(one.enrolment_id, last_day) <= last_day]


def _arrays(taken: list[Taken]) -> dict[str, list[Any]]:
    lines = [asdict(one) for one in taken]
    names = {
        "ids": "enrolment_id",
        "outstanding": "outstanding_fen",
        "overdue": "overdue_days",
        "classes": "five_class",
        "rates": "annual_rate_ppm",
        "statuses": "loan_status",
        "defaults": "defaulted_on",
        "deposits": "deposit_fen",
        "purposes": "purpose",
    }
    return {key: [line[name] for line in lines] for key, name in names.items()}


def _closing(month: date) -> dict[str, Any]:
    return {
        "actor_user_id": None,
        "actor_organisation_id": None,
        "actor_name": SYSTEM_ACTOR.name,
        "step": Step.CLOSE.value,
        "from_state": EnrolmentState.ACTIVE.value,
        "to_state": EnrolmentState.CLOSED.value,
        "note": f"{month:%Y-%m}月报：已结清",
    }
