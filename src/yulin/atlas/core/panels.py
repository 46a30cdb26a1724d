"""What a portrait shows beyond single facts: figures worked out of particulars, tables of them, and alarms.

Every figure and every row carries the statements that it rests on, so that any number can be opened to its sources.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from yulin.atlas.core.drawings import Drawing
from yulin.atlas.core.particulars import FORMS, kind_of
from yulin.atlas.core.portrait import FactShown, value_text
from yulin.atlas.core.statements import Said
from yulin.base.text import Text

NOTHING = Text("–", "–")


@dataclass(frozen=True)
class Figure:
    """One number: what it is called, its value (None: unknown) and that in words, and the statements it rests on."""

    id: str
    label: Text
    value: Any
    says: Text
    rests_on: tuple[Said, ...]


@dataclass(frozen=True)
class Row:
    """One row of a table, with the statements that it rests on; `is_marked` draws the eye to it."""

    cells: tuple[Text, ...]
    rests_on: tuple[Said, ...]
    is_marked: bool = False


@dataclass(frozen=True)
class Table:
    """Rows under heads."""

    id: str
    title: Text
    heads: tuple[Text, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class Alarm:
    """Something that speaks against a firm's papers, with the statements that say so."""

    id: str
    sentence: Text
    rests_on: tuple[Said, ...]


@dataclass(frozen=True)
class Panel:
    """One section: the class of facts that opens it, what is to be known for reading it, its contents."""

    id: str
    group: str
    title: Text
    note: Text
    figures: tuple[Figure, ...] = ()
    tables: tuple[Table, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    drawing: Drawing | None = None  # the same as the tables say, for the eye


def parts_of(panel: Panel) -> Iterator[Figure | Row | Alarm]:
    """Yield everything in a panel that rests on statements."""
    yield from panel.figures
    yield from (row for table in panel.tables for row in table.rows)
    yield from panel.alarms


def is_contested(rests_on: Iterable[Said]) -> bool:
    """Tell whether anything is contested of what a figure or a row rests on."""
    return any(one.is_contested for one in rests_on)


def figure(name: str, label: Text, value: Any, kind: str, rests_on: Iterable[Said]) -> Figure:
    """Return a figure; `kind` is how its value is said: money, ratio, count or text."""
    said = NOTHING if value is None else value_text(value, FactShown(label, kind, {}))
    return Figure(name, label, value, said, tuple(rests_on))


def listed(name: str, rows: Iterable[Said], marked: Mapping[str, bool] | None = None) -> Table | None:
    """Return particulars of one kind as a table with its filled fields as columns; None where there are none."""
    every = list(rows)
    if not every:
        return None
    form = FORMS[kind_of(every[0])]
    fields = {
        field: one for field, one in form.fields.items() if any(said.value.get(field) is not None for said in every)
    }
    return Table(
        name,
        form.title,
        tuple(one.label for one in fields.values()),
        tuple(
            Row(
                tuple(one.says(said.value.get(field)) for field, one in fields.items()),
                (said,),
                bool(marked and marked.get(said.fact)),
            )
            for said in every
        ),
    )
