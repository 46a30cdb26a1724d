"""Pages of insurers: premiums, claims, loss ratio, the stop; one insurer's year with finance's part of it."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.kit.clock import business_date
from yulin.kit.speech import say, speak_in
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.people.errors import NotAllowedError
from yulin.people.selectors import person_names
from yulin.pool.forms.premiums import PremiumForm, SubsidyUndoForm
from yulin.pool.selectors.currencies import currency_of
from yulin.pool.selectors.insurers import InsurerLine, insurer_lines
from yulin.pool.selectors.subsidies import SubsidyCase, subsidy_case
from yulin.pool.services.state_premium import state_premium
from yulin.pool.services.subsidies.confirm_subsidy import confirm_subsidy
from yulin.pool.services.subsidies.decide_subsidy import decide_subsidy
from yulin.pool.services.subsidies.undo_subsidy import undo_subsidy

_YEARS = 4
_DONE = {
    "decide": Text("已决定，待另一人确认。", "It is decided; another person confirms it."),
    "confirm": Text("已确认并占用预算，可拨付。", "It is confirmed and held on the budget; it can be paid."),
    "undo": Text("已撤销。", "It is undone."),
}


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by ActorMiddleware
    return actor


@needs(Action.SEE_INSURERS)
def insurers(request: HttpRequest) -> HttpResponse:
    """Show each insurer's year; an insurer states its premiums here."""
    actor, today, status = _actor(request), business_date(), 200
    years = [today.year - back for back in range(_YEARS)]
    asked = request.GET.get("year", "")
    year = int(asked) if asked in {str(one) for one in years} else today.year
    lines = insurer_lines(actor, today=today, year=year)
    form = _form(actor, lines, request.POST if request.method == "POST" else None)
    if form is not None and form.is_bound:
        if form.is_valid() and _stated(actor, form, year):
            messages.success(request, say(Text("已申报保费。", "The premiums are stated.")))
            return redirect(f"{reverse('pool:insurers')}?year={year}" if asked else "pool:insurers")
        status = 422
    context = {"lines": lines, "form": form, "year": year, "years": years, "is_over": year < today.year}
    return render(request, "pool/insurers.html", context, status=status)


@needs(Action.SEE_INSURERS)
def subsidy(request: HttpRequest, scheme_id: str, insurer_id: int, year: int) -> HttpResponse:
    """Show one insurer's year; decide finance's part of it, confirm or undo what was decided."""
    actor, refused = _actor(request), None
    case = subsidy_case(actor, scheme_id, insurer_id, year, today=business_date())
    speak_in(currency_of(scheme_id))
    do = request.POST.get("do", "")
    form = SubsidyUndoForm(request.POST if do == "undo" else None)
    if request.method == "POST":
        try:
            if _done(actor, case, do, form, request.POST.get("shown_fen", "")):
                messages.success(request, say(_DONE[do]))
                return redirect("pool:subsidy", scheme_id, insurer_id, year)
        except NotAllowedError:
            raise
        except YulinError as error:
            refused = error
            case = subsidy_case(actor, scheme_id, insurer_id, year, today=business_date())
    hands = [(one.decided_by_id, one.confirmed_by_id, one.undone_by_id) for one in case.decisions]
    people = person_names(one for three in hands for one in three) if actor.sees_all_rows else {}
    context = {
        "case": case,
        "line": case.line,
        "decisions": [
            (one, *(people.get(pk or 0) for pk in three)) for one, three in zip(case.decisions, hands, strict=True)
        ],
        "may_decide": case.may_decide(actor),
        "may_confirm": case.may_confirm(actor),
        "may_undo": case.may_undo(actor),
        "form": form,
        "refused": refused,
    }
    return render(request, "pool/subsidy.html", context, status=422 if request.method == "POST" else 200)


def _done(actor: Actor, case: SubsidyCase, do: str, form: forms.Form, shown: str) -> bool:
    line = case.line
    if do == "decide":
        shown_fen = int(shown) if shown.isdecimal() and len(shown) < 19 else 0
        decide_subsidy(
            actor=actor, scheme_id=line.law.pack.id, insurer_id=line.insurer.pk, year=line.number, shown_fen=shown_fen
        )
        return True
    if do not in _DONE or case.standing is None:
        raise Http404
    if do == "confirm":
        confirm_subsidy(actor=actor, subsidy_id=case.standing.pk)
        return True
    if not form.is_valid():
        return False
    undo_subsidy(actor=actor, subsidy_id=case.standing.pk, reason=form.cleaned_data["reason"])
    return True


def _stated(actor: Actor, form: forms.Form, year: int) -> bool:
    """State the premium; what is refused is said at the form."""
    given = form.cleaned_data
    try:
        state_premium(actor=actor, scheme_id=given["scheme"], year=year, premium_fen=given["premium"])
    except YulinError as error:
        form.add_error(None, f"{say(error.message)} {say(error.hint)} [{error.code}]")
        return False
    return True


def _form(actor: Actor, lines: list[InsurerLine], data: object) -> forms.Form | None:
    if not actor.may(Action.STATE_PREMIUMS) or not lines:
        return None
    return PremiumForm(data, schemes=[(line.law.pack.id, line.law.pack.title) for line in lines])
