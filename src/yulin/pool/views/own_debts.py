"""A firm's page of its assigned loans: who owns them, whom to pay, and the receipt of the notice."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe

from yulin.base.text import Text
from yulin.kit.speech import say
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.pool.core.assignment.package import NOTICE_NAMES
from yulin.pool.enums import NoticeWay
from yulin.pool.selectors import own_debts as selectors
from yulin.pool.services.assignments.debtors import acknowledge_assignment


@require_safe
@needs(Action.SEE_OWN_DEBTS)
def own_debts(request: HttpRequest) -> HttpResponse:
    """Show a firm the assignment of its own loans."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the guard
    rows = [
        (own, [(NOTICE_NAMES[NoticeWay(one.way)], one) for one in own.notices]) for own in selectors.own_debts(actor)
    ]
    nothing = {
        "title": Text("本公司的借款没有转让", "None of your loans was assigned"),
        "text": Text(
            "转让生效后，受让方与付款对象在这里列出。", "Once one is, its owner and whom you pay appear here."
        ),
    }
    return render(request, "pool/own_debts.html", {"rows": rows, "nothing": nothing})


@require_POST
@needs(Action.SEE_OWN_DEBTS)
def acknowledge(request: HttpRequest, debt_id: int) -> HttpResponse:
    """Take a firm's acknowledgement of one notice."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the guard
    acknowledge_assignment(actor=actor, debt_id=debt_id)
    messages.success(request, say(Text("已签收，回执已存入转让文件", "Acknowledged; the receipt is with the papers")))
    return redirect("pool:own-debts")
