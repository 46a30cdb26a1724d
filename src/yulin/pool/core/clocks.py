"""When a claim may be made: every condition of the scheme has its day, and the last of them opens the claim.

"More than 60 days overdue" opens on the 61st day after the due day; a lock-in of months ends on its own day; an
event such as the court's acceptance opens on the day it happened. A day that is not known keeps the claim closed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from yulin.rules.core.calendar import add_months
from yulin.rules.core.scheme import Provision


@dataclass(frozen=True)
class Opening:
    """The first day on which a claim may be made, or what is still missing."""

    opens_on: date | None
    by: str  # the condition that decides the day
    missing: tuple[str, ...]


def claim_opening(conditions: Sequence[Provision], events: Mapping[str, date]) -> Opening:
    """Return the first day for a claim; `events` gives, by condition, the day from which it counts.

    >>> claim_opening([], {}).opens_on is None
    True
    """
    missing = tuple(condition.id for condition in conditions if condition.id not in events)
    if missing or not conditions:
        return Opening(None, "", missing)
    days = {condition.id: _opens(condition, events[condition.id]) for condition in conditions}
    last = max(days, key=lambda name: days[name])
    return Opening(days[last], last, ())


def _opens(condition: Provision, since: date) -> date:
    if condition.number is None:
        return since
    if condition.unit == "months":
        return date.fromordinal(add_months(since.toordinal(), condition.number))
    return since + timedelta(days=condition.number + 1)


def end_of_next_quarter(day: date) -> date:
    """Return the last day of the quarter after that of `day`, by which a bad loan is reported.

    (CGTMSE circular 57/2009-10, R-16b.)

    >>> end_of_next_quarter(date(2015, 5, 10))
    datetime.date(2015, 9, 30)
    """
    first_of_quarter = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    return date.fromordinal(add_months(first_of_quarter.toordinal(), 6)) - timedelta(days=1)


def last_day_to_claim(*, since: date, lock_in_ends_on: date, months: int) -> date:
    """Return the last day for a claim: `months` from the day the loan went bad, or from the lock-in's end if later.

    >>> last_day_to_claim(since=date(2015, 5, 10), lock_in_ends_on=date(2015, 3, 1), months=12)
    datetime.date(2016, 5, 10)
    """
    return date.fromordinal(add_months(max(since, lock_in_ends_on).toordinal(), months))
