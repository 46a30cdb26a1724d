"""A portrait inside a partner's own system: by links that are signed, short-lived and for one audience.

Before anything is shown: the link and its terms stand, the audience is the one it was made for, the partner's requests
of the minute are not used up, and the firm's consent (or a legal ground) opens it at this very instant.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.core import signing
from django.db import transaction
from django.db.models import F

from yulin.atlas.core.outlets import LEAST_MINUTES, MOST_MINUTES, minute_of, seconds_to_next
from yulin.atlas.enums import Channel, LinkKind, UseOutcome
from yulin.atlas.errors import ConsentMissingError, FirmNotFoundError
from yulin.atlas.errors.outlets import (
    LinkAudienceError,
    LinkNotFoundError,
    LinkTimeError,
    OriginNotListedError,
    TooManyRequestsError,
)
from yulin.atlas.models import Firm, LinkRevocation, Outlet, OutletMinute, OutletUse, PortraitLink
from yulin.atlas.selectors.outlets import LINK_SALT, opens_listed, outlet_of, partner_of
from yulin.atlas.selectors.portrait import Portrait
from yulin.atlas.selectors.rights import access_of
from yulin.atlas.services.reading import Look, read_portrait
from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor
from yulin.people.services import record_audit


@dataclass(frozen=True)
class NewLink:
    """How a portrait is to be shown (a widget in pages of an origin, or a link for the partner's people), how long."""

    kind: LinkKind
    minutes: int = 10
    origin: str = ""


@dataclass(frozen=True)
class MadeLink:
    """A link and the token that opens it."""

    link: PortraitLink
    token: str


@transaction.atomic
def make_link(*, actor: Actor, firm: Firm, asked: NewLink) -> MadeLink:
    """Make a link to a firm's portrait for one audience of the actor's organisation.

    Raises: `ATLAS.OUTLET.MISSING`, `ATLAS.OUTLET.ORIGIN`, `ATLAS.LINK.MINUTES`, `ATLAS.CONSENT.MISSING`,
    `ATLAS.FIRM.NOT_FOUND`.
    Effects: one `PortraitLink`; audit row.
    """
    outlet = outlet_of(actor)
    if asked.kind == LinkKind.WIDGET and asked.origin not in outlet.origins:
        raise OriginNotListedError(origin=asked.origin, listed=outlet.origins)
    if not LEAST_MINUTES <= asked.minutes <= MOST_MINUTES:
        raise LinkTimeError(minutes=asked.minutes, least=LEAST_MINUTES, most=MOST_MINUTES)
    if not opens_listed(access_of(actor, firm), outlet):
        raise ConsentMissingError(reader=actor.name)
    made = PortraitLink.objects.create(
        outlet=outlet,
        firm=firm,
        kind=str(asked.kind),
        audience=asked.origin if asked.kind == LinkKind.WIDGET else "",
        made_by_name=actor.name[:120],
        expires_at=clock.now() + timedelta(minutes=asked.minutes),
    )
    facts = {"firm": firm.identifier, "kind": made.kind, "audience": made.audience, "minutes": asked.minutes}
    record_audit(actor=actor, action="atlas.make_link", subject=("portrait_link", made.pk), facts=facts)
    return MadeLink(made, signing.dumps(made.pk, salt=LINK_SALT))


@transaction.atomic
def revoke_link(*, actor: Actor, link_id: int) -> LinkRevocation:
    """Take a link of the actor's own organisation back; done twice it is done once.

    Raises: `ATLAS.LINK.NOT_FOUND`.
    Effects: one `LinkRevocation`; audit row.
    """
    link = PortraitLink.objects.filter(pk=link_id, outlet__organisation=actor.organisation_id or 0).first()
    if link is None:
        raise LinkNotFoundError
    revoked, is_new = LinkRevocation.objects.get_or_create(link=link, defaults={"revoked_by_name": actor.name[:120]})
    if is_new:
        record_audit(actor=actor, action="atlas.revoke_link", subject=("portrait_link", link.pk))
    return revoked


@dataclass(frozen=True)
class Opened:
    """A link that was opened, and the listed facts of the portrait that the partner may see now."""

    link: PortraitLink
    portrait: Portrait


def open_link(*, actor: Actor, link: PortraitLink, is_framed: bool) -> Opened:
    """Show what a link leads to, to whom it was made for and nobody else.

    Raises: `ATLAS.LINK.AUDIENCE`, `ATLAS.OUTLET.TOO_MANY`, `ATLAS.CONSENT.MISSING`, `ATLAS.FIRM.NOT_FOUND`.
    Effects: one `Reading`; the count of the minute; the usage of the day, also where it is refused.
    """
    outlet, kind = link.outlet, LinkKind(link.kind)
    is_theirs = actor.organisation_id == outlet.organisation_id
    if (kind == LinkKind.WIDGET) is not is_framed or (kind == LinkKind.LINK and not is_theirs):
        raise LinkAudienceError(audience=link.audience or outlet.organisation.name_zh)
    reader = actor if is_theirs else partner_of(outlet)
    # Nobody is signed in inside the partner's pages: the signed link stands for the partner.
    with scope(EVERYTHING):
        found = read_listed(actor=reader, outlet=outlet, firm=link.firm, kind=kind)
    return Opened(link, found)


def read_listed(*, actor: Actor, outlet: Outlet, firm: Firm, kind: LinkKind) -> Portrait:
    """Return the listed facts of a firm that a partner may read at this instant, within its rate.

    Raises: `ATLAS.OUTLET.TOO_MANY`, `ATLAS.CONSENT.MISSING`, `ATLAS.FIRM.NOT_FOUND`.
    Effects: one `Reading`; the count of the minute; the usage of the day, also where it is refused.
    """
    try:
        take_turn(outlet)
        look = Look(_CHANNELS[kind], clock.business_date(), clock.now(), listed=frozenset(outlet.facts))
        found = read_portrait(actor=actor, firm=firm, look=look)
    except TooManyRequestsError:
        count_use(outlet, firm, kind, UseOutcome.LIMITED)
        raise
    except (ConsentMissingError, FirmNotFoundError):
        count_use(outlet, firm, kind, UseOutcome.REFUSED)
        raise
    count_use(outlet, firm, kind, UseOutcome.SHOWN)
    return found


_CHANNELS = {
    LinkKind.WIDGET: Channel.EMBEDDED,
    LinkKind.LINK: Channel.EMBEDDED,
    LinkKind.FEED: Channel.FEED,
    LinkKind.WEBHOOK: Channel.FEED,
}


@transaction.atomic
def take_turn(outlet: Outlet) -> None:
    """Count a request against the partner's rate of this minute; all workers count together.

    Raises: `ATLAS.OUTLET.TOO_MANY`. Effects: the `OutletMinute`.
    """
    at = clock.now()
    began = minute_of(at)
    OutletMinute.objects.get_or_create(outlet=outlet, defaults={"began_at": began})
    held = OutletMinute.objects.select_for_update().get(outlet=outlet)
    times = held.times if held.began_at == began else 0
    if times >= outlet.per_minute:
        raise TooManyRequestsError(per_minute=outlet.per_minute, retry_after=seconds_to_next(at))
    held.began_at, held.times = began, times + 1
    held.save(update_fields=["began_at", "times"])


@transaction.atomic
def count_use(outlet: Outlet, firm: Firm, kind: LinkKind, outcome: UseOutcome) -> None:
    """Count what came of a partner's request. Effects: the `OutletUse` of the day."""
    key = {"outlet": outlet, "firm": firm, "used_on": clock.business_date(), "kind": str(kind), "outcome": str(outcome)}
    OutletUse.objects.get_or_create(**key, defaults={"organisation_id": outlet.organisation_id})
    OutletUse.objects.filter(**key).update(times=F("times") + 1)
