"""A firm's portrait as its readers may see it: on any day, as known at any instant."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from yulin.atlas.adapters.statement_files import statements_about
from yulin.atlas.core.portrait import FactShown, PortraitSection, portrait
from yulin.atlas.core.statements import DEFAULT_PRIORITY, Said
from yulin.atlas.errors import FirmNotFoundError
from yulin.atlas.models import Firm, Source, Statement
from yulin.atlas.selectors.firms import codes_of, firm_by_code
from yulin.base.text import Text
from yulin.people.core.actors import Actor
from yulin.people.enums import Role
from yulin.people.selectors import organisation
from yulin.rules.adapters.shipped import shipped_vocabulary

REGISTERED = "registered_on"
_OF_YEAR = re.compile(r"^(.+)_(\d{4})$")
_SAID = ("fact", "value", "source", "valid_from", "valid_until", "known_at", "priority")
_KINDS = {"money": "money", "count": "count", "bool": "bool"}


@dataclass(frozen=True)
class Portrait:
    """A firm, every code that leads to it, what counts about it, and what each source is called."""

    firm: Firm
    codes: list[str]
    on: date
    known_at: datetime
    sections: list[PortraitSection]
    sources: Mapping[str, Source]

    @property
    def fact_count(self) -> int:
        """How many facts are known."""
        return sum(len(section.lines) for section in self.sections)

    @property
    def statement_count(self) -> int:
        """How many statements stand behind them."""
        return sum(len(line.statements) for section in self.sections for line in section.lines)


def firm_for(actor: Actor, firm_id: int) -> Firm:
    """Return a firm whose portrait the actor may see: its own, one of its district, or any for who sees all rows.

    Raises: `ATLAS.FIRM.NOT_FOUND`, also where it is another's: both are answered alike.
    """
    firm = Firm.objects.filter(pk=firm_id).first()
    if firm is None or not _may_see(actor, firm):
        raise FirmNotFoundError(firm_code=str(firm_id))
    return firm


def _may_see(actor: Actor, firm: Firm) -> bool:
    if actor.sees_all_rows:
        return True
    if actor.role == Role.DISTRICT_OFFICER:
        return actor.district_code is not None and firm.district_code == actor.district_code
    if actor.role != Role.FIRM_USER or actor.organisation_id is None:
        return False
    code = organisation(actor.organisation_id).identifier
    own = firm_by_code(code) if code else None
    return own is not None and own.pk == firm.pk


def portrait_of(firm: Firm, *, on: date, known_at: datetime) -> Portrait:
    """Return a firm's portrait on a day, as known at an instant."""
    sources = {source.code: source for source in Source.objects.all()}
    said = [*_in_the_book(firm), *_in_the_lake(firm, sources)]
    return Portrait(firm, codes_of(firm.pk), on, known_at, portrait(said, _shown_by(sources), on, known_at), sources)


def _in_the_book(firm: Firm) -> Iterator[Said]:
    for row in Statement.objects.filter(firm=firm).values_list(*_SAID):
        yield Said(*row)
    if firm.registered_on is not None:
        source = shipped_vocabulary().facts[REGISTERED].source
        day = firm.registered_on
        yield Said(REGISTERED, day.isoformat(), source, day, None, firm.created_at, DEFAULT_PRIORITY)


def _in_the_lake(firm: Firm, sources: Mapping[str, Source]) -> Iterator[Said]:
    """Yield what sources say that rules do not read; what they do read stands in the book."""
    for row in statements_about(firm.identifier).iter_rows(named=True):
        source = sources.get(row["source"])
        field = source.contract["fields"].get(row["predicate"], {}) if source else {}
        if field.get("serve"):
            continue
        value: Any = row["value"]
        if field.get("type") in {"money", "count"}:
            value = int(value)
        elif field.get("type") == "bool":
            value = value == "true"
        priority = source.priority if source else DEFAULT_PRIORITY
        yield Said(
            row["predicate"], value, row["source"], row["valid_from"], row["valid_until"], row["known_at"], priority
        )


def _shown_by(sources: Mapping[str, Source]) -> Callable[[str], FactShown]:
    vocabulary = shipped_vocabulary()
    fields = {fact: field for source in sources.values() for fact, field in source.contract["fields"].items()}

    def shown(name: str) -> FactShown:
        found = _OF_YEAR.match(name)
        bare, year = (found[1], found[2]) if found else (name, "")
        fact = vocabulary.find(bare)
        if fact is not None:
            label = Text(f"{year}年{fact.label.zh}", f"{fact.label.en} {year}") if year else fact.label
            closed = vocabulary.lists.get(fact.type.unit or fact.type.kind)
            return FactShown(label, fact.type.kind, closed.members if closed else {})
        field = fields.get(name)
        if field is None:
            return FactShown(Text(name, name), "text", {})
        return FactShown(Text(*field["label"]), _KINDS.get(field["type"], "text"), {}, is_of_rules=False)

    return shown
