"""Rows of a source of particulars as the book keeps them: key, value, interval and original text, one row a thing.

The interval is what surely holds: a month without a day begins on its last day and ends on its first. Where that leaves
nothing, the month itself is taken; a row that ends before it begins even then is kept out.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from yulin.atlas.core.contracts import SourceContract
from yulin.atlas.core.particulars import LONGEST_KEY, first_day_meant, last_day_meant
from yulin.atlas.enums import FieldType
from yulin.atlas.errors import CorrectionUnreadableError
from yulin.base.text import Text

_NUMBERS = frozenset({FieldType.MONEY, FieldType.COUNT, FieldType.RATIO})
_LATER = Text("晚于起始日的日期", "a day after it begins")


@dataclass(frozen=True)
class ParticularRow:
    """One row: whose, under which key, what it says, over which half-open interval, and how it was written."""

    row: int
    subject: str
    key: str
    value: Mapping[str, Any]
    valid_from: date
    valid_until: date | None
    original: str


def particular_rows(
    statements: pl.DataFrame, contract: SourceContract, as_of: date
) -> tuple[list[ParticularRow], list[int]]:
    """Return the particulars of a batch's statements, and the numbers of rows that end before they begin."""
    fields = {one.fact: one for one in contract.fields}
    cells: dict[int, dict[str, tuple[str, str]]] = {}
    subjects: dict[int, str] = {}
    columns = ("row", "subject", "predicate", "value", "original")
    for row, subject, fact, value, original in statements.select(columns).sort("row", maintain_order=True).iter_rows():
        cells.setdefault(row, {})[fact] = (value, original)
        subjects[row] = subject
    kept, reversed_rows = [], []
    for row, said in cells.items():
        by_column = {fields[fact].column: value for fact, (value, _) in said.items()}
        interval = interval_of(
            by_column.get(contract.begins_column or ""), by_column.get(contract.ends_column or ""), as_of
        )
        if interval is None:
            reversed_rows.append(row)
            continue
        value = dict(contract.says) | {fact: json_value(fields[fact].type, text) for fact, (text, _) in said.items()}
        original = "；".join(f"{fields[fact].column} {text}" for fact, (_, text) in said.items())
        of_subject = [by_column.get(column, "") for column in contract.key if column != contract.subject_column]
        key = key_of_row(contract.says.values(), of_subject)
        kept.append(ParticularRow(row, subjects[row], key, value, *interval, original))
    return kept, reversed_rows


def key_of_row(says: Iterable[str], cells: Iterable[str]) -> str:
    """Return what tells a row from others of its kind: what its source says of all alike, then its key's cells."""
    return ":".join(name for name in (*says, *cells) if name)[:LONGEST_KEY]


@dataclass(frozen=True)
class Placed:
    """Under which key a particular stands, over which half-open interval."""

    key: str
    valid_from: date
    valid_until: date | None


def placed_again(contract: Mapping[str, Any], value: Mapping[str, Any], was: Placed) -> Placed:
    """Return where a particular stands after its fields were corrected, by the contract of its source as data.

    What the contract does not take from a field stays as it was.

    **Raises**: `ATLAS.OBJECTION.VALUE` where it would end before it begins.

    >>> contract = {"key": ["no"], "begins": "from", "fields": {"number": {"column": "no"}, "on": {"column": "from"}}}
    >>> placed_again(contract, {"number": "7", "on": "2021-03"}, Placed("6", date(2020, 1, 1), None))
    Placed(key='7', valid_from=datetime.date(2021, 3, 31), valid_until=None)
    """
    columns = {field.get("column"): value.get(fact) for fact, field in contract["fields"].items()}
    subject = contract.get("subject", {}).get("column")
    cells = [_text(columns.get(column)) for column in contract.get("key", ()) if column != subject]
    key = key_of_row(contract.get("says", {}).values(), cells) if any(cells) else was.key
    begins, ends = contract.get("begins"), contract.get("ends")
    if begins not in columns and ends not in columns:
        return Placed(key, was.valid_from, was.valid_until)
    interval = interval_of(columns.get(begins), columns.get(ends), was.valid_from)
    if interval is None:
        raise CorrectionUnreadableError(found=_text(columns[ends]), needed=_LATER)
    return Placed(key, interval[0], interval[1] if ends in columns else was.valid_until)


def _text(value: Any) -> str:
    return "" if value is None else str(value)


def interval_of(begins: str | None, ends: str | None, as_of: date) -> tuple[date, date | None] | None:
    """Return the days over which a row surely holds; None where it ends before it begins.

    >>> interval_of("2015-08", "2020-08", date(2021, 1, 1))
    (datetime.date(2015, 8, 31), datetime.date(2020, 8, 1))
    >>> interval_of("2015-08", "2015-08", date(2021, 1, 1))
    (datetime.date(2015, 8, 1), datetime.date(2015, 8, 31))
    """
    since = last_day_meant(begins) if begins else as_of
    if ends is None:
        return since, None
    until = first_day_meant(ends)
    if since < until:
        return since, until
    since, until = (first_day_meant(begins) if begins else as_of), last_day_meant(ends)
    return (since, until) if since < until else None


def json_value(kind: FieldType, text: str) -> Any:
    """Return a value as the book keeps it, from the text of a statement."""
    if kind in _NUMBERS:
        return int(text)
    return json.loads(text) if kind is FieldType.BOOL else text.replace("\0", "")
