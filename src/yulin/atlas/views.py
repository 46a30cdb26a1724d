"""The page of a firm's portrait."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from yulin.atlas.forms import ReplayForm
from yulin.atlas.selectors.portrait import firm_for, portrait_of
from yulin.kit import clock
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action


@require_safe
@needs(Action.SEE_PORTRAIT)
def portrait(request: HttpRequest, firm_id: int) -> HttpResponse:
    """Show what is known of a firm, every value with its statements; on any day, as known at the end of any day."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by ActorMiddleware
    firm = firm_for(actor, firm_id)
    form = ReplayForm(request.GET if request.GET.get("on") or request.GET.get("known_on") else None)
    asked = form.cleaned_data if form.is_bound and form.is_valid() else {}
    on: date = asked.get("on") or clock.business_date()
    known_on: date | None = asked.get("known_on")
    found = portrait_of(firm, on=on, known_at=_end_of(known_on) if known_on else clock.now())
    context = {"portrait": found, "form": form, "is_replay": bool(asked), "known_on": known_on}
    return render(request, "atlas/portrait.html", context)


def _end_of(day: date) -> datetime:
    """Return the last instant of a day in the scheme's zone."""
    zone = timezone.get_current_timezone()
    return datetime.combine(day + timedelta(1), datetime.min.time(), zone) - timedelta.resolution
