"""The working-day calendar of this book: the shipped one with the authority's days and years over it."""

from __future__ import annotations

from yulin.base.workdays import WorkCalendar, shipped_calendar
from yulin.people.selectors import announced_years, calendar_days


def work_calendar() -> WorkCalendar:
    """Return the calendar by which deadlines of this book are counted."""
    edited = dict(calendar_days().values_list("day", "is_workday"))
    return shipped_calendar().with_edits(edited, announced_years())
