"""The public notice of compensation: which claims stand under it, what it says, who objected.

Invariant: a notice names claim, firm, claimant, district, amount and days; no word of an objector.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet

from yulin.kit.clock import business_date
from yulin.kit.row_security import EVERYTHING, scope
from yulin.pool.core.claims.states import WITH_MONEY
from yulin.pool.enums import ClaimState
from yulin.pool.models import Claim, NoticeObjection

_KEPT_DAYS = 365  # notices that are over stay readable for a year
_OVER = [state.value for state in WITH_MONEY - {ClaimState.DECIDED, ClaimState.NOTICED}]


def claim_notices(*, today: date) -> QuerySet[Claim, Any]:
    """Return the claims on public notice and those whose notice ended within a year; those that run stand first.

    Each has its currency as `currency`.
    """
    running = Q(state=ClaimState.NOTICED.value)
    over = Q(state__in=_OVER, notice_until__gte=today - timedelta(days=_KEPT_DAYS))
    rows = Claim.objects.filter(running | over, noticed_on__isnull=False).select_related("bank")
    return rows.annotate(currency=F("pack__currency")).order_by("-notice_until", "-id")


def claim_on_notice(number: str) -> Claim | None:
    """Return the claim of a number that can be objected to today; None where none such stands under notice."""
    found = Claim.objects.filter(number=number.strip().upper(), state=ClaimState.NOTICED.value).first()
    is_open = found is not None and found.notice_until is not None and business_date() <= found.notice_until
    return found if is_open else None


def objections_to(claim: Claim) -> list[NoticeObjection]:
    """Return the objections to a claim with their answers, the oldest first."""
    with scope(EVERYTHING):
        return list(NoticeObjection.objects.filter(claim=claim).select_related("answer").order_by("id"))


def open_objections(claim: Claim) -> list[NoticeObjection]:
    """Return the objections to a claim that nobody has answered."""
    return [one for one in objections_to(claim) if not hasattr(one, "answer")]
