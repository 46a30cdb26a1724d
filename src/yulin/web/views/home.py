"""The page that a person sees first after signing in, the search field, and how accessible Yulin is."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from yulin.kit.clock import business_date
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.web.addresses import address
from yulin.web.home.roles import home_of


@needs(Action.SEE_HOME)
def home(request: HttpRequest) -> HttpResponse:
    """Show what waits for the role, and its one next action."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by ActorMiddleware
    return render(request, "web/home.html", {"home": home_of(actor, today=business_date())})


def find(request: HttpRequest) -> HttpResponse:
    """Lead to the list in which this person finds what was typed: enrolments, or the public lists."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by ActorMiddleware
    words = request.GET.get("q", "").strip()[:120]
    goal = address("pool:enrolments") if actor.may(Action.SEE_ENROLMENTS) else ""
    goal = goal or reverse("pool:public-lists")
    return redirect(f"{goal}?{urlencode({'q': words})}" if words else goal)


def accessibility(request: HttpRequest) -> HttpResponse:
    """Say what was checked, what is not, and where to complain."""
    return render(request, "web/accessibility.html", {"answer_workdays": settings.YULIN_ANSWER_WORKDAYS})
