"""What waits for somebody about firms' facts: objections, repairs, receipts, identities, outlets."""

from __future__ import annotations

from datetime import date

from django.db.models import QuerySet

from yulin.atlas.adapters.house_rules import shipped_rules
from yulin.atlas.models import Objection, RecallNotice, RepairRequest
from yulin.atlas.selectors.objections import objections_to
from yulin.atlas.selectors.recalls import notices_visible_to
from yulin.base.workdays import WorkCalendar
from yulin.kit import clock
from yulin.people.core.actors import Actor


def open_objections_to(actor: Actor) -> QuerySet[Objection]:
    """Return the objections that the actor's own organisation has to answer, the nearest last day first."""
    return objections_to(actor).filter(routed_to=actor.organisation_id or 0, decision__isnull=True).order_by("due_on")


def open_repairs_to(actor: Actor) -> QuerySet[RepairRequest]:
    """Return the requests for repair that wait for the organisation that entered the record, the oldest first."""
    own = RepairRequest.objects.filter(record__entered_by=actor.organisation_id or 0, decision__isnull=True)
    return own.select_related("record__statement__firm").order_by("asked_on", "pk")


def overdue_receipts(actor: Actor, *, on: date, calendar: WorkCalendar) -> list[RecallNotice]:
    """Return the recall notices without a receipt whose term is over by a day; the house sets the term."""
    term = shipped_rules().receipt_workdays
    waiting = notices_visible_to(actor).filter(receipt__isnull=True)
    return [one for one in waiting if calendar.add_workdays(clock.date_in_zone(one.sent_at), term) < on]
