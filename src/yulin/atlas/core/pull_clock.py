"""When a source's API is asked next: by the term of its contract, after a failure sooner and ever later.

Property: what fails is asked again no later than its term, and at least a quarter of an hour on.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from yulin.base.dates import add_months

_DAYS = {"daily": 1, "weekly": 7}
_MONTHS = {"monthly": 1, "quarterly": 3, "yearly": 12}
FIRST_WAIT = timedelta(minutes=15)
LONGEST_WAIT = timedelta(days=1)


def is_known(schedule: str) -> bool:
    """Tell whether a contract's term is one that the clock knows."""
    return schedule in _DAYS or schedule in _MONTHS


def next_pull_at(
    schedule: str, succeeded_at: datetime | None, failed_at: datetime | None, failures: int
) -> datetime | None:
    """Return from which instant on a source is to be asked; None: at once.

    `failures`: how often it failed since it last succeeded, `failed_at` the last of them.

    >>> from datetime import UTC
    >>> then = datetime(2022, 1, 31, 8, tzinfo=UTC)
    >>> next_pull_at("monthly", then, None, 0).isoformat()
    '2022-02-28T08:00:00+00:00'
    >>> [next_pull_at("daily", None, then, n).isoformat()[11:16] for n in (1, 2, 3)]
    ['08:15', '08:30', '09:00']
    """
    if failures and failed_at is not None:
        wait = min(FIRST_WAIT * (1 << min(failures - 1, 10)), LONGEST_WAIT)
        return failed_at + wait
    if succeeded_at is None:
        return None
    if schedule in _DAYS:
        return succeeded_at + timedelta(days=_DAYS[schedule])
    day = add_months(succeeded_at.date(), _MONTHS[schedule])
    return datetime.combine(day, succeeded_at.timetz())
