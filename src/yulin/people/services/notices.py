"""Notices to organisations and their people."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from yulin.base.text import Text
from yulin.kit import clock
from yulin.people.core.actors import Actor
from yulin.people.models import Notice, NoticeReading
from yulin.people.models.notices import TITLE
from yulin.people.selectors import notices_for

_AT_ONCE = 2_000


@dataclass(frozen=True)
class NewNotice:
    """A notice to send: to an organisation, or to one person of it; the required action stands in the title.

    `about` names what has to be done something about: once that has taken its next step the notice is done
    (`settle_notices`). A title that is too long, as one that names a long document, is cut with an ellipsis.
    """

    organisation_id: int
    kind: str
    title: Text
    body: Text | None = None
    path: str = ""
    due_on: date | None = None
    user_id: int | None = None
    about: tuple[str, object] | None = None


@transaction.atomic
def notify(  # noqa: PLR0913 - the fields of a notice, each by name
    *,
    actor: Actor,
    organisation_id: int,
    kind: str,
    title: Text,
    body: Text | None = None,
    path: str = "",
    due_on: date | None = None,
    user_id: int | None = None,
    about: tuple[str, object] | None = None,
) -> Notice:
    """Send one notice (`NewNotice`).

    Effects: one `Notice`. No audit row of its own: the service that sends it has one.
    """
    made = _made(actor, NewNotice(organisation_id, kind, title, body, path, due_on, user_id, about))
    made.save()
    return made


@transaction.atomic
def notify_all(*, actor: Actor, notices: Iterable[NewNotice]) -> int:
    """Send many notices, some thousand in one statement; return how many.

    Effects: a `Notice` each. No audit row of its own: the service that sends them has one.
    """
    return len(Notice.objects.bulk_create((_made(actor, one) for one in notices), batch_size=_AT_ONCE))


def _made(actor: Actor, one: NewNotice) -> Notice:
    return Notice(
        organisation_id=one.organisation_id,
        user_id=one.user_id,
        kind=one.kind,
        title_zh=_cut(one.title.zh),
        title_en=_cut(one.title.en),
        body_zh=one.body.zh if one.body else "",
        body_en=one.body.en if one.body else "",
        path=one.path,
        due_on=one.due_on,
        sent_by_organisation_id=actor.organisation_id,
        sent_on=clock.business_date(),
        about=_key(one.about) if one.about else "",
    )


@transaction.atomic
def settle_notices(*, about: tuple[str, object]) -> int:
    """Mark what was asked about a thing as done, for everybody who was asked; return how many notices that were.

    Effects: the open notices about it. No audit row of its own: the step that settles them has one.
    """
    return Notice.objects.filter(about=_key(about), done_on__isnull=True).update(done_on=clock.business_date())


def _cut(title: str) -> str:
    return title if len(title) <= TITLE else f"{title[: TITLE - 1]}…"


def _key(about: tuple[str, object]) -> str:
    kind, key = about
    return f"{kind}:{key}"


@transaction.atomic
def mark_notice_read(*, actor: Actor, notice_id: int) -> None:
    """Remember that the actor has read a notice; another's notice is left alone.

    Effects: one `NoticeReading`. No audit row: it changes nothing but the reader's own list.
    """
    if actor.user_id is None or not notices_for(actor).filter(pk=notice_id).exists():
        return
    NoticeReading.objects.bulk_create(
        [NoticeReading(notice_id=notice_id, user_id=actor.user_id)], ignore_conflicts=True
    )
