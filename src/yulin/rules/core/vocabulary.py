"""The vocabulary: the one list of facts that packs, forms, portraits and the API speak.

A fact has a type, a unit and a range; inside the evaluators every known value is one integer in the fact's own unit
(fen, basis points, persons, the day's ordinal), a truth value or a member of a closed list: arithmetic stays exact.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from yulin.base.text import Text


@dataclass(frozen=True)
class Type:
    """What kind of value something is, and its unit: persons for a count, the list's name for a member of a list."""

    kind: str
    unit: str = ""

    def __str__(self) -> str:
        """Return the kind with its unit."""
        return f"{self.kind} ({self.unit})" if self.unit else self.kind

    @property
    def is_numeric(self) -> bool:
        """Whether values of this type lie on a line (truth values, members and texts do not)."""
        return self.kind in NUMERIC_KINDS


MONEY, RATIO, NUMBER, COUNT = Type("money"), Type("ratio"), Type("number"), Type("count")
DATE, DAYS, MONTHS, AREA = Type("date"), Type("days"), Type("months"), Type("area")
BOOL, TEXT, POINTS = Type("bool"), Type("text"), Type("count", "points")
NUMERIC_KINDS = frozenset({"money", "ratio", "number", "count", "date", "days", "months", "area"})

FIRST_DAY, LAST_DAY = date(1900, 1, 1).toordinal(), date(2199, 12, 31).toordinal()
# The widest values that a fact of each kind can have, in its own integer unit. Bounds of unknown facts stand on them,
# and they are what proves that the population's 64-bit products cannot overflow.
WIDEST: Mapping[str, tuple[int, int]] = {
    "money": (0, 10**15),
    "ratio": (0, 10**6),
    "count": (0, 10**8),
    "days": (0, 10**5),
    "months": (0, 10**4),
    "date": (FIRST_DAY, LAST_DAY),
    "area": (0, 999_999),
}


@dataclass(frozen=True)
class ClosedList:
    """A closed list such as the forms of security; every member has a label."""

    name: str
    members: Mapping[str, Text]


@dataclass(frozen=True)
class Fact:
    """One fact of the vocabulary."""

    name: str
    type: Type
    label: Text
    is_by_year: bool = False
    alias: str = ""  # the name in files, tables and the API: `revenue_fen` for `revenue`
    scale: int = 1  # integer units in one: 10_000 basis points in a ratio of 1
    lowest: int = 0
    highest: int = 0
    source: str = ""
    group: str = ""  # the class of facts that it belongs to
    is_adverse: bool = False  # true speaks against the firm, and only for as long as the law allows


@dataclass(frozen=True)
class SourceOfFacts:
    """Where facts come from: what the source is called, and who can supply it or how it is got."""

    name: Text
    ask: Text


@dataclass(frozen=True)
class Function:
    """A named test of one fact against a constant, such as `is_registered_in(440100)`."""

    name: str
    fact: str
    label: Text


@dataclass(frozen=True)
class Vocabulary:
    """All facts, closed lists, named areas and declared functions."""

    facts: Mapping[str, Fact]
    lists: Mapping[str, ClosedList] = field(default_factory=dict)
    areas: Mapping[str, int] = field(default_factory=dict)
    functions: Mapping[str, Function] = field(default_factory=dict)
    sources: Mapping[str, SourceOfFacts] = field(default_factory=dict)  # by the name under which facts give it
    how_to: Mapping[str, Text] = field(default_factory=dict)  # by fact: how a firm can move it
    groups: Mapping[str, Text] = field(default_factory=dict)  # the classes of facts, in the order of a portrait

    @cached_property
    def by_alias(self) -> Mapping[str, Fact]:
        """Facts by the name that files and the API use."""
        return {fact.alias: fact for fact in self.facts.values()}

    def find(self, name: str) -> Fact | None:
        """Return the fact called `name` in packs or in files, or None."""
        return self.facts.get(name) or self.by_alias.get(name)

    def source_of(self, name: str) -> SourceOfFacts | None:
        """Return where a fact named in packs or files comes from."""
        fact = self.find(name)
        return self.sources.get(fact.source) if fact else None

    def label(self, name: str) -> Text:
        """Return the label of a fact named in packs or files; an unlisted name is its own label."""
        fact = self.find(name)
        return fact.label if fact else Text(name, name)
