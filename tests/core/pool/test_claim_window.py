"""Until when a loan can be claimed: the day before the last, the last, the day after; the report of the bad class."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from yulin.pool.core.claims.opening import LoanStanding
from yulin.pool.core.claims.window import claim_window, refuse_outside
from yulin.pool.errors import ClaimReportedLateError, ClaimTooLateError
from yulin.rules.adapters.shipped import shipped_pack

CGTMSE, CSBFP, GUANGZHOU = (shipped_pack(name).scheme for name in ("in-cgtmse", "ca-csbfp", "gz-credit-2021"))
LOAN = LoanStanding(
    scheme="in-cgtmse", loan_number="L1", state="active", mode="bank", loan_status="overdue", outstanding_fen=1,
    disbursed_on=date(2013, 9, 1), confirmed_on=date(2013, 9, 1), defaulted_on=date(2015, 4, 30),
    last_month=date(2015, 5, 1), overdue_days=91, nonperforming_since=date(2015, 5, 10),
    nonperforming_reported_on=date(2015, 9, 30),
)  # fmt: skip


def test_r16b_report_by_the_next_quarters_end_and_claim_within_a_year():
    window = claim_window(CGTMSE, LOAN)  # the lock-in of 18 months ended on 2015-03-01
    assert (window.report_by, window.last_day) == (date(2015, 9, 30), date(2016, 5, 10))
    locked = replace(LOAN, disbursed_on=date(2014, 1, 31), confirmed_on=date(2014, 1, 31))
    assert claim_window(CGTMSE, locked).last_day == date(2016, 7, 31)  # a year from its end, which is later


@pytest.mark.parametrize(("today", "is_late"), [("2016-05-09", False), ("2016-05-10", False), ("2016-05-11", True)])
def test_a_claim_on_the_last_day_is_in_time(today, is_late):
    day = date.fromisoformat(today)
    if not is_late:
        refuse_outside(CGTMSE, LOAN, today=day)
        return
    with pytest.raises(ClaimTooLateError) as refused:
        refuse_outside(CGTMSE, LOAN, today=day)
    assert refused.value.facts["last_day"] == "2016-05-10"


def test_a_bad_class_that_was_reported_too_late_stops_the_claim():
    late = replace(LOAN, nonperforming_reported_on=date(2015, 10, 1))
    with pytest.raises(ClaimReportedLateError):
        refuse_outside(CGTMSE, late, today=date(2016, 1, 1))
    refuse_outside(CSBFP, late, today=date(2016, 1, 1))  # this scheme asks for no such report


def test_a_scheme_without_a_term_ends_nothing_and_a_good_loan_has_no_window():
    assert claim_window(GUANGZHOU, LOAN).last_day is None
    good = replace(LOAN, nonperforming_since=None, defaulted_on=None)
    assert claim_window(CGTMSE, good).last_day is None
    assert claim_window(CSBFP, LOAN).last_day == date(2020, 5, 10)
