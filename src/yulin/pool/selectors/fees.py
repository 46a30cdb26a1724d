"""Guarantee fees of one loan: what was charged, and the next of each kind under the law of its confirmation."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from yulin.base.text import Text
from yulin.pool.adapters.packs import law_by_id
from yulin.pool.core.fees import FeeDue, GuaranteedLoan, fees_due
from yulin.pool.core.postings import BANK
from yulin.pool.core.states import IN_FORCE
from yulin.pool.models import FeeCharge

if TYPE_CHECKING:
    from datetime import date

    from yulin.pool.models import Enrolment


@dataclass(frozen=True)
class FeeLine:
    """One fee that was charged, by the name of its table."""

    name: Text
    charge: FeeCharge


@dataclass(frozen=True)
class LoanFees:
    """What was charged on a loan, and what can be: each next fee with whether its day has come."""

    charged: list[FeeLine]
    due: list[FeeDue]
    today: date

    def __bool__(self) -> bool:
        """Tell whether there is anything to show."""
        return bool(self.charged or self.due)

    @property
    def payable(self) -> list[FeeDue]:
        """Those that can be charged today."""
        return [one for one in self.due if one.amount_fen is not None and one.due_on <= self.today]

    @property
    def later(self) -> list[FeeDue]:
        """Those whose day has not come, or of which nobody knows how much they are."""
        return [one for one in self.due if one.amount_fen is None or one.due_on > self.today]


def fees_of(enrolment: Enrolment, *, today: date) -> LoanFees:
    """Return the fees of a loan; none are due on one that is not in force."""
    tables = law_by_id(enrolment.pack_id).pack.scheme.fees
    if not tables:
        return LoanFees([], [], today)
    names = {table.id: table.title for table in tables}
    charged = list(FeeCharge.objects.filter(enrolment=enrolment).order_by("id"))
    lines = [FeeLine(names.get(one.table_id, Text(one.table_id, one.table_id)), one) for one in charged]
    if enrolment.state not in IN_FORCE:
        return LoanFees(lines, [], today)
    due = fees_due(tables, _measured(enrolment), Counter(one.kind for one in charged))
    return LoanFees(lines, due, today)


def _measured(enrolment: Enrolment) -> GuaranteedLoan:
    ratio = enrolment.ratio_bp
    return GuaranteedLoan(
        approved_on=enrolment.confirmed_on or enrolment.disbursed_on,
        gross_fen=enrolment.loan_amount_fen,
        enrolled_fen=enrolment.enrolled_amount_fen,
        outstanding_fen=enrolment.outstanding_fen,
        bank_bp=int(ratio.get(BANK, 0)) if ratio else None,
    )
