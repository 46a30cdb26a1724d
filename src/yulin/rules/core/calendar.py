"""Days as ordinals: whole months added, and the edges of full years counted from a day."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

from yulin.rules.core.vocabulary import FIRST_DAY, LAST_DAY


def add_months(ordinal: int, months: int) -> int:
    """Return the day `months` later; a day that the month lacks becomes its last one.

    >>> date.fromordinal(add_months(date(2024, 2, 29).toordinal(), 12))
    datetime.date(2025, 2, 28)
    """
    start = date.fromordinal(ordinal)
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    if not 1 <= year <= 9999:
        return FIRST_DAY if year < 1 else LAST_DAY
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1])).toordinal()


def last_full_year(on: date) -> int:
    """Return the last full calendar year before `on`.

    >>> last_full_year(date(2024, 5, 6))
    2023
    """
    return on.year - 1


def year_edge(name: str, offset: int, on: date) -> int:
    """Return the first (`year_start`) or last (`year_end`) day of the full year `offset` years from the last one.

    >>> date.fromordinal(year_edge("year_end", -1, date(2024, 5, 6)))
    datetime.date(2022, 12, 31)
    """
    year = last_full_year(on) + offset
    return (date(year, 1, 1) if name == "year_start" else date(year, 12, 31)).toordinal()
