"""Dates of the business zone: half-open intervals, months that clamp to their last day, terms.

An interval holds its first day and not its bound: a scheme whose last day is 2025-09-30 is valid until 2025-10-01.
"""

from __future__ import annotations

import calendar
import itertools
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date

from yulin.base.errors import IntervalEmptyError
from yulin.base.text import Text

MONTHS_A_YEAR = 12
MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, order=True)
class Interval:
    """The days from `valid_from` up to, not including, `valid_until`; None is open.

    >>> date(2025, 10, 1) in Interval(date(2021, 7, 1), date(2025, 10, 1))
    False
    """

    valid_from: date
    valid_until: date | None = None

    def __post_init__(self) -> None:
        """Refuse an interval without a day."""
        if self.valid_until is not None and self.valid_until <= self.valid_from:
            raise IntervalEmptyError(valid_from=self.valid_from, valid_until=self.valid_until)

    def __contains__(self, day: date) -> bool:
        """Tell whether the day lies inside."""
        return self.valid_from <= day and (self.valid_until is None or day < self.valid_until)

    def overlaps(self, other: Interval) -> bool:
        """Tell whether a day lies in both."""
        return (other.valid_until is None or self.valid_from < other.valid_until) and (
            self.valid_until is None or other.valid_from < self.valid_until
        )


def gaps_and_overlaps(intervals: Iterable[Interval]) -> Iterator[tuple[str, Interval, Interval]]:
    """Yield ("gap" | "overlap", earlier, later) for neighbours in time order that do not meet exactly."""
    ordered = sorted(intervals)
    for earlier, later in itertools.pairwise(ordered):
        if earlier.overlaps(later):
            yield "overlap", earlier, later
        elif earlier.valid_until is not None and earlier.valid_until < later.valid_from:
            yield "gap", earlier, later


def day_text(day: date) -> Text:
    """Return a day as sentences and tables say it.

    >>> day_text(date(2022, 3, 31))
    Text(zh='2022-03-31', en='31 Mar 2022')
    """
    return Text(day.isoformat(), f"{day.day} {MONTHS_EN[day.month - 1]} {day.year}")


def add_months(day: date, months: int) -> date:
    """Return the same day `months` later, or the month's last day where there is none.

    >>> add_months(date(2014, 8, 31), 18)
    datetime.date(2016, 2, 29)
    """
    year, month = divmod(day.year * MONTHS_A_YEAR + day.month - 1 + months, MONTHS_A_YEAR)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def add_years(day: date, years: int) -> date:
    """Return the same day `years` later; 29 February becomes 28 in a common year."""
    return add_months(day, years * MONTHS_A_YEAR)


def is_within_term(start: date, due: date, months: int) -> bool:
    """Tell whether a loan from `start` to `due` is no longer than `months`.

    >>> is_within_term(date(2025, 7, 1), date(2028, 7, 1), 36), is_within_term(date(2025, 7, 1), date(2028, 7, 2), 36)
    (True, False)
    """
    return due <= add_months(start, months)
