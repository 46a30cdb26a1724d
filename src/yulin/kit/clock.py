"""What day it is. The business date is the day in the scheme's zone; a demo book stands still on a day of its own.

Invariant: cores never ask the clock; whoever calls them passes `today`.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta

from django.utils import timezone

_PIN_SECONDS = 5.0


class _Pin:
    """The day on which the book stands still, asked for again every few seconds."""

    read: Callable[[], date | None] | None = None
    day: date | None = None
    read_at: float = float("-inf")


def now() -> datetime:
    """Return the instant, in UTC."""
    return datetime.now(UTC)


def business_date() -> date:
    """Return the business date: the book's own day if it stands still, else today in the scheme's zone."""
    return _pinned_day() or timezone.localdate()


def date_in_zone(instant: datetime) -> date:
    """Return the day of an instant in the scheme's zone; a deadline day ends at 24:00 of it."""
    return timezone.localdate(instant)


def read_pin_with(reader: Callable[[], date | None] | None) -> None:
    """Set who knows the day on which the book stands still (the area that keeps the book)."""
    _Pin.read = staticmethod(reader) if reader else None
    forget_pin()


def forget_pin() -> None:
    """Ask for the book's day again at the next call: it has changed."""
    _Pin.read_at = float("-inf")


def end_of(day: date) -> datetime:
    """Return the last instant of a day in the scheme's zone."""
    return in_zone(datetime.combine(day + timedelta(1), datetime.min.time())) - timedelta.resolution


def in_zone(instant: datetime) -> datetime:
    """Return an instant as it is, or one without a zone as of the scheme's."""
    return instant if instant.tzinfo else timezone.make_aware(instant)


@contextmanager
def standing_on(day: date) -> Iterator[None]:
    """Let the business date of this process be `day` within the block: for what is filed as of a day that has gone."""
    reader = _Pin.read
    read_pin_with(lambda: day)
    try:
        yield
    finally:
        read_pin_with(reader)


def _pinned_day() -> date | None:
    if _Pin.read is None:
        return None
    if time.monotonic() - _Pin.read_at > _PIN_SECONDS:
        _Pin.day = _Pin.read()
        _Pin.read_at = time.monotonic()
    return _Pin.day
