"""The window of a call: from which day it is open, until 24:00 of which day, with how many days of grace, how extended.

A window is days of the scheme's zone, never instants: the last day counts whole, to its 24:00, wherever a server's
clock stands (an instant is first turned into its day there). An extension never shortens. After the last day come the
days of grace: what is submitted then is taken and marked late. After these nothing is taken, and a draft is *not
submitted in time*: it is kept, it has a name, and it says why.

Invariant: where a call stands, and what became of a draft, is told by the days alone; nobody has to press anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from yulin.base.dates import day_text
from yulin.base.text import Text
from yulin.brain.errors import CallDatesError

MOST_GRACE_DAYS = 60


class Phase(StrEnum):
    """Where a call stands on a day."""

    AHEAD = "ahead"
    OPEN = "open"
    GRACE = "grace"
    SHUT = "shut"


class Fate(StrEnum):
    """What a window says of an application that is, or is not, submitted."""

    DRAFT = "draft"
    DRAFT_IN_GRACE = "draft_in_grace"
    IN_TIME = "in_time"
    LATE = "late"
    MISSED = "missed"


PHASES: dict[Phase, tuple[str, Text]] = {
    Phase.AHEAD: ("idle", Text("未开始", "Not open yet")),
    Phase.OPEN: ("ok", Text("受理中", "Open")),
    Phase.GRACE: ("warn", Text("宽限期", "In grace")),
    Phase.SHUT: ("idle", Text("已截止", "Closed")),
}


@dataclass(frozen=True)
class Window:
    """The days of a call; `extensions` are the later last days in the order in which they were announced."""

    opens_on: date
    closes_on: date
    grace_days: int = 0
    extensions: tuple[date, ...] = ()

    @property
    def last_on(self) -> date:
        """The last day, to its 24:00: an extension can only move it on.

        >>> Window(date(2022, 1, 4), date(2022, 1, 31), 0, (date(2022, 1, 20),)).last_on
        datetime.date(2022, 1, 31)
        """
        return max(self.closes_on, *self.extensions) if self.extensions else self.closes_on

    @property
    def taken_until(self) -> date:
        """The last day on which anything is taken, grace counted."""
        return self.last_on + timedelta(days=self.grace_days)

    def phase(self, today: date) -> Phase:
        """Return where the call stands.

        >>> window = Window(date(2022, 1, 4), date(2022, 1, 31), grace_days=1)
        >>> [window.phase(date(2022, month, day)).value for month, day in ((1, 3), (1, 31), (2, 1), (2, 2))]
        ['ahead', 'open', 'grace', 'shut']
        """
        if today < self.opens_on:
            return Phase.AHEAD
        if today <= self.last_on:
            return Phase.OPEN
        return Phase.GRACE if today <= self.taken_until else Phase.SHUT

    def takes(self, today: date) -> bool:
        """Tell whether an application is taken on a day."""
        return self.phase(today) in {Phase.OPEN, Phase.GRACE}

    def is_late(self, submitted_on: date) -> bool:
        """Tell whether what was submitted on a day is late by the window as it stands now."""
        return submitted_on > self.last_on

    def days_left(self, today: date) -> int:
        """Return how many days are left, today counted as none: on the last day 0, after it below 0."""
        return (self.last_on - today).days


def fate(window: Window, today: date, submitted_on: date | None) -> Fate:
    """Return what the window says of an application: of one that was submitted by the day it was, else by today.

    >>> fate(Window(date(2022, 1, 4), date(2022, 1, 31)), date(2022, 2, 1), None).value
    'missed'
    """
    if submitted_on is not None:
        return Fate.LATE if window.is_late(submitted_on) else Fate.IN_TIME
    phase = window.phase(today)
    if phase is Phase.GRACE:
        return Fate.DRAFT_IN_GRACE
    return Fate.MISSED if phase is Phase.SHUT else Fate.DRAFT


def why_phase(window: Window, today: date) -> Text:
    """Return one sentence on where the call stands and until when."""
    last, taken = day_text(window.last_on), day_text(window.taken_until)
    values = {"first": day_text(window.opens_on), "last": last, "taken": taken, "n": window.days_left(today)}
    sentences = {
        Phase.AHEAD: Text("%(first)s起受理", "applications from %(first)s on"),
        Phase.OPEN: Text("%(last)s 24:00截止，还有%(n)s天", "closes at 24:00 on %(last)s, %(n)s {n:day|days} from now"),
        Phase.GRACE: Text(
            "%(last)s已截止；宽限至%(taken)s 24:00，此时提交注明逾期",
            "closed on %(last)s; taken until 24:00 on %(taken)s and marked late",
        ),
        Phase.SHUT: Text("%(taken)s 24:00起不再受理", "nothing is taken since 24:00 on %(taken)s"),
    }
    return sentences[window.phase(today)].with_values(**values)


def why_missed(window: Window) -> Text:
    """Return what a draft says that was not submitted in time."""
    return Text(
        "截至%(taken)s 24:00未提交，本次不予受理；填写内容与附件留存，延期或下一批次可继续使用。",
        "It was not submitted by 24:00 on %(taken)s and is not taken this time. What was written and attached is kept: "
        "it serves again should the call be extended, or for the next one.",
    ).with_values(taken=day_text(window.taken_until))


def check_window(window: Window) -> None:
    """Refuse days that make no window. **Raises**: `BRAIN.CALL.DATES`."""
    if window.closes_on < window.opens_on or not 0 <= window.grace_days <= MOST_GRACE_DAYS:
        raise CallDatesError(found=f"{window.opens_on} – {window.closes_on} + {window.grace_days}")


def extended(window: Window, until: date) -> Window:
    """Return the window with one more extension. **Raises**: `BRAIN.CALL.DATES` where it would not be later.

    >>> extended(Window(date(2022, 1, 4), date(2022, 1, 31)), date(2022, 2, 10)).last_on
    datetime.date(2022, 2, 10)
    """
    if until <= window.last_on:
        raise CallDatesError(found=f"{window.last_on} → {until}")
    return Window(window.opens_on, window.closes_on, window.grace_days, (*window.extensions, until))
