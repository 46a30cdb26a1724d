"""Pages of enrolments: the list, one enrolment, the review queue, a filing that the bank completes."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.kit.clock import business_date
from yulin.kit.lists import Column, Filter, Plan, read_listing
from yulin.kit.speech import amount_beside, full_amount, say, say_refusal, speak_in
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action, OrganisationKind
from yulin.people.selectors import organisations_of_kind
from yulin.pool.core.names import DISTRICTS, STATES, STEP_NAMES, state_name
from yulin.pool.core.returns import STATUS_NAMES
from yulin.pool.core.states import Step
from yulin.pool.forms.review import DecisionForm, MissingFactsForm
from yulin.pool.selectors.claims import claim_windows
from yulin.pool.selectors.currencies import currency_of, with_currency
from yulin.pool.selectors.enrolment_page import EnrolmentPage, enrolment_page, refusal_clauses
from yulin.pool.selectors.enrolments import enrolments_visible_to, last_question, next_in_queue, review_queue
from yulin.pool.services.charge_fee import charge_fee
from yulin.pool.services.review import ask_bank, confirm_conditionally, confirm_enrolment, refuse_enrolment
from yulin.pool.services.submit_enrolment import submit_enrolment
from yulin.pool.views import completions, steps

_SEARCH = ("firm_name__icontains", "firm_code__iexact", "loan_number__iexact", "number__iexact")
_COLUMNS = (
    Column("firm", Text("企业与借据", "Firm and loan"), "firm_name", export=lambda row: row.firm_name),
    Column("number", Text("确认编号", "Confirmation"), "number", export=lambda row: row.number),
    Column("state", Text("状态", "State"), "state", export=lambda row: state_name(row.state)),
    Column("loan", Text("贷款", "Loan"), "loan_status", export=lambda row: row.loan_number),
    Column("disbursed", Text("放款日", "Lent on"), "disbursed_on", export=lambda row: row.disbursed_on),
    Column(
        "amount",
        Text("入库金额（万元）", "Enrolled (CNY 10,000)"),
        "enrolled_amount_fen",
        is_number=True,
        export=lambda row: amount_beside(row.enrolled_amount_fen, row.currency),
        sheet_head=Text("入库金额（元）", "Enrolled (CNY)"),
    ),
    Column(
        "outstanding",
        Text("余额（万元）", "Outstanding (CNY 10,000)"),
        "outstanding_fen",
        is_number=True,
        export=lambda row: amount_beside(row.outstanding_fen, row.currency),
        sheet_head=Text("余额（元）", "Outstanding (CNY)"),
    ),
)
_QUEUE_COLUMNS = (
    Column("firm", Text("企业与借据", "Firm and loan"), "firm_name"),
    Column("missing", Text("缺什么", "What is missing")),
    Column("amount", Text("金额（万元）", "Amount (CNY 10,000)"), "enrolled_amount_fen", is_number=True),
    Column("submitted", Text("报送日", "Filed on"), "submitted_on"),
)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by ActorMiddleware
    return actor


@needs(Action.SEE_ENROLMENTS)
def enrolments(request: HttpRequest) -> HttpResponse | FileResponse:
    """Show the enrolments that the actor may see, filtered, sorted, paged, exported."""
    actor = _actor(request)
    filters = [
        Filter("state", Text("状态", "State"), "state", list(STATES.items())),
        Filter("status", Text("贷款", "Loan"), "loan_status", [(str(key), name) for key, name in STATUS_NAMES.items()]),
    ]
    if actor.sees_all_rows:
        banks = [(str(bank.pk), bank.short_name) for bank in organisations_of_kind(OrganisationKind.BANK)]
        filters.append(Filter("bank", Text("银行", "Bank"), "bank_id", banks, int))
        filters.append(Filter("district", Text("区", "District"), "district_code", list(DISTRICTS.items())))
    years = [(str(year), Text(f"{year}年", str(year))) for year in range(business_date().year, 2015, -1)]
    filters.append(Filter("year", Text("放款年", "Year"), "disbursed_on__year", years, int))
    rows = with_currency(enrolments_visible_to(actor).select_related("bank").defer("facts", "missing", "ratio_bp"))
    listing = read_listing(request, rows, Plan(_COLUMNS, "-disbursed", filters, _SEARCH))
    if request.GET.get("format") == "csv":
        return listing.export(f"yulin-enrolments-{business_date()}.csv")
    context = {
        "listing": listing,
        "find": Text("企业、代码、借据号或确认编号", "firm, code, loan or confirmation number"),
        "nothing": {
            "title": Text("还没有备案", "Nothing is enrolled yet"),
            "text": Text("上传借据文件后，确认的贷款在这里列出。", "Upload a loan file; confirmed loans appear here."),
        },
        "may_enrol": actor.may(Action.ENROL_LOANS),
    }
    return render(request, "pool/enrolments.html", context)


@needs(Action.REVIEW_ENROLMENTS)
def review(request: HttpRequest) -> HttpResponse:
    """Show the filings that rules could not decide, oldest first; j and k walk, Enter opens."""
    listing = read_listing(
        request, with_currency(review_queue(_actor(request))), Plan(_QUEUE_COLUMNS, "submitted", search=_SEARCH)
    )
    context = {
        "listing": listing,
        "find": Text("企业、代码或借据号", "firm, code or loan number"),
        "nothing": {
            "title": Text("没有待审核的备案", "No filing waits"),
            "text": Text("规则能够认定的已自动确认。", "What rules could decide is confirmed already."),
        },
    }
    return render(request, "pool/review.html", context)


@needs(Action.SEE_ENROLMENTS)
def enrolment(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Show one enrolment, and take what its state and the actor's role allow: a decision, or further facts."""
    actor = _actor(request)
    page = enrolment_page(actor, enrolment_id)
    speak_in(page.law.pack.currency)
    decision = _decision_form(request, page) if _may_decide(actor, page) else None
    missing = _facts_form(request, page) if _may_complete(actor, page) else None
    form: DecisionForm | MissingFactsForm | None = decision or missing
    status = 200
    if request.method == "POST" and form is not None:
        if form.is_valid():
            try:
                return _carried_out(request, actor, page, form)
            except YulinError as error:
                form.add_error(None, f"{say(error.message)} {say(error.hint)} [{error.code}]")
        status = 422
    return _shown(request, page, {"decision": decision, "facts_form": missing}, status)


