"""Portraits inside a partner's own system: the terms in force, links made and taken back."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from ninja import Field, Router, Schema, Status

from yulin.atlas.core.outlets import LEAST_MINUTES, MOST_MINUTES
from yulin.atlas.enums import LinkKind
from yulin.atlas.errors import FirmNotFoundError
from yulin.atlas.selectors import firm_by_code
from yulin.atlas.selectors.outlets import bills_of, outlet_of, usage_of
from yulin.atlas.services.embedding import NewLink, make_link, revoke_link
from yulin.kit import clock
from yulin.kit.api import PROBLEMS
from yulin.people.adapters.tokens import callers
from yulin.people.core.actors import Actor
from yulin.people.enums import Action

router = Router(tags=["atlas"], auth=callers(Action.SEE_OPEN_PORTRAITS))


class UseLine(Schema):
    """How often the caller asked within the last 30 days, by way and outcome."""

    kind: str
    outcome: str
    times: int
    firms: int


class OutletTerms(Schema):
    """The caller's terms in force and their usage."""

    id: int
    facts: list[str]
    origins: list[str]
    per_minute: int
    feed_url: str
    look_price_fen: int
    news_price_fen: int
    free_a_month: int
    usage: list[UseLine]


class BillLineSaid(Schema):
    """One way of a month: how often it was shown, how many were free, the price of one, what the others cost."""

    kind: str
    shown: int
    free: int
    price_fen: int
    amount_fen: int


class BillSaid(Schema):
    """A month of use, by its first day, and what it costs by the terms in force."""

    month: date
    lines: list[BillLineSaid]
    total_fen: int


class LinkAsked(Schema):
    """A widget in pages of one registered origin, or a link for the caller's own signed-in people."""

    kind: Literal["widget", "link"]
    origin: Annotated[str, Field(description="the page's origin, for a widget")] = ""
    minutes: Annotated[int, Field(ge=LEAST_MINUTES, le=MOST_MINUTES)] = 10


class LinkMade(Schema):
    """The address to frame or to open, until when."""

    id: int
    url: str
    expires_at: datetime


class LinkGone(Schema):
    """When a link was taken back."""

    id: int
    revoked_at: datetime


@router.get("outlet", response={200: OutletTerms, **PROBLEMS}, operation_id="outlet")
def outlet(request: HttpRequest) -> OutletTerms:
    """Give the caller's terms in force: which facts, which origins, how often, where news goes, how much was used."""
    found = outlet_of(_actor(request))
    return OutletTerms(
        id=found.pk,
        facts=found.facts,
        origins=found.origins,
        per_minute=found.per_minute,
        feed_url=found.feed_url,
        look_price_fen=found.look_price_fen,
        news_price_fen=found.news_price_fen,
        free_a_month=found.free_a_month,
        usage=[
            UseLine(kind=one.kind, outcome=one.outcome, times=one.times, firms=one.firms)
            for one in usage_of(found, until=clock.business_date())
        ],
    )


@router.get("outlet/bills", response={200: list[BillSaid], **PROBLEMS}, operation_id="outlet_bills")
def bills(request: HttpRequest) -> list[BillSaid]:
    """Give the months of use under the caller's terms in force, the latest first, with what each costs."""
    return [
        BillSaid(
            month=one.month,
            lines=[
                BillLineSaid(
                    kind=line.kind.value,
                    shown=line.shown,
                    free=line.free,
                    price_fen=line.price_fen,
                    amount_fen=line.amount_fen,
                )
                for line in one.lines
            ],
            total_fen=one.total_fen,
        )
        for one in bills_of(outlet_of(_actor(request)))
    ]


@router.post("firms/{code}/links", response={201: LinkMade, **PROBLEMS}, operation_id="make_portrait_link")
def link(request: HttpRequest, code: str, asked: LinkAsked) -> Status[LinkMade]:
    """Make a short-lived link to a firm's portrait for one audience; consent is asked for now and at each look."""
    firm = firm_by_code(code)
    if firm is None:
        raise FirmNotFoundError(firm_code=code)
    made = make_link(actor=_actor(request), firm=firm, asked=NewLink(LinkKind(asked.kind), asked.minutes, asked.origin))
    url = settings.YULIN_URL + reverse("atlas:shown", args=[made.token])
    return Status(201, LinkMade(id=made.link.pk, url=url, expires_at=made.link.expires_at))


@router.delete("links/{link_id}", response={200: LinkGone, **PROBLEMS}, operation_id="revoke_portrait_link")
def revoke(request: HttpRequest, link_id: int) -> LinkGone:
    """Take a link back: it opens no more. Done twice it is done once."""
    made = revoke_link(actor=_actor(request), link_id=link_id)
    made.refresh_from_db(fields=["revoked_at"])
    return LinkGone(id=link_id, revoked_at=made.revoked_at)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the guard
    return actor
