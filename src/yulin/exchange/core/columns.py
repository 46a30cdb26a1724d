"""Which column of a file is which field: the guess by head, the unit it states, the mapping that a bank keeps.

A guess has a confidence of 0–100; what stays below `SURE` is shown to a person before anything is read by it. A
mapping is plain data (`as_json`), versioned by the bank that saved it, and applies to a file by heads, never by
position.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cache
from typing import Any

from yulin.base.text import Text
from yulin.exchange.core.fields import CellKind, Field, FileForm
from yulin.exchange.core.sheets import Head, head_unit, plain_head
from yulin.exchange.errors import MappingClashError, MappingIncompleteError

SURE = 90
_EXACT, _CONTAINED, _ALIKE = 100, 75, 60


class Unit(StrEnum):
    """The unit in which a column is written."""

    YUAN = "yuan"
    WAN = "wan"
    YI = "yi"
    PERCENT = "percent"
    FRACTION = "fraction"
    PERMILLE = "permille"
    PERMILLE_MONTH = "permille_month"
    PERCENT_MONTH = "percent_month"


class DateForm(StrEnum):
    """How a file writes its dates when they are not date cells."""

    YEAR_FIRST = "year_first"
    MONTH_FIRST = "month_first"
    SAS = "sas"


UNIT_TEXTS = {
    Unit.YUAN: Text("元", "yuan"),
    Unit.WAN: Text("万元", "10,000 yuan"),
    Unit.YI: Text("亿元", "100 million yuan"),
    Unit.PERCENT: Text("%", "%"),
    Unit.FRACTION: Text("小数", "fraction"),
    Unit.PERMILLE: Text("‰", "‰"),
    Unit.PERMILLE_MONTH: Text("月‰", "‰ a month"),
    Unit.PERCENT_MONTH: Text("月%", "% a month"),
}
DATE_FORM_TEXTS = {
    DateForm.YEAR_FIRST: Text("年-月-日", "year-month-day"),
    DateForm.MONTH_FIRST: Text("月/日/年", "month/day/year"),
    DateForm.SAS: Text("自1960-01-01的天数（SAS）", "days since 1960-01-01 (SAS)"),
}
AMOUNT_UNITS = (Unit.YUAN, Unit.WAN, Unit.YI)
RATE_UNITS = (Unit.PERCENT, Unit.FRACTION, Unit.PERMILLE, Unit.PERCENT_MONTH, Unit.PERMILLE_MONTH)
_UNITS_BY_WORD = {
    "万": Unit.WAN,
    "万元": Unit.WAN,
    "人民币万元": Unit.WAN,
    "亿": Unit.YI,
    "亿元": Unit.YI,
    "元": Unit.YUAN,
    "人民币元": Unit.YUAN,
    "rmb": Unit.YUAN,
    "cny": Unit.YUAN,
    "usd": Unit.YUAN,
    "%": Unit.PERCENT,
    "‰": Unit.PERMILLE,
}


@dataclass(frozen=True)
class ColumnChoice:
    """One column of a file: its head, the field it is read as (or none) and the unit."""

    head: str
    field: str | None
    unit: Unit | None = None
    confidence: int = _EXACT


@dataclass(frozen=True)
class ColumnMapping:
    """The columns of a file in their order, and how the file writes dates."""

    columns: tuple[ColumnChoice, ...]
    date_form: DateForm = DateForm.YEAR_FIRST

    @property
    def is_sure(self) -> bool:
        """Whether every column that is read was named by a head that leaves no doubt."""
        return all(column.confidence >= SURE for column in self.columns if column.field)

    def position_of(self, field: str) -> int | None:
        """Return the position of the column read as `field`."""
        return next((i for i, column in enumerate(self.columns) if column.field == field), None)

    def as_json(self) -> dict[str, Any]:
        """Return the mapping as plain data, to be kept."""
        columns = [{"head": c.head, "field": c.field, "unit": c.unit.value if c.unit else None} for c in self.columns]
        return {"columns": columns, "date_form": self.date_form.value}

    @classmethod
    def from_json(cls, kept: Mapping[str, Any]) -> ColumnMapping:
        """Return the mapping that `as_json` kept."""
        columns = tuple(
            ColumnChoice(c["head"], c["field"], Unit(c["unit"]) if c.get("unit") else None) for c in kept["columns"]
        )
        return cls(columns, DateForm(kept.get("date_form", DateForm.YEAR_FIRST)))


def known_heads(form: FileForm) -> frozenset[str]:
    """Return every head, in plain form, under which some field of `form` is known."""
    return frozenset(head for field in form.fields.values() for head in _plain_heads(field))


def guess_mapping(head: Head, form: FileForm) -> ColumnMapping:
    """Return the best guess which column is which field.

    The surest column wins a field; among equals the one whose head the field lists first.
    """
    scored = sorted(
        (
            (-score, rank, position, field.name)
            for position, name in enumerate(head.names)
            for score, rank, field in _candidates(name, form)
        ),
    )
    by_position: dict[int, tuple[Field, int]] = {}
    taken: set[str] = set()
    for minus_score, _, position, field_name in scored:
        if position not in by_position and field_name not in taken:
            by_position[position] = (form.fields[field_name], -minus_score)
            taken.add(field_name)
    columns = []
    for position, name in enumerate(head.names):
        field, score = by_position.get(position, (None, _EXACT))
        unit = unit_of_head(name, field) if field else None
        columns.append(ColumnChoice(name, field.name if field else None, unit, score))
    return ColumnMapping(tuple(columns), _guess_date_form(head, form))


def _candidates(name: str, form: FileForm) -> list[tuple[int, int, Field]]:
    plain = plain_head(name)
    if not plain:
        return []
    found = [(*_likeness(plain, _plain_heads(field)), field) for field in form.fields.values()]
    return [(score, rank, field) for score, rank, field in found if score]


@cache
def _plain_heads(field: Field) -> tuple[str, ...]:
    """Return the heads under which a field is known, its own labels among them."""
    return tuple(plain_head(head) for head in (*field.heads, field.label.zh, field.label.en))


def _likeness(plain: str, heads: Sequence[str]) -> tuple[int, int]:
    """Return how sure a head is one of `heads` (0–100), and the place of that head among them."""
    if plain in heads:
        return _EXACT, heads.index(plain)
    ending = next((rank for rank, head in enumerate(heads) if len(head) > 2 and plain.endswith(head)), None)
    if ending is not None:
        return _CONTAINED, ending
    alike = difflib.get_close_matches(plain, heads, n=1, cutoff=0.8) if len(plain) > 3 else []
    return (_ALIKE, heads.index(alike[0])) if alike else (0, 0)


def unit_of_head(name: str, field: Field) -> Unit | None:
    """Return the unit that a head states; yuan and per cent where it states none.

    Fields without a unit have None. `月利率（‰）` is a rate a month.
    """
    if field.kind not in (CellKind.AMOUNT, CellKind.AMOUNT_OR_ZERO, CellKind.RATE):
        return None
    stated = _UNITS_BY_WORD.get(head_unit(name).casefold())
    if field.kind is not CellKind.RATE:
        return stated if stated in AMOUNT_UNITS else Unit.YUAN
    if "月" in plain_head(name):
        return Unit.PERCENT_MONTH if stated is Unit.PERCENT else Unit.PERMILLE_MONTH
    return Unit.PERMILLE if stated is Unit.PERMILLE else Unit.PERCENT


def _guess_date_form(head: Head, form: FileForm) -> DateForm:
    plain = {plain_head(name) for name in head.names}
    if "loannrchkdgt" in plain and "daysterm" in plain:  # the published teaching case of SBA loans
        return DateForm.SAS
    return DateForm.YEAR_FIRST if form.currency == "CNY" else DateForm.MONTH_FIRST


def apply_kept(kept: ColumnMapping, head: Head, form: FileForm) -> ColumnMapping | None:
    """Return a kept mapping laid over this file's heads, or None where a column that it reads is gone."""
    chosen = {column.head: column for column in kept.columns if column.field in form.fields}
    if any(column_head not in head.names for column_head in chosen):
        return None
    placed: list[ColumnChoice] = []
    for name in head.names:
        column = chosen.pop(name, None)
        placed.append(replace(column, confidence=_EXACT) if column else ColumnChoice(name, None))
    return replace(kept, columns=tuple(placed))


def check_mapping(mapping: ColumnMapping, form: FileForm, file_name: str) -> None:
    """Refuse a mapping that names a field twice or lacks one that every row needs.

    Raises: FILE.MAPPING.CLASH, FILE.MAPPING.INCOMPLETE.
    """
    heads: dict[str, list[str]] = {}
    for column in mapping.columns:
        if column.field:
            heads.setdefault(column.field, []).append(column.head)
    for name, names in heads.items():
        if len(names) > 1:
            raise MappingClashError(form.fields[name].label, tuple(names))
    missing = [form.fields[name].label for name in form.required if name not in heads]
    unmet = [group for group in form.any_of if not any(name in heads for name in group)]
    missing.extend(_either([form.fields[name].label for name in group]) for group in unmet)
    if missing:
        raise MappingIncompleteError(file_name, tuple(missing), tuple(column.head for column in mapping.columns))


def _either(labels: Sequence[Text]) -> Text:
    return Text("或".join(label.zh for label in labels), " or ".join(label.en for label in labels))
