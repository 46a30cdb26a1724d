"""Pages of partners' own systems: the terms by which they show portraits, and what such a system frames or links to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.cache import never_cache
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yulin.atlas.adapters.sandbox_firms import SandboxFirm, sandbox_link
from yulin.atlas.core.portrait import PortraitSection, portrait
from yulin.atlas.enums import LinkKind
from yulin.atlas.errors.outlets import LinkAudienceError, TooManyRequestsError
from yulin.atlas.forms import DecisionByAnotherForm, OutletForm
from yulin.atlas.models import Outlet, PortraitLink
from yulin.atlas.selectors.objections import Mark
from yulin.atlas.selectors.outlets import (
    USE_DAYS,
    bills_of,
    link_of,
    listed_facts,
    outlet_for,
    outlets_visible_to,
    usage_by_day,
    usage_of,
)
from yulin.atlas.selectors.portrait import SourcesNamed, shown_by_vocabulary
from yulin.atlas.services.embedding import open_link
from yulin.atlas.services.outlets import decide_outlet, end_outlet, propose_outlet
from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.exchange.core.messages import MOST_ATTEMPTS
from yulin.exchange.selectors import unsent_messages
from yulin.exchange.services.sending import replay_message
from yulin.kit import clock
from yulin.kit.middleware import content_policy
from yulin.kit.problems import status_of
from yulin.kit.row_security import EVERYTHING, scope
from yulin.kit.signing import public_key
from yulin.kit.speech import say, say_refusal
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.rules.adapters.shipped import shipped_vocabulary

_SHOWN, _MONTHS = 30, 12


@never_cache
@require_http_methods(["GET", "POST"])
@needs(Action.SEE_OUTLETS)
def outlets(request: HttpRequest) -> HttpResponse:
    """List partners' terms; the authority proposes new ones here."""
    actor = _actor(request)
    may_propose = actor.may(Action.PROPOSE_OUTLETS)
    form = OutletForm(request.POST or None, initial={"per_minute": 60}) if may_propose else None
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            made = propose_outlet(actor=actor, asked=form.asked)
        except YulinError as refusal:
            form.add_error(None, say_refusal(refusal))
        else:
            messages.success(request, say(Text("已提议，等另一人审批", "Proposed; another person decides")))
            return redirect("atlas:outlet", made.pk)
    page = Paginator(outlets_visible_to(actor), _SHOWN).get_page(request.GET.get("page"))
    context = {"page": page, "form": form, "is_own": not actor.sees_all_rows}
    return render(request, "atlas/outlets.html", context, status=422 if form is not None and form.errors else 200)


@never_cache
@require_safe
@needs(Action.SEE_OUTLETS)
def outlet(request: HttpRequest, outlet_id: int) -> HttpResponse:
    """Show a partner's terms, the decision on them, and how much they are used."""
    actor = _actor(request)
    found = outlet_for(actor, outlet_id)
    is_open = not hasattr(found, "decision") and not hasattr(found, "end")
    lines = Paginator(usage_by_day(found), _SHOWN).get_page(request.GET.get("page"))
    context = {
        "outlet": found,
        "listed": listed_facts(found),
        "usage": usage_of(found, until=clock.business_date()),
        "days": USE_DAYS,
        "bills": bills_of(found)[:_MONTHS],
        "page": lines,
        "decides": is_open and actor.may(Action.APPROVE_OUTLETS) and actor.user_id != found.proposed_by_id,
        "waits": is_open,
        "ends": actor.may(Action.PROPOSE_OUTLETS) and not hasattr(found, "end") and not _is_refused(found),
        "form": DecisionByAnotherForm(),
        "key": public_key(),
        "unsent": unsent_messages(actor, organisation_id=found.organisation_id)[:_SHOWN],
        "replays": _may_replay(actor, found),
        "most_attempts": MOST_ATTEMPTS,
    }
    return render(request, "atlas/outlet.html", context)


def _is_refused(found: object) -> bool:
    decision = getattr(found, "decision", None)
    return decision is not None and not decision.is_approved


