"""The page of insurers: premiums, claims, loss ratio, the stop of new business, and public money above the level."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from yulin.base.text import Text
from yulin.kit.clock import business_date
from yulin.kit.speech import say
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.pool.forms.premiums import PremiumForm
from yulin.pool.selectors.insurers import InsurerLine, insurer_lines
from yulin.pool.services.state_premium import state_premium


@needs(Action.SEE_INSURERS)
def insurers(request: HttpRequest) -> HttpResponse:
    """Show each insurer's year; an insurer states its premiums here."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by ActorMiddleware
    today, status = business_date(), 200
    lines = insurer_lines(actor, today=today)
    form = _form(actor, lines, request.POST if request.method == "POST" else None)
    if form is not None and form.is_bound:
        if form.is_valid():
            given = form.cleaned_data
            state_premium(actor=actor, scheme_id=given["scheme"], year=today.year, premium_fen=given["premium"])
            messages.success(request, say(Text("已申报保费。", "The premiums are stated.")))
            return redirect("pool:insurers")
        status = 422
    context = {"lines": lines, "form": form, "year": today.year}
    return render(request, "pool/insurers.html", context, status=status)


def _form(actor: Actor, lines: list[InsurerLine], data: object) -> forms.Form | None:
    if not actor.may(Action.STATE_PREMIUMS) or not lines:
        return None
    return PremiumForm(data, schemes=[(line.law.pack.id, line.law.pack.title) for line in lines])
