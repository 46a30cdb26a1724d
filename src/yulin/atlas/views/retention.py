"""The page of how long things are kept: the authority puts rules in force, holds firms, and sees what goes next."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from yulin.atlas.core.particulars import FORMS
from yulin.atlas.core.portrait import FactShown
from yulin.atlas.core.retention import HOLD_TEXTS
from yulin.atlas.enums import ParticularKind, RetentionOf
from yulin.atlas.forms import DecisionByAnotherForm, HoldForm, RetentionReasonForm
from yulin.atlas.models import Firm
from yulin.atlas.selectors import firms
from yulin.atlas.selectors.portrait import shown_as_now
from yulin.atlas.selectors.retention import RuleShown, holds_in_force, reasons_of, rules_shown, runs_done
from yulin.atlas.services.retaining import (
    Due,
    decide_retention,
    due_on,
    end_retention,
    lift_hold,
    place_hold,
    propose_retention,
)
from yulin.base.dates import add_years
from yulin.base.text import Text
from yulin.kit import clock
from yulin.kit.speech import say
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action

_SHOWN = 20


@dataclass(frozen=True)
class KeptShown:
    """One thing that stays: whose, what, since when, and why."""

    firm: Firm | None
    what: Text
    since: date
    why: Text


@dataclass(frozen=True)
class GoingShown:
    """One thing that goes next: whose, what, on which day."""

    firm: Firm | None
    what: Text
    goes_on: date


@dataclass(frozen=True)
class RulePanel:
    """A rule with what is due now and within a year, why things stay, and what the reader may do."""

    shown: RuleShown
    now: Due
    in_a_year: Due
    kept_for: list[tuple[Text, int]]
    kept: list[KeptShown]
    going: list[GoingShown]
    may_propose: bool
    may_decide: bool
    may_end: bool


@never_cache
@require_safe
@needs(Action.SEE_RETENTION)
def retention(request: HttpRequest) -> HttpResponse:
    """Show each rule with its text and state, what goes next, what is held and why, and what earlier runs did."""
    actor, today = _actor(request), clock.business_date()
    labels = shown_as_now()
    panels = [_panel(actor, one, today, labels) for one in rules_shown()]
    context = {
        "panels": panels,
        "today": today,
        "holds": holds_in_force()[:_SHOWN],
        "page": Paginator(runs_done(), _SHOWN).get_page(request.GET.get("page")),
        "may_hold": actor.may(Action.PROPOSE_RETENTION),
        "reason_form": RetentionReasonForm(),
        "decision_form": DecisionByAnotherForm(),
        "hold_form": HoldForm(),
    }
    return render(request, "atlas/retention.html", context)


def _panel(actor: Actor, shown: RuleShown, today: date, labels: Callable[[str], FactShown]) -> RulePanel:
    now, in_a_year = due_on(shown.rule, today, ahead=add_years(today, 1))
    ids = {firm for _, firm, _, _ in now.kept} | {firm for firm, _, _ in in_a_year.going}
    named = firms(firm for firm in ids if firm is not None)
    waiting = shown.waiting
    is_own = waiting is not None and waiting.proposed_by_id is not None and waiting.proposed_by_id == actor.user_id
    may_propose = actor.may(Action.PROPOSE_RETENTION)
    return RulePanel(
        shown=shown,
        now=now,
        in_a_year=in_a_year,
        kept_for=reasons_of({kind.value: count for kind, count in now.kept_for.items()}),
        kept=[
            KeptShown(named.get(firm or 0), _what(name, shown.rule.of, labels), since, HOLD_TEXTS[kind])
            for kind, firm, name, since in now.kept
        ],
        going=[
            GoingShown(named.get(firm or 0), _what(name, shown.rule.of, labels), day)
            for firm, name, day in in_a_year.going
        ],
        may_propose=may_propose and waiting is None and shown.in_force is None,
        may_decide=waiting is not None and actor.may(Action.APPROVE_RETENTION) and not is_own,
        may_end=may_propose and (shown.in_force is not None or waiting is not None),
    )


def _what(name: str, of: RetentionOf, labels: Callable[[str], FactShown]) -> Text:
    """Return what a thing is called: a fact by its label, a particular by its kind and key, a file by its source."""
    if of is RetentionOf.STATEMENT:
        return labels(name).label
    kind, _, key = name.partition(":")
    if of is RetentionOf.PARTICULAR:
        title = FORMS[ParticularKind(kind)].title
        return Text(f"{title.zh} {key}", f"{title.en} {key}")
    return Text(name or "–", name or "–")


@require_POST
@needs(Action.PROPOSE_RETENTION)
def propose(request: HttpRequest, rule_id: str) -> HttpResponse:
    """Propose to put a rule in force as it stands."""
    propose_retention(actor=_actor(request), rule_id=rule_id, reason=request.POST.get("reason", ""))
    return _done(request, Text("已提议，等另一人审批", "Proposed; another person decides"))


@require_POST
@needs(Action.APPROVE_RETENTION)
def decide(request: HttpRequest, order_id: int) -> HttpResponse:
    """Approve a rule, or turn it down with the reason."""
    form = DecisionByAnotherForm(request.POST)
    is_approved = form.is_valid() and form.cleaned_data["verdict"] == "approved"
    reasons = form.cleaned_data.get("reasons", "")
    decide_retention(actor=_actor(request), order_id=order_id, is_approved=is_approved, reasons=reasons)
    approved = Text("已启用，自今夜起按此处理", "In force; what is due goes from tonight on")
    return _done(request, approved if is_approved else Text("已退回", "Turned down"))


@require_POST
@needs(Action.PROPOSE_RETENTION)
def end(request: HttpRequest, order_id: int) -> HttpResponse:
    """Take a rule out of force, or a proposal back."""
    end_retention(actor=_actor(request), order_id=order_id)
    return _done(request, Text("已停用，不再删除", "Out of force; nothing goes under it any more"))


@require_POST
@needs(Action.PROPOSE_RETENTION)
def hold(request: HttpRequest) -> HttpResponse:
    """Hold everything that is known of a firm."""
    place_hold(
        actor=_actor(request), firm_code=request.POST.get("firm_code", ""), reason=request.POST.get("reason", "")
    )
    return _done(request, Text("已保留", "Held"))


@require_POST
@needs(Action.PROPOSE_RETENTION)
def lift(request: HttpRequest, hold_id: int) -> HttpResponse:
    """Lift a hold."""
    lift_hold(actor=_actor(request), hold_id=hold_id)
    return _done(request, Text("已解除保留", "Lifted"))


def _done(request: HttpRequest, said: Text) -> HttpResponse:
    messages.success(request, say(said))
    return redirect("atlas:retention")


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the middleware
    return actor