@require_POST
@needs(Action.APPROVE_OUTLETS)
def decide(request: HttpRequest, outlet_id: int) -> HttpResponse:
    """Approve a partner's terms, or turn them down with the reason."""
    form = DecisionByAnotherForm(request.POST)
    is_approved = form.is_valid() and form.cleaned_data["verdict"] == "approved"
    decide_outlet(
        actor=_actor(request),
        outlet_id=outlet_id,
        is_approved=is_approved,
        reasons=form.cleaned_data.get("reasons", ""),
    )
    said = Text("已批准，即时生效", "Approved; in force at once") if is_approved else Text("已退回", "Turned down")
    messages.success(request, say(said))
    return redirect("atlas:outlet", outlet_id)


@require_POST
@needs(Action.PROPOSE_OUTLETS)
def end(request: HttpRequest, outlet_id: int) -> HttpResponse:
    """Take a partner's terms back."""
    end_outlet(actor=_actor(request), outlet_id=outlet_id)
    messages.success(request, say(Text("已终止，链接即时失效", "Closed; no link opens any more")))
    return redirect("atlas:outlet", outlet_id)


@require_POST
@needs(Action.SEE_OUTLETS)
def replay(request: HttpRequest, outlet_id: int, message_id: UUID) -> HttpResponse:
    """Send a message that was given up once more: its partner or the authority asks."""
    actor = _actor(request)
    found = outlet_for(actor, outlet_id)
    if not _may_replay(actor, found):
        raise PermissionDenied
    replay_message(actor=actor, message_id=message_id)
    messages.success(request, say(Text("已排队重发", "It is queued to be sent anew")))
    return redirect("atlas:outlet", outlet_id)


def _may_replay(actor: Actor, found: Outlet) -> bool:
    return actor.may(Action.PROPOSE_OUTLETS) or actor.organisation_id == found.organisation_id


@xframe_options_exempt
@never_cache
@require_safe
def shown(request: HttpRequest, token: str) -> HttpResponse:
    """Show the listed facts of a portrait inside a partner's page, or to the partner's own signed-in people."""
    with scope(EVERYTHING):  # nobody is signed in inside a frame: the signature says whose rows these are
        link = link_of(token)
    if link.kind == LinkKind.LINK and not request.user.is_authenticated:
        return redirect_to_login(request.get_full_path(), reverse("account_login"))
    try:
        found = open_link(actor=_actor(request), link=link, is_framed=_is_framed(request, link))
        answer = render(request, "atlas/shown.html", {"portrait": found.portrait, "link": link})
    except YulinError as refusal:
        status = status_of(refusal.code)
        answer = render(request, "atlas/shown.html", {"refusal": refusal, "link": link}, status=status)
        if isinstance(refusal, TooManyRequestsError):
            answer["Retry-After"] = str(refusal.facts["retry_after"])
        if isinstance(refusal, LinkAudienceError):
            return answer  # with the policy of every other page: nothing may frame it
    answer["Referrer-Policy"] = "no-referrer"
    answer["Content-Security-Policy"] = content_policy(frame_ancestors=link.audience or "'none'")
    return answer


@dataclass(frozen=True)
class _Invented(SourcesNamed):
    """An invented firm's portrait as the page of a link shows it."""

    firm: SandboxFirm
    on: date
    sections: list[PortraitSection]
    marks: Mapping[str, Mark]


@xframe_options_exempt
@never_cache
@require_safe
def sandbox_shown(request: HttpRequest, token: str) -> HttpResponse:
    """Show an invented firm's portrait as a link of the sandbox leads to it; nobody has to be signed in."""
    at, on = clock.now(), clock.business_date()
    firm, audience = sandbox_link(token, at)
    sections = portrait(firm.said, shown_by_vocabulary(), shipped_vocabulary().groups, on, at)
    marks = {fact: Mark(True, on, "") for fact in firm.contested}
    answer = render(request, "atlas/shown.html", {"portrait": _Invented({}, firm, on, sections, marks)})
    answer["Referrer-Policy"] = "no-referrer"
    answer["Content-Security-Policy"] = content_policy(frame_ancestors=audience or "'none'")
    return answer


def _is_framed(request: HttpRequest, link: PortraitLink) -> bool:
    """Tell whether the request comes from a frame; a browser that does not say so is held by the policy alone."""
    said = request.headers.get("Sec-Fetch-Dest")
    return said in {"iframe", "frame"} if said else link.kind == LinkKind.WIDGET


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the middleware
    return actor
