"""The parts of a home page: rows of its queue, its next action, the panels beside."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from yulin.base.text import OWN_CURRENCY, Text


@dataclass(frozen=True)
class Row:
    """One thing that waits: what it is, how it stands, what to do, until when."""

    title: Text
    below: Text
    href: str
    state: tuple[str, Text]
    todo: Text
    amounts: Mapping[str, int] | None = None  # by currency; two currencies never add up
    due_on: date | None = None
    workdays_left: int | None = None
    waited: int | None = None
    act: Text | None = None

    @property
    def is_over(self) -> bool:
        """Whether its day has passed."""
        return self.workdays_left is not None and self.workdays_left < 0


@dataclass(frozen=True)
class Next:
    """The one next action: what, why, where it is done."""

    title: Text
    text: Text
    href: str
    act: Text


@dataclass(frozen=True)
class Bar:
    """How far one limit is used."""

    name: Text
    used_fen: int
    limit_fen: int
    currency: str = OWN_CURRENCY

    @property
    def left_fen(self) -> int:
        """What is left."""
        return self.limit_fen - self.used_fen

    @property
    def percent(self) -> float:
        """How full it is, for the eye."""
        return round(self.used_fen * 100 / self.limit_fen, 1) if self.limit_fen else 100


@dataclass(frozen=True)
class Panel:
    """A small panel beside the queue: lines of name and value."""

    title: Text
    lines: Sequence[tuple[Text, object]] = ()
    href: str = ""
    act: Text | None = None
    note: Text | None = None
    bars: list[Bar] = field(default_factory=list)
    notices: list[Any] = field(default_factory=list)


@dataclass(frozen=True)
class Home:
    """A role's home page."""

    facts: Text
    next: Next | None
    queue_name: Text
    rows: list[Row]
    count: int
    empty: tuple[Text, Text]
    panels: Sequence[Panel | None] = ()
    acts: list[tuple[Text, str]] = field(default_factory=list)
    more: tuple[Text, str] | None = None

    @property
    def has_deadlines(self) -> bool:
        """Whether a row has a day by which it is due."""
        return any(row.due_on for row in self.rows)

    @property
    def has_waits(self) -> bool:
        """Whether a row says how long it has waited."""
        return any(row.waited is not None for row in self.rows)
