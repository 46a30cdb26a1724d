"""What waits for whom: the filings of each role's queue, and the sums that stand beside it.

Invariant: a selector filters by the actor's organisation or district itself; row-level security only stands behind it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, Q, QuerySet, Sum

from yulin.people.core.actors import Actor
from yulin.people.enums import Action, OrganisationKind
from yulin.people.selectors import organisation
from yulin.pool.enums import EnrolmentState, LoanStatus
from yulin.pool.models import Enrolment, LimitUse, ReturnFile
from yulin.pool.selectors.assignments import draft_packages, packages_to_decide
from yulin.pool.selectors.claims import claims_waiting_for
from yulin.pool.selectors.enrolments import enrolments_visible_to, review_count

_S = EnrolmentState
_OPEN_LOAN = ~Q(loan_status__in=[LoanStatus.PAID, LoanStatus.TRANSFERRED, LoanStatus.PURCHASED, LoanStatus.UNDISBURSED])


@dataclass(frozen=True)
class BookSums:
    """What an actor's loans add up to; amounts by currency."""

    loans: int
    firms: int
    overdue_loans: int
    lent: Mapping[str, int]
    outstanding: Mapping[str, int]
    overdue: Mapping[str, int]


def loans_of_firm(actor: Actor) -> QuerySet[Enrolment]:
    """Return the loans of the firm that the actor works for, found by its identifier."""
    if actor.kind != OrganisationKind.FIRM or actor.organisation_id is None:
        return Enrolment.objects.none()
    identifier = organisation(actor.organisation_id).identifier
    if not identifier:
        return Enrolment.objects.none()
    return Enrolment.objects.filter(firm__identifier=identifier).exclude(state=_S.DRAFT).select_related("bank")


def conditional_filings(actor: Actor) -> QuerySet[Enrolment]:
    """Return the filings that lapse unless a proof arrives, the nearest day first."""
    return enrolments_visible_to(actor).filter(state=_S.CONDITIONAL).order_by("conditional_until", "id")


def overdue_loans(actor: Actor) -> QuerySet[Enrolment]:
    """Return the enrolled loans that are overdue, the longest first."""
    in_force = [_S.CONFIRMED, _S.CONDITIONAL, _S.ACTIVE]
    rows = enrolments_visible_to(actor).filter(_OPEN_LOAN, state__in=in_force, overdue_days__gt=0)
    return rows.select_related("bank").order_by("-overdue_days", "id")


def book_sums(actor: Actor) -> BookSums:
    """Return what the actor's enrolled loans add up to."""
    counted = [_S.CONFIRMED, _S.CONDITIONAL, _S.ACTIVE, _S.CLOSED]
    overdue = _OPEN_LOAN & Q(overdue_days__gt=0)
    rows = enrolments_visible_to(actor).filter(state__in=counted).order_by()
    sums: dict[str, dict[str, Any]] = {
        row["currency"]: dict(row)
        for row in rows.values(currency=F("pack__currency")).annotate(
            loans=Count("pk"),
            firms=Count("firm_id", distinct=True),
            lent=Sum("loan_amount_fen"),
            outstanding=Sum("outstanding_fen", filter=_OPEN_LOAN, default=0),
            overdue_loans=Count("pk", filter=overdue),
            overdue=Sum("outstanding_fen", filter=overdue, default=0),
        )
    }
    firms = [row["firms"] for row in sums.values()]
    return BookSums(
        loans=sum(row["loans"] for row in sums.values()),
        # A firm that borrows in two currencies is one firm.
        firms=firms[0] if len(firms) == 1 else rows.aggregate(n=Count("firm_id", distinct=True))["n"],
        overdue_loans=sum(row["overdue_loans"] for row in sums.values()),
        lent={currency: row["lent"] for currency, row in sums.items()},
        outstanding={currency: row["outstanding"] for currency, row in sums.items()},
        overdue={currency: row["overdue"] for currency, row in sums.items()},
    )


def bank_limits(bank_id: int, *, year: int) -> list[LimitUse]:
    """Return how far a bank has used what each scheme gives it in a year, where the scheme knows a limit."""
    rows = LimitUse.objects.filter(kind="bank", key=str(bank_id), period=str(year), limit_fen__isnull=False)
    return list(rows.order_by("scheme_id"))


def returns_received(month: date, *, bank_id: int | None = None) -> set[int]:
    """Return the banks whose return of a month has come."""
    rows = ReturnFile.objects.filter(month=month)
    if bank_id is not None:
        rows = rows.filter(bank_id=bank_id)
    return set(rows.values_list("bank_id", flat=True))


def banks_with_open_loans(before: date, *, bank_id: int | None = None) -> dict[int, int]:
    """Return how many loans each bank must report on that were paid out before a day and still have a balance."""
    rows = Enrolment.objects.filter(
        _OPEN_LOAN, state__in=[_S.CONFIRMED, _S.CONDITIONAL, _S.ACTIVE], disbursed_on__lt=before
    )
    if bank_id is not None:
        rows = rows.filter(bank_id=bank_id)
    return dict(rows.order_by("bank_id").values_list("bank_id").annotate(loans=Count("pk")))


def work_counts(actor: Actor) -> dict[str, int]:
    """Return what waits for the actor, by area of the row at the top."""
    if actor.kind == OrganisationKind.BANK:
        counts = enrolments_visible_to(actor).aggregate(
            drafts=Count("pk", filter=Q(state=_S.DRAFT)), conditional=Count("pk", filter=Q(state=_S.CONDITIONAL))
        )
        return {
            "enrolments": counts["drafts"] + counts["conditional"],
            "claims": claims_waiting_for(actor).count(),
            "assignments": draft_packages(actor).count(),
        }
    to_decide = packages_to_decide(actor).count() if actor.may(Action.APPROVE_ASSIGNMENTS) else 0
    if actor.kind == OrganisationKind.MANAGER:
        return {
            "review": review_count(actor),
            "claims": claims_waiting_for(actor).count(),
            "assignments": to_decide,
        }
    if actor.kind == OrganisationKind.AUTHORITY:
        return {"claims": claims_waiting_for(actor).count(), "assignments": to_decide}
    return {}
