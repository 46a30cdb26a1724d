"""Which of several statements about one fact counts on a day, given what was known at an instant.

Of the statements known by then and valid on the day, the one known last counts; of those known at the same instant, the
one valid from the latest day. Nothing known is unknown, never a default.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any


@dataclass(frozen=True)
class Said:
    """One source's value of one fact, valid over a half-open interval, known since an instant."""

    fact: str
    value: Any
    source: str
    valid_from: date
    valid_until: date | None
    known_at: datetime

    def counts_on(self, day: date, known_by: datetime) -> bool:
        """Tell whether the statement is valid on a day and was known by an instant."""
        return (
            self.known_at <= known_by
            and self.valid_from <= day
            and (self.valid_until is None or day < self.valid_until)
        )


def values_on(statements: Iterable[Said], day: date, known_by: datetime) -> dict[str, Said]:
    """Return, for each fact that anything is known about, the statement that counts.

    >>> from datetime import UTC
    >>> then = datetime(2022, 1, 1, tzinfo=UTC)
    >>> said = Said("staff_count", 41, "bank", date(2021, 1, 1), None, then)
    >>> values_on([said], date(2021, 5, 1), then)["staff_count"].value
    41
    """
    counting: dict[str, Said] = {}
    for one in statements:
        if not one.counts_on(day, known_by):
            continue
        best = counting.get(one.fact)
        if best is None or (one.known_at, one.valid_from) > (best.known_at, best.valid_from):
            counting[one.fact] = one
    return counting
