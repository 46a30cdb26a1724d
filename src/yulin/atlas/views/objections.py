"""Pages of contested facts: contesting one, the list, an objection with its decision and the firm's own words."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from yulin.atlas.core.corrections import unit_of
from yulin.atlas.core.particulars import named_kind, words_of
from yulin.atlas.enums import ParticularKind
from yulin.atlas.errors import CorrectionUnreadableError
from yulin.atlas.forms import DecisionForm, NoteForm, ParticularDecisionForm, ReasonForm
from yulin.atlas.models import Objection
from yulin.atlas.selectors.objections import (
    corrected_to,
    objection_of,
    objection_to,
    objections_by,
    objections_to,
    source_of,
    value_of,
)
from yulin.atlas.selectors.particulars import particular_that_counts
from yulin.atlas.selectors.portrait import SourcesNamed, shown_as, source_title
from yulin.atlas.selectors.rights import own_firm_of
from yulin.atlas.services.objecting import annotate_fact, contest_fact, decide_objection
from yulin.base.text import Text
from yulin.kit.speech import say
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action

_SHOWN = 50


@never_cache
@require_safe
@needs(Action.SEE_OBJECTIONS)
def objections(request: HttpRequest) -> HttpResponse:
    """List what the firm has contested, or what the reader has to answer."""
    actor = _actor(request)
    is_own = actor.may(Action.CONTEST_FACTS)
    rows = objections_by(own_firm_of(actor)) if is_own else objections_to(actor)
    page = Paginator(rows, _SHOWN).get_page(request.GET.get("page"))
    lines = [(one, shown_as(one.fact).label) for one in page.object_list]
    return render(request, "atlas/objections.html", {"lines": lines, "page": page, "is_own": is_own})


@never_cache
@require_http_methods(["GET", "POST"])
@needs(Action.CONTEST_FACTS)
def contest(request: HttpRequest, fact: str) -> HttpResponse:
    """Say why a fact is wrong."""
    actor = _actor(request)
    firm = own_firm_of(actor)
    form = ReasonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = contest_fact(actor=actor, fact=fact, reason=form.cleaned_data["reason"])
        messages.success(request, say(Text("已标注为异议中", "It is marked as contested")))
        return redirect("atlas:objection", made.pk)
    particular = particular_that_counts(firm, fact)
    context = {
        "firm": firm,
        "label": shown_as(fact).label,
        "value": words_of(ParticularKind(particular.kind), particular.value) if particular else None,
        "source": SourcesNamed.of_now().source_name(particular.source) if particular else None,
        "form": form,
    }
    return render(request, "atlas/contest.html", context, status=422 if form.errors else 200)


@never_cache
@require_safe
@needs(Action.SEE_OBJECTIONS)
def objection(request: HttpRequest, objection_id: int) -> HttpResponse:
    """Show one objection: what is contested and why, by when it is answered, what was decided."""
    found = _found(_actor(request), objection_id)
    return _page(request, found, _decision_form(found), NoteForm())


@require_POST
@needs(Action.DECIDE_OBJECTIONS)
def decide(request: HttpRequest, objection_id: int) -> HttpResponse:
    """Decide an objection with reasons, and say what is right where it is upheld."""
    actor = _actor(request)
    found = objection_to(actor, objection_id)
    form = _decision_form(found, request.POST)
    if not form.is_valid():
        return _page(request, found, form, NoteForm(), status=422)
    try:
        decide_objection(actor=actor, objection_id=objection_id, verdict=form.asked)
    except CorrectionUnreadableError as error:
        form.add_error("value" if "value" in form.fields else None, str(say(error.message)))
        return _page(request, found, form, NoteForm(), status=422)
    messages.success(request, say(Text("已决定并通知企业", "Decided; the firm is told")))
    return redirect("atlas:objection", objection_id)


@require_POST
@needs(Action.CONTEST_FACTS)
def annotate(request: HttpRequest, objection_id: int) -> HttpResponse:
    """Let the firm's words stand beside a fact that was left as it was."""
    actor, form = _actor(request), NoteForm(request.POST)
    if not form.is_valid():
        found = _found(actor, objection_id)
        return _page(request, found, _decision_form(found), form, status=422)
    annotate_fact(actor=actor, objection_id=objection_id, text=form.cleaned_data["text"])
    return redirect("atlas:objection", objection_id)


def _found(actor: Actor, objection_id: int) -> Objection:
    if actor.may(Action.CONTEST_FACTS):
        return objection_of(own_firm_of(actor), objection_id)
    return objection_to(actor, objection_id)


def _decision_form(found: Objection, answers: QueryDict | None = None) -> DecisionForm | ParticularDecisionForm:
    kind = named_kind(found.fact)
    return DecisionForm(answers) if kind is None else ParticularDecisionForm(kind, found.said["value"], answers)


def _page(
    request: HttpRequest,
    found: Objection,
    form: DecisionForm | ParticularDecisionForm,
    note_form: NoteForm,
    status: int = 200,
) -> HttpResponse:
    actor, shown = _actor(request), shown_as(found.fact)
    decision = getattr(found, "decision", None)
    is_own = actor.may(Action.CONTEST_FACTS)
    is_ours = found.routed_to_id == actor.organisation_id and actor.may(Action.DECIDE_OBJECTIONS)
    context = {
        "objection": found,
        "label": shown.label,
        "value": value_of(found, shown),
        "unit": unit_of(shown),
        "is_thing": named_kind(found.fact) is not None,
        "source": source_title(found.said["source"], source_of(found)),
        "decision": decision,
        "corrected": corrected_to(decision, shown) if decision else None,
        "note": getattr(found, "note", None),
        "form": form,
        "note_form": note_form,
        "decides": is_ours and decision is None,
        "answers": is_own and decision is not None and not decision.is_upheld,
    }
    return render(request, "atlas/objection.html", context, status=status)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the guard
    return actor
