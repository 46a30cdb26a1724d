"""Terms of a claim: working days from the scheme's timetable, from the day on which a state began.

A term that the scheme does not state has no last day: nothing is late, and the page says that no term is set.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Protocol

from yulin.base.errors import CalendarNotAnnouncedError
from yulin.base.text import Text
from yulin.rules.core.scheme import Provision

TERM_NAMES: Mapping[str, Text] = {
    "review": Text("初审", "review"),
    "check": Text("复核", "check"),
    "joint_meeting": Text("联席会议", "joint meeting"),
    "opinion": Text("审定", "decision"),
    "supplement": Text("补正", "supplement"),
    "notice": Text("公示", "public notice"),
    "appeal": Text("申请复议", "appeal"),
    "payment": Text("拨付", "payment"),
    "remit": Text("上缴回收", "remittance of recoveries"),
}


class Calendar(Protocol):
    """What is needed of the working-day calendar."""

    def add_workdays(self, start: date, workdays: int) -> date:
        """Return the day on which a term of working days ends."""


def term_workdays(timetable: Sequence[Provision], term: str) -> int | None:
    """Return the working days of a term; None where the scheme states none that is confirmed.

    >>> term_workdays((), "review") is None
    True
    """
    for one in timetable:
        if one.id == term and one.unit == "workdays" and not one.row.is_unverified:
            return one.number
    return None


def due_on(timetable: Sequence[Provision], term: str, since: date, calendar: Calendar) -> date | None:
    """Return the last day of a term that began on `since`; None where none is stated or the year is not announced."""
    workdays = term_workdays(timetable, term)
    if workdays is None:
        return None
    try:
        return calendar.add_workdays(since, workdays)
    except CalendarNotAnnouncedError:
        return None
