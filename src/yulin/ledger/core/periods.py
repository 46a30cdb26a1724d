"""Closing periods: value dates before a day are closed; what arrives late is booked into an open period.

Invariant: a close only moves forward, and never past the day on which it is made: what is not over stays open.
"""

from __future__ import annotations

from datetime import date

from yulin.base.text import Text
from yulin.ledger.core.transfers import NewTransfer


def why_not_closable(closed_until: date, *, closed_before: date | None, today: date) -> Text | None:
    """Return why all value dates before a day cannot be closed, or None.

    >>> why_not_closable(date(2022, 1, 1), closed_before=None, today=date(2022, 1, 19)) is None
    True
    """
    if closed_until > today:
        return Text(f"该期间到{today}尚未结束", f"the period is not over on {today}")
    if closed_before is not None and closed_until <= closed_before:
        return Text(f"此前已关账到{closed_before}", f"everything before {closed_before} is closed already")
    return None


def into_open_period(late: NewTransfer, closed_until: date | None) -> NewTransfer:
    """Return a late entry with the first open day as its value date and the original one as a fact.

    >>> from yulin.ledger.enums import TransferKind
    >>> late = NewTransfer("k", TransferKind.POSTED, "a", "b", 1, date(2021, 12, 30))
    >>> moved = into_open_period(late, date(2022, 1, 1))
    >>> moved.value_on, moved.facts
    (datetime.date(2022, 1, 1), {'original_value_on': '2021-12-30'})
    """
    if closed_until is None or late.value_on is None or late.value_on >= closed_until:
        return late
    return late._replace(value_on=closed_until, facts={**late.facts, "original_value_on": late.value_on.isoformat()})
