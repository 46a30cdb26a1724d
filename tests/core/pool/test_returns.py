"""Monthly returns: in time or late, status, the day of default."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yulin.base.workdays import shipped_calendar
from yulin.pool.core.returns import Return, contradiction, defaulted_on, due_on, is_late, month_end, status_of
from yulin.pool.enums import FiveClass, LoanStatus

MAY = date(2021, 5, 1)


def test_due_day_skips_the_national_holiday():
    # September 2021 ends before the holiday of 1 to 7 October; Saturday 9 October is a make-up working day.
    assert due_on(date(2021, 9, 1), workdays=3, calendar=shipped_calendar()) == date(2021, 10, 11)


@pytest.mark.parametrize(
    ("received", "late"), [(date(2021, 10, 10), False), (date(2021, 10, 11), False), (date(2021, 10, 12), True)]
)
def test_day_before_at_and_after_the_due_day(received, late):
    assert is_late(received_on=received, due=date(2021, 10, 11)) is late


@pytest.mark.parametrize(
    ("days", "expected"), [(89, None), (90, None), (91, date(2021, 5, 31)), (100, date(2021, 5, 22))]
)
def test_default_by_days_overdue(days, expected):
    assert defaulted_on(Return(MAY, 100, overdue_days=days), limit_days=90) == expected


@pytest.mark.parametrize("five_class", list(FiveClass))
def test_default_by_class(five_class):
    found = defaulted_on(Return(MAY, 100, five_class=five_class), limit_days=90)
    assert found == (date(2021, 5, 31) if five_class in {"substandard", "doubtful", "loss"} else None)


def test_default_takes_the_earlier_day():
    reported = Return(MAY, 100, overdue_days=100, five_class=FiveClass.DOUBTFUL)
    assert defaulted_on(reported, limit_days=90) == date(2021, 5, 22)


def test_without_a_count_in_the_scheme_days_alone_are_no_default():
    assert defaulted_on(Return(MAY, 100, overdue_days=400), limit_days=None) is None


@given(st.integers(0, 1000), st.integers(0, 365))
def test_two_returns_in_a_row_show_the_same_day_of_default(overdue, limit):
    june = month_end(date(2021, 6, 1))
    later = defaulted_on(Return(date(2021, 6, 1), 1, overdue_days=overdue + 30), limit_days=limit)
    earlier = defaulted_on(Return(MAY, 1, overdue_days=overdue), limit_days=limit)
    if earlier is not None:
        assert later == earlier
        assert june - later == timedelta(days=overdue + 30 - limit - 1)


def test_status_that_stands():
    assert status_of(Return(MAY, 0)) == LoanStatus.PAID
    assert status_of(Return(MAY, 5, overdue_days=1)) == LoanStatus.OVERDUE
    assert status_of(Return(MAY, 5, overdue_days=1, status=LoanStatus.IN_LIQUIDATION)) == LoanStatus.IN_LIQUIDATION


def test_contradictions():
    assert contradiction(Return(MAY, 100), loan_amount_fen=100) is None
    assert contradiction(Return(MAY, 101), loan_amount_fen=100) is not None
    assert contradiction(Return(MAY, 1, status=LoanStatus.PAID), loan_amount_fen=100) is not None
    assert contradiction(Return(MAY, 1, status=LoanStatus.OVERDUE), loan_amount_fen=100) is not None
