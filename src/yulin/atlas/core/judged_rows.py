"""What a row without a code brings once a person has judged whose it is: what no better row of its source says.

Of one thing said for one day a source believes the row of the file known last, and in one file a row with a code before
one without, then the upper one. What a row is called is how it was recognised and never what its firm is called.

Property: in whichever order rows are judged, the same value counts.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import polars as pl

from yulin.atlas.core.contracts import SourceContract
from yulin.atlas.core.intake import nothing_seen, take_rows
from yulin.atlas.core.particular_rows import json_value, particular_rows
from yulin.atlas.core.particulars import particular_name
from yulin.atlas.enums import Problem

_LAST = 2**63 - 1


@dataclass(frozen=True, order=True)
class Place:
    """Where a row stands: when its file was known, and in it a row with a code behind all, then the upper row."""

    known_at: datetime
    receipt: int
    above: int

    @classmethod
    def of_row(cls, known_at: datetime, receipt: int, row: int) -> Place:
        """Return the place of a row without a code."""
        return cls(known_at, receipt, -row)

    @classmethod
    def with_code(cls, known_at: datetime) -> Place:
        """Return the place of what a source says under the firm's own code."""
        return cls(known_at, _LAST, 0)

    @property
    def row(self) -> tuple[int, int]:
        """Return file and number of a row without a code."""
        return self.receipt, -self.above


@dataclass(frozen=True)
class Told:
    """One thing that a row says: its name, from which day on, the value, how it was written, and where the row stands.

    Of a particular the name is `kind:key`.
    """

    name: str
    valid_from: date
    place: Place
    value: Any = None
    valid_until: date | None = None
    original: str = ""


@dataclass(frozen=True)
class KeptOut:
    """A row or a cell that does not hold: in which column, why, and what it says."""

    column: str
    problem: Problem
    found: str


def told_by_row(
    cells: dict[str, str | None], contract: SourceContract, subject: str, place: Place, days: tuple[date, date]
) -> tuple[list[Told], list[KeptOut]]:
    """Return what a row says of the firm that it was judged to be, and what of it does not hold.

    `days`: the day for which its file stands, and today.
    """
    as_of, today = days
    row = {**cells, contract.subject_column: subject, "row": place.row[1]}
    names = [name for name in contract.columns if name not in row]
    batch = pl.DataFrame([{**row, **dict.fromkeys(names)}], schema_overrides={"row": pl.UInt32})
    batch = batch.with_columns(pl.exclude("row").cast(pl.String))
    taken = take_rows(batch, contract, nothing_seen(), today)
    out = [
        KeptOut(column or "", Problem(problem), found or "")
        for column, problem, found in taken.quarantine.select("column", "problem", "found").iter_rows()
    ]
    if contract.particular is not None:
        rows, reversed_rows = particular_rows(taken.statements, contract, as_of)
        if reversed_rows:
            out.append(
                KeptOut(contract.ends_column or "", Problem.ENDS_BEFORE, cells.get(contract.ends_column or "") or "")
            )
        return [
            Told(
                particular_name(contract.particular, one.key),
                one.valid_from,
                place,
                dict(one.value),
                one.valid_until,
                one.original,
            )
            for one in rows
        ], out
    types = {field.fact: field.type for field in contract.fields if field.column not in _of_names(contract)}
    return [
        Told(fact, as_of, place, json_value(types[fact], value), None, original.replace("\0", ""))
        for fact, value, original in taken.statements.select("predicate", "value", "original").iter_rows()
        if fact in types
    ], out


def _of_names(contract: SourceContract) -> frozenset[str]:
    """Return the columns that say what firms are and were called."""
    naming = contract.naming
    former = {naming.former, naming.until} if naming is not None else set()
    return frozenset({contract.name_column, *former} - {""})


def not_outdone(wanted: Iterable[Told], standing: Iterable[Told]) -> list[Told]:
    """Return what is to be stated of `wanted`: that about which no row of the same source that stands comes later.

    >>> from datetime import UTC
    >>> then, day = datetime(2022, 1, 1, tzinfo=UTC), date(2021, 12, 31)
    >>> upper, lower = (Told("staff", day, Place.of_row(then, 1, row), row) for row in (2, 5))
    >>> [one.value for one in not_outdone([upper, lower], [])]
    [2]
    """
    every = list(wanted)
    best: dict[tuple[str, date], Place] = {}
    for one in (*every, *standing):
        named = (one.name, one.valid_from)
        best[named] = max(best.get(named, one.place), one.place)
    return [one for one in every if one.place == best[one.name, one.valid_from]]
