"""The sandbox for partners' programs: the answers of the real routes, about invented firms alone.

A key whose only scope is `use_sandbox` opens these routes and nothing else; none of them reads the book.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Literal
from uuid import uuid4

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from ninja import Query, Router, Schema, Status

from yulin.atlas.adapters.sandbox_firms import SandboxAnswer, SandboxFirm, sandbox_firms, sandbox_token
from yulin.atlas.api.news import Change, Changes, ChangesQuery
from yulin.atlas.api.outlets import LinkAsked, LinkMade
from yulin.atlas.api.portraits import FactClass, PortraitAnswer, PortraitQuery, Words, fact_classes, panel_said
from yulin.atlas.core.outlets import origin_of
from yulin.atlas.core.portrait import portrait
from yulin.atlas.enums import LinkKind
from yulin.atlas.errors import ConsentMissingError, FirmNotFoundError
from yulin.atlas.errors.outlets import OriginNotListedError, TooManyRequestsError
from yulin.atlas.selectors.portrait import shown_by_vocabulary
from yulin.atlas.services.news import TOPIC
from yulin.exchange.core.messages import Signer, headers_of
from yulin.kit import clock
from yulin.kit.api import PROBLEMS
from yulin.kit.signing import canonical, key_id, public_key, sign_bytes
from yulin.people.adapters.tokens import callers
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.rules.adapters.shipped import shipped_vocabulary

router = Router(tags=["sandbox"], auth=callers(Action.USE_SANDBOX))
_PER_MINUTE, _RETRY_AFTER = 60, 30
_NO_LINK = 0  # a link of the sandbox has no number: none is kept


class SandboxFirmLine(Schema):
    """An invented firm, and what asking for its portrait comes to."""

    firm_code: str
    firm_name: str
    answers: Literal["shown", "no_consent", "too_many"]
    says: Words


@router.get("firms", response={200: list[SandboxFirmLine], **PROBLEMS}, operation_id="sandbox_firms")
def firms(request: HttpRequest) -> list[SandboxFirmLine]:  # noqa: ARG001 - every caller has the same
    """Give the invented firms, one for each answer that a program has to deal with."""
    return [
        SandboxFirmLine(
            firm_code=one.code,
            firm_name=one.name,
            answers=one.answers.value,
            says=Words(zh=one.says.zh, en=one.says.en),
        )
        for one in sandbox_firms().values()
    ]


@router.get("firms/{code}/portrait", response={200: PortraitAnswer, **PROBLEMS}, operation_id="sandbox_portrait")
def sandbox_portrait(
    request: HttpRequest, response: HttpResponse, code: str, asked: Query[PortraitQuery]
) -> PortraitAnswer:
    """Give an invented firm's portrait with its panels, or the refusal that the firm is there for."""
    add_never_cache_headers(response)
    firm = _firm(request, code)
    on = asked.as_of or clock.business_date()
    known_at = clock.in_zone(asked.known_at) if asked.known_at else clock.now()
    sections = portrait(firm.said, shown_by_vocabulary(), shipped_vocabulary().groups, on, known_at)

    def opens(group: str) -> bool:
        return not asked.classes or group in asked.classes

    classes: list[FactClass] = fact_classes([one for one in sections if opens(one.group)], firm.contested)
    panels = [panel_said(one) for one in firm.panels(on, known_at, opens)]
    return PortraitAnswer(
        firm_code=firm.code, firm_name=firm.name, as_of=on, known_at=known_at, classes=classes, panels=panels
    )


@router.post("firms/{code}/links", response={201: LinkMade, **PROBLEMS}, operation_id="sandbox_make_link")
def sandbox_link(request: HttpRequest, code: str, asked: LinkAsked) -> Status[LinkMade]:
    """Make a link to an invented firm's portrait, to be framed or opened; nothing of it is kept, it runs out by itself.

    Any origin may frame it that a browser would write so; real links ask for a registered one.
    """
    firm = _firm(request, code)
    is_framed = LinkKind(asked.kind) is LinkKind.WIDGET
    if is_framed and origin_of(asked.origin) != asked.origin:
        raise OriginNotListedError(origin=asked.origin, listed=())
    until = clock.now() + timedelta(minutes=asked.minutes)
    token = sandbox_token(firm.code, asked.origin if is_framed else "", until)
    url = settings.YULIN_URL + reverse("atlas:sandbox-shown", args=[token])
    return Status(201, LinkMade(id=_NO_LINK, url=url, expires_at=until))


class SampleMessage(Schema):
    """A signed message as news is posted: the headers, the body to the byte, the key that proves the signature."""

    headers: dict[str, str]
    body: str
    public_key: str


@router.get("message", response={200: SampleMessage, **PROBLEMS}, operation_id="sandbox_message")
def sandbox_message(request: HttpRequest, response: HttpResponse) -> SampleMessage:  # noqa: ARG001
    """Give a message about an invented firm, signed now as news is: a receiver checks it without being posted to."""
    add_never_cache_headers(response)
    at = clock.now()
    change = _news()[-1].dict() | {"changed_at": at.isoformat()}
    number = str(uuid4())
    body = canonical({"id": number, "topic": TOPIC, "made_at": at.isoformat(), **change})
    headers = headers_of(number, int(at.timestamp()), body, Signer(sign_bytes, key_id()))
    return SampleMessage(headers=headers, body=body.decode(), public_key=public_key())


@router.get("changes", response={200: Changes, **PROBLEMS}, operation_id="sandbox_changes")
def sandbox_changes(request: HttpRequest, response: HttpResponse, asked: Query[ChangesQuery]) -> Changes:  # noqa: ARG001
    """Give the feed of the invented firms: each thing said of them once, in order."""
    add_never_cache_headers(response)
    news = [one for one in _news() if one.number > asked.after][: asked.limit]
    return Changes(changes=news, cursor=news[-1].number if news else asked.after)


def _news() -> list[Change]:
    said: list[tuple[datetime, SandboxFirm, int]] = sorted(
        (
            (one.known_at, firm, at)
            for firm in sandbox_firms().values() if firm.answers == SandboxAnswer.SHOWN
            for at, one in enumerate(firm.said)
        ),
        key=lambda found: (found[0], found[1].code, found[2]),
    )  # fmt: skip
    return [
        Change(
            number=number,
            firm_code=firm.code,
            fact=firm.said[at].fact,
            changed_at=changed_at,
            is_gone=False,
            value=firm.said[at].value,
            source=firm.said[at].source,
            valid_from=firm.said[at].valid_from.isoformat(),
            is_contested=firm.said[at].fact in firm.contested,
        )
        for number, (changed_at, firm, at) in enumerate(said, 1)
    ]


def _firm(request: HttpRequest, code: str) -> SandboxFirm:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the guard
    firm = sandbox_firms().get(code)
    if firm is None:
        raise FirmNotFoundError(firm_code=code)
    if firm.answers == SandboxAnswer.NO_CONSENT:
        raise ConsentMissingError(reader=actor.name)
    if firm.answers == SandboxAnswer.TOO_MANY:
        raise TooManyRequestsError(per_minute=_PER_MINUTE, retry_after=_RETRY_AFTER)
    return firm
