"""Pages of a person's saved searches: the list with a form to keep one, and what one of them found."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_http_methods, require_POST

from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.brain import services
from yulin.brain.core.policies import STATE_NAMES
from yulin.brain.forms.searches import SavedSearchForm, SearchNameForm
from yulin.brain.models import SavedSearch
from yulin.brain.selectors import saved_searches as reads
from yulin.brain.selectors.library import areas
from yulin.kit.clock import business_date
from yulin.kit.speech import say, say_refusal
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action

_SHOWN = 50


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Action.SEE_NOTICES)
def searches(request: HttpRequest) -> HttpResponse:
    """List the person's saved searches; keep another, as the library's list asked it."""
    actor, status = _actor(request), 200
    asked = {
        "question": request.GET.get("q", ""),
        **{key: request.GET.get(key, "") for key in ("area", "audience", "state")},
    }
    form = SavedSearchForm(request.POST or None, areas=areas(), initial=asked)
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                services.save_search(actor=actor, name=form.cleaned_data["name"], asked=form.asked, on=business_date())
            except YulinError as refusal:
                form.add_error(None, say_refusal(refusal))
            else:
                said = Text("已保存；有新政策时通知您。", "Saved; you get a notice when a policy is new to it.")
                messages.success(request, say(said))
                return redirect("brain:policy-searches")
    rows = [(one, reads.asked_of(one)) for one in reads.own_searches(actor)]
    context = {
        "form": form,
        "rows": rows,
        "most": reads.MOST_SEARCHES,
        "is_asked": any(asked.values()) or status != 200,
    }
    return render(request, "brain/policy_searches.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Action.SEE_NOTICES)
def search(request: HttpRequest, search_id: int) -> HttpResponse:
    """Show what a search has found; give it another name."""
    actor = _actor(request)
    kept = reads.own_search(actor, search_id)
    form = SearchNameForm(request.POST or None, initial={"name": kept.name})
    if request.method == "POST" and form.is_valid():
        services.rename_search(actor=actor, search_id=search_id, name=form.cleaned_data["name"])
        return redirect("brain:policy-search", search_id)
    page = Paginator(reads.found_rows(kept), _SHOWN).get_page(request.GET.get("page"))
    context = {
        "search": kept,
        "asked": reads.asked_of(kept),
        "form": form,
        "page": page,
        "lines": [reads.found_line(one, business_date()) for one in page.object_list],
        "names": STATE_NAMES,
        "library": _library_path(kept),
    }
    return render(request, "brain/policy_search.html", context, status=422 if form.errors else 200)


@require_POST
@needs(Action.SEE_NOTICES)
def pause(request: HttpRequest, search_id: int) -> HttpResponse:
    """Let a search rest, or go on."""
    is_paused = request.POST.get("act") != "resume"
    services.pause_search(actor=_actor(request), search_id=search_id, is_paused=is_paused)
    said = Text("已暂停，不再通知。", "Paused: no notices.") if is_paused else Text("已恢复通知。", "It goes on.")
    messages.success(request, say(said))
    return redirect("brain:policy-search", search_id)


@require_POST
@needs(Action.SEE_NOTICES)
def delete(request: HttpRequest, search_id: int) -> HttpResponse:
    """Delete a search."""
    services.delete_search(actor=_actor(request), search_id=search_id)
    messages.success(request, say(Text("已删除。", "Deleted.")))
    return redirect("brain:policy-searches")


def _library_path(kept: SavedSearch) -> str:
    """Return the address of the library's list with what a search asks."""
    asked = {"q": kept.question, "area": kept.area, "audience": kept.audience, "state": kept.state}
    return f"{reverse('brain:policies')}?{urlencode({key: value for key, value in asked.items() if value})}"


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the guard
    return actor
