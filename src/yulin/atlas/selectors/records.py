"""Adverse records as who may read them: the firm its own, who entered them, the auditor all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from yulin.atlas.enums import EndReason
from yulin.atlas.errors import RecordNotFoundError
from yulin.atlas.models import AdverseRecord, Recall, RepairRequest, StatementEnd
from yulin.atlas.selectors.rights import own_firm_of
from yulin.people.core.actors import Actor
from yulin.people.enums import OrganisationKind, Role


def records_visible_to(actor: Actor) -> QuerySet[AdverseRecord]:
    """Return the adverse records that an actor may read, the latest first."""
    rows = AdverseRecord.objects.select_related("statement__firm", "entered_by").order_by("-pk")
    requests = RepairRequest.objects.select_related("decision").order_by("-pk")
    rows = rows.prefetch_related(Prefetch("requests", queryset=requests), "statement__ends")
    if actor.role == Role.FIRM_USER:
        return rows.filter(statement__firm=own_firm_of(actor))
    if actor.kind == OrganisationKind.AUDITOR:
        return rows
    return rows.filter(entered_by=actor.organisation_id or 0)


def record_for(actor: Actor, record_id: int) -> AdverseRecord:
    """Return a record that an actor may read. Raises: `ATLAS.RECORD.NOT_FOUND`."""
    found = records_visible_to(actor).filter(pk=record_id).first()
    if found is None:
        raise RecordNotFoundError(record=record_id)
    return found


@dataclass(frozen=True)
class RecordShown:
    """A record with its standing on a day: shown, repaired, expired or held back; until when; requests, last first."""

    record: AdverseRecord
    standing: str
    until: date | None
    requests: Sequence[RepairRequest]

    @property
    def is_open(self) -> bool:
        """Whether a request waits for a decision."""
        return bool(self.requests) and not hasattr(self.requests[0], "decision")


def shown_on(record: AdverseRecord, day: date) -> RecordShown:
    """Return a record with its standing on a day."""
    ended = {end.why: end.ends_on for end in record.statement.ends.all() if end.ends_on <= day}
    standing = next(
        (str(why) for why in (EndReason.REPAIRED, EndReason.EXPIRED, EndReason.UNSETTLED) if why in ended), ""
    )
    until = ended.get(EndReason.REPAIRED, record.shown_until)
    return RecordShown(record, standing or "shown", until, list(record.requests.all()))


def expired_not_recalled(day: date) -> Iterator[StatementEnd]:
    """Give the ends of records whose period is over by a day and that no partner was told of."""
    told = Recall.objects.filter(
        firm=OuterRef("statement__firm"), fact=OuterRef("statement__fact"), why=str(EndReason.EXPIRED),
        made_at__gte=OuterRef("known_at"),
    )  # fmt: skip
    repaired = StatementEnd.objects.filter(statement=OuterRef("statement"), why=str(EndReason.REPAIRED))
    rows = StatementEnd.objects.filter(~Exists(told), ~Exists(repaired), why=str(EndReason.EXPIRED), ends_on__lte=day)
    yield from rows.select_related("statement__firm").order_by("pk")