@require_POST
@needs(Action.REVIEW_ENROLMENTS)
def step(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Take a step that stands beside the review: revoke, close, make active."""
    actor = _actor(request)
    page = enrolment_page(actor, enrolment_id)
    speak_in(page.law.pack.currency)
    asked, version = request.POST.get("step", ""), request.POST.get("version", "")
    if asked not in {each.value for each in steps.RIGHTS} or not version.isdecimal():
        raise Http404
    form = steps.step_form(Step(asked), page, request.POST)
    if form.is_valid():
        try:
            steps.take(Step(asked), actor, page, form.cleaned_data, int(version))
        except YulinError as refusal:
            form.add_error(None, say_refusal(refusal))
        else:
            said = Text("已办理：%(step)s", "Done: %(step)s").with_values(step=STEP_NAMES[asked])
            messages.success(request, say(said))
            return redirect("pool:enrolment", enrolment_id)
    return _shown_again(request, page, {"sent": {asked: form}})


@require_POST
@needs(Action.CONFIRM_ENROLMENTS)
def complete(request: HttpRequest, enrolment_id: int, what: str) -> HttpResponse:
    """Add what an enrolment lacks: its district at filing, its guarantor."""
    actor = _actor(request)
    form = completions.completion_form(what, request.POST)
    page = enrolment_page(actor, enrolment_id)
    speak_in(page.law.pack.currency)
    if form.is_valid():
        try:
            completions.complete(actor, enrolment_id, form)
        except YulinError as refusal:
            form.add_error(None, say_refusal(refusal))
        else:
            messages.success(request, say(completions.SAID[what]))
            return redirect("pool:enrolment", enrolment_id)
    return _shown_again(request, page, {what: form})


@require_POST
@needs(Action.CHARGE_FEES)
def fee(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Charge a guarantee fee that the page lists."""
    kind, number = request.POST.get("kind", ""), request.POST.get("number", "")
    if not kind or not number.isdecimal():
        raise Http404
    charged = charge_fee(actor=_actor(request), enrolment_id=enrolment_id, kind=kind, number=int(number))
    total = full_amount(charged.amount_fen, currency_of(charged.scheme_id))
    said = Text("已计收担保费%(sum)s", "A fee of %(sum)s is charged").with_values(sum=total)
    messages.success(request, say(said))
    return redirect(f"{reverse('pool:enrolment', args=[enrolment_id])}#fees")


def _shown_again(request: HttpRequest, page: EnrolmentPage, forms: dict[str, Any]) -> HttpResponse:
    """Show an enrolment with a form that was sent and could not be carried out."""
    decision = _decision_form(request, page, is_sent=False) if _may_decide(_actor(request), page) else None
    return _shown(request, page, {"decision": decision, **forms}, 422)


def _shown(request: HttpRequest, page: EnrolmentPage, forms: dict[str, Any], status: int) -> HttpResponse:
    actor, missing = _actor(request), forms.get("facts_form")
    context = {
        "page": page,
        "enrolment": page.enrolment,
        "pack": page.law.pack,
        "decision": forms.get("decision"),
        "following": next_in_queue(actor, page.enrolment) if forms.get("decision") else None,
        "facts_form": missing,
        **completions.completions(actor, page, forms),
        "window": claim_windows([page.enrolment])[page.enrolment.pk] if page.enrolment.defaulted_on else None,
        "steps": steps.step_lines(actor, page, forms.get("sent")),
        "question": last_question(page.enrolment) if missing else None,
        "may_charge": actor.may(Action.CHARGE_FEES),
        "may_undo": actor.may(Action.CORRECT_LEDGER),
        "total_fen": page.enrolment.enrolled_amount_fen,
        "may_letter": page.enrolment.state in {"confirmed", "active", "closed"},
    }
    return render(request, "pool/enrolment.html", context, status=status)


def _may_decide(actor: Actor, page: EnrolmentPage) -> bool:
    waits = page.enrolment.state in {"submitted", "reviewed", "conditional"}
    return waits and actor.may(Action.REVIEW_ENROLMENTS)


def _may_complete(actor: Actor, page: EnrolmentPage) -> bool:
    return page.enrolment.state == "draft" and actor.may(Action.ENROL_LOANS)


def _decision_form(request: HttpRequest, page: EnrolmentPage, *, is_sent: bool = True) -> DecisionForm:
    data = request.POST if request.method == "POST" and is_sent else None
    start: dict[str, Any] = {"version": page.enrolment.version}
    start["until"] = date(business_date().year, 12, 31)
    only = ("confirm",) if page.enrolment.state == "conditional" else ()
    return DecisionForm(data, initial=start, clauses=refusal_clauses(page.law), only=only)


def _facts_form(request: HttpRequest, page: EnrolmentPage) -> MissingFactsForm:
    data = request.POST if request.method == "POST" else None
    return MissingFactsForm(
        data,
        initial={"version": page.enrolment.version},
        missing=page.enrolment.missing,
        vocabulary=page.law.pack.vocabulary,
    )


def _carried_out(
    request: HttpRequest, actor: Actor, page: EnrolmentPage, form: DecisionForm | MissingFactsForm
) -> HttpResponse:
    given = form.cleaned_data
    target = {"actor": actor, "enrolment_id": page.enrolment.pk, "version": given["version"]}
    if isinstance(form, MissingFactsForm):
        found = submit_enrolment(facts=form.facts(), **target)
        said = Text("已重新报送：%(state)s", "Filed again: %(state)s").with_values(state=state_name(found.state))
        messages.success(request, say(said))
        return redirect("pool:enrolment", page.enrolment.pk)
    _decide(given, page, target)
    messages.success(
        request, say(Text("已办理：%(firm)s", "Done: %(firm)s").with_values(firm=page.enrolment.firm_name))
    )
    following = next_in_queue(actor, page.enrolment)
    return redirect("pool:enrolment", following) if following else redirect("pool:review")


def _decide(given: dict[str, Any], page: EnrolmentPage, target: dict[str, Any]) -> None:
    clauses = {key: name.zh for key, name in refusal_clauses(page.law)}
    clause = clauses.get(given["clause"], "")
    note = given["note"]
    if given["decision"] == "confirm":
        confirm_enrolment(clause=clause, note=note, **target)
    elif given["decision"] == "condition":
        confirm_conditionally(condition=note, until=given["until"], clause=clause, **target)
    elif given["decision"] == "ask":
        ask_bank(note=note, **target)
    else:
        refuse_enrolment(clause=clause, note=note, **target)
