"""Requests for files of firms' facts: what an organisation asked for, what waits, what may be taken."""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Count, F, QuerySet

from yulin.atlas.adapters.classification import shipped_classification
from yulin.atlas.errors.exports import ExportNotFoundError
from yulin.atlas.models import ExportRequest
from yulin.kit import clock
from yulin.people.core.actors import Actor
from yulin.people.enums import OrganisationKind


def exports_visible_to(actor: Actor) -> QuerySet[ExportRequest]:
    """Return the requests of the actor's organisation, all for the auditor; those that wait first, then the latest."""
    rows = ExportRequest.objects.select_related("organisation", "decision").annotate(firm_count=Count("firms"))
    if actor.kind != OrganisationKind.AUDITOR:
        rows = rows.filter(organisation=actor.organisation_id or 0)
    return rows.order_by(F("decision__decided_at").desc(nulls_first=True), "-pk")


def export_for(actor: Actor, request_id: int) -> ExportRequest:
    """Return a request that an actor may read. Raises: `ATLAS.EXPORT.NOT_FOUND`."""
    found = exports_visible_to(actor).filter(pk=request_id).first()
    if found is None:
        raise ExportNotFoundError(request=request_id)
    return found


def waiting_exports(actor: Actor) -> QuerySet[ExportRequest]:
    """Return the requests that another person of the actor's organisation waits to have decided."""
    own = ExportRequest.objects.filter(organisation=actor.organisation_id or 0, decision__isnull=True)
    return own.exclude(asked_by=actor.user_id).order_by("pk")


def may_take(actor: Actor, request: ExportRequest) -> bool:
    """Tell whether an actor may take the file now: who asked for it, while the approval is young."""
    decision = getattr(request, "decision", None)
    if decision is None or not decision.is_approved or request.asked_by_id != actor.user_id:
        return False
    return bool(clock.now() < decision.decided_at + timedelta(days=shipped_classification().take_within_days))
