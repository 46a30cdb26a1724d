"""Recalls: who has to drop what, and who has said so."""

from __future__ import annotations

from django.db.models import Count, F, QuerySet

from yulin.atlas.errors import RecallNotFoundError
from yulin.atlas.models import Firm, Recall, RecallNotice
from yulin.people.core.actors import Actor


def notice_to(actor: Actor, notice_id: int) -> RecallNotice:
    """Return a notice that was sent to the actor's organisation. Raises: `ATLAS.RECALL.NOT_FOUND`."""
    found = RecallNotice.objects.filter(pk=notice_id, organisation=actor.organisation_id).first()
    if found is None or actor.organisation_id is None:
        raise RecallNotFoundError(notice=notice_id)
    return found


def notices_visible_to(actor: Actor) -> QuerySet[RecallNotice]:
    """Return recall notices, the open ones first: a partner's own, all for who oversees them."""
    rows = RecallNotice.objects.select_related("recall__firm", "organisation", "receipt")
    if not actor.sees_all_rows:
        rows = rows.filter(organisation=actor.organisation_id or 0)
    return rows.order_by(F("receipt__returned_at").desc(nulls_first=True), "-pk")


def open_receipts(actor: Actor) -> int:
    """Return how many notices wait for a receipt."""
    return notices_visible_to(actor).filter(receipt__isnull=True).count()


def recalls_of(firm: Firm) -> QuerySet[Recall]:
    """Return a firm's recalls, the latest first, with `sent_count` and `returned_count`."""
    return (
        Recall.objects.filter(firm=firm)
        .annotate(sent_count=Count("notices"), returned_count=Count("notices__receipt"))
        .order_by("-pk")
    )
