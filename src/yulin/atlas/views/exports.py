"""Pages of files of firms' facts: asking, another person's decision, and taking the file."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yulin.atlas.forms import DecisionByAnotherForm, ExportForm
from yulin.atlas.selectors.exports import export_for, exports_visible_to, may_take
from yulin.atlas.services.exporting import FORMATS, TakenExport, ask_export, decide_export, take_export
from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.kit.letters import make_letter
from yulin.kit.lists import csv_answer, xlsx_answer
from yulin.kit.speech import say, say_refusal
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action

_SHOWN = 30
_HEADS = (
    Text("统一社会信用代码", "USCC"),
    Text("企业", "Firm"),
    Text("类别", "Class"),
    Text("事实", "Fact"),
    Text("值", "Value"),
    Text("异议中", "Contested"),
    Text("来源", "Source"),
    Text("有效自", "Valid from"),
    Text("水印", "Mark"),
)
_YES = Text("是", "yes")


@never_cache
@require_http_methods(["GET", "POST"])
@needs(Action.SEE_EXPORTS)
def exports(request: HttpRequest) -> HttpResponse:
    """List the requests for files; ask for one."""
    actor = _actor(request)
    form = ExportForm(request.POST or None) if actor.may(Action.ASK_EXPORTS) else None
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            made = ask_export(actor=actor, asked=form.asked)
        except YulinError as refusal:
            form.add_error(None, say_refusal(refusal))
        else:
            messages.success(request, say(Text("已提交，等另一人审批", "Asked for; another person decides")))
            return redirect("atlas:export", made.pk)
    page = Paginator(exports_visible_to(actor), _SHOWN).get_page(request.GET.get("page"))
    context = {"page": page, "form": form}
    return render(request, "atlas/exports.html", context, status=422 if form is not None and form.errors else 200)


@never_cache
@require_safe
@needs(Action.SEE_EXPORTS)
def export(request: HttpRequest, request_id: int) -> HttpResponse:
    """Show one request: what for, what was decided, what was taken."""
    actor = _actor(request)
    found = export_for(actor, request_id)
    waits = not hasattr(found, "decision")
    is_ours = found.organisation_id == actor.organisation_id and found.asked_by_id != actor.user_id
    context = {
        "export": found,
        "firms": found.firms.order_by("name"),
        "takings": found.takings.order_by("-pk"),
        "waits": waits,
        "decides": waits and is_ours and actor.may(Action.APPROVE_EXPORTS),
        "takes": may_take(actor, found),
        "formats": FORMATS,
        "form": DecisionByAnotherForm(),
    }
    return render(request, "atlas/export.html", context)


@require_POST
@needs(Action.APPROVE_EXPORTS)
def decide(request: HttpRequest, request_id: int) -> HttpResponse:
    """Approve a file, or turn it down with the reason."""
    form = DecisionByAnotherForm(request.POST)
    is_approved = form.is_valid() and form.cleaned_data["verdict"] == "approved"
    reasons = form.cleaned_data.get("reasons", "")
    decide_export(actor=_actor(request), request_id=request_id, is_approved=is_approved, reasons=reasons)
    said = (
        Text("已批准，申请人可取用", "Approved; who asked may take it")
        if is_approved
        else Text("已退回", "Turned down")
    )
    messages.success(request, say(said))
    return redirect("atlas:export", request_id)


@never_cache
@require_POST
@needs(Action.ASK_EXPORTS)
def take(request: HttpRequest, request_id: int) -> HttpResponseBase:
    """Give the file, marked with who took it, when, and by which request."""
    file_format = request.POST.get("format", "")
    if file_format not in FORMATS:
        raise Http404
    taken = take_export(actor=_actor(request), request_id=request_id, file_format=file_format)
    name = f"yulin-EX{request_id}.{file_format}"
    if file_format == "pdf":
        answer = HttpResponse(make_letter("atlas/export", _letter(taken)), content_type="application/pdf")
        answer["Content-Disposition"] = f'attachment; filename="{name}"'
        return answer
    rows = (
        [
            line.firm_code, line.firm_name, line.group, line.label, line.value,
            _YES if line.is_contested else None, line.source, line.valid_from, taken.mark,
        ]
        for line in taken.lines
    )  # fmt: skip
    return (xlsx_answer if file_format == "xlsx" else csv_answer)(name, _HEADS, rows)


def _letter(taken: TakenExport) -> dict[str, object]:
    return {
        "language": "en" if get_language() == "en" else "zh",
        "number": str(taken.request),
        "purpose": taken.request.purpose,
        "mark": taken.mark,
        "heads": [str(say(head)) for head in _HEADS[1:-1]],
        "rows": [
            [
                f"{line.firm_name} {line.firm_code}", str(say(line.group)), str(say(line.label)),
                str(say(line.value)), str(say(_YES)) if line.is_contested else "", line.source, line.valid_from,
            ]
            for line in taken.lines
        ],
    }  # fmt: skip


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the guard
    return actor
