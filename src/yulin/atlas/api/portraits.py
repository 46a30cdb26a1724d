"""A firm's portrait for a partner's own system: asked anew each time, kept by nothing on the way."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers
from ninja import Field, Query, Router, Schema

from yulin.atlas.enums import Channel
from yulin.atlas.errors import FirmNotFoundError
from yulin.atlas.selectors import firm_by_code
from yulin.atlas.services.reading import Look, read_portrait
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
    """One fact: the value that counts, in words too, who says so, since when it is valid and known."""

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


class FactClass(Schema):
    """The facts of one class."""

    id: str
    name: Words
    facts: list[Fact]


class PortraitAnswer(Schema):
    """What the caller may read of a firm on a day, as known at an instant."""

    firm_code: str
    firm_name: str
    as_of: date
    known_at: datetime
    classes: list[FactClass]


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
    firm = firm_by_code(code)
    if firm is None:
        raise FirmNotFoundError(firm_code=code)
    look = Look(
        Channel.API,
        asked.as_of or clock.business_date(),
        clock.in_zone(asked.known_at) if asked.known_at else clock.now(),
        frozenset(asked.classes),
    )
    found = read_portrait(actor=actor, firm=firm, look=look)
    return PortraitAnswer(
        firm_code=firm.identifier,
        firm_name=firm.name,
        as_of=found.on,
        known_at=found.known_at,
        classes=[
            FactClass(
                id=section.group,
                name=Words(zh=section.title.zh, en=section.title.en),
                facts=[
                    Fact(
                        fact=line.fact,
                        label=Words(zh=line.label.zh, en=line.label.en),
                        value=line.said.value,
                        says=Words(zh=line.value.zh, en=line.value.en),
                        source=line.said.source,
                        valid_from=line.said.valid_from,
                        valid_until=line.said.valid_until,
                        known_at=line.said.known_at,
                        statement_count=len(line.statements),
                        is_contested=line.fact in found.marks and found.marks[line.fact].is_open,
                        firm_says=found.marks[line.fact].note if line.fact in found.marks else "",
                    )
                    for line in section.lines
                ],
            )
            for section in found.sections
        ],
    )
