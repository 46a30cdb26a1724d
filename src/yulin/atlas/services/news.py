"""News of changed facts for partners' own systems: by a feed with a cursor, and by messages that are posted to them.

What a message says is worked out when it is sent: a consent taken back meanwhile, or terms that are over, leave nothing
to say. A fact without a value now is told as gone, never with what it was.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection, transaction

from yulin.atlas.enums import Channel, LinkKind, UseOutcome
from yulin.atlas.errors import ConsentMissingError, FirmNotFoundError
from yulin.atlas.models import FactChange, NewsMark, Outlet
from yulin.atlas.selectors.news import changes_after, is_news, last_number, openings_of
from yulin.atlas.selectors.outlets import outlets_in_force, partner_of
from yulin.atlas.services.embedding import count_use, take_turn
from yulin.atlas.services.reading import Look, read_portrait
from yulin.exchange.services.sending import NewMessage, Outgoing, queue_messages
from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor

TOPIC = "atlas.fact_changed"
MOST = 500
_LOCK = 0x59554C06  # one process numbers at a time

_NUMBER = """
UPDATE atlas_factchange AS change SET number = one.number
FROM (
  SELECT id, (SELECT coalesce(max(number), 0) FROM atlas_factchange) + row_number() OVER (ORDER BY id) AS number
  FROM atlas_factchange WHERE number IS NULL
) AS one
WHERE change.id = one.id
"""


@dataclass(frozen=True)
class News:
    """One change as a partner hears of it: what the fact says now, or that it says nothing any more."""

    number: int
    firm_code: str
    fact: str
    changed_at: datetime
    is_gone: bool
    value: Any = None
    source: str = ""
    valid_from: str = ""
    is_contested: bool = False

    def as_json(self) -> dict[str, Any]:
        """Return it as plain JSON; a fact that is gone has no value."""
        told: dict[str, Any] = {
            "number": self.number,
            "firm_code": self.firm_code,
            "fact": self.fact,
            "changed_at": self.changed_at.isoformat(),
            "is_gone": self.is_gone,
        }
        if not self.is_gone:
            told |= {"value": self.value, "source": self.source, "valid_from": self.valid_from}
            told["is_contested"] = self.is_contested
        return told


@transaction.atomic
def number_changes() -> None:
    """Give numbers to what has changed since; they follow the order in which changes became visible.

    Effects: `FactChange.number`. No audit row: what changed has its own.
    """
    with scope(EVERYTHING), connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        cursor.execute(_NUMBER)


@dataclass(frozen=True)
class Feed:
    """A part of the feed, and the number from which the next call goes on."""

    news: list[News]
    cursor: int


def read_feed(*, actor: Actor, outlet: Outlet, after: int, most: int) -> Feed:
    """Return what has changed after a number, as far as the partner may hear of it at this instant.

    Raises: `ATLAS.OUTLET.TOO_MANY`.
    Effects: a `Reading` for each firm; the count of the minute; the usage of the day; numbers of new changes.
    """
    take_turn(outlet)
    number_changes()
    changes, cursor = changes_after(outlet, after, most=most)
    return Feed(_told(actor, outlet, changes, LinkKind.FEED), cursor)


def _told(actor: Actor, outlet: Outlet, changes: Sequence[FactChange], kind: LinkKind) -> list[News]:
    """Return what the partner hears of the changes, each firm read once and noted in its log."""
    found: dict[int, News] = {}
    for firm in {one.firm_id: one.firm for one in changes}.values():
        own = [one for one in changes if one.firm_id == firm.pk]
        look = Look(Channel.FEED, clock.business_date(), clock.now(), listed=frozenset(one.fact for one in own))
        try:
            portrait = read_portrait(actor=actor, firm=firm, look=look)
        except (ConsentMissingError, FirmNotFoundError):
            count_use(outlet, firm, kind, UseOutcome.REFUSED)
            continue
        count_use(outlet, firm, kind, UseOutcome.SHOWN)
        lines = {line.fact: line for section in portrait.sections for line in section.lines}
        contested = {fact for fact, mark in portrait.marks.items() if mark.is_open}
        for change in own:
            said = lines[change.fact].said if change.fact in lines else None
            found[change.pk] = News(
                number=change.number or 0,
                firm_code=firm.identifier,
                fact=change.fact,
                changed_at=change.changed_at,
                is_gone=said is None,
                value=said.value if said else None,
                source=said.source if said else "",
                valid_from=said.valid_from.isoformat() if said else "",
                is_contested=said is not None and change.fact in contested,
            )
    return [found[one.pk] for one in changes if one.pk in found]


def queue_news(*, actor: Actor) -> int:
    """Queue a message for each change that a partner with an address may hear of; return how many are new.

    Effects: numbers of new changes; `NewsMark` of each partner; messages; each partner in a transaction of its own.
    """
    number_changes()
    made = 0
    for outlet in outlets_in_force().exclude(feed_url="").select_related("organisation").order_by("pk"):
        made += _queue_for(actor, outlet)
    return made


@transaction.atomic
def _queue_for(actor: Actor, outlet: Outlet) -> int:
    # A partner whose terms are new hears of what changes from now on: the past it reads in the portrait.
    NewsMark.objects.get_or_create(organisation_id=outlet.organisation_id, defaults={"number": last_number()})
    mark = NewsMark.objects.select_for_update().get(organisation=outlet.organisation_id)
    changes, mark.number = changes_after(outlet, mark.number, most=MOST)
    mark.save(update_fields=["number"])
    if not changes:
        return 0
    messages = [
        NewMessage(outlet.organisation_id, TOPIC, f"{TOPIC}:{outlet.organisation_id}:{one.number}", {"change": one.pk})
        for one in changes
    ]
    return queue_messages(actor=actor, messages=messages)


def compose_news(organisation_id: int, subject: Mapping[str, Any]) -> Outgoing | None:
    """Return where a message about a change goes and what it says now; None where the partner may not hear of it.

    The firm's log is written first: it may name a look whose message did not arrive, and never misses one that did.
    Effects: a `Reading`; the usage of the day.
    """
    outlet = outlets_in_force().filter(organisation=organisation_id).select_related("organisation").first()
    change = FactChange.objects.select_related("firm").filter(pk=subject["change"]).first()
    if outlet is None or not outlet.feed_url or change is None:
        return None
    if not is_news(change, outlet, openings_of(organisation_id)):
        count_use(outlet, change.firm, LinkKind.WEBHOOK, UseOutcome.REFUSED)
        return None
    told = _told(partner_of(outlet), outlet, [change], LinkKind.WEBHOOK)
    return Outgoing(outlet.feed_url, told[0].as_json()) if told else None
