"""Pages of adverse records: how long each is shown and used, asking for repair, deciding on it."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yulin.atlas.errors import FirmNotFoundError
from yulin.atlas.forms import EvidenceForm, RecordForm, RepairForm
from yulin.atlas.selectors.portrait import shown_as
from yulin.atlas.selectors.records import record_for, records_visible_to, shown_on
from yulin.atlas.services.repairing import ask_for_repair, decide_repair, enter_record
from yulin.base.text import Text
from yulin.kit import clock
from yulin.kit.speech import say
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action

_SHOWN = 50


@never_cache
@require_http_methods(["GET", "POST"])
@needs(Action.SEE_RECORDS)
def records(request: HttpRequest) -> HttpResponse:
    """List adverse records; who decides them enters one more."""
    actor = _actor(request)
    enters = actor.may(Action.ENTER_RECORDS)
    form = RecordForm(request.POST or None) if enters else None
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            made = enter_record(actor=actor, record=form.asked)
            return redirect("atlas:record", made.pk)
        except FirmNotFoundError as error:
            form.add_error("firm_code", str(say(error.message)))
    page = Paginator(records_visible_to(actor), _SHOWN).get_page(request.GET.get("page"))
    today = clock.business_date()
    lines = [(shown_on(one, today), shown_as(one.statement.fact).label) for one in page.object_list]
    context = {"lines": lines, "page": page, "form": form}
    return render(request, "atlas/records.html", context, status=422 if form is not None and form.errors else 200)


@never_cache
@require_safe
@needs(Action.SEE_RECORDS)
def record(request: HttpRequest, record_id: int) -> HttpResponse:
    """Show one record: its document, its period, what was asked and decided."""
    actor = _actor(request)
    found = record_for(actor, record_id)
    today = clock.business_date()
    shown = shown_on(found, today)
    is_repairable = found.is_ruled and found.repair_from is not None and found.repair_from <= today
    may_ask = actor.may(Action.ASK_FOR_REPAIR) and shown.standing == "shown" and not shown.is_open
    context = {
        "shown": shown,
        "record": found,
        "label": shown_as(found.statement.fact).label,
        "grade": shown_as("dishonesty_grade").members.get(found.grade, Text("未知", "Unknown")),
        "asks": may_ask and is_repairable,
        "too_early": may_ask and not is_repairable,
        "decides": actor.may(Action.ENTER_RECORDS) and shown.is_open and found.entered_by_id == actor.organisation_id,
        "form": EvidenceForm(),
        "repair_form": RepairForm(),
    }
    return render(request, "atlas/record.html", context)


@require_POST
@needs(Action.ASK_FOR_REPAIR)
def ask(request: HttpRequest, record_id: int) -> HttpResponse:
    """Ask for the repair of one's own record."""
    form = EvidenceForm(request.POST)
    if form.is_valid():
        ask_for_repair(actor=_actor(request), record_id=record_id, evidence=form.cleaned_data["evidence"])
        messages.success(request, say(Text("已提出修复申请", "Repair is asked for")))
    else:
        messages.error(request, say(Text("请写明凭据并确认两项", "Name the proof and confirm both points")))
    return redirect("atlas:record", record_id)


@require_POST
@needs(Action.ENTER_RECORDS)
def decide(request: HttpRequest, record_id: int) -> HttpResponse:
    """Decide on a request for repair."""
    form = RepairForm(request.POST)
    if form.is_valid():
        asked = form.cleaned_data
        is_granted = asked["verdict"] == "granted"
        decide_repair(actor=_actor(request), record_id=record_id, is_granted=is_granted, reasons=asked["reasons"])
        messages.success(request, say(Text("已决定并通知企业", "Decided; the firm is told")))
    else:
        messages.error(request, say(Text("请选择决定并写明理由", "Choose a decision and give reasons")))
    return redirect("atlas:record", record_id)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the guard
    return actor
