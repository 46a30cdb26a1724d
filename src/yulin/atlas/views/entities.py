"""Pages of entities: which records are one firm and why, what became of a number, pairs that a person judges."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from yulin.atlas.forms import JudgementForm
from yulin.atlas.selectors.entities import (
    changes_of_numbers,
    entity_shown,
    found_entities,
    latest_run,
    open_pairs,
    pairs_shown,
)
from yulin.atlas.services.resolving import judge_records
from yulin.base.text import Text
from yulin.kit.speech import say
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action

_SHOWN = 10


@never_cache
@require_safe
@needs(Action.JUDGE_IDENTITY)
def entities(request: HttpRequest) -> HttpResponse:
    """List the pairs of records that wait for a person, or what became of numbers; find an entity by what one types."""
    is_changes = request.GET.get("state") == "changes"
    asked = request.GET.get("q", "")
    number = request.GET.get("page")
    pairs = Paginator(open_pairs(), _SHOWN).get_page(number)
    context = {
        "page": Paginator(changes_of_numbers(), _SHOWN).get_page(number) if is_changes else pairs,
        "pairs": [] if is_changes else pairs_shown(pairs),
        "is_changes": is_changes,
        "asked": asked,
        "found": found_entities(asked),
        "run": latest_run(),
        "form": JudgementForm(),
    }
    return render(request, "atlas/entities.html", context)


@never_cache
@require_safe
@needs(Action.JUDGE_IDENTITY)
def entity(request: HttpRequest, number: int) -> HttpResponse:
    """Show an entity: its records, each with what ties it in and why, and what became of its number."""
    return render(request, "atlas/entity.html", {"entity": entity_shown(number), "form": JudgementForm()})


@never_cache
@require_POST
@needs(Action.JUDGE_IDENTITY)
def judge(request: HttpRequest) -> HttpResponse:
    """Keep a judgement on two records."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the guard
    form = JudgementForm(request.POST)
    form.is_valid()
    judged = judge_records(
        actor=actor,
        pair=(request.POST.get("left", ""), request.POST.get("right", "")),
        is_same=request.POST.get("same") == "yes",
        reason=form.cleaned_data.get("reason", ""),
    )
    told = (
        Text("已判为同一企业，编号随后更新", "Judged one firm; numbers follow")
        if judged.is_same
        else Text("已判为不同企业，编号随后更新", "Judged two firms; numbers follow")
    )
    messages.success(request, say(told))
    return redirect("atlas:entities")
