"""The page on which a firm is found."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from yulin.atlas.selectors.search import MOST, find_firms
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action


@require_safe
@needs(Action.FIND_FIRMS)
def find(request: HttpRequest) -> HttpResponse:
    """Show the firms that what was typed may mean, the nearest first."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by ActorMiddleware
    typed = request.GET.get("q", "").strip()
    return render(request, "atlas/firms.html", {"q": typed, "firms": find_firms(actor, typed), "most": MOST})
