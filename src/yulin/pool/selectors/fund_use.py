"""Loans whose returns ask for a second look at the use of their money, for the manager's list.

The database narrows to loans that can show a pattern; the core says which do, with the reason.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Exists, F, OuterRef, Q

from yulin.people.core.actors import Actor
from yulin.pool.core.fund_use import DEPOSIT_PERCENT, LENT_BEFORE_DAYS, Found, UsedLoan, UseFlag, UseReturn, use_flags
from yulin.pool.enums import LoanStatus
from yulin.pool.models import Enrolment, MonthlyReturn
from yulin.pool.selectors.enrolments import enrolments_visible_to

_REPAID_WITHIN = timedelta(days=LENT_BEFORE_DAYS + 31)


@dataclass(frozen=True)
class FlaggedLoan:
    """One flag of one loan."""

    enrolment: Enrolment
    found: Found


def flagged_loans(actor: Actor, *, flag: UseFlag | None = None) -> list[FlaggedLoan]:
    """Return the flags of all loans that an actor sees, the latest month first; of one pattern where it is named."""
    loans = list(_candidates(actor))
    lines: dict[int, list[UseReturn]] = defaultdict(list)
    rows = MonthlyReturn.objects.filter(enrolment__in=[one.pk for one in loans]).order_by("enrolment_id", "month")
    columns = ("enrolment_id", "month", "outstanding_fen", "deposit_fen", "purpose")
    for enrolment_id, month, outstanding_fen, deposit_fen, purpose in rows.values_list(*columns):
        lines[enrolment_id].append(UseReturn(month, outstanding_fen, deposit_fen, purpose))
    found = [
        FlaggedLoan(loan, one)
        for loan in loans
        for one in use_flags(
            UsedLoan(loan.disbursed_on, loan.due_on, loan.loan_amount_fen, loan.purpose), lines[loan.pk]
        )
        if flag in {None, one.flag}
    ]
    return sorted(found, key=lambda one: (-one.found.month.toordinal(), one.enrolment.pk))


def _candidates(actor: Actor) -> list[Enrolment]:
    returns = MonthlyReturn.objects.filter(enrolment=OuterRef("pk"))
    deposits = returns.filter(outstanding_fen__gt=0, deposit_fen__gte=F("outstanding_fen") * DEPOSIT_PERCENT / 100)
    purposes = returns.exclude(purpose="").exclude(purpose=OuterRef("purpose"))
    early = Q(loan_status=LoanStatus.PAID.value, last_return_month__lte=F("disbursed_on") + _REPAID_WITHIN)
    rows = enrolments_visible_to(actor).filter(early | Exists(deposits) | Exists(purposes))
    return list(rows.select_related("bank").defer("facts", "missing", "ratio_bp").order_by("pk"))
