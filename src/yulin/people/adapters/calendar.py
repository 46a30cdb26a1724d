"""The working-day calendar of this book: the shipped one with the authority's days over it."""

from __future__ import annotations

import functools
import time

from yulin.people.selectors import calendar_days

_KEPT_SECONDS = 5.0


def work_calendar():
    """Return the calendar, read again every few seconds."""
    from yulin.base.workdays import shipped_calendar

    edited = dict(calendar_days().values_list("day", "is_workday"))
    return shipped_calendar().with_edits(edited)


def last_announced_year() -> int:
    """Return the last year whose working days are known."""
    from yulin.base.workdays import shipped_calendar

    return max(shipped_calendar().years)
