"""Every look at a firm's portrait: first whether it is allowed, then what is read, then the line in the firm's log."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction

from yulin.atlas.core.access import Access
from yulin.atlas.enums import Channel
from yulin.atlas.errors import ConsentMissingError
from yulin.atlas.models import Firm, Reading
from yulin.atlas.selectors.portrait import Portrait, portrait_of
from yulin.atlas.selectors.rights import access_of
from yulin.people.core.actors import Actor


@dataclass(frozen=True)
class Look:
    """How a portrait is asked for: by which way, on which day, as known when; only some classes, if any are named."""

    channel: Channel
    on: date
    known_at: datetime
    classes: frozenset[str] = frozenset()


@transaction.atomic
def read_portrait(*, actor: Actor, firm: Firm, look: Look) -> Portrait:
    """Return what the actor may see of a firm, after asking anew whether it is allowed.

    Raises: `ATLAS.CONSENT.MISSING`, `ATLAS.FIRM.NOT_FOUND`.
    Effects: one `Reading`, unless the firm reads about itself.
    """
    access = _narrowed(access_of(actor, firm), look, actor)
    found = portrait_of(firm, access, on=look.on, known_at=look.known_at)
    if not access.is_itself:
        _note(actor, firm, access, look, found)
    return found


def _narrowed(access: Access, look: Look, actor: Actor) -> Access:
    """Return the access to the classes asked for; one that is not open is refused, never left out in silence."""
    if not look.classes:
        return access
    if not all(access.opens(group) for group in look.classes):
        raise ConsentMissingError(reader=actor.name)
    return replace(access, classes=look.classes)


def _note(actor: Actor, firm: Firm, access: Access, look: Look, found: Portrait) -> None:
    Reading.objects.create(
        firm=firm,
        organisation_id=actor.organisation_id,
        user_id=actor.user_id,
        reader_name=actor.name,
        channel=str(look.channel),
        basis=list(access.basis),
        purpose="；".join(access.purposes)[:200],
        classes=[section.group for section in found.sections],
        facts=[line.fact for section in found.sections for line in section.lines],
        facts_on=look.on,
        known_by=look.known_at,
    )
