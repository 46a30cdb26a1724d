"""Pages of applications for those who write them: begun, typed in field by field, papers, advisers, submitted."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.forms import Form
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.brain.core.shared_fields import Saving
from yulin.brain.errors import ApplicationNotFoundError
from yulin.brain.forms.applications import HelperForm, PaperForm, ReasonForm, ValueForm
from yulin.brain.forms.awards import PayeeForm
from yulin.brain.forms.contracts import milestone_rows
from yulin.brain.forms.reviews import (
    AppealAnswerForm,
    AppealForm,
    ConfirmForm,
    OutcomeForm,
    ScoreForm,
    ScreeningForm,
    VoteForm,
)
from yulin.brain.models import Application, GrantContract
from yulin.brain.selectors.applications import (
    HELPER_RIGHTS,
    ApplicationPage,
    FieldShown,
    application_for,
    application_page,
    applications_visible_to,
    fields_shown,
)
from yulin.brain.selectors.bank_orders import MILESTONE, last_orders
from yulin.brain.selectors.overlap import OverlapFound, overlaps_of, proposal_of
from yulin.brain.selectors.reviews import review_page
from yulin.brain.services import applications as services
from yulin.kit import documents
from yulin.kit.clock import business_date
from yulin.kit.problems import status_of
from yulin.kit.speech import say
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action, Role

_SHOWN = 50


@never_cache
@require_safe
@needs(Action.SEE_APPLICATIONS)
def applications(request: HttpRequest) -> HttpResponse:
    """List the applications that the reader writes, judges or decides, the latest first."""
    actor = _actor(request)
    rows = applications_visible_to(actor).prefetch_related("call__extensions", "submissions")
    page = Paginator(rows.order_by("-pk"), _SHOWN).get_page(request.GET.get("page"))
    context = {"page": page, "is_own": actor.role == Role.FIRM_USER, "today": business_date()}
    return render(request, "brain/applications.html", context)


@require_POST
@needs(Action.APPLY)
def start(request: HttpRequest, call_id: int) -> HttpResponse:
    """Begin an application under a call."""
    made = services.start_application(actor=_actor(request), call_id=call_id)
    messages.success(request, say(Text("已开始，填写即自动保存。", "Begun; what you type is saved by itself.")))
    return redirect("brain:application", made.pk)


@never_cache
@require_safe
@needs(Action.SEE_APPLICATIONS)
def application(request: HttpRequest, application_id: int) -> HttpResponse:
    """Show one application: to its writers the form, to others what was submitted."""
    return shown_application(request, application_id)


def shown_application(
    request: HttpRequest,
    application_id: int,
    *,
    refusal: YulinError | None = None,
    status: int = 200,
    sent: Form | None = None,
    rows: Any = None,
) -> HttpResponse:
    """Render an application's page, with what was refused at its top and the form that was sent as it was."""
    actor = _actor(request)
    page = application_page(actor, application_id, business_date())
    context = {
        "page": page,
        "application": page.application,
        "call": page.application.call,
        "values": [ValueForm(one) for one in page.fields],
        "paper_ids": [one.paper.id for one in page.papers],
        "papers": [PaperForm(one) for one in page.papers],
        "is_writer": actor.role in {Role.FIRM_USER, Role.SERVICE_OFFICER},
        "is_firm": actor.role == Role.FIRM_USER,
        "helper_form": HelperForm() if actor.role == Role.FIRM_USER else None,
        "helper_rights": HELPER_RIGHTS,
        "withdraw_form": ReasonForm(),
        "may_withdraw": _may_withdraw(actor, page),
        "refusal": refusal,
        "overlap": _overlap(page),
        **_review(actor, page),
        **_contract(actor, page, rows),
    }
    if sent is not None:
        context[_NAMES.get(type(sent), "sent")] = sent
    return render(request, "brain/application.html", context, status=status)


def _overlap(page: ApplicationPage) -> OverlapFound | None:
    """Return what the application overlaps with, once it says what it is about."""
    proposal = proposal_of(page)
    return overlaps_of(proposal) if proposal.title or proposal.text else None


_NAMES: dict[type[Form], str] = {
    ScreeningForm: "screening", ScoreForm: "score_form", VoteForm: "vote_form", OutcomeForm: "outcome_form",
    ConfirmForm: "confirm_form", AppealForm: "appeal_form", AppealAnswerForm: "answer_form", ReasonForm: "recuse_form",
}  # fmt: skip


