"""The pre-loan answer on screen: asked by each change of the form, kept by a button, found again by its token."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from yulin.base.errors import YulinError
from yulin.kit.clock import business_date
from yulin.kit.speech import say, speak_in
from yulin.people.adapters.calendar import recent_work_calendar
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.pool.adapters.packs import law_by_id
from yulin.pool.core.answer_shown import Shown, shown
from yulin.pool.core.deciding import Law
from yulin.pool.core.names import DISTRICTS
from yulin.pool.forms.answers import QuestionForm
from yulin.pool.models import PreLoanAnswer
from yulin.pool.selectors.answers import (
    askable_laws,
    firm_code,
    is_open_to,
    kept_answer,
    kept_answers,
)
from yulin.pool.selectors.redecisions import redecisions_of_answer
from yulin.pool.services.answers import give_answer, keep_answer, show_register

KEPT_SHOWN = 8
# A change of these brings other questions, or other facts of the register.
_REFORMING = frozenset({"scheme", "mode", "firm_code", "on"})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Action.ASK_PRE_LOAN_ANSWER)
def answer(request: HttpRequest) -> HttpResponse:
    """Ask: the form beside the answer; an htmx request gets the answer alone, a POST keeps it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the guard
    # The button that keeps sends the question in the address, so that no CSRF token stands in one.
    asked = request.GET if "amount" in request.GET else request.POST
    laws = askable_laws(actor, business_date())
    if not laws:
        return render(request, "pool/answer_none.html")
    law = next((one for one in laws if one.pack.id == asked.get("scheme")), laws[-1])
    speak_in(law.pack.currency)
    form, firm_name = _form(actor, asked, law, laws)
    is_asked = bool(asked.get("amount"))
    is_valid = is_asked and form.is_valid()
    if is_valid and request.method == "POST":
        return _keep(actor, form)
    given = _given(actor, form) if is_valid else None
    context = {
        "form": form,
        "law": law,
        "firm_name": firm_name,
        "is_asked": is_asked,
        "shown": given,
        "days_left": _days_left(given),
        "areas": [(code, say(name)) for code, name in DISTRICTS.items()],
        "kept_before": [] if request.headers.get("HX-Request") else _kept_shown(actor),
        "reforms": request.headers.get("HX-Trigger-Name") in _REFORMING,
    }
    template = "pool/answer_part.html" if request.headers.get("HX-Request") else "pool/answer.html"
    # htmx shows what is wrong only when it comes as an answer.
    is_wrong = is_asked and form.errors and not request.headers.get("HX-Request")
    return render(request, template, context, status=422 if is_wrong else 200)


@never_cache
@require_safe
@needs(Action.ASK_PRE_LOAN_ANSWER)
def kept(request: HttpRequest, token: str) -> HttpResponse:
    """Show a kept answer as it was given, for the screen and for print."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the guard
    found = kept_answer(actor, token)
    law = law_by_id(found.pack_id)
    speak_in(law.pack.currency)
    answer_shown = shown(found.answer, law.pack.vocabulary)
    context = {
        "kept": found,
        "law": law,
        "shown": answer_shown,
        "days_left": _days_left(answer_shown),
        "is_over": answer_shown.valid_until < business_date(),
        "inputs": found.inputs,
        "loan": found.inputs["facts"],
        "again": _again(found.inputs),
        "redecided": redecisions_of_answer(found),
    }
    return render(request, "pool/answer_kept.html", context)


def _kept_shown(actor: Actor) -> list[tuple[PreLoanAnswer, bool]]:
    """Return the last kept answers, each with whether all that it rests on is still open to the reader."""
    return [(one, is_open_to(actor, one)) for one in kept_answers(actor)[:KEPT_SHOWN]]


def _form(actor: Actor, asked: QueryDict, law: Law, laws: list[Law]) -> tuple[QuestionForm, str]:
    """Return the form with what the register says of the firm to who asks, and the firm's name."""
    try:
        code = firm_code(asked.get("firm_code", ""), law)
        register = show_register(actor=actor, code=code, law=law)
        form = QuestionForm(asked.dict(), law=law, laws=laws, register=register.used, closed=register.closed)
    except YulinError as error:
        form = QuestionForm(asked.dict(), law=law, laws=laws, register=())
        form.full_clean()
        form.add_error("firm_code", say(error.message))
        return form, ""
    return form, register.firm.name if register.firm else ""


def _given(actor: Actor, form: QuestionForm) -> Shown | None:
    """Return the answer; what cannot be asked stands as an error of the form."""
    try:
        given = give_answer(actor=actor, question=form.question())
    except YulinError as error:
        form.add_error(None, say(error.message))
        return None
    return shown(given.as_json(), given.law.pack.vocabulary)


def _keep(actor: Actor, form: QuestionForm) -> HttpResponse:
    return redirect("pool:answer-kept", token=keep_answer(actor=actor, question=form.question()).token)


def _days_left(given: Shown | None) -> int | None:
    if given is None:
        return None
    try:
        return recent_work_calendar().workdays_left(business_date(), given.valid_until)
    except YulinError:  # the year of the deadline is not announced yet
        return None


def _again(inputs: dict[str, Any]) -> str:
    """Return the query that asks a kept question again."""
    facts = inputs["facts"]
    query = QueryDict(mutable=True)
    query["scheme"], query["firm_code"] = inputs["scheme"], inputs["firm_code"]
    whole, rest = divmod(int(facts["loan_amount_fen"]), 1_000_000)
    query["amount"] = f"{whole}.{rest:06d}".rstrip("0").rstrip(".")
    query["months"] = str(facts.get("tenor_months") or "")
    query["security"], query["mode"] = str(facts.get("security") or ""), str(facts.get("mode") or "bank")
    return query.urlencode()
