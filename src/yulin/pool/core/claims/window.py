"""Until when a loan can be claimed, and by when its bad class had to be reported, where the scheme says so.

`timetable.claim_limit` gives the months from the day the loan went bad, or from the end of the lock-in if that is
later; `timetable.npa_report` says that a bad class of one quarter is reported by the end of the next (CGTMSE circular
57/2009-10, R-16b). A term that nobody has confirmed ends nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from yulin.base.text import Text
from yulin.pool.core.claims.opening import (
    LoanStanding,
    condition_word,
    confirmed_conditions,
    enrolment_refusal,
    open_claim_from,
)
from yulin.pool.core.clocks import end_of_next_quarter, last_day_to_claim
from yulin.pool.enums import Mode
from yulin.pool.errors import ClaimEventMissingError, ClaimReportedLateError, ClaimTooLateError, PoolError
from yulin.rules.core.calendar import add_months
from yulin.rules.core.scheme import Provision, Scheme

_LIMIT, _REPORT = "claim_limit", "npa_report"


@dataclass(frozen=True)
class Window:
    """The last day of a claim and of the report of the bad class, each with its rule; None where no rule says one."""

    last_day: date | None
    report_by: date | None
    limit_rule: Text | None = None
    report_rule: Text | None = None


def claim_window(scheme: Scheme, loan: LoanStanding) -> Window:
    """Return until when a loan can be claimed under a scheme; nothing ends before the loan went bad."""
    since = loan.nonperforming_since or loan.defaulted_on
    limit, report = _term(scheme, _LIMIT, "months"), _term(scheme, _REPORT, "count")
    if since is None:
        return Window(None, None)
    last_day = None
    if limit is not None and limit.number is not None:
        last_day = last_day_to_claim(since=since, lock_in_ends_on=_lock_in_ends_on(scheme, loan), months=limit.number)
    return Window(
        last_day,
        end_of_next_quarter(since) if report is not None else None,
        condition_word(limit) if limit else None,
        condition_word(report) if report else None,
    )


def refuse_outside(scheme: Scheme, loan: LoanStanding, *, today: date) -> None:
    """Refuse a claim after its last day, or on a bad class that was reported too late.

    Raises: `POOL.CLAIM.TOO_LATE`, `POOL.CLAIM.REPORTED_LATE`.
    """
    window = claim_window(scheme, loan)
    if window.last_day is not None and window.limit_rule is not None and today > window.last_day:
        raise ClaimTooLateError(loan=loan.loan_number, last_day=window.last_day, today=today, rule=window.limit_rule)
    told = loan.nonperforming_reported_on
    if window.report_by is not None and window.report_rule is not None and told is not None and told > window.report_by:
        raise ClaimReportedLateError(loan=loan.loan_number, told=told, needed=window.report_by, rule=window.report_rule)


def can_be_opened(scheme: Scheme, loan: LoanStanding, *, today: date) -> bool:
    """Tell whether a claim can be opened on a loan today, as far as the book knows: papers may still be asked for."""
    try:
        refuse_outside(scheme, loan, today=today)
        if loan.mode != Mode.GUARANTEE:
            open_claim_from(loan, scheme.claim, today=today)
        elif not confirmed_conditions(scheme.claim) or enrolment_refusal(loan) is not None:
            return False
    except ClaimEventMissingError:
        return True
    except PoolError:
        return False
    return True


def _term(scheme: Scheme, name: str, unit: str) -> Provision | None:
    found = (one for one in scheme.timetable if one.id == name and one.unit == unit and not one.row.is_unverified)
    return next(found, None)


def _lock_in_ends_on(scheme: Scheme, loan: LoanStanding) -> date:
    """Return the end of the lock-in; of a scheme without one, the day of lending, which delays nothing."""
    months = next((one.number for one in confirmed_conditions(scheme.claim) if one.id == "lock_in"), None)
    if months is None:
        return loan.disbursed_on
    start = max(loan.disbursed_on, loan.confirmed_on or loan.disbursed_on)
    return date.fromordinal(add_months(start.toordinal(), months))
