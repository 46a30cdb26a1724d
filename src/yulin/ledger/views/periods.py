"""Closed periods, and closing the next one: preview first, then once and for all."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.kit.clock import business_date
from yulin.kit.lists import PER_PAGE
from yulin.kit.speech import say, say_refusal
from yulin.ledger.forms import ClosingForm
from yulin.ledger.selectors import ClosingPreview, closed_periods, closing_preview, scheme_periods
from yulin.ledger.services import close_period
from yulin.ledger.views.accounts import actor_of
from yulin.people.adapters.guards import needs
from yulin.people.enums import Action


@require_safe
@needs(Action.SEE_PERIODS)
def periods(request: HttpRequest) -> HttpResponse:
    """Show which periods are closed, and to whom it falls, the form to close the next one."""
    schemes = scheme_periods()
    form = ClosingForm(schemes, initial={"closed_until": _month_start()})
    return _shown(request, schemes, form, None)


@require_POST
@needs(Action.CLOSE_PERIOD)
def close(request: HttpRequest) -> HttpResponse:
    """Preview the closing of a scheme's periods before a day, or close them."""
    schemes = scheme_periods()
    form = ClosingForm(schemes, request.POST)
    preview = None
    if form.is_valid():
        scheme_id, until = form.cleaned_data["scheme"], form.cleaned_data["closed_until"]
        if request.POST.get("act") != "close":
            preview = closing_preview(scheme_id, until, today=business_date())
        else:
            try:
                closed = close_period(actor=actor_of(request), scheme_id=scheme_id, closed_until=until)
            except YulinError as refusal:
                form.add_error(None, say_refusal(refusal))
            else:
                said = Text("已关账：%(day)s之前。", "Closed: everything before %(day)s.")
                messages.success(request, say(said.with_values(day=closed.closed_until)))
                return redirect("ledger:periods")
    return _shown(request, schemes, form, preview)


def _month_start() -> date:
    return business_date().replace(day=1)


def _shown(
    request: HttpRequest,
    schemes: list[tuple[str, int, date | None]],
    form: ClosingForm,
    preview: ClosingPreview | None,
) -> HttpResponse:
    context = {
        "page": Paginator(closed_periods(), PER_PAGE).get_page(request.GET.get("page")),
        "schemes": schemes,
        "form": form if actor_of(request).may(Action.CLOSE_PERIOD) else None,
        "preview": preview,
    }
    return render(request, "ledger/periods.html", context, status=422 if form.errors else 200)
