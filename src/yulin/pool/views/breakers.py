"""Pages of breakers: how far each bank stands from its lines, what the next claims would do, the deferred queue."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from yulin.base.text import Text
from yulin.kit.clock import business_date
from yulin.kit.speech import say, say_refusal, speak_in
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.pool.errors import QueueHeldError
from yulin.pool.selectors.breakers import breaker_page, breaker_rows
from yulin.pool.services.claims.deciding import release_claims


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by ActorMiddleware
    return actor


@require_safe
@needs(Action.SEE_BREAKERS)
def breakers(request: HttpRequest) -> HttpResponse:
    """Show each bank's distance from each breaker, the nearest first."""
    today = business_date()
    rows = breaker_rows(_actor(request), today=today)
    return render(request, "pool/breakers.html", {"rows": rows, "year": today.year})


@require_safe
@needs(Action.SEE_BREAKERS)
def breaker(request: HttpRequest, bank_id: int, scheme_id: str) -> HttpResponse:
    """Show one bank's breakers, its next claims walked through them, and its deferred queue in order."""
    actor = _actor(request)
    page = breaker_page(actor, bank_id, scheme_id, today=business_date())
    speak_in(page.row.scheme.pack.currency)
    context = {"page": page, "row": page.row, "may_release": bool(page.free.claims) and actor.may(Action.DECIDE_CLAIMS)}
    return render(request, "pool/breaker.html", context)


@require_POST
@needs(Action.DECIDE_CLAIMS)
def release(request: HttpRequest, bank_id: int, scheme_id: str) -> HttpResponse:
    """Take the deferred queue up again, in its order."""
    try:
        released = release_claims(
            actor=_actor(request), scheme_id=scheme_id, bank_id=bank_id, note=request.POST.get("note", "")
        )
    except QueueHeldError as refusal:
        messages.error(request, say_refusal(refusal))
        return redirect("pool:breaker", bank_id, scheme_id)
    said = Text("已恢复办理%(n)s件，按暂缓先后排列。", "%(n)s taken up again, in the order of their deferral.")
    messages.success(request, say(said.with_values(n=len(released))))
    return redirect("pool:breaker", bank_id, scheme_id)
