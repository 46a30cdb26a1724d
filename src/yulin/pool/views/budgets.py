"""Pages of layers' budgets: what each layer granted, holds and paid; the authority sets budget and capacity."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from yulin.base.errors import YulinError
from yulin.base.money import yuan_text
from yulin.base.text import Text
from yulin.kit.clock import business_date
from yulin.kit.speech import say, speak_in
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.pool.core.postings import Place
from yulin.pool.errors import BudgetNotFoundError
from yulin.pool.forms.budgets import BudgetForm, CapacityForm, RollInForm
from yulin.pool.selectors.budgets import BudgetLine, budget_line, budget_lines
from yulin.pool.selectors.currencies import currency_of
from yulin.pool.services.claims.budgets import roll_in, set_layer_budget
from yulin.pool.services.layer_accounts import set_layer_capacity

_BUDGET_SET = Text(
    "预算已设定；%(n)s张排队的凭证已冻结", "The budget is set; %(n)s queued {n:voucher is|vouchers are} held"
)
_CAPACITY_SET = Text("备案额度已设定；补冻结%(n)s笔", "The capacity is set; %(n)s {n:loan was|loans were} held on it")
_FORMS = {"budget": BudgetForm, "capacity": CapacityForm, "roll": RollInForm}


@needs(Action.SEE_BUDGETS)
def budgets(request: HttpRequest) -> HttpResponse:
    """List the layers of every scheme with their budgets and capacities."""
    year = business_date().year
    lines = budget_lines(_actor(request), year)
    context = {
        "used": [line for line in lines if line.is_used],
        "others": [line for line in lines if not line.is_used],
        "year": year,
    }
    return render(request, "pool/budgets.html", context)


@needs(Action.SEE_BUDGETS)
def budget(request: HttpRequest, scheme_id: str, code: str) -> HttpResponse:
    """Show one layer, and set its budget or capacity."""
    actor, year = _actor(request), business_date().year
    line = _line(actor, Place.read(scheme_id, code), year)
    speak_in(currency_of(scheme_id))
    do = request.POST.get("do", "") if actor.may(Action.SET_BUDGETS) else ""
    forms = {name: form(request.POST if do == name else None) for name, form in _FORMS.items()}
    refused: YulinError | None = None
    if do in forms and forms[do].is_valid():
        try:
            messages.success(request, say(_ACTS[do](actor, line, forms[do].cleaned_data)))
            return redirect("pool:budget", scheme_id, code)
        except YulinError as error:
            refused = error
    context = {
        "line": line,
        "year": year,
        "may_set": actor.may(Action.SET_BUDGETS),
        "refused": refused,
        **{f"{name}_form": form for name, form in forms.items()},
    }
    return render(request, "pool/budget.html", context)


def _line(actor: Actor, place: Place, year: int) -> BudgetLine:
    try:
        return budget_line(actor, place, year)
    except BudgetNotFoundError as error:
        raise Http404 from error


def _set_budget(actor: Actor, line: BudgetLine, said: dict[str, Any]) -> Text:
    held = set_layer_budget(actor=actor, place=line.place, year=line.law.year, budget_fen=said["budget"])
    return _BUDGET_SET.with_values(n=held)


def _set_capacity(actor: Actor, line: BudgetLine, said: dict[str, Any]) -> Text:
    held = set_layer_capacity(actor=actor, place=line.place, capacity_fen=said["capacity"])
    return _CAPACITY_SET.with_values(n=held)


def _roll_in(actor: Actor, line: BudgetLine, said: dict[str, Any]) -> Text:
    fen = roll_in(
        actor=actor,
        place=line.place,
        year=line.law.year,
        interest_fen=said["interest"] or 0,
        idempotency_key=said["key"],
    )
    return Text("已滚存%(yuan)s元", "CNY %(yuan)s rolled in").with_values(yuan=yuan_text(fen))


_ACTS: dict[str, Callable[[Actor, BudgetLine, dict[str, Any]], Text]] = {
    "budget": _set_budget,
    "capacity": _set_capacity,
    "roll": _roll_in,
}


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by ActorMiddleware
    return actor
