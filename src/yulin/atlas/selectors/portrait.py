"""A firm's portrait as its readers may see it: on any day, as known at any instant."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cache
from typing import Any, Self

from yulin.atlas.adapters.hand_source import HAND_EDIT
from yulin.atlas.adapters.statement_files import statements_about
from yulin.atlas.core.access import Access
from yulin.atlas.core.letters import PortraitLetter
from yulin.atlas.core.masking import masked
from yulin.atlas.core.name_folding import fold_name
from yulin.atlas.core.panels import Panel
from yulin.atlas.core.particulars import FORMS, named_kind
from yulin.atlas.core.portrait import FactShown, PortraitSection, portrait
from yulin.atlas.core.statements import DEFAULT_PRIORITY, Said
from yulin.atlas.models import Firm, FirmFormerName, Source, Statement
from yulin.atlas.selectors.firms import codes_of, every_former_name, has_ended, names_in_force
from yulin.atlas.selectors.hand_edits import why_by_hand
from yulin.atlas.selectors.identity import why_of_this_firm
from yulin.atlas.selectors.objections import Mark, marks_of
from yulin.atlas.selectors.particulars import AsKnown, panels_of
from yulin.base.text import Text
from yulin.kit import clock
from yulin.rules.adapters.shipped import shipped_vocabulary

REGISTERED = "registered_on"
_NO_CLASS, _BASICS = "unclassified", "basics"
_OF_YEAR = re.compile(r"^(.+)_(\d{4})$")
_SAID = ("fact", "value", "source", "valid_from", "valid_until", "known_at", "priority", "original")
_KINDS = {"money": "money", "count": "count", "bool": "bool"}


@dataclass(frozen=True)
class SourcesNamed:
    """What each source is called, and under which licence it is used."""

    sources: Mapping[str, Source]

    @classmethod
    def of_now(cls) -> Self:
        """Return the sources as their contracts stand now."""
        return cls({source.code: source for source in Source.objects.all()})

    def source_name(self, code: str) -> Text:
        """Return what a source is called."""
        return source_title(code, self.sources.get(code))

    def licence_of(self, code: str) -> str:
        """Return under which licence a source is used; empty where no contract says so."""
        source = self.sources.get(code)
        return source.licence if source else ""


@dataclass(frozen=True)
class Portrait(SourcesNamed):
    """A firm, every code that leads to it, what counts about it, and what each source is called."""

    firm: Firm
    codes: list[str]
    on: date
    known_at: datetime
    sections: list[PortraitSection]
    panels: list[Panel]
    marks: Mapping[str, Mark]
    name: str  # as it was known
    former_names: Sequence[FirmFormerName]  # for those who may see what was corrected

    @property
    def fact_count(self) -> int:
        """How many facts are known."""
        return sum(len(section.lines) for section in self.sections)

    @property
    def statement_count(self) -> int:
        """How many statements stand behind them."""
        return sum(len(line.statements) for section in self.sections for line in section.lines)

    def letter(self) -> PortraitLetter:
        """Return what stands on the portrait's paper."""
        return PortraitLetter(
            self.name,
            self.firm.identifier,
            self.on,
            self.known_at,
            self.sections,
            self.panels,
            self.source_name,
            frozenset(fact for fact, mark in self.marks.items() if mark.is_open),
        )


def source_title(code: str, source: Source | None) -> Text:
    """Return what a source is called: by its contract, by the vocabulary, else as it was written."""
    if source is not None:
        return Text(source.title_zh, source.title_en)
    usual = shipped_vocabulary().sources.get(code)
    return usual.name if usual else Text(code, code)


def portrait_of(firm: Firm, access: Access, *, on: date, known_at: datetime) -> Portrait:
    """Return what a reader may see of a firm on a day, as known at an instant: the classes that are open, no others."""
    sources = SourcesNamed.of_now().sources
    shown = _shown_by(sources)
    # A partner that asks for an earlier day does not get what may not be shown any more; who has the duty does.
    ends = (on, known_at) if access.is_of_duty else (clock.business_date(), clock.now())
    judged = why_of_this_firm(firm, access, ends[1])
    book = list(_in_the_book(firm, *ends, judged))
    if any(one.source == HAND_EDIT for one in book):
        by_hand = why_by_hand(firm, access, ends[1])
        book = [_stated_by_hand(one, by_hand) for one in book]
    every = [*book, *_in_the_lake(firm, sources)]
    said = [one for one in every if access.opens(shown(one.fact).group)]
    if not access.is_of_duty:
        said = [_masked(one) for one in said]
    groups = shipped_vocabulary().groups
    sections = portrait(said, shown, groups, on, known_at)
    marks = marks_of(firm)
    panels = panels_of(firm, access, AsKnown(on, known_at), marks, judged)
    before = every_former_name(firm)
    headed = [(one.known_until, one.name) for one in before if one.known_until and access.is_of_duty]
    name = next((said for until, said in reversed(headed) if known_at < until), firm.name)
    past = _names_seen(before, access, known_at, name)
    return Portrait(sources, firm, codes_of(firm.pk), on, known_at, sections, panels, marks, name, past)


