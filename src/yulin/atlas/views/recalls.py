"""Pages of recalled facts: what has to be dropped, and who has said that it is."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from yulin.atlas.selectors.portrait import shown_as
from yulin.atlas.selectors.recalls import notices_visible_to, open_receipts
from yulin.atlas.services.recalling import return_receipt
from yulin.base.text import Text
from yulin.kit.signing import public_key
from yulin.kit.speech import say
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action

_SHOWN = 50


@never_cache
@require_safe
@needs(Action.SEE_RECALLS)
def recalls(request: HttpRequest) -> HttpResponse:
    """List recall notices, those without a receipt first."""
    actor = _actor(request)
    page = Paginator(notices_visible_to(actor), _SHOWN).get_page(request.GET.get("page"))
    context = {
        "lines": [(one, shown_as(one.recall.fact).label) for one in page.object_list],
        "page": page,
        "open_count": open_receipts(actor),
        "returns": actor.may(Action.RETURN_RECEIPTS),
        "key": public_key(),
    }
    return render(request, "atlas/recalls.html", context)


@require_POST
@needs(Action.RETURN_RECEIPTS)
def receipt(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Say that a recalled fact has been dropped."""
    return_receipt(actor=_actor(request), notice_id=notice_id)
    messages.success(request, say(Text("已回执", "Receipt returned")))
    return redirect("atlas:recalls")


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the guard
    return actor
