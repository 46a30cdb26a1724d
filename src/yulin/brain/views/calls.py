"""Pages of calls: the list for everybody, one with its window and form, the editor, publishing, extending."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.brain.adapters.application_terms import application_terms
from yulin.brain.core.windows import Phase
from yulin.brain.enums import CallState
from yulin.brain.forms.calls import CallEditForm, CallRows, ExtensionForm, terms_of
from yulin.brain.forms.policies import CheckForm
from yulin.brain.models import Call, Policy
from yulin.brain.selectors.applications import applications_visible_to
from yulin.brain.selectors.calls import call_for, call_shown, calls_visible_to
from yulin.brain.selectors.library import policy_page
from yulin.brain.selectors.review_sheet import oversees_reviews, sheet_heads
from yulin.brain.services.calls import decide_call, extend_call, propose_call
from yulin.brain.services.review_sheet import export_reviews
from yulin.kit.clock import business_date
from yulin.kit.lists import FORMATS, csv_answer, xlsx_answer
from yulin.kit.speech import say, say_refusal
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action

_SHOWN = 50


@require_safe
def calls(request: HttpRequest) -> HttpResponse:
    """List the calls, the latest first, each as it stands today."""
    actor, today = _actor(request), business_date()
    page = Paginator(calls_visible_to(actor), _SHOWN).get_page(request.GET.get("page"))
    shown = [call_shown(one, today) for one in page.object_list]
    context = {"page": page, "shown": shown, "is_editor": actor.may(Action.EDIT_CALLS)}
    return render(request, "brain/calls.html", context)


@require_safe
def call(request: HttpRequest, call_id: int) -> HttpResponse:
    """Show one call: until when, what it asks for, by which criteria; the firm begins here."""
    return _shown(request, call_for(_actor(request), call_id))


def _shown(request: HttpRequest, found: Call, **forms: Any) -> HttpResponse:
    actor, today = _actor(request), business_date()
    shown = call_shown(found, today)
    is_proposed = found.state == CallState.PROPOSED.value
    sees = actor.may(Action.SEE_APPLICATIONS) and shown.is_published
    context = {
        "one": shown,
        "call": found,
        "form": shown.form,
        "own": applications_visible_to(actor).filter(call=found)[:_SHOWN] if sees else [],
        "may_start": actor.may(Action.APPLY) and shown.is_published and shown.phase is Phase.OPEN,
        "is_proposed": is_proposed,
        "is_own": found.made_by_id == actor.user_id,
        "may_edit": actor.may(Action.EDIT_CALLS) and found.state in {CallState.PROPOSED, CallState.RETURNED},
        "may_check": is_proposed and actor.may(Action.PUBLISH_CALLS) and found.made_by_id != actor.user_id,
        "may_extend": shown.is_published and actor.may(Action.PUBLISH_CALLS),
        "is_editor": actor.may(Action.EDIT_CALLS),
        "sees_reviews": shown.is_published and oversees_reviews(actor),
        "check": CheckForm(),
        "extension": ExtensionForm(),
        **forms,
    }
    has_errors = any(form.errors for form in forms.values())
    return render(request, "brain/call.html", context, status=422 if has_errors else 200)


@require_safe
@needs(Action.SEE_APPLICATIONS)
def reviews(request: HttpRequest, call_id: int) -> HttpResponseBase:
    """Give the reviews of a call as a sheet to who oversees them."""
    actor = _actor(request)
    found = call_for(actor, call_id)
    asked = request.GET.get("format", "")
    file_format = asked if asked in FORMATS else FORMATS[0]
    rows = export_reviews(actor=actor, call=found, file_format=file_format)
    answer = xlsx_answer if file_format == "xlsx" else csv_answer
    return answer(f"yulin-reviews-{found.number}.{file_format}", sheet_heads(found), rows)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Action.EDIT_CALLS)
def new(request: HttpRequest, policy_id: int) -> HttpResponse:
    """Write a call under a policy, starting from the usual form."""
    policy = policy_page(policy_id, business_date(), is_editor=True).policy
    start = {"grace_days": 0, "expert_count": 2, "quorum": 2, "notice_workdays": 5, "opens_on": business_date()}
    if policy.current:
        start["title_zh"] = f"{policy.current.title}申报通知"[:200]
    return _edited(request, policy, None, start)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Action.EDIT_CALLS)
def edit(request: HttpRequest, call_id: int) -> HttpResponse:
    """Write a call anew that is not published."""
    found = call_for(_actor(request), call_id)
    return _edited(request, found.policy, found, terms_of(found))


def _edited(request: HttpRequest, policy: Policy, found: Call | None, start: dict[str, Any]) -> HttpResponse:
    is_sent = request.method == "POST"
    form = CallEditForm(request.POST if is_sent else None, initial=start)
    rows = CallRows(request.POST if is_sent else None, form=found.asks if found else application_terms().form)
    if is_sent and form.is_valid() & rows.is_valid():
        try:
            made = propose_call(
                actor=_actor(request), policy_id=policy.pk, terms=form.terms(rows.form),
                call_id=found.pk if found else None,
            )  # fmt: skip
        except YulinError as refusal:
            form.add_error(None, say_refusal(refusal))
        else:
            messages.success(request, say(Text("已提交，由另一人发布。", "Submitted; another person publishes it.")))
            return redirect("brain:call", made.pk)
    context = {"form": form, "rows": rows.sets, "policy": policy, "call": found}
    return render(request, "brain/call_edit.html", context, status=422 if is_sent else 200)


@require_POST
@needs(Action.PUBLISH_CALLS)
def decide(request: HttpRequest, call_id: int) -> HttpResponse:
    """Publish a call, or return it with the reason."""
    found, form = call_for(_actor(request), call_id), CheckForm(request.POST)
    if not form.is_valid():
        return _shown(request, found, check=form)
    said = form.cleaned_data
    is_published = said["verdict"] == "publish"
    decide_call(actor=_actor(request), call_id=call_id, is_published=is_published, reason=said["reason"])
    words = Text("已发布。", "Published.") if is_published else Text("已退回。", "Returned.")
    messages.success(request, say(words))
    return redirect("brain:call", call_id)


@require_POST
@needs(Action.PUBLISH_CALLS)
def extend(request: HttpRequest, call_id: int) -> HttpResponse:
    """Let a call run longer."""
    found, form = call_for(_actor(request), call_id), ExtensionForm(request.POST)
    if form.is_valid():
        said = form.cleaned_data
        try:
            extend_call(actor=_actor(request), call_id=call_id, until=said["until"], reason=said["reason"])
        except YulinError as refusal:
            form.add_error("until", say_refusal(refusal))
        else:
            messages.success(
                request, say(Text("已延期，有草稿的企业已收到通知。", "Extended; firms with drafts are told."))
            )
            return redirect("brain:call", call_id)
    return _shown(request, found, extension=form)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the middleware
    return actor