def _names_seen(
    before: Sequence[FirmFormerName], access: Access, known_at: datetime, name: str
) -> list[FirmFormerName]:
    """Return the names that a firm had beside its own, as far as was known: a register's to who may see the basics."""
    may = {True: access.opens(_BASICS), False: access.is_of_duty}  # what was corrected is for those of duty alone
    known = [one for one in before if (one.known_until or one.told_at) <= known_at]
    return [one for one in names_in_force(known) if may[bool(one.source)] and not _are_alike(one.name, name)]


def _are_alike(one: str, other: str) -> bool:
    return fold_name(one) == fold_name(other)


def _masked(one: Said) -> Said:
    value = masked(one.value) if isinstance(one.value, str) else one.value
    return replace(one, value=value, original=masked(one.original))


def _stated_by_hand(one: Said, by_hand: Mapping[str, Text]) -> Said:
    """Return a statement with why it was stated by hand, in place of the number that it bears."""
    why = by_hand.get(one.original) if one.source == HAND_EDIT else None
    return one if why is None else replace(one, basis=why, original="")


def _in_the_book(
    firm: Firm, ended_on: date, known_at: datetime, judged: Mapping[tuple[int, int], Text]
) -> Iterator[Said]:
    rows = Statement.objects.filter(firm=firm).exclude(has_ended("pk", ended_on, known_at))
    for *row, receipt, number in rows.values_list(*_SAID, "receipt_id", "row"):
        yield replace(Said(*row), basis=judged.get((receipt, number)))
    if firm.registered_on is not None:
        source = shipped_vocabulary().facts[REGISTERED].source
        day = firm.registered_on
        yield Said(REGISTERED, day.isoformat(), source, day, None, firm.created_at, DEFAULT_PRIORITY)


def _in_the_lake(firm: Firm, sources: Mapping[str, Source]) -> Iterator[Said]:
    """Yield what sources say that rules do not read; what they do read stands in the book."""
    for row in statements_about(firm.identifier).iter_rows(named=True):
        source = sources.get(row["source"])
        field = source.contract["fields"].get(row["predicate"], {}) if source else {}
        if field.get("serve") or (source and source.contract.get("particular")):
            continue
        value: Any = row["value"]
        if field.get("type") in {"money", "count"}:
            value = int(value)
        elif field.get("type") == "bool":
            value = value == "true"
        priority = source.priority if source else DEFAULT_PRIORITY
        valid = (row["valid_from"], row["valid_until"])
        yield Said(row["predicate"], value, row["source"], *valid, row["known_at"], priority, row["original"] or "")


def group_of(fact: str) -> str:
    """Return the class of a fact of the vocabulary, of any year; of none where it is not in it."""
    of_year = _OF_YEAR.match(fact)
    found = shipped_vocabulary().find(of_year[1] if of_year else fact)
    return found.group if found is not None else _NO_CLASS


def shown_as(fact: str) -> FactShown:
    """Return how one fact is shown."""
    return _shown_by(SourcesNamed.of_now().sources)(fact)


def shown_as_now() -> Callable[[str], FactShown]:
    """Return how any fact is shown, by the sources as their contracts stand now: one query for many facts."""
    return _shown_by(SourcesNamed.of_now().sources)


def shown_by_vocabulary() -> Callable[[str], FactShown]:
    """Return how facts of the vocabulary are shown; no source of the book is asked."""
    return _shown_by({})


def _shown_by(sources: Mapping[str, Source]) -> Callable[[str], FactShown]:
    vocabulary = shipped_vocabulary()
    fields = {fact: (field, source) for source in sources.values() for fact, field in source.contract["fields"].items()}

    @cache
    def shown(name: str) -> FactShown:
        kind = named_kind(name)
        if kind is not None:
            form, key = FORMS[kind], name.partition(":")[2]
            return FactShown(Text(f"{form.title.zh}：{key}", f"{form.title.en}: {key}"), "particular", {}, form.group)
        found = _OF_YEAR.match(name)
        bare, year = (found[1], found[2]) if found else (name, "")
        fact = vocabulary.find(bare)
        if fact is not None:
            label = Text(f"{year}年{fact.label.zh}", f"{fact.label.en} {year}") if year else fact.label
            closed = vocabulary.lists.get(fact.type.unit or fact.type.kind)
            return FactShown(label, fact.type.kind, closed.members if closed else {}, fact.group)
        if name not in fields:
            # What nobody has put into a class is opened by no consent to any.
            return FactShown(Text(name, name), "text", {}, _NO_CLASS)
        field, source = fields[name]
        group = field.get("group") or source.contract["classes"][0]
        return FactShown(Text(*field["label"]), _KINDS.get(field["type"], "text"), {}, group)

    return shown
