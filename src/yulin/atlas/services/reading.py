"""Every look at a firm's portrait: first whether it is allowed, then what is read, then the line in the firm's log."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime

from django.db import transaction

from yulin.atlas.core.access import Access
from yulin.atlas.core.control import Ownership
from yulin.atlas.core.outlets import narrowed
from yulin.atlas.core.panels import parts_of
from yulin.atlas.core.particulars import FORMS, kind_of
from yulin.atlas.enums import Channel, ParticularKind
from yulin.atlas.errors import ConsentMissingError
from yulin.atlas.models import Firm, Reading
from yulin.atlas.selectors.open_facts import OpenFacts
from yulin.atlas.selectors.particulars import AsKnown, ParticularShown, ownership_around, particulars_shown
from yulin.atlas.selectors.portrait import Portrait, group_of, portrait_of
from yulin.atlas.selectors.rights import access_of
from yulin.people.core.actors import Actor


@dataclass(frozen=True)
class Look:
    """How a portrait is asked for: by which way, on which day, as known when; only some classes or facts, if named."""

    channel: Channel
    on: date
    known_at: datetime
    classes: frozenset[str] = frozenset()
    listed: frozenset[str] | None = None


@transaction.atomic
def read_portrait(*, actor: Actor, firm: Firm, look: Look) -> Portrait:
    """Return what the actor may see of a firm, after asking anew whether it is allowed.

    Raises: `ATLAS.CONSENT.MISSING`, `ATLAS.FIRM.NOT_FOUND`.
    Effects: one `Reading`, unless the firm reads about itself.
    """
    access = _narrowed(access_of(actor, firm), look, actor)
    found = portrait_of(firm, access, on=look.on, known_at=look.known_at)
    if look.listed is not None:
        found = replace(found, sections=narrowed(found.sections, look.listed))
    if look.listed is not None or look.channel == Channel.EXPORT:
        found = replace(found, panels=[])  # neither shows any, so the log names none
    if not access.is_itself:
        _note(actor, firm, access, look, _of_portrait(found))
    return found


@transaction.atomic
def read_particulars(*, actor: Actor, firm: Firm, look: Look, kind: ParticularKind) -> list[ParticularShown]:
    """Return every statement of a kind that the actor may see of a firm, after asking anew whether it is allowed.

    Raises: `ATLAS.CONSENT.MISSING`, `ATLAS.FIRM.NOT_FOUND`.
    Effects: one `Reading`, unless the firm reads about itself.
    """
    group = FORMS[kind].group
    access = _of_group(access_of(actor, firm), look, group, actor)
    found = particulars_shown(firm, access, kind, AsKnown(look.on, look.known_at))
    if not access.is_itself:
        _note(actor, firm, access, look, _Read((group,), (kind.value,)))
    return found


@transaction.atomic
def read_ownership(*, actor: Actor, firm: Firm, look: Look) -> tuple[Ownership, dict[str, str]]:
    """Return the holdings around a firm and what each code in them is called.

    Raises: `ATLAS.CONSENT.MISSING`, `ATLAS.FIRM.NOT_FOUND`.
    Effects: one `Reading`, unless the firm reads about itself.
    """
    group = FORMS[ParticularKind.HOLDING].group
    access = _narrowed(access_of(actor, firm), replace(look, classes=frozenset({group})), actor)
    found = ownership_around(firm, access, AsKnown(look.on, look.known_at))
    if not access.is_itself:
        _note(actor, firm, access, look, _Read((group,), (ParticularKind.HOLDING.value,)))
    return found


def note_facts_used(*, actor: Actor, found: OpenFacts, when: AsKnown) -> None:
    """Write into a firm's log what a reader used of it by consent or duty; of what is public nothing is written.

    Effects: one `Reading`, unless there is nothing to say or the same reader has used the same within a day.
    """
    used = found.by_access
    if not used or any(used <= before for before in found.noted):
        return
    classes = dict.fromkeys(group_of(fact) for fact in sorted(used))
    look = Look(Channel.ANSWER, when.on, when.known_at)
    _note(actor, found.firm, found.access, look, _Read(tuple(classes), tuple(sorted(used))))


@dataclass(frozen=True)
class _Read:
    """What was read: classes of facts, and facts."""

    classes: tuple[str, ...]
    facts: tuple[str, ...]


def _of_portrait(found: Portrait) -> _Read:
    classes = [section.group for section in found.sections] + [panel.group for panel in found.panels]
    facts = [line.fact for section in found.sections for line in section.lines]
    listed = [panel.id for panel in found.panels] + [
        kind_of(said).value for panel in found.panels for part in parts_of(panel) for said in part.rests_on
    ]
    return _Read(tuple(dict.fromkeys(classes)), (*facts, *dict.fromkeys(listed)))


def _of_group(access: Access, look: Look, group: str, actor: Actor) -> Access:
    """Return the access to one class; who reads all sees it as on the portrait, whole and on any day."""
    return replace(_narrowed(access, replace(look, classes=frozenset({group})), actor), of_all=access.is_of_duty)


def _narrowed(access: Access, look: Look, actor: Actor) -> Access:
    """Return the access to the classes asked for; one that is not open is refused, never left out in silence."""
    if not look.classes:
        return access
    if not all(access.opens(group) for group in look.classes):
        raise ConsentMissingError(reader=actor.name)
    return replace(access, classes=look.classes)


def _note(actor: Actor, firm: Firm, access: Access, look: Look, read: _Read) -> None:
    Reading.objects.create(
        firm=firm,
        organisation_id=actor.organisation_id,
        user_id=actor.user_id,
        reader_name=actor.name,
        channel=str(look.channel),
        basis=list(access.basis),
        purpose="；".join(access.purposes)[:200],
        classes=list(read.classes),
        facts=list(read.facts),
        facts_on=look.on,
        known_by=look.known_at,
    )
