"""Monthly returns: which loans owe one, which are missing, which came late, bank by bank and month by month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from yulin.base.errors import YulinError
from yulin.base.workdays import WorkCalendar
from yulin.people.core.actors import Actor
from yulin.people.selectors import organisation_names
from yulin.pool.core.returns import due_on, month_end
from yulin.pool.enums import EnrolmentState
from yulin.pool.models import Enrolment, MonthlyReturn, ReturnFile
from yulin.pool.selectors.enrolments import enrolments_visible_to

if TYPE_CHECKING:
    from yulin.people.models import Organisation

_OWING = (EnrolmentState.ACTIVE.value, EnrolmentState.CLOSED.value)


@dataclass(frozen=True)
class BankMonth:
    """One bank's return of one month: how many loans owe a line, how many came, how many late, when it was due."""

    bank: Organisation
    month: date
    owed: int
    received: int
    late: int
    overdue_loans: int
    outstanding_fen: int
    due_on: date | None

    @property
    def missing(self) -> int:
        """Loans without a line."""
        return self.owed - self.received


def owing_in(actor: Actor, month: date) -> QuerySet[Enrolment]:
    """Return the loans that owe a line for a month: lent by its end, not closed before it."""
    return enrolments_visible_to(actor).filter(_owes_in(month))


def missing_in(actor: Actor, month: date) -> QuerySet[Enrolment]:
    """Return the loans whose line for a month has not come."""
    came = MonthlyReturn.objects.filter(enrolment=OuterRef("pk"), month=month)
    return owing_in(actor, month).filter(~Exists(came)).select_related("bank").order_by("bank_id", "id")


def bank_months(actor: Actor, month: date, *, calendar: WorkCalendar) -> list[BankMonth]:
    """Return the state of one month's returns, bank by bank, those with most missing first."""
    owed = dict(owing_in(actor, month).order_by().values_list("bank_id").annotate(Count("id")))
    came: dict[int, dict[str, Any]] = {
        row["enrolment__bank_id"]: dict(row)
        for row in MonthlyReturn.objects.filter(
            enrolment__in=owing_in(actor, month).order_by().values("id"), month=month
        )
        .order_by()
        .values("enrolment__bank_id")
        .annotate(
            received=Count("id"),
            late=Count("id", filter=Q(is_late=True)),
            overdue=Count("id", filter=Q(overdue_days__gt=0)),
            outstanding=Sum("outstanding_fen"),
        )
    }
    banks = organisation_names(owed)
    due = due_day(month, calendar=calendar)
    found = [
        BankMonth(
            bank=banks[bank_id],
            month=month,
            owed=count,
            received=came.get(bank_id, {}).get("received", 0),
            late=came.get(bank_id, {}).get("late", 0),
            overdue_loans=came.get(bank_id, {}).get("overdue", 0),
            outstanding_fen=came.get(bank_id, {}).get("outstanding") or 0,
            due_on=due,
        )
        for bank_id, count in owed.items()
    ]
    return sorted(found, key=lambda one: (-one.missing, one.bank.code))


def due_day(month: date, *, calendar: WorkCalendar) -> date | None:
    """Return the last day of a month's return; None where the year's working days are not announced.

    No scheme text that was found names the day (the SBA's form is due on the 3rd plus two working days), so the term is
    a setting of the instance.
    """
    try:
        return due_on(month, workdays=settings.YULIN_RETURN_WORKDAYS, calendar=calendar)
    except YulinError:
        return None


def month_counts(actor: Actor, months: Sequence[date]) -> list[tuple[date, int, int]]:
    """Return, month by month, how many loans owe a line and how many lines came."""
    came = dict(
        MonthlyReturn.objects.filter(
            enrolment__in=enrolments_visible_to(actor).order_by().values("id"), month__in=months
        )
        .order_by()
        .values_list("month")
        .annotate(Count("id"))
    )
    counts = {f"{month:owed_%Y_%m}": Count("id", filter=_owes_in(month)) for month in months}
    owed = enrolments_visible_to(actor).order_by().aggregate(**counts)
    return [(month, owed[f"{month:owed_%Y_%m}"], came.get(month, 0)) for month in months]


def _owes_in(month: date) -> Q:
    lent = Q(state__in=_OWING, disbursed_on__lte=month_end(month))
    return lent & (Q(closed_on__isnull=True) | Q(closed_on__gte=month))


def return_files(actor: Actor, month: date) -> QuerySet[ReturnFile]:
    """Return the files that came for a month, newest first."""
    files = ReturnFile.objects.filter(month=month).select_related("bank").order_by("-received_at")
    return files if actor.sees_all_rows else files.filter(bank_id=actor.organisation_id)


def last_full_months(today: date, count: int) -> list[date]:
    """Return the first days of the last full months before today, newest first.

    >>> last_full_months(date(2022, 1, 19), 2)
    [datetime.date(2021, 12, 1), datetime.date(2021, 11, 1)]
    """
    months, month = [], today.replace(day=1)
    for _ in range(count):
        month = date(month.year - (month.month == 1), (month.month - 2) % 12 + 1, 1)
        months.append(month)
    return months
