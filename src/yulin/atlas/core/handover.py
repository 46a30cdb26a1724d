"""A code that changes hands: one USCC under which a source now names another firm.

A firm may change its name and keeps its day of registration; another firm has another of both. Who has both another
name and another day is not the firm we know under the code, and is not taken for it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

import polars as pl

from yulin.atlas.core.names import NameVerdict, compare_names
from yulin.atlas.enums import Problem

Known = tuple[str, date | None]
Claim = tuple[int, str, str, date, str, date]
"""Row, subject, name and day as the file says, name and day as the book knows."""
_HANDED = {"row": pl.UInt32, "problem": pl.String, "found": pl.String, "needed": pl.String}


def changes_hands(claims: Iterable[Claim]) -> pl.DataFrame:
    """Return `row`, `problem`, `found` and `needed` of the claims to a code that belongs to another firm."""
    handed = [
        (row, Problem.CODE_CHANGES_HANDS.value, f"{subject}: {name} ({day})", f"{known_name} ({known_day})")
        for row, subject, name, day, known_name, known_day in claims
        if is_another(name, day, (known_name, known_day))
    ]
    return pl.DataFrame(handed, schema=_HANDED, orient="row")


def is_another(name: str | None, day: date | None, known: Known) -> bool:
    """Tell whether a name and a day of registration are another firm's than the one known.

    >>> is_another("甲科技有限公司", date(2001, 1, 1), ("乙贸易有限公司", date(2015, 1, 1)))
    True
    >>> is_another("甲科技有限公司", date(2015, 1, 1), ("乙贸易有限公司", date(2015, 1, 1)))
    False
    """
    known_name, known_day = known
    if name is None or day is None or known_day is None or day == known_day:
        return False
    return compare_names(name, known_name).verdict is NameVerdict.DIFFERENT
