"""Notices to organisations and their people."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from yulin.base.text import Text
from yulin.kit import clock
from yulin.people.core.actors import Actor
from yulin.people.models import Notice, NoticeReading
from yulin.people.models.notices import TITLE
from yulin.people.selectors import notices_for


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
    """Send a notice to an organisation, or to one person of it; the required action stands in the title.

    `about` names what has to be done something about: once that has taken its next step the notice is done
    (`settle_notices`).

    A title that is too long, as one that names a long document, is cut with an ellipsis.

    Effects: one `Notice`. No audit row of its own: the service that sends it has one.
    """
    return Notice.objects.create(
        organisation_id=organisation_id,
        user_id=user_id,
        kind=kind,
        title_zh=_cut(title.zh),
        title_en=_cut(title.en),
        body_zh=body.zh if body else "",
        body_en=body.en if body else "",
        path=path,
        due_on=due_on,
        sent_by_organisation_id=actor.organisation_id,
        sent_on=clock.business_date(),
        about=_key(about) if about else "",
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
