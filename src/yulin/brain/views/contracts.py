"""Steps of a grant's contract from its application's page."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.brain.errors import ApplicationNotFoundError
from yulin.brain.forms.awards import PayeeForm
from yulin.brain.forms.contracts import JudgementForm, PaymentForm, ReportForm, milestone_rows, planned_of
from yulin.brain.selectors.applications import application_for
from yulin.brain.services import contracting as services
from yulin.brain.views.applications import shown_application
from yulin.kit.problems import status_of
from yulin.kit.speech import say
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action


def _step(
    request: HttpRequest, application_id: int, form: Form | None, do: Callable[[], object], said: Text
) -> HttpResponse:
    application_for(_actor(request), application_id)
    if form is not None and not form.is_valid():
        words = "；".join(
            f"{say(form[name].label)}：{error}" for name, errors in form.errors.items() for error in errors
        )
        messages.error(request, words)
        return redirect(f"{redirect('brain:application', application_id).url}#contract")
    try:
        do()
    except ApplicationNotFoundError:
        raise
    except YulinError as refusal:
        return shown_application(request, application_id, refusal=refusal, status=status_of(refusal.code))
    messages.success(request, say(said))
    return redirect(f"{redirect('brain:application', application_id).url}#contract")


@require_POST
@needs(Action.DECIDE_APPLICATIONS)
def draft(request: HttpRequest, application_id: int) -> HttpResponse:
    """Draft the contract."""
    application_for(_actor(request), application_id)
    rows = milestone_rows(request.POST)
    if not rows.is_valid():
        return shown_application(request, application_id, status=422, rows=rows)
    try:
        services.draft_contract(actor=_actor(request), application_id=application_id, milestones=planned_of(rows))
    except YulinError as refusal:
        status = status_of(refusal.code)
        return shown_application(request, application_id, refusal=refusal, status=status, rows=rows)
    messages.success(request, say(Text("已拟定，由另一人签订。", "Drafted; another person signs it.")))
    return redirect(f"{redirect('brain:application', application_id).url}#contract")


@require_POST
@needs(Action.CONFIRM_APPLICATIONS)
def sign(request: HttpRequest, application_id: int) -> HttpResponse:
    """Sign the contract."""

    def do() -> None:
        services.sign_contract(actor=_actor(request), application_id=application_id)

    said = Text("合同已签订，各节点资金已冻结。", "Signed; the money of each milestone is held.")
    return _step(request, application_id, None, do, said)


@require_POST
@needs(Action.APPLY)
def account(request: HttpRequest, application_id: int) -> HttpResponse:
    """Name the account to which the contract's milestones are paid."""
    form = PayeeForm(request.POST)

    def do() -> None:
        services.name_account(actor=_actor(request), application_id=application_id, account=form.payee)

    return _step(request, application_id, form, do, Text("收款账户已确认。", "Your account is confirmed."))


@require_POST
@needs(Action.APPLY)
def report(request: HttpRequest, application_id: int, milestone_id: int) -> HttpResponse:
    """Report a milestone."""
    form = ReportForm(request.POST)

    def do() -> None:
        services.report_milestone(actor=_actor(request), milestone_id=milestone_id, report=form.cleaned_data["report"])

    return _step(request, application_id, form, do, Text("已报告，待验收。", "Reported; it waits to be accepted."))


@require_POST
@needs(Action.DECIDE_APPLICATIONS)
def judge(request: HttpRequest, application_id: int, milestone_id: int) -> HttpResponse:
    """Accept a milestone, or return it."""
    form = JudgementForm(request.POST)

    def do() -> None:
        said = form.cleaned_data
        services.judge_milestone(
            actor=_actor(request), milestone_id=milestone_id, is_accepted=said["verdict"] == "accept",
            reason=said["reason"],
        )  # fmt: skip

    return _step(request, application_id, form, do, Text("验收意见已记录。", "Your verdict is recorded."))


@require_POST
@needs(Action.DECIDE_APPLICATIONS)
def release(request: HttpRequest, application_id: int, milestone_id: int) -> HttpResponse:
    """Release a milestone."""

    def do() -> None:
        services.release_milestone(actor=_actor(request), milestone_id=milestone_id)

    return _step(request, application_id, None, do, Text("放款已记录。", "Your release is recorded."))


@require_POST
@needs(Action.DECIDE_APPLICATIONS)
def pay(request: HttpRequest, application_id: int, milestone_id: int) -> HttpResponse:
    """Keep what the bank says of a payment."""
    form = PaymentForm(request.POST)

    def do() -> None:
        said = form.cleaned_data
        services.keep_payment(
            actor=_actor(request), milestone_id=milestone_id, on=said["on"], reference=said["reference"]
        )

    return _step(request, application_id, form, do, Text("付款已入账。", "The payment is booked."))


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the middleware
    return actor
