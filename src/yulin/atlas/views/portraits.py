"""A firm's portrait on the screen and on paper. Nothing of it is kept by a browser or by anything between."""

from __future__ import annotations

from datetime import date

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import get_language
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from yulin.atlas.core.bods import bods_statements
from yulin.atlas.core.letters import letter_facts
from yulin.atlas.core.particulars import FORMS
from yulin.atlas.enums import Channel, ParticularKind
from yulin.atlas.forms import ReplayForm
from yulin.atlas.selectors.entities import entities_of_codes
from yulin.atlas.selectors.identity import candidates_beside
from yulin.atlas.selectors.portrait import Portrait, SourcesNamed
from yulin.atlas.selectors.rights import consents_to, firm_by_id
from yulin.atlas.services.reading import Look, read_ownership, read_particulars, read_portrait
from yulin.kit import clock
from yulin.kit.letters import make_letter
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action

_SAME_NAMES, _PARTICULARS_SHOWN = 10, 15


@never_cache
@require_safe
@needs(Action.SEE_PORTRAIT)
def portrait(request: HttpRequest, firm_id: int) -> HttpResponse:
    """Show what is known of a firm, every value with its statements; on any day, as known at the end of any day."""
    form, found, known_on = _read(request, firm_id, Channel.PAGE)
    context = {
        "portrait": found,
        "form": form,
        "is_replay": form.is_bound and form.is_valid(),
        "known_on": known_on,
        "query": request.GET.urlencode(),
        "sees_check_up": _actor(request).may(Action.SEE_CHECK_UP),
        "is_own": _actor(request).may(Action.GIVE_CONSENT),
        "states_by_hand": _actor(request).may(Action.STATE_BY_HAND),
        "same_names": candidates_beside(firm_id)[:_SAME_NAMES] if _actor(request).may(Action.JUDGE_IDENTITY) else (),
        "entities": entities_of_codes(found.codes) if _actor(request).may(Action.JUDGE_IDENTITY) else (),
    }
    return render(request, "atlas/portrait.html", context)


@never_cache
@require_safe
@needs(Action.SEE_PORTRAIT)
def portrait_pdf(request: HttpRequest, firm_id: int) -> HttpResponse:
    """Give the portrait as PDF in the reader's language, marked with who took it and when."""
    _, found, _ = _read(request, firm_id, Channel.PDF)
    actor = _actor(request)
    facts = letter_facts(found.letter(), reader=actor.name, at=clock.now(), is_english=get_language() == "en")
    answer = HttpResponse(make_letter("atlas/portrait", facts), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="yulin-portrait-{found.firm.identifier}.pdf"'
    return answer


@never_cache
@require_safe
@needs(Action.SEE_PORTRAIT)
def particulars(request: HttpRequest, firm_id: int, kind: str) -> HttpResponse:
    """List every statement of one kind about a firm: its source, licence, days and original text, and why it counts."""
    if kind not in set(ParticularKind):
        raise Http404
    form, look, known_on = _asked(request, Channel.PAGE)
    firm, what = firm_by_id(firm_id), ParticularKind(kind)
    rows = read_particulars(actor=_actor(request), firm=firm, look=look, kind=what)
    context = {
        "firm": firm,
        "title": FORMS[what].title,
        "page": Paginator(rows, _PARTICULARS_SHOWN).get_page(request.GET.get("page")),
        "portrait": SourcesNamed.of_now(),
        "on": look.on,
        "known_on": known_on,
        "is_own": _actor(request).may(Action.CONTEST_FACTS),
        "query": "&".join(
            f"{name}={request.GET[name]}" for name in ("on", "known_on") if form.is_valid() and request.GET.get(name)
        ),
    }
    return render(request, "atlas/particulars.html", context)


@never_cache
@require_safe
@needs(Action.SEE_PORTRAIT)
def portrait_bods(request: HttpRequest, firm_id: int) -> HttpResponse:
    """Give the holdings around a firm as statements of the Beneficial Ownership Data Standard."""
    _, look, _ = _asked(request, Channel.EXPORT)
    firm, actor = firm_by_id(firm_id), _actor(request)
    ownership, names = read_ownership(actor=actor, firm=firm, look=look)
    said = list(bods_statements(ownership, names, published_on=look.on, publisher="Yulin"))
    answer = JsonResponse(said, safe=False, json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = f'attachment; filename="yulin-bods-{firm.identifier}.json"'
    return answer


@never_cache
@require_safe
@needs(Action.SEE_OPEN_PORTRAITS)
def open_portraits(request: HttpRequest) -> HttpResponse:
    """List the firms that have let the reader's organisation in."""
    return render(request, "atlas/open_portraits.html", {"consents": consents_to(_actor(request))})


def _read(request: HttpRequest, firm_id: int, channel: Channel) -> tuple[ReplayForm, Portrait, date | None]:
    form, look, known_on = _asked(request, channel)
    return form, read_portrait(actor=_actor(request), firm=firm_by_id(firm_id), look=look), known_on


def _asked(request: HttpRequest, channel: Channel) -> tuple[ReplayForm, Look, date | None]:
    """Return the day and the instant that are asked for."""
    asks = request.GET.get("on") or request.GET.get("known_on")
    form = ReplayForm(request.GET if asks else None)
    asked = form.cleaned_data if form.is_bound and form.is_valid() else {}
    known_on: date | None = asked.get("known_on")
    look = Look(
        channel,
        asked.get("on") or clock.business_date(),
        clock.end_of(known_on) if known_on else clock.now(),
    )
    return form, look, known_on


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the guard
    return actor
