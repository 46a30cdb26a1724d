"""The page of a firm on which combination of benefits pays most."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from yulin.brain.selectors.check_up import firm_to_check
from yulin.brain.selectors.stacking import firm_stack
from yulin.kit.clock import business_date
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action, Role


@require_safe
@needs(Action.SEE_CHECK_UP)
def stacking(request: HttpRequest, firm_id: int) -> HttpResponse:
    """Show the best combination for one firm, the runner-up, what is left out under which clause, what stands apart."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the guard
    page = firm_stack(firm_to_check(actor, firm_id), on=business_date())
    return render(request, "brain/stacking.html", {"page": page, "by_area": actor.role != Role.FIRM_USER})
