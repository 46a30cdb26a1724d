"""What is published, and when it may be objected to: months as addresses, codes as people type them, the notice clock.

A month's list is published on the first day of the next month; objections to it are taken for some working days,
which no scheme's text states, so they are a setting of the instance.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from yulin.base.workdays import WorkCalendar

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])")


def month_of(text: str) -> date | None:
    """Return the first day of a month written `2021-12`; None of anything else.

    >>> month_of("2021-12")
    datetime.date(2021, 12, 1)
    """
    found = _MONTH.fullmatch(text)
    return date(int(found[1]), int(found[2]), 1) if found else None


def next_month(first: date) -> date:
    """Return the first day of the month after.

    >>> next_month(date(2021, 12, 1))
    datetime.date(2022, 1, 1)
    """
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)


def normalised_code(text: str) -> str:
    """Return a code as it stands in the book: capitals, full-width forms folded, no blanks or dashes.

    >>> normalised_code(" ab3d-9k2m ")
    'AB3D9K2M'
    """
    folded = "".join(chr(ord(sign) - 0xFEE0) if 0xFF01 <= ord(sign) <= 0xFF5E else sign for sign in text)
    return re.sub(r"[\s\-]", "", folded).upper()[:40]


@dataclass(frozen=True)
class NoticeClock:
    """Until when a list can be objected to, and how many working days are left; negative when it is over."""

    published_on: date
    due_on: date
    workdays_left: int

    @property
    def is_open(self) -> bool:
        """Whether objections to the list are still in time."""
        return self.workdays_left >= 0


def notice_clock(first: date, *, workdays: int, today: date, calendar: WorkCalendar) -> NoticeClock:
    """Return the clock of the list of the month that begins on `first`, open for `workdays` working days.

    Raises: `BASE.CALENDAR.NOT_ANNOUNCED` where the year of the deadline is not announced.
    """
    published_on = next_month(first)
    due_on = calendar.add_workdays(published_on, workdays)
    return NoticeClock(published_on, due_on, calendar.workdays_left(today, due_on))
