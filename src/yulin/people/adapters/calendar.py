"""The working-day calendar of this book: the shipped one with the authority's days and years over it."""

from __future__ import annotations

import time

from yulin.base.workdays import WorkCalendar, shipped_calendar
from yulin.people.selectors import announced_years, calendar_days


def work_calendar() -> WorkCalendar:
    """Return the calendar by which deadlines of this book are counted."""
    edited = dict(calendar_days().values_list("day", "is_workday"))
    return shipped_calendar().with_edits(edited, announced_years())


def recent_work_calendar() -> WorkCalendar:
    """Return the calendar as it was at most a minute ago: for days that bind nobody yet."""
    if time.monotonic() - _Recent.read_at > _RECENT_SECONDS:
        _Recent.calendar = work_calendar()
        _Recent.read_at = time.monotonic()
    return _Recent.calendar


_RECENT_SECONDS = 60


class _Recent:
    calendar: WorkCalendar = shipped_calendar()
    read_at = float("-inf")
