from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yulin.base.dates import Interval, add_months, add_years, is_within_term
from yulin.base.errors import CalendarNotAnnouncedError, IntervalEmptyError
from yulin.base.workdays import shipped_calendar

CALENDAR = shipped_calendar()
DAYS = st.dates(date(2004, 1, 1), date(2026, 6, 30))


@pytest.mark.parametrize(
    ("start", "workdays", "due_on"),
    [
        (date(2025, 3, 3), 5, date(2025, 3, 10)),
        (date(2025, 1, 24), 5, date(2025, 2, 7)),
        (date(2025, 9, 26), 5, date(2025, 10, 10)),
        (date(2024, 4, 26), 5, date(2024, 5, 7)),
        (date(2026, 2, 13), 5, date(2026, 2, 27)),
        (date(2026, 9, 18), 2, date(2026, 9, 21)),
        (date(2026, 10, 9), 1, date(2026, 10, 10)),
        (date(2026, 4, 30), 1, date(2026, 5, 6)),
        (date(2026, 4, 30), 4, date(2026, 5, 9)),
        (date(2026, 12, 30), 1, date(2026, 12, 31)),
        (date(2026, 12, 31), 0, date(2026, 12, 31)),
    ],
)
def test_term_ends_by_the_official_calendar(start: date, workdays: int, due_on: date) -> None:
    assert CALENDAR.add_workdays(start, workdays) == due_on


def test_term_into_a_year_not_announced_is_refused() -> None:
    with pytest.raises(CalendarNotAnnouncedError) as caught:
        CALENDAR.add_workdays(date(2026, 12, 31), 1)
    assert caught.value.facts["year"] == 2027
    assert "2027" in caught.value.envelope("en")["message"]
    assert caught.value.envelope("en")["hint"]


def test_term_before_the_first_year_is_refused() -> None:
    with pytest.raises(CalendarNotAnnouncedError):
        CALENDAR.is_workday(date(2003, 12, 31))


def test_calendar_2026_has_248_working_days() -> None:
    days = [date(2026, 1, 1) + timedelta(n) for n in range(365)]
    by_month = [sum(CALENDAR.is_workday(day) for day in days if day.month == month) for month in range(1, 13)]
    assert by_month == [21, 16, 22, 21, 19, 21, 23, 21, 22, 18, 21, 23]


def test_calendar_edited_answers_for_further_years() -> None:
    edited = CALENDAR.with_edits({date(2027, 1, 1): False, date(2027, 1, 2): True}, frozenset({2027}))
    assert edited.add_workdays(date(2026, 12, 31), 1) == date(2027, 1, 2)
    assert edited.is_workday(date(2027, 1, 4))
    with pytest.raises(CalendarNotAnnouncedError):
        CALENDAR.is_workday(date(2027, 1, 4))


@given(DAYS, st.integers(0, 60))
def test_workdays_left_inverts_the_term(start: date, workdays: int) -> None:
    due_on = CALENDAR.add_workdays(start, workdays)
    assert CALENDAR.workdays_left(start, due_on) == workdays
    assert CALENDAR.workdays_left(due_on, start) == -workdays


@given(DAYS, st.integers(0, 30), st.integers(0, 30))
def test_terms_add_up(start: date, first: int, second: int) -> None:
    assert CALENDAR.add_workdays(CALENDAR.add_workdays(start, first), second) == CALENDAR.add_workdays(
        start, first + second
    )


@pytest.mark.parametrize(
    ("day", "is_inside"),
    [
        (date(2018, 12, 31), False),
        (date(2019, 1, 1), True),
        (date(2021, 6, 30), True),
        (date(2021, 7, 1), False),
    ],
)
def test_interval_is_half_open(day: date, is_inside: bool) -> None:
    assert (day in Interval(date(2019, 1, 1), date(2021, 7, 1))) is is_inside


def test_interval_without_a_day_is_refused() -> None:
    with pytest.raises(IntervalEmptyError):
        Interval(date(2019, 1, 1), date(2019, 1, 1))


def test_intervals_that_meet_do_not_overlap() -> None:
    old, new = Interval(date(2015, 1, 1), date(2019, 1, 1)), Interval(date(2019, 1, 1))
    assert not old.overlaps(new)
    assert not new.overlaps(old)
    assert new.overlaps(Interval(date(2030, 1, 1), date(2031, 1, 1)))


@given(st.dates(date(1990, 1, 1), date(2080, 12, 31)), st.integers(-240, 240))
def test_months_added_keep_the_day_or_clamp(day: date, months: int) -> None:
    moved = add_months(day, months)
    assert (moved.year * 12 + moved.month) - (day.year * 12 + day.month) == months
    assert moved.day == day.day or (moved.day < day.day and (moved + timedelta(1)).day == 1)


@pytest.mark.parametrize(
    ("start", "due", "months", "is_within"),
    [
        (date(2021, 7, 1), date(2024, 6, 30), 36, True),
        (date(2021, 7, 1), date(2024, 7, 1), 36, True),
        (date(2021, 7, 1), date(2024, 7, 2), 36, False),
        (date(2020, 2, 29), date(2023, 2, 28), 36, True),
        (date(2020, 2, 29), date(2023, 3, 1), 36, False),
        (date(2021, 8, 31), date(2023, 2, 28), 18, True),
        (date(2021, 8, 31), date(2023, 3, 1), 18, False),
    ],
)
def test_term_day_before_on_and_after(start: date, due: date, months: int, is_within: bool) -> None:
    assert is_within_term(start, due, months) is is_within
    assert add_years(start, 1) == add_months(start, 12)