def _review(actor: Actor, page: ApplicationPage) -> dict[str, Any]:
    """Return the review as the reader may see it, with a form for each step that may be taken now."""
    review = review_page(actor, page.application)
    asked = page.form.asked
    value = next((one.written for one in page.fields if asked and one.field.id == asked.id), "")
    return {
        "review": review,
        "is_bureau": actor.sees_all_rows,
        "screening": ScreeningForm(),
        "score_form": ScoreForm(review.criteria),
        "recuse_form": ReasonForm(auto_id="recuse-%s"),
        "vote_form": VoteForm(),
        "outcome_form": OutcomeForm(initial={"amount": value}),
        "confirm_form": ConfirmForm(),
        "appeal_form": AppealForm(),
        "answer_form": AppealAnswerForm(),
    }


def _contract(actor: Actor, page: ApplicationPage, rows: Any) -> dict[str, Any]:
    """Return the contract of a grant, and what the reader may do with it now."""
    application, today = page.application, business_date()
    if application.state not in {"granted", "contracted"} or actor.role == Role.EXPERT:
        return {}
    contract = GrantContract.objects.filter(application=application).prefetch_related("milestones").first()
    until = application.notice_until
    is_ready = application.state == "granted" and until is not None and today > until
    may_contract = is_ready and actor.may(Action.DECIDE_APPLICATIONS)
    is_other = contract is not None and contract.made_by_id != actor.user_id
    milestones = list(contract.milestones.all()) if contract else []
    orders = last_orders(MILESTONE, [one.pk for one in milestones])
    return {
        "contract": contract,
        "milestones": [(one, orders.get(one.pk)) for one in milestones],
        "account_form": _account_form(actor, contract, application),
        "sees_order": actor.may(Action.SEE_GRANT_PAYMENTS),
        "may_contract": may_contract,
        "may_sign": is_ready and is_other and actor.may(Action.CONFIRM_APPLICATIONS),
        "may_pay": actor.may(Action.DECIDE_APPLICATIONS),
        "own_id": actor.user_id,
        "today": today,
        "rows": rows if rows is not None else milestone_rows(contract=contract) if may_contract else None,
    }


def _account_form(actor: Actor, contract: GrantContract | None, application: Application) -> PayeeForm | None:
    """Return the form by which the firm names the account of its signed contract."""
    if contract is None or contract.signed_on is None or not actor.may(Action.APPLY):
        return None
    return PayeeForm(
        initial={
            "name": contract.payee_name or application.firm.name,
            "account": contract.account,
            "bank_code": contract.bank_code,
        },
        auto_id="payee-%s",
    )


def _may_withdraw(actor: Actor, page: ApplicationPage) -> bool:
    return actor.may(Action.APPLY) and page.application.state in {"draft", "submitted", "returned"}


@require_POST
@needs(Action.WRITE_APPLICATIONS)
def save_field(request: HttpRequest, application_id: int, field_id: str) -> HttpResponse:
    """Keep what was typed in one field and say what became of it."""
    sent = request.POST.get("version", "")
    base = int(sent) if sent.isascii() and sent.isdecimal() and len(sent) < 9 else 0
    refusal, outcome = None, Saving.SAME
    try:
        saved = services.save_field(
            actor=_actor(request),
            application_id=application_id,
            field_id=field_id,
            said=request.POST.get("value", ""),
            base=base,
        )
        outcome = saved.outcome
    except YulinError as error:
        if not request.headers.get("HX-Request") or isinstance(error, ApplicationNotFoundError):
            raise
        refusal = error
    # Words that were not taken stay in the field: whatever is typed on goes on from the version that they began with.
    kept_base = base if refusal is not None or outcome is Saving.BESIDE else None
    return _answered(request, application_id, field_id, outcome, refusal, kept_base)


@require_POST
@needs(Action.WRITE_APPLICATIONS)
def settle(request: HttpRequest, application_id: int, edit_id: int) -> HttpResponse:
    """Settle words that two people typed at once."""
    saved = services.settle_difference(
        actor=_actor(request),
        application_id=application_id,
        edit_id=edit_id,
        choice=request.POST.get("choice", "theirs"),
    )
    field_id = saved.edit.field if saved.edit else ""
    messages.success(request, say(Text("已处理，两处文字都留在记录中。", "Settled; both words stay on record.")))
    return redirect(f"{_address(application_id)}#field-{field_id}")


