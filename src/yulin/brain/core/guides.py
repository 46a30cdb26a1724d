"""What an authority owes the readers of a new policy: a guide to it and a manual of how it is applied for.

Both are published within seven working days of the policy's issue (domain.md, rules of two cities on benefits paid
without an application). A policy whose term was over when it came into the library is an old one, and owes none; so is
one whose day of issue nobody knows.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Protocol

from yulin.base.errors import CalendarNotAnnouncedError
from yulin.base.text import Text

WORKDAYS = 7
_LONGEST_DAYS = 40  # no seven working days last longer


class GuideKind(StrEnum):
    """What explains a policy: what it means, and how it is applied for."""

    GUIDE = "guide"
    MANUAL = "manual"


GUIDE_NAMES: Mapping[GuideKind, Text] = MappingProxyType(
    {
        GuideKind.GUIDE: Text("政策解读", "Guide"),
        GuideKind.MANUAL: Text("办事指南", "Manual of application"),
    }
)


class Workdays(Protocol):
    """A calendar that counts working days."""

    def add_workdays(self, start: date, workdays: int) -> date:
        """Return the day on which a term ends."""


def guides_owed(issued_on: date | None, came_on: date, calendar: Workdays) -> tuple[bool, date | None]:
    """Return whether a policy owes its guide and manual, and by which day; no day where no calendar says it yet.

    >>> from yulin.base.workdays import shipped_calendar
    >>> guides_owed(date(2026, 3, 2), date(2026, 3, 4), shipped_calendar())
    (True, datetime.date(2026, 3, 11))
    >>> guides_owed(date(1998, 3, 2), date(2026, 3, 4), shipped_calendar())
    (False, None)
    >>> guides_owed(date(2026, 12, 28), date(2026, 12, 29), shipped_calendar())
    (True, None)
    """
    if issued_on is None or (came_on - issued_on).days > _LONGEST_DAYS:
        return False, None
    try:
        due_on = calendar.add_workdays(issued_on, WORKDAYS)
    except CalendarNotAnnouncedError:
        return True, None
    return came_on <= due_on, due_on


def guides_missing(published: Collection[str]) -> list[GuideKind]:
    """Return what is not published yet.

    >>> guides_missing({"guide"})
    [<GuideKind.MANUAL: 'manual'>]
    """
    return [kind for kind in GuideKind if kind.value not in published]
