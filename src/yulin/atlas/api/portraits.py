"""A firm's portrait for a partner's own system: asked anew each time, kept by nothing on the way."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from types import MappingProxyType
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers
from ninja import Field, Query, Router, Schema

from yulin.atlas.core.panels import Panel, is_contested
from yulin.atlas.core.portrait import PortraitSection
from yulin.atlas.core.statements import Said
from yulin.atlas.enums import Channel, ParticularKind
from yulin.atlas.errors import FirmNotFoundError
from yulin.atlas.models import Firm
from yulin.atlas.selectors import firm_by_code
from yulin.atlas.selectors.portrait import SourcesNamed
from yulin.atlas.services.reading import Look, read_particulars, read_portrait
from yulin.base.text import Text
from yulin.kit import clock
from yulin.kit.api import PROBLEMS
from yulin.people.adapters.tokens import callers
from yulin.people.core.actors import Actor
from yulin.people.enums import Action

router = Router(tags=["atlas"], auth=callers(Action.SEE_PORTRAIT))


class Words(Schema):
    """A text in both languages."""

    zh: str
    en: str


class Fact(Schema):
    """One fact: the value that counts, in words too, who says so, since when it is valid and known.

    `basis`: why its source says it of this firm at all, where that is not a code.
    """

    fact: str
    label: Words
    value: Any
    says: Words
    source: str
    valid_from: date
    valid_until: date | None
    known_at: datetime
    statement_count: int
    is_contested: bool
    firm_says: str
    basis: Words | None


class FactClass(Schema):
    """The facts of one class."""

    id: str
    name: Words
    facts: list[Fact]


class PanelFigure(Schema):
    """One number worked out of particulars, and the names of those it rests on (`kind:key`)."""

    id: str
    label: Words
    value: Any
    says: Words
    sources: list[str]
    rests_on: list[str]
    is_contested: bool


class PanelRow(Schema):
    """One row of a table, and the names of the particulars it rests on."""

    cells: list[Words]
    rests_on: list[str]
    is_contested: bool


class PanelTable(Schema):
    """Rows under heads."""

    id: str
    title: Words
    heads: list[Words]
    rows: list[PanelRow]


class PanelAlarm(Schema):
    """What speaks against a firm's papers, and the names of the particulars that say so."""

    id: str
    sentence: Words
    rests_on: list[str]
    is_contested: bool


class PortraitPanel(Schema):
    """What is worked out of a firm's particulars: trade, control, rights, staff, records, assets."""

    id: str
    class_id: str
    title: Words
    note: Words
    figures: list[PanelFigure]
    tables: list[PanelTable]
    alarms: list[PanelAlarm]


class PortraitAnswer(Schema):
    """What the caller may read of a firm on a day, as known at an instant."""

    firm_code: str
    firm_name: str
    as_of: date
    known_at: datetime
    classes: list[FactClass]
    panels: list[PortraitPanel]


class PortraitQuery(Schema):
    """The day, the instant by which it was known, and the classes that are wanted (all open ones if none is named)."""

    as_of: Annotated[date | None, Field(description="the day; today if left out")] = None
    known_at: Annotated[datetime | None, Field(description="as known at this instant; now if left out")] = None
    classes: Annotated[list[str], Field(default_factory=list, max_length=20)]


