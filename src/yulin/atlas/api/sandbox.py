"""The sandbox for partners' programs: the answers of the real routes, about invented firms alone.

A key whose only scope is `use_sandbox` opens these routes and nothing else; none of them reads the book.
"""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers
from ninja import Query, Router, Schema

from yulin.atlas.adapters.sandbox_firms import SandboxAnswer, SandboxFirm, sandbox_firms
from yulin.atlas.api.news import Change, Changes, ChangesQuery
from yulin.atlas.api.portraits import FactClass, PortraitAnswer, PortraitQuery, Words, fact_classes
from yulin.atlas.core.portrait import portrait
from yulin.atlas.errors import ConsentMissingError, FirmNotFoundError
from yulin.atlas.errors.outlets import TooManyRequestsError
from yulin.atlas.selectors.portrait import shown_by_vocabulary
from yulin.kit import clock
from yulin.kit.api import PROBLEMS
from yulin.people.adapters.tokens import callers
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.rules.adapters.shipped import shipped_vocabulary

router = Router(tags=["sandbox"], auth=callers(Action.USE_SANDBOX))
_PER_MINUTE, _RETRY_AFTER = 60, 30


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
    """Give an invented firm's portrait, or the refusal that the firm is there for; it has no panels."""
    add_never_cache_headers(response)
    firm = _firm(request, code)
    on = asked.as_of or clock.business_date()
    known_at = clock.in_zone(asked.known_at) if asked.known_at else clock.now()
    sections = portrait(firm.said, shown_by_vocabulary(), shipped_vocabulary().groups, on, known_at)
    classes: list[FactClass] = fact_classes(
        [one for one in sections if not asked.classes or one.group in asked.classes], firm.contested
    )
    return PortraitAnswer(
        firm_code=firm.code, firm_name=firm.name, as_of=on, known_at=known_at, classes=classes, panels=[]
    )


@router.get("changes", response={200: Changes, **PROBLEMS}, operation_id="sandbox_changes")
def sandbox_changes(request: HttpRequest, response: HttpResponse, asked: Query[ChangesQuery]) -> Changes:  # noqa: ARG001
    """Give the feed of the invented firms: each thing said of them once, in order."""
    add_never_cache_headers(response)
    said: list[tuple[datetime, SandboxFirm, int]] = sorted(
        (
            (one.known_at, firm, at)
            for firm in sandbox_firms().values() if firm.answers == SandboxAnswer.SHOWN
            for at, one in enumerate(firm.said)
        ),
        key=lambda found: (found[0], found[1].code, found[2]),
    )  # fmt: skip
    news = [
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
        if number > asked.after
    ][: asked.limit]
    return Changes(changes=news, cursor=news[-1].number if news else asked.after)


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
