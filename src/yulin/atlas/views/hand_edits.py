"""Pages of what is stated of firms by hand: a value on a document, checked by another person, taken back."""

from __future__ import annotations

from urllib.parse import quote

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import FileResponse, HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yulin.atlas.forms import DecisionByAnotherForm, HandEditForm
from yulin.atlas.selectors import hand_edits as selectors
from yulin.atlas.selectors.portrait import shown_as_now
from yulin.atlas.selectors.rights import firm_by_id
from yulin.atlas.services.hand_editing import decide_hand_edit, end_hand_edit
from yulin.atlas.services.hand_editing import state_by_hand as state
from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.kit.documents import open_document
from yulin.kit.speech import say, say_refusal
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action

_SHOWN = 10


@never_cache
@require_http_methods(["GET", "POST"])
@needs(Action.STATE_BY_HAND)
def state_by_hand(request: HttpRequest, firm_id: int) -> HttpResponseBase:
    """State a value of a firm, from when to when, why, and the document that shows it."""
    firm = firm_by_id(firm_id)
    form = HandEditForm(request.POST or None, request.FILES or None, initial={"fact": request.GET.get("fact", "")})
    if request.method == "POST" and form.is_valid():
        try:
            made = state(actor=_actor(request), asked=form.asked(firm.pk))
        except YulinError as refusal:
            form.add_error(None, say_refusal(refusal))
        else:
            said = Text("%(no)s已提交，等另一人复核", "%(no)s is sent; another person checks it").with_values(
                no=str(made)
            )
            messages.success(request, say(said))
            return redirect("atlas:hand-edits")
    context = {"firm": firm, "form": form}
    return render(request, "atlas/state_by_hand.html", context, status=422 if form.errors else 200)


@never_cache
@require_safe
@needs(Action.SEE_BY_HAND)
def hand_edits(request: HttpRequest) -> HttpResponseBase:
    """List what was stated by hand: what waits for another person, or what was decided."""
    actor, is_waiting = _actor(request), request.GET.get("state") != "decided"
    page = Paginator(selectors.hand_edits(is_waiting=is_waiting), _SHOWN).get_page(request.GET.get("page"))
    shown = shown_as_now()
    context = {
        "page": page,
        "rows": [(one, shown(one.fact)) for one in page.object_list],
        "is_waiting": is_waiting,
        "decides": actor.may(Action.APPROVE_BY_HAND),
        "ends": actor.may(Action.STATE_BY_HAND),
        "own": actor.user_id,
        "form": DecisionByAnotherForm(),
    }
    return render(request, "atlas/hand_edits.html", context)


@require_POST
@needs(Action.APPROVE_BY_HAND)
def decide(request: HttpRequest, edit_id: int) -> HttpResponseBase:
    """Approve a value, or turn it down with the reason."""
    form = DecisionByAnotherForm(request.POST)
    is_approved = form.is_valid() and form.cleaned_data["verdict"] == "approved"
    reasons = form.cleaned_data.get("reasons", "")
    decide_hand_edit(actor=_actor(request), edit_id=edit_id, is_approved=is_approved, reasons=reasons)
    said = (
        Text("已采用，企业已获告知", "It counts now; the firm is told")
        if is_approved
        else Text("已退回", "Turned down")
    )
    messages.success(request, say(said))
    return redirect("atlas:hand-edits")


@require_POST
@needs(Action.STATE_BY_HAND)
def end(request: HttpRequest, edit_id: int) -> HttpResponseBase:
    """Take a value back."""
    end_hand_edit(actor=_actor(request), edit_id=edit_id, reason=request.POST.get("reason", ""))
    messages.success(request, say(Text("已撤回，已通知收到过的机构", "Taken back; who received it is told")))
    return redirect("atlas:hand-edits")


@never_cache
@require_safe
@needs(Action.SEE_BY_HAND)
def document(request: HttpRequest, edit_id: int) -> HttpResponseBase:  # noqa: ARG001 - the guard has read it
    """Give the document that shows a value."""
    edit = selectors.hand_edit(edit_id)
    answer = FileResponse(open_document(edit.document_sha256), content_type="application/octet-stream")
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(edit.document_name)}"
    answer["X-Content-Type-Options"] = "nosniff"
    return answer


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the guard
    return actor
