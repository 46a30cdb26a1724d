"""Deadlines of the policies that a firm can have or nearly has, as a calendar that other programs read (iCalendar).

A day on which a policy ends is its last: the entry lies on that day, and warns a week and a day before. A policy whose
end nobody knows has no entry.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from icalendar import Alarm, Calendar, Event

_WARN_DAYS = (7, 1)


@dataclass(frozen=True)
class Deadline:
    """The last day of one policy for one firm: what it is called, why it concerns the firm, where it is read."""

    uid: str
    on: date
    title: str
    said: str
    url: str


def calendar_of(name: str, deadlines: Iterable[Deadline], made_at: datetime) -> bytes:
    """Return deadlines as an iCalendar file.

    >>> one = Deadline("p1", date(2026, 3, 31), "截止：示例补贴", "可享受", "https://yulin.invalid/")
    >>> b"DTSTART;VALUE=DATE:20260331" in calendar_of("示例", [one], datetime(2026, 3, 1))
    True
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Yulin//policy deadlines//ZH")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", name)
    for one in deadlines:
        event = Event()
        event.add("uid", f"{one.uid}@yulin")
        event.add("dtstamp", made_at)
        event.add("dtstart", one.on)
        event.add("dtend", one.on + timedelta(days=1))
        event.add("summary", one.title)
        event.add("description", one.said)
        event.add("url", one.url)
        event.add("transp", "TRANSPARENT")
        for days in _WARN_DAYS:
            alarm = Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", one.title)
            alarm.add("trigger", timedelta(days=-days))
            event.add_component(alarm)
        calendar.add_component(event)
    return bytes(calendar.to_ical())