def _answered(
    request: HttpRequest,
    application_id: int,
    field_id: str,
    outcome: Saving,
    refusal: YulinError | None,
    kept_base: int | None,
) -> HttpResponse:
    if not request.headers.get("HX-Request"):
        return redirect(f"{_address(application_id)}#field-{field_id}")
    found = application_for(_actor(request), application_id)
    shown: FieldShown | None = next(
        (one for one in fields_shown(found, found.call.asks) if one.field.id == field_id), None
    )
    version = kept_base if kept_base is not None else shown.version if shown else 0
    context = {
        "shown": shown, "application": found, "outcome": outcome.value, "refusal": refusal, "is_swapped": True,
        "version": version,
    }  # fmt: skip
    # htmx swaps only what was accepted, so a refusal is told in the place of the answer.
    return render(request, "brain/_field_said.html", context)


@require_POST
@needs(Action.WRITE_APPLICATIONS)
def attach(request: HttpRequest, application_id: int, kind: str) -> HttpResponse:
    """Attach a paper."""
    file = request.FILES.get("file")
    if file is None:
        messages.error(request, say(Text("没有选择文件。", "No file was chosen.")))
    else:
        services.attach_paper(
            actor=_actor(request), application_id=application_id, kind=kind, name=file.name or kind, content=file
        )
        messages.success(request, say(Text("已上传。", "Attached.")))
    return redirect(f"{_address(application_id)}#papers")


@require_POST
@needs(Action.WRITE_APPLICATIONS)
def detach(request: HttpRequest, application_id: int, paper_id: int) -> HttpResponse:
    """Take a paper away."""
    services.detach_paper(actor=_actor(request), application_id=application_id, paper_id=paper_id)
    messages.success(request, say(Text("已撤下，记录保留。", "Taken away; it stays on record.")))
    return redirect(f"{_address(application_id)}#papers")


@never_cache
@require_safe
@needs(Action.SEE_APPLICATIONS)
def paper(request: HttpRequest, application_id: int, paper_id: int) -> FileResponse:
    """Give an attachment as it was received."""
    found = application_for(_actor(request), application_id)
    one = found.papers.filter(pk=paper_id).first()
    if one is None:
        raise ApplicationNotFoundError(application=paper_id)
    # Never shown in place: what a firm uploads may hold scripts.
    return FileResponse(
        documents.open_document(one.sha256), as_attachment=True, filename=one.name,
        content_type="application/octet-stream",
    )  # fmt: skip


@require_POST
@needs(Action.APPLY)
def invite(request: HttpRequest, application_id: int) -> HttpResponse:
    """Let an adviser in."""
    form = HelperForm(request.POST)
    if not form.is_valid():
        messages.error(request, say(Text("请选择服务机构。", "Choose a service body.")))
        return redirect(_address(application_id))
    services.invite_helper(
        actor=_actor(request), application_id=application_id,
        organisation_id=int(form.cleaned_data["organisation"]), rights=form.cleaned_data["rights"],
    )  # fmt: skip
    messages.success(request, say(Text("已邀请，对方已收到通知。", "Let in; it has been told.")))
    return redirect(f"{_address(application_id)}#helpers")


@require_POST
@needs(Action.APPLY)
def revoke(request: HttpRequest, application_id: int, helper_id: int) -> HttpResponse:
    """Shut an adviser out."""
    services.revoke_helper(actor=_actor(request), application_id=application_id, helper_id=helper_id)
    messages.success(request, say(Text("已取消，对方即时不能再看。", "Shut out; it sees nothing more from now.")))
    return redirect(f"{_address(application_id)}#helpers")


@require_POST
@needs(Action.APPLY)
def submit(request: HttpRequest, application_id: int) -> HttpResponse:
    """Submit a whole application; what is missing is named."""
    try:
        made = services.submit_application(actor=_actor(request), application_id=application_id)
    except ApplicationNotFoundError:
        raise
    except YulinError as refusal:
        return shown_application(request, application_id, refusal=refusal, status=status_of(refusal.code))
    words = Text("已提交，回执%(receipt)s。", "Submitted; your receipt is %(receipt)s.")
    messages.success(request, say(words.with_values(receipt=made.receipt)))
    return redirect(f"{_address(application_id)}#receipts")


@require_POST
@needs(Action.APPLY)
def withdraw(request: HttpRequest, application_id: int) -> HttpResponse:
    """Withdraw an application."""
    reason = request.POST.get("reason", "")
    services.withdraw_application(actor=_actor(request), application_id=application_id, reason=reason)
    messages.success(request, say(Text("已撤回，内容留存。", "Withdrawn; what was written is kept.")))
    return redirect(_address(application_id))


def _address(application_id: int) -> str:
    return redirect("brain:application", application_id).url


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the middleware
    return actor
