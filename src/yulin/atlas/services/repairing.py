"""Adverse records: entered with the period that the rule in force allows, repaired, and then shown and used no more."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.urls import reverse

from yulin.atlas.core.credit_records import REPAIR_PACK, period_of, what_repair_lacks
from yulin.atlas.enums import EndReason
from yulin.atlas.errors import FirmNotFoundError, RecordNotFoundError, RepairDecidedError, RepairTooEarlyError
from yulin.atlas.models import AdverseRecord, RepairDecision, RepairRequest, Statement, StatementEnd
from yulin.atlas.selectors import firm_by_code
from yulin.atlas.selectors.records import expired_not_recalled, record_for, records_visible_to
from yulin.atlas.services.recalling import Gone, recall_fact
from yulin.base.text import Text
from yulin.kit import clock
from yulin.people.core.actors import Actor
from yulin.people.enums import Role
from yulin.people.selectors import firm_organisation
from yulin.people.services import notify, record_audit, settle_notices
from yulin.rules.adapters.shipped import shipped_pack

# A decision of an authority is believed before what a firm or a bank says of itself.
_SOURCE, _PRIORITY = "信用信息公示", 5


@dataclass(frozen=True)
class NewRecord:
    """One decision against a firm as its document says it; an empty grade is unknown."""

    firm_code: str
    fact: str
    grade: str
    decided_on: date
    document: str


@transaction.atomic
def enter_record(*, actor: Actor, record: NewRecord) -> AdverseRecord:
    """Enter an adverse record with its period; one whose period the rule does not settle is held back.

    Raises: `ATLAS.FIRM.NOT_FOUND`.
    Effects: a `Statement`, an `AdverseRecord`, the `StatementEnd` of its period; a notice to the firm; audit row.
    """
    firm = firm_by_code(record.firm_code)
    if firm is None or actor.organisation_id is None:
        raise FirmNotFoundError(firm_code=record.firm_code)
    pack = shipped_pack(REPAIR_PACK)
    period = period_of(pack, record.grade, record.decided_on, clock.business_date())
    said = Statement.objects.create(
        firm=firm,
        fact=record.fact,
        value=True,
        source=_SOURCE,
        priority=_PRIORITY,
        valid_from=record.decided_on,
        original=record.document,
    )
    made = AdverseRecord.objects.create(
        statement=said,
        grade=record.grade,
        decided_on=record.decided_on,
        document=record.document,
        entered_by_id=actor.organisation_id,
        is_ruled=period is not None,
        repair_from=period.repair_from if period else None,
        shown_until=period.shown_until if period else None,
        rule=f"{pack.id}@{pack.version}"[:80] if period else "",
    )
    if period is not None:
        why = EndReason.EXPIRED if period.shown_until else EndReason.UNSETTLED
        StatementEnd.objects.create(statement=said, ends_on=period.shown_until or record.decided_on, why=str(why))
    _tell_firm(actor, made, Text("一条失信记录已入库", "An adverse record was entered"))
    facts = {"firm": firm.identifier, "fact": record.fact, "grade": record.grade, "until": str(made.shown_until)}
    record_audit(actor=actor, action="atlas.enter_record", subject=("record", made.pk), facts=facts)
    return made


@transaction.atomic
def ask_for_repair(*, actor: Actor, record_id: int, evidence: str) -> RepairRequest:
    """Ask for the repair of a record of the actor's own firm, once the rule allows to ask.

    Raises: `ATLAS.RECORD.NOT_FOUND`, `ATLAS.REPAIR.TOO_EARLY`.
    Effects: one `RepairRequest`; a notice to who entered the record; audit row.
    """
    record = _own(actor, record_id)
    today = clock.business_date()
    lacks = (
        what_repair_lacks(shipped_pack(REPAIR_PACK), record.grade, record.decided_on, today) if record.is_ruled else []
    )
    if lacks or not record.is_ruled:
        raise RepairTooEarlyError(record=record_id, lacks=lacks, repair_from=record.repair_from)
    waiting = RepairRequest.objects.filter(record=record, decision__isnull=True).first()
    if waiting is not None:
        return waiting
    asked = RepairRequest.objects.create(
        record=record, evidence=evidence.strip(), asked_on=today, asked_by_id=actor.user_id
    )
    notify(
        actor=actor,
        organisation_id=record.entered_by_id,
        kind="atlas.repair",
        title=Text("办理信用修复申请：%(firm)s", "Decide on a repair: %(firm)s").with_values(
            firm=record.statement.firm.name
        ),
        path=reverse("atlas:record", args=[record.pk]),
        about=("repair", record.pk),
    )
    record_audit(actor=actor, action="atlas.ask_for_repair", subject=("record", record.pk))
    return asked


def _own(actor: Actor, record_id: int) -> AdverseRecord:
    """Return a record of the actor's own firm, held for the time of the transaction."""
    if actor.role != Role.FIRM_USER:
        raise RecordNotFoundError(record=record_id)
    found = record_for(actor, record_id)
    AdverseRecord.objects.select_for_update().get(pk=found.pk)
    return found


@transaction.atomic
def decide_repair(*, actor: Actor, record_id: int, is_granted: bool, reasons: str) -> RepairDecision:
    """Decide the waiting request on a record that the actor's organisation entered: who decided repairs.

    Granted, the record is shown and used no more from today, and is called back from who received it.
    Raises: `ATLAS.RECORD.NOT_FOUND`, `ATLAS.REPAIR.DECIDED`.
    Effects: one `RepairDecision`; a `StatementEnd` and a recall; a notice to the firm; audit row.
    """
    record = records_visible_to(actor).filter(pk=record_id, entered_by=actor.organisation_id).first()
    if record is None:
        raise RecordNotFoundError(record=record_id)
    AdverseRecord.objects.select_for_update().get(pk=record.pk)
    request = RepairRequest.objects.filter(record=record, decision__isnull=True).first()
    if request is None:
        raise RepairDecidedError(record=record_id)
    today = clock.business_date()
    decided = RepairDecision.objects.create(
        request=request, is_granted=is_granted, reasons=reasons.strip(), decided_on=today, decided_by_id=actor.user_id
    )
    if is_granted:
        said = record.statement
        StatementEnd.objects.create(statement=said, ends_on=today, why=str(EndReason.REPAIRED))
        gone = Gone(EndReason.REPAIRED, said.value, f"repair:{decided.pk}")
        recall_fact(actor=actor, firm=said.firm, fact=said.fact, gone=gone)
    settle_notices(about=("repair", record.pk))
    title = Text("准予信用修复", "Repair granted") if is_granted else Text("不予信用修复", "Repair refused")
    _tell_firm(actor, record, title)
    record_audit(
        actor=actor, action="atlas.decide_repair", subject=("record", record.pk), facts={"is_granted": is_granted}
    )
    return decided


def _tell_firm(actor: Actor, record: AdverseRecord, title: Text) -> None:
    house = firm_organisation(record.statement.firm.identifier)
    if house is not None:
        path = reverse("atlas:record", args=[record.pk])
        notify(actor=actor, organisation_id=house.pk, kind="atlas.record", title=title, path=path)


def recall_expired_records(*, actor: Actor, on: date) -> int:
    """Call back the records whose period is over by a day; return how many. Done twice it does nothing more.

    Effects: as `recall_fact`, each in a transaction of its own.
    """
    made = 0
    for end in list(expired_not_recalled(on)):
        said, gone = end.statement, Gone(EndReason.EXPIRED, end.statement.value, f"end:{end.pk}")
        made += recall_fact(actor=actor, firm=said.firm, fact=said.fact, gone=gone) is not None
    return made
