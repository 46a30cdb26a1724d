"""Working days by the official calendar with its make-up days, and the plain word where a year is not announced yet.

The shipped years come from the State Council's yearly holiday notices (package chinesecalendar, 2004 to 2026). An
edited table of single days may lie over them; it is kept elsewhere and passed in. A term counts from the day after its
start and ends on its last working day, at 24:00.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cache

from yulin.base.errors import CalendarNotAnnouncedError

_ONE_DAY = timedelta(days=1)
_FIRST_WEEKEND_DAY = 5
_SHIPPED_YEARS = range(2004, 2027)


@dataclass(frozen=True)
class WorkCalendar:
    """Which days are working days: announced years, days off, make-up days, edited days on top."""

    years: frozenset[int]
    days_off: frozenset[date]
    make_up_days: frozenset[date]
    edited: Mapping[date, bool] = field(default_factory=dict)

    def with_edits(self, edited: Mapping[date, bool], announced_years: frozenset[int] = frozenset()) -> WorkCalendar:
        """Return this calendar with an edited table over it and further years taken as announced."""
        return WorkCalendar(self.years | announced_years, self.days_off, self.make_up_days, {**self.edited, **edited})

    def is_workday(self, day: date) -> bool:
        """Tell whether a day is a working day. **Raises** BASE.CALENDAR.NOT_ANNOUNCED."""
        if day in self.edited:
            return self.edited[day]
        if day.year not in self.years:
            raise CalendarNotAnnouncedError(year=day.year, first_year=min(self.years), last_year=max(self.years))
        return day in self.make_up_days or (day.weekday() < _FIRST_WEEKEND_DAY and day not in self.days_off)

    def add_workdays(self, start: date, workdays: int) -> date:
        """Return the day on which a term of `workdays` ends; the start day is not counted.

        **Raises** BASE.CALENDAR.NOT_ANNOUNCED; ValueError for a negative term.

        >>> shipped_calendar().add_workdays(date(2025, 1, 24), 5)
        datetime.date(2025, 2, 7)
        """
        if workdays < 0:
            raise ValueError(f"a term has no negative length: {workdays}")
        day = start
        while workdays:
            day += _ONE_DAY
            workdays -= self.is_workday(day)
        return day

    def workdays_left(self, today: date, due: date) -> int:
        """Return the working days after `today` up to and including `due`; negative when it lies behind.

        **Raises** BASE.CALENDAR.NOT_ANNOUNCED.
        """
        first, last = sorted((today, due))
        count = sum(self.is_workday(first + n * _ONE_DAY) for n in range(1, (last - first).days + 1))
        return count if due >= today else -count


@cache
def shipped_calendar() -> WorkCalendar:
    """Return the calendar of China as announced for the shipped years."""
    from chinese_calendar import constants  # noqa: PLC0415 - slow import

    return WorkCalendar(
        years=frozenset(_SHIPPED_YEARS),
        days_off=frozenset(constants.holidays),
        make_up_days=frozenset(constants.workdays),
    )
