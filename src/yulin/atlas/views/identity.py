"""Pages of rows without a code: the queue, and a person's judgement."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from yulin.atlas.forms import JudgementForm
from yulin.atlas.selectors.identity import judged_candidates, open_candidates
from yulin.atlas.services.identifying import judge_candidate
from yulin.atlas.templatetags.atlas_words import brought_words
from yulin.base.text import Text
from yulin.kit.speech import say
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action

_SHOWN = 10


@never_cache
@require_safe
@needs(Action.JUDGE_IDENTITY)
def identity(request: HttpRequest) -> HttpResponse:
    """List the rows without a code that wait for a person beside the firms that they may be, or what was judged."""
    is_judged = request.GET.get("state") == "judged"
    rows = judged_candidates() if is_judged else open_candidates()
    page = Paginator(rows, _SHOWN).get_page(request.GET.get("page"))
    return render(request, "atlas/identity.html", {"page": page, "is_judged": is_judged, "form": JudgementForm()})


@never_cache
@require_POST
@needs(Action.JUDGE_IDENTITY)
def judge(request: HttpRequest, candidate_id: int) -> HttpResponse:
    """Keep a judgement and show what waits next."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the guard
    form = JudgementForm(request.POST)
    form.is_valid()
    is_same = form.data.get("same") == "yes"
    judged = judge_candidate(
        actor=actor, candidate_id=candidate_id, is_same=is_same, reason=form.cleaned_data.get("reason", "")
    )
    told = (
        Text("已判为同一企业", "Judged one firm") if judged.is_same else Text("已判为不同企业", "Judged another firm")
    )
    brought = map(say, brought_words(judged.brought, judged.is_same))
    messages.success(request, " · ".join((say(told), *brought)))
    return redirect("atlas:identity")
