"""Facts of firms leave as a file: one person asks, another approves, and each file says who took it and when."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction
from django.urls import reverse

from yulin.atlas.adapters.classification import shipped_classification
from yulin.atlas.core.exports import ExportLine, lines_of, watermark
from yulin.atlas.enums import Channel
from yulin.atlas.errors.exports import (
    ExportClosedError,
    ExportDecidedError,
    ExportNotFoundError,
    ExportSameHandsError,
    ExportUnclearError,
)
from yulin.atlas.models import ExportDecision, ExportRequest, ExportTaking
from yulin.atlas.selectors import firm_ids_by_code
from yulin.atlas.selectors.exports import export_for, may_take
from yulin.atlas.services.reading import Look, read_portrait
from yulin.base.text import Text
from yulin.kit import clock
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.people.errors import NotAllowedError
from yulin.people.services import notify, record_audit, settle_notices
from yulin.rules.adapters.shipped import shipped_vocabulary

MOST_FIRMS = 200
FORMATS = ("csv", "xlsx", "pdf")
_ABOUT = "export"


@dataclass(frozen=True)
class NewExport:
    """Which firms by their codes, which classes of facts, for what."""

    codes: Sequence[str]
    classes: frozenset[str]
    purpose: str


@transaction.atomic
def ask_export(*, actor: Actor, asked: NewExport) -> ExportRequest:
    """Ask for a file of firms' facts.

    Raises: `PEOPLE.NOT_ALLOWED`, `ATLAS.EXPORT.UNCLEAR`.
    Effects: one `ExportRequest`; a notice to the asker's organisation; audit row.
    """
    if not actor.may(Action.ASK_EXPORTS) or actor.user_id is None or actor.organisation_id is None:
        raise NotAllowedError(action=str(Action.ASK_EXPORTS), role=str(actor.role))
    codes = list(dict.fromkeys(asked.codes))
    found = firm_ids_by_code(codes)
    unknown = [code for code in codes if code not in found]
    if not codes or unknown or len(codes) > MOST_FIRMS:
        needed = Text(f"1至{MOST_FIRMS}家已登记企业的代码", f"codes of 1 to {MOST_FIRMS} known firms")
        raise ExportUnclearError(found=", ".join(unknown[:5]) or str(len(codes)), needed=needed)
    if not asked.classes or asked.classes - set(shipped_vocabulary().groups):
        raise ExportUnclearError(
            found="", needed=Text("至少一类已有的事实", "at least one class of facts that there is")
        )
    if not asked.purpose.strip():
        raise ExportUnclearError(found="", needed=Text("用途", "the purpose"))
    made = ExportRequest.objects.create(
        organisation_id=actor.organisation_id,
        classes=[group for group in shipped_vocabulary().groups if group in asked.classes],
        purpose=asked.purpose.strip(),
        asked_by_id=actor.user_id,
        asked_by_name=actor.name[:120],
    )
    made.firms.set(sorted(set(found.values())))
    notify(
        actor=actor, organisation_id=actor.organisation_id, kind="atlas.export",
        title=Text("审批数据导出：%(no)s", "Decide on an export: %(no)s").with_values(no=str(made)),
        path=reverse("atlas:export", args=[made.pk]), about=(_ABOUT, made.pk),
    )  # fmt: skip
    facts = {"firms": codes, "classes": made.classes, "purpose": made.purpose}
    record_audit(actor=actor, action="atlas.ask_export", subject=(_ABOUT, made.pk), facts=facts)
    return made


@transaction.atomic
def decide_export(*, actor: Actor, request_id: int, is_approved: bool, reasons: str = "") -> ExportDecision:
    """Approve a file or turn it down with the reason; who asked for it cannot.

    Raises: `PEOPLE.NOT_ALLOWED`, `ATLAS.EXPORT.NOT_FOUND`, `ATLAS.EXPORT.DECIDED`, `ATLAS.EXPORT.SAME_HANDS`,
    `ATLAS.EXPORT.UNCLEAR` (turned down without a reason).
    Effects: one `ExportDecision`; a notice to who asked; audit row.
    """
    if not actor.may(Action.APPROVE_EXPORTS) or actor.user_id is None:
        raise NotAllowedError(action=str(Action.APPROVE_EXPORTS), role=str(actor.role))
    own = ExportRequest.objects.filter(organisation=actor.organisation_id or 0, pk=request_id)
    request = own.select_for_update().first()
    if request is None:
        raise ExportNotFoundError(request=request_id)
    if ExportDecision.objects.filter(request=request).exists():
        raise ExportDecidedError(request=request_id)
    if request.asked_by_id == actor.user_id:
        raise ExportSameHandsError(request=request_id)
    if not is_approved and not reasons.strip():
        raise ExportUnclearError(found="", needed=Text("不同意的理由", "the reason for turning it down"))
    decided = ExportDecision.objects.create(
        request=request,
        is_approved=is_approved,
        reasons=reasons.strip(),
        decided_by_id=actor.user_id,
        decided_by_name=actor.name[:120],
    )
    settle_notices(about=(_ABOUT, request.pk))
    said = (
        Text("导出%(no)s已批准", "Export %(no)s is approved")
        if is_approved
        else Text("导出%(no)s已退回", "Export %(no)s is turned down")
    )
    notify(
        actor=actor, organisation_id=request.organisation_id, user_id=request.asked_by_id, kind="atlas.export",
        title=said.with_values(no=str(request)), path=reverse("atlas:export", args=[request.pk]),
    )  # fmt: skip
    record_audit(
        actor=actor, action="atlas.decide_export", subject=(_ABOUT, request.pk), facts={"is_approved": is_approved}
    )
    return decided


@dataclass(frozen=True)
class TakenExport:
    """The lines of a file and the mark that each of them bears."""

    request: ExportRequest
    lines: list[ExportLine]
    mark: str


@transaction.atomic
def take_export(*, actor: Actor, request_id: int, file_format: str) -> TakenExport:
    """Return what leaves: facts of now, masked by the asker's role, each line marked; each firm's log says so.

    Raises: `ATLAS.EXPORT.NOT_FOUND`, `ATLAS.EXPORT.CLOSED`, and as `read_portrait`.
    Effects: one `ExportTaking`; a `Reading` a firm; audit row.
    """
    request, rules = export_for(actor, request_id), shipped_classification()
    if not may_take(actor, request):
        raise ExportClosedError(request=request_id, days=rules.take_within_days)
    at = clock.now()
    look = Look(Channel.EXPORT, clock.business_date(), at, classes=frozenset(request.classes))
    lines: list[ExportLine] = []
    for firm in request.firms.order_by("identifier"):
        found = read_portrait(actor=actor, firm=firm, look=look)
        contested = frozenset(fact for fact, mark in found.marks.items() if mark.is_open)
        lines += lines_of((firm.identifier, firm.name), found.sections, contested, rules, str(actor.role))
    masked_count = sum(line.is_masked for line in lines)
    ExportTaking.objects.create(
        request=request, file_format=file_format, line_count=len(lines), masked_count=masked_count
    )
    facts = {"format": file_format, "lines": len(lines), "masked": masked_count}
    record_audit(actor=actor, action="atlas.take_export", subject=(_ABOUT, request.pk), facts=facts)
    return TakenExport(request, lines, watermark(request.pk, actor.name, at))
