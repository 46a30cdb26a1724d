"""Which of several statements about one fact counts on a day, given what was known at an instant, and why.

Of the statements known by then and valid on the day, those of the source believed first count (the smallest priority);
of these the one valid from the latest day, then the one known last: a file of last year that comes in late says nothing
newer. What is still equal is settled by source and value (as text, by code point): the order in which statements are
read never matters. Nothing known is unknown, never a default. `features.py` asks the same of all firms at once.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from yulin.base.text import Text

DEFAULT_PRIORITY = 50


@dataclass(frozen=True)
class Said:
    """One source's value of one fact, valid over a half-open interval, known since an instant.

    A particular carries its mark with it: that its firm contests it, or what the firm says beside it. `basis`: why it
    is said of this firm at all, where that is not the code of its row.
    """

    fact: str
    value: Any
    source: str
    valid_from: date
    valid_until: date | None
    known_at: datetime
    priority: int = DEFAULT_PRIORITY
    original: str = ""
    is_contested: bool = False
    firm_says: str = ""
    basis: Text | None = None

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
        if best is None or _rank(one) > _rank(best):
            counting[one.fact] = one
    return counting


def _rank(one: Said) -> tuple[int, date, datetime, str, str, date, str, str]:
    until = one.valid_until or date.max
    said = json.dumps(one.value, sort_keys=True)
    # A text counts as it is written, without quotes and escapes: so do all engines that sort by it.
    text = one.value if isinstance(one.value, str) else said
    return -one.priority, one.valid_from, one.known_at, one.source, text, until, one.original, said


_COUNTS = Text(
    "采用：来源优先级最高，所述之日最近", "Counts: its source is believed first, and what it says is the latest"
)
_NOT_KNOWN = Text("当时尚未获知", "Was not known yet")
_NOT_VALID = Text("当日不在有效期内", "Is not valid on the day")
_LESS_BELIEVED = Text("来源优先级低于%(source)s", "Its source is believed after %(source)s")
_KNOWN_EARLIER = Text("同级来源中%(source)s更晚获知", "%(source)s, believed alike, was known later")
_VALID_EARLIER = Text("同级来源中%(source)s的有效期起始更晚", "%(source)s, believed alike, is valid from a later day")
_SAYS_ALIKE = Text("与采用的陈述同时，按来源与值排序居后", "Says at the same time; comes after by source and value")


def why_each(statements: Iterable[Said], fact: str, day: date, known_by: datetime) -> list[tuple[Said, Text]]:
    """Return each statement about a fact with the reason why it counts or does not, the one that counts first."""
    about = sorted((one for one in statements if one.fact == fact), key=_rank, reverse=True)
    best = values_on(about, day, known_by).get(fact)
    explained = [(one, _why(one, best, day, known_by)) for one in about if one is not best]
    return ([(best, _COUNTS)] if best else []) + explained


def _why(one: Said, best: Said | None, day: date, known_by: datetime) -> Text:
    if one.known_at > known_by:
        return _NOT_KNOWN
    if best is None or not one.counts_on(day, known_by):
        return _NOT_VALID
    if one.priority != best.priority:
        return _LESS_BELIEVED.with_values(source=best.source)
    if one.valid_from != best.valid_from:
        return _VALID_EARLIER.with_values(source=best.source)
    return _KNOWN_EARLIER.with_values(source=best.source) if one.known_at != best.known_at else _SAYS_ALIKE
