"""Monthly returns: which loans owe one, which are missing, which came late, bank by bank and month by month."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Sum

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
    outstanding: Mapping[str, int]  # by currency
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
    came = _came_by_bank(actor, month)
    banks = organisation_names(owed)
    due = due_day(month, calendar=calendar)
    found = [
        BankMonth(
            bank=banks[bank_id],
            month=month,
            owed=count,
            received=sum(row["received"] for row in came.get(bank_id, ())),
            late=sum(row["late"] for row in came.get(bank_id, ())),
            overdue_loans=sum(row["overdue"] for row in came.get(bank_id, ())),
            outstanding={row["currency"]: row["outstanding"] for row in came.get(bank_id, ())},
            due_on=due,
        )
        for bank_id, count in owed.items()
    ]
    return sorted(found, key=lambda one: (-one.missing, one.bank.code))


def _came_by_bank(actor: Actor, month: date) -> dict[int, list[dict[str, Any]]]:
    """Return what came for a month: of each bank one row for each currency."""
    lines = MonthlyReturn.objects.filter(enrolment__in=owing_in(actor, month).order_by().values("id"), month=month)
    sums = (
        lines.order_by()
        .values("enrolment__bank_id", currency=F("enrolment__pack__currency"))
        .annotate(
            received=Count("id"),
            late=Count("id", filter=Q(is_late=True)),
            overdue=Count("id", filter=Q(overdue_days__gt=0)),
            outstanding=Sum("outstanding_fen", default=0),
        )
    )
    came: dict[int, list[dict[str, Any]]] = {}
    for row in sums:
        came.setdefault(row["enrolment__bank_id"], []).append(dict(row))
    return came


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
