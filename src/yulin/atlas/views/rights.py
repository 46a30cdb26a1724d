"""A firm's page of its rights: who may read its facts, who has read them, and taking a consent back."""

from __future__ import annotations

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from yulin.atlas.forms import ConsentForm
from yulin.atlas.selectors.outlets import uses_of_firm
from yulin.atlas.selectors.rights import consents_by, own_firm_of, readings_of
from yulin.atlas.services.consenting import give_consent, revoke_consent
from yulin.base.text import Text
from yulin.kit import clock
from yulin.kit.speech import say
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action

_READINGS_SHOWN = 20


@never_cache
@require_http_methods(["GET", "POST"])
@needs(Action.GIVE_CONSENT)
def consents(request: HttpRequest) -> HttpResponse:
    """Show a firm its consents and who has read its facts; give one more consent."""
    actor = _actor(request)
    firm = own_firm_of(actor)
    form = ConsentForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        given = give_consent(actor=actor, asked=form.asked)
        messages.success(
            request,
            say(Text("已授权%(name)s", "%(name)s is let in").with_values(name=given.organisation.name)),
        )
        return redirect("atlas:consents")
    page = Paginator(readings_of(firm), _READINGS_SHOWN).get_page(request.GET.get("page"))
    context = {
        "firm": firm,
        "form": form,
        "consents": consents_by(firm),
        "uses": uses_of_firm(firm, until=clock.business_date()),
        "readings": page.object_list,
        "page": page,
    }
    return render(request, "atlas/consents.html", context, status=422 if form.errors else 200)


@require_POST
@needs(Action.GIVE_CONSENT)
def revoke(request: HttpRequest, consent_id: int) -> HttpResponse:
    """Take one consent back."""
    revoked = revoke_consent(actor=_actor(request), consent_id=consent_id)
    words = Text("已撤回对%(name)s的授权，即时生效", "The consent to %(name)s is taken back, as from now")
    messages.success(request, say(words.with_values(name=revoked.organisation.name)))
    return redirect("atlas:consents")


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the guard
    return actor