@router.get(
    "firms/{code}/portrait", response={200: PortraitAnswer, **PROBLEMS}, operation_id="portrait", exclude_none=False
)
def portrait(request: HttpRequest, response: HttpResponse, code: str, asked: Query[PortraitQuery]) -> PortraitAnswer:
    """Give a firm's portrait to who may read it; the firm sees who asked, when, for which classes and why."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the guard
    add_never_cache_headers(response)
    firm = _firm(code)
    look = _look(asked.as_of, asked.known_at, asked.classes)
    found = read_portrait(actor=actor, firm=firm, look=look)
    return PortraitAnswer(
        firm_code=firm.identifier,
        firm_name=found.name,
        as_of=found.on,
        known_at=found.known_at,
        classes=fact_classes(
            found.sections,
            {fact for fact, mark in found.marks.items() if mark.is_open},
            {fact: mark.note for fact, mark in found.marks.items()},
        ),
        panels=[panel_said(panel) for panel in found.panels],
    )


def fact_classes(
    sections: Iterable[PortraitSection], contested: Collection[str], notes: Mapping[str, str] = MappingProxyType({})
) -> list[FactClass]:
    """Return the facts of a portrait by class, as the API says them."""
    return [
        FactClass(
            id=section.group,
            name=_words(section.title),
            facts=[
                Fact(
                    fact=line.fact,
                    label=_words(line.label),
                    value=line.said.value,
                    says=_words(line.value),
                    source=line.said.source,
                    valid_from=line.said.valid_from,
                    valid_until=line.said.valid_until,
                    known_at=line.said.known_at,
                    statement_count=len(line.statements),
                    is_contested=line.fact in contested,
                    firm_says=notes.get(line.fact, ""),
                    basis=_words(line.said.basis) if line.said.basis else None,
                )
                for line in section.lines
            ],
        )
        for section in sections
    ]


def _words(text: Text) -> Words:
    return Words(zh=text.zh, en=text.en)


def _names(rests_on: Iterable[Said]) -> list[str]:
    return [one.fact for one in rests_on]


def panel_said(panel: Panel) -> PortraitPanel:
    """Return a panel as the API says it."""
    return PortraitPanel(
        id=panel.id,
        class_id=panel.group,
        title=_words(panel.title),
        note=_words(panel.note),
        figures=[
            PanelFigure(
                id=one.id,
                label=_words(one.label),
                value=one.value,
                says=_words(one.says),
                sources=sorted({said.source for said in one.rests_on}),
                rests_on=_names(one.rests_on),
                is_contested=is_contested(one.rests_on),
            )
            for one in panel.figures
        ],
        tables=[
            PanelTable(
                id=table.id,
                title=_words(table.title),
                heads=list(map(_words, table.heads)),
                rows=[
                    PanelRow(
                        cells=list(map(_words, row.cells)),
                        rests_on=_names(row.rests_on),
                        is_contested=is_contested(row.rests_on),
                    )
                    for row in table.rows
                ],
            )
            for table in panel.tables
        ],
        alarms=[
            PanelAlarm(
                id=one.id,
                sentence=_words(one.sentence),
                rests_on=_names(one.rests_on),
                is_contested=is_contested(one.rests_on),
            )
            for one in panel.alarms
        ],
    )


class ParticularStatement(Schema):
    """One statement of one particular: its fields, who says so under which licence, when, and the original text."""

    name: str
    value: dict[str, Any]
    source: str
    licence: str
    valid_from: date
    valid_until: date | None
    known_at: datetime
    original: str
    why: Words
    is_contested: bool
    firm_says: str
    basis: Words | None


class ParticularsAnswer(Schema):
    """Every statement of one kind that the caller may read of a firm, the one that counts of each thing first."""

    firm_code: str
    kind: ParticularKind
    as_of: date
    statements: list[ParticularStatement]


class ParticularsQuery(Schema):
    """The day, and the instant by which it was known."""

    as_of: Annotated[date | None, Field(description="the day; today if left out")] = None
    known_at: Annotated[datetime | None, Field(description="as known at this instant; now if left out")] = None


@router.get(
    "firms/{code}/particulars/{kind}", response={200: ParticularsAnswer, **PROBLEMS}, operation_id="particulars"
)
def particulars(
    request: HttpRequest, response: HttpResponse, code: str, kind: ParticularKind, asked: Query[ParticularsQuery]
) -> ParticularsAnswer:
    """Give the statements behind a portrait's figures: invoices, holdings, records, rights, assets, one by one."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the guard
    add_never_cache_headers(response)
    firm = _firm(code)
    look = _look(asked.as_of, asked.known_at)
    named = SourcesNamed.of_now()
    return ParticularsAnswer(
        firm_code=firm.identifier,
        kind=kind,
        as_of=look.on,
        statements=[
            ParticularStatement(
                name=one.said.fact,
                value=one.said.value,
                source=one.said.source,
                licence=named.licence_of(one.said.source),
                valid_from=one.said.valid_from,
                valid_until=one.said.valid_until,
                known_at=one.said.known_at,
                original=one.said.original,
                why=_words(one.why),
                is_contested=one.said.is_contested,
                firm_says=one.said.firm_says,
                basis=_words(one.said.basis) if one.said.basis else None,
            )
            for one in read_particulars(actor=actor, firm=firm, look=look, kind=kind)
        ],
    )


def _firm(code: str) -> Firm:
    firm = firm_by_code(code)
    if firm is None:
        raise FirmNotFoundError(firm_code=code)
    return firm


def _look(as_of: date | None, known_at: datetime | None, classes: Iterable[str] = ()) -> Look:
    at = clock.in_zone(known_at) if known_at else clock.now()
    return Look(Channel.API, as_of or clock.business_date(), at, frozenset(classes))
