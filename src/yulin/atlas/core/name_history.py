"""What one source called a firm before: each name once, until the day from which the source says another.

A register's files may come in any order, and a late one may shorten how long a name was borne, or say that an old one
came back. So the history is worked out of all that the source has said, never carried on from file to file.

Property: the order in which it was said changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from itertools import pairwise

from yulin.atlas.core.name_folding import fold_name

Borne = tuple[str, date | None]
"""A name, and the day until which it was borne where that is known."""


def names_before(said: Iterable[tuple[date, datetime, str]]) -> tuple[Borne, ...]:
    """Return the names before the one that a source says last, the earliest given up first.

    `said`: from which day, known since when, the name; of one day what was known last counts. A name that came back is
    borne until it went last; the name that the source says now is none of before.

    >>> then = datetime(2022, 1, 1)
    >>> names_before([(date(2021, 3, 1), then, "丙"), (date(2021, 1, 1), then, "甲"), (date(2021, 2, 1), then, "乙")])
    (('甲', datetime.date(2021, 2, 1)), ('乙', datetime.date(2021, 3, 1)))
    """
    by_day = {day: name for day, _, name in sorted(said)}
    borne: dict[str, Borne] = {}
    for (_, name), (day, follower) in pairwise(by_day.items()):
        if fold_name(name) != fold_name(follower):
            borne.pop(fold_name(name), None)
            borne[fold_name(name)] = (name, day)
    if by_day:
        borne.pop(fold_name(next(reversed(by_day.values()))), None)
    return tuple(borne.values())


def joined(before: Iterable[Borne], more: Iterable[Borne]) -> tuple[Borne, ...]:
    """Return two histories as one: a name that both say was borne until the later day.

    >>> joined([("甲", date(2019, 6, 1))], [("甲", date(2018, 1, 1)), ("乙", None)])
    (('乙', None), ('甲', datetime.date(2019, 6, 1)))
    """
    borne: dict[str, Borne] = {}
    for one in sorted((*before, *more), key=_order):
        borne[fold_name(one[0])] = one
    return tuple(sorted(borne.values(), key=_order))


def _order(one: Borne) -> tuple[date, str]:
    return one[1] or date.min, one[0]
