"""Pages of claims: what can be claimed and what waits, opening one, and one claim with its sheet and its steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.kit.clock import business_date
from yulin.kit.documents import open_document
from yulin.kit.limits import upload_limit_bytes
from yulin.kit.lists import Column, Filter, Plan, read_listing
from yulin.kit.speech import amount_beside, say, speak_in
from yulin.people.adapters.calendar import recent_work_calendar
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action, OrganisationKind
from yulin.people.selectors import organisations_of_kind
from yulin.pool.adapters.packs import law_by_id
from yulin.pool.core.claims.checklist import DiligenceAnswer
from yulin.pool.core.claims.deciding import Deduction
from yulin.pool.core.claims.opening import declared_conditions, open_claim_from
from yulin.pool.core.claims.states import STATE_NAMES
from yulin.pool.core.claims.window import Window, refuse_outside
from yulin.pool.enums import ClaimState
from yulin.pool.forms.claim_parts import InstalmentEventForm, MeetingForm, VisitForm
from yulin.pool.forms.claims import DeductionSet, NoteForm, OpenForm, PaperForm, StatementForm, statement_start
from yulin.pool.models import Claim, Enrolment, InstalmentEvent
from yulin.pool.selectors.breakers import deferral_note
from yulin.pool.selectors.claim_page import ClaimPage, claim_page
from yulin.pool.selectors.claim_parts import meetings_of, must_meet, waiting_instalments
from yulin.pool.selectors.claims import (
    claim_for,
    claim_windows,
    claimable_loans,
    claims_visible_to,
    claims_waiting_for,
    papers_taken,
    read_statement,
    standing_of,
)
from yulin.pool.selectors.currencies import currency_under, with_currency
from yulin.pool.selectors.enrolments import enrolment_for
from yulin.pool.selectors.experts import listed_experts
from yulin.pool.selectors.notices import open_objections
from yulin.pool.selectors.recalls import is_recallable
from yulin.pool.selectors.recoveries import debts_visible_to
from yulin.pool.services.claims import deciding, papers, reviewing
from yulin.pool.services.claims.instalments import state_event
from yulin.pool.services.claims.meetings import record_meeting
from yulin.pool.services.claims.objecting import dismiss_objections
from yulin.pool.services.claims.open_claim import (
    counts_lower_of,
    interest_days_at_most,
    open_claim,
    owed_when_paid_fen,
    principal_fen,
    refuse_suspended,
)
from yulin.pool.services.claims.visiting import record_visit

if TYPE_CHECKING:
    from yulin.people.models import Organisation
    from yulin.rules.core.scheme import Provision

_SEARCH = ("firm_name__icontains", "number__iexact", "loan_number__iexact")
_COLUMNS = (
    Column("firm", Text("企业与申请", "Firm and claim"), "firm_name", export=lambda row: row.firm_name),
    Column("number", Text("编号", "Number"), "number", export=lambda row: row.number),
    Column("state", Text("状态", "State"), "state", export=lambda row: STATE_NAMES[ClaimState(row.state)]),
    Column("due", Text("期限", "Due"), "due_on", export=lambda row: row.due_on),
    Column(
        "base",
        Text("补偿基数（万元）", "Loss base (CNY 10,000)"),
        "loss_base_fen",
        is_number=True,
        export=lambda row: amount_beside(row.loss_base_fen, row.currency),
        sheet_head=Text("补偿基数（元）", "Loss base (CNY)"),
    ),
    Column(
        "public",
        Text("财政补偿（万元）", "Public money (CNY 10,000)"),
        "public_fen",
        is_number=True,
        export=lambda row: amount_beside(row.public_fen, row.currency),
        sheet_head=Text("财政补偿（元）", "Public money (CNY)"),
    ),
)
_CLAIMABLE_SHOWN = 20
_VISITED = frozenset({ClaimState.SUBMITTED, ClaimState.REVIEWED})
_WAITING = frozenset({ClaimState.DECIDED, ClaimState.NOTICED, ClaimState.APPROVED})


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by ActorMiddleware
    return actor


@needs(Action.SEE_CLAIMS)
def claims(request: HttpRequest) -> HttpResponse | FileResponse:
    """Show the claims that the actor may see, those that wait for it first, and for a bank what can be claimed."""
    actor = _actor(request)
    filters = [Filter("state", Text("状态", "State"), "state", [(str(key), name) for key, name in STATE_NAMES.items()])]
    if actor.sees_all_rows:
        banks = [(str(bank.pk), bank.short_name) for bank in organisations_of_kind(OrganisationKind.BANK)]
        filters.append(Filter("bank", Text("银行", "Bank"), "bank_id", banks, int))
    rows = with_currency(claims_visible_to(actor).select_related("bank").defer("sheet", "statement"))
    listing = read_listing(request, rows, Plan(_COLUMNS, "-number", filters, _SEARCH))
    if request.GET.get("format") == "csv":
        return listing.export(f"yulin-claims-{business_date()}.csv")
    claimable = claimable_loans(actor) if actor.may(Action.FILE_CLAIMS) else None
    waiting = claims_waiting_for(actor)
    shown = list(with_currency(claimable)[:_CLAIMABLE_SHOWN]) if claimable is not None else []
    context = {
        "listing": listing,
        "find": Text("企业、编号或借据号", "firm, claim or loan number"),
        "nothing": {
            "title": Text("还没有补偿申请", "No claim yet"),
            "text": Text(
                "违约以月报为准；可申请时在此列出。", "Returns show defaults; what can be claimed appears here."
            ),
        },
        "waiting": waiting.select_related("bank").first(),
        "waiting_count": waiting.count(),
        "claimable": list(zip(shown, _windows(shown), strict=True)),
        "claimable_count": claimable.count() if claimable is not None else 0,
    }
    return render(request, "pool/claims.html", context)


def _windows(loans: list[Enrolment]) -> list[Window]:
    found = claim_windows(loans)
    return [found[one.pk] for one in loans]


@needs(Action.FILE_CLAIMS)
def claim_open(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Show what a claim on one loan would be, since when it may be made, and open it."""
    actor = _actor(request)
    enrolment = enrolment_for(actor, enrolment_id)
    law = law_by_id(enrolment.pack_id)
    speak_in(law.pack.currency)
    rules = law.pack.scheme.claim
    is_guarantors = actor.kind == OrganisationKind.GUARANTOR
    conditions = () if is_guarantors else declared_conditions(rules)
    data = request.POST if request.method == "POST" else None
    form = OpenForm(
        data, initial={"defaulted_on": enrolment.defaulted_on}, conditions=conditions, is_guarantors=is_guarantors,
        days_at_most=interest_days_at_most(enrolment, law), asks_npa=counts_lower_of(enrolment, law),
    )  # fmt: skip
    status = 200
    if data is not None:
        status = 422
        if form.is_valid():
            try:
                claim = open_claim(actor=actor, enrolment_id=enrolment.pk, asked=form.asked())
            except YulinError as error:
                form.add_error(None, _told(error))
            else:
                messages.success(
                    request, say(Text("已建立申请，请补齐材料后提交", "Opened; add the papers, then submit"))
                )
                return redirect("pool:claim", claim.pk)
    claimant = enrolment.guarantor if is_guarantors and enrolment.guarantor is not None else enrolment.bank
    principal = owed_when_paid_fen(enrolment) if is_guarantors else principal_fen(enrolment)
    context = {
        "form": form,
        "enrolment": enrolment,
        "principal_fen": principal,
        "is_guarantors": is_guarantors,
        "hindrance": _hindrance(enrolment, rules, claimant, is_early=bool(conditions) or is_guarantors),
        "deferral": deferral_note(claimant, law, principal, today=business_date()),
        "window": claim_windows([enrolment])[enrolment.pk],
    }
    return render(request, "pool/claim_open.html", context, status=status)


def _hindrance(
    enrolment: Enrolment, rules: Sequence[Provision], claimant: Organisation, *, is_early: bool
) -> YulinError | None:
    """Return why the loan cannot be claimed today, before anybody fills in a form.

    `is_early`: days that only the claimant knows decide when it opens, and are not stated yet.
    """
    try:
        refuse_suspended(claimant, law_by_id(enrolment.pack_id), business_date())
        if is_early:
            return None
        standing = standing_of(enrolment)
        open_claim_from(standing, rules, today=business_date())
        refuse_outside(law_by_id(enrolment.pack_id).pack.scheme, standing, today=business_date())
    except YulinError as error:
        return error
    return None


@needs(Action.SEE_CLAIMS)
def claim(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Show one claim to each of its parties, and take the step that its state and the actor's role allow."""
    actor = _actor(request)
    found = claim_for(actor, claim_id)
    speak_in(currency_under(found.pack_id))
    forms = _Forms(request, actor, found)
    status = 200
    if request.method == "POST":
        try:
            if forms.carry_out(request.POST.get("do", "")):
                return redirect("pool:claim", claim_id)
        except YulinError as error:
            forms.refused = error
        status = 422 if forms.refused or forms.has_errors else 200
    page = claim_page(actor, claim_id, today=business_date(), deductions=forms.shown_deductions)
    context = {
        "page": page,
        "claim": page.claim,
        "forms": forms,
        "workdays_left": _workdays_left(page),
        "appeal_until": deciding.appeal_until(page.claim),
        "may_see_recoveries": actor.may(Action.SEE_RECOVERIES) and debts_visible_to(actor).filter(pk=claim_id).exists(),
        "may_recall": page.claim.state == ClaimState.RECALLED
        or (actor.may(Action.DECIDE_CLAIMS) and is_recallable(page.claim)),
    }
    return render(request, "pool/claim.html", context, status=status)


def _workdays_left(page: ClaimPage) -> int | None:
    due = page.claim.due_on
    if due is None:
        return None
    try:
        return recent_work_calendar().workdays_left(business_date(), due)
    except YulinError:
        return None


@needs(Action.SEE_CLAIMS)
@require_safe
def claim_paper(request: HttpRequest, claim_id: int, document_id: int) -> FileResponse:
    """Give a claim's document back, as it was sent."""
    kept = claim_for(_actor(request), claim_id).documents.filter(pk=document_id).first()
    if kept is None:
        raise Http404
    return FileResponse(open_document(kept.sha256), as_attachment=True, filename=kept.file_name)


@needs(Action.SEE_CLAIMS)
@require_safe
def claim_minutes(request: HttpRequest, claim_id: int, meeting_id: int) -> FileResponse:
    """Give the minutes of a joint meeting on a claim."""
    kept = next((one for one in meetings_of(claim_for(_actor(request), claim_id)) if one.pk == meeting_id), None)
    if kept is None:
        raise Http404
    return FileResponse(open_document(kept.minutes_sha256), as_attachment=True, filename=kept.minutes_name)


@needs(Action.SEE_CLAIMS)
@require_safe
def claim_evidence(request: HttpRequest, claim_id: int, event_id: int) -> FileResponse:
    """Give the evidence of an event that made an instalment of a claim due."""
    kept = InstalmentEvent.objects.filter(claim=claim_for(_actor(request), claim_id), pk=event_id).first()
    if kept is None:
        raise Http404
    return FileResponse(open_document(kept.sha256), as_attachment=True, filename=kept.file_name)


def _told(error: YulinError) -> str:
    return f"{say(error.message)} {say(error.hint)} [{error.code}]"


class _Forms:
    """The forms that a claim's page offers to one actor in one state, and what each of them does."""

    def __init__(self, request: HttpRequest, actor: Actor, claim: Claim) -> None:
        self.request, self.actor, self.claim = request, actor, claim
        self.refused: YulinError | None = None
        self.has_errors = False
        self.shown_deductions: list[Deduction] = []
        scheme = law_by_id(claim.pack_id).pack.scheme
        self.documents = papers_taken(claim, law_by_id(claim.pack_id))
        self.cases = tuple(one for one in scheme.diligence if not one.row.is_unverified)
        self.state = ClaimState(claim.state)
        self._data = request.POST if request.method == "POST" else None
        self.statement = self._statement() if self.is_banks else None
        self.paper = (
            PaperForm(self._of("paper"), self._files("paper"), documents=self.documents) if self.is_banks else None
        )
        self.note = NoteForm(self._data, initial={"version": claim.version})
        self.note.fields["note"].required = self.may_appeal or self.state == ClaimState.SUBMITTED  # each step needs it
        self.deductions = DeductionSet(self._of("preview", "decide"), prefix="cut") if self.is_authoritys else None
        self.visit = self._visit()
        self.meeting = self._meeting() if self.is_authoritys and must_meet(claim) else None
        self.event = self._event() if self.state in _WAITING and actor.may(Action.REVIEW_CLAIMS) else None

    # What the actor may do here

    @property
    def _is_own(self) -> bool:
        return self.actor.may(Action.FILE_CLAIMS) and self.claim.bank_id == self.actor.organisation_id

    @property
    def is_banks(self) -> bool:
        """Whether the claimant fills in the claim."""
        return self._is_own and self.state in {ClaimState.DRAFT, ClaimState.RETURNED}

    @property
    def may_appeal(self) -> bool:
        """Whether the claimant may appeal."""
        decided = self.state in {ClaimState.DENIED, ClaimState.DECIDED, ClaimState.NOTICED}
        if not (self._is_own and decided and self.claim.appealed_on is None):
            return False
        until = deciding.appeal_until(self.claim)
        return until is None or business_date() <= until

    @property
    def steps(self) -> list[tuple[str, Text]]:
        """The manager's steps in this state."""
        if not self.actor.may(Action.REVIEW_CLAIMS):
            return []
        back = ("return", Text("退回补正", "Return to be completed"))
        return {
            ClaimState.SUBMITTED: [("review", Text("初审通过", "Review done")), back],
            ClaimState.REVIEWED: [
                ("check", Text("复核通过", "Check done")),
                ("send_back", Text("退回初审", "Send back to the reviewer")),
                back,
            ],
            ClaimState.DECIDED: [("publish", Text("开始公示", "Put on public notice"))],
            ClaimState.NOTICED: [
                *([("dismiss", Text("异议不成立，答复理由", "Answer: not upheld"))] if self.has_objections else []),
                ("approve", Text("公示通过", "Notice passed")),
                ("uphold", Text("异议成立，重新审定", "Uphold an objection")),
            ],
        }.get(self.state, [])

    @cached_property
    def has_objections(self) -> bool:
        """Whether an objection to the notice waits for an answer."""
        return self.state == ClaimState.NOTICED and bool(open_objections(self.claim))

    @property
    def is_authoritys(self) -> bool:
        """Whether the authority decides."""
        return self.actor.may(Action.DECIDE_CLAIMS) and self.state == ClaimState.CHECKED

    # What is done

    def carry_out(self, do: str) -> bool:
        """Do what was asked; False where the page is shown again. Raises what the services raise."""
        work = self._works().get(do)
        if work is None:
            raise Http404
        return work()

    def _works(self) -> dict[str, Callable[[], bool]]:
        works: dict[str, Callable[[], bool]] = {}
        if self.is_banks:
            works |= {"fill_in": self._fill_in, "paper": self._add_paper, "submit": self._submit}
            works |= {"withdraw": lambda: self._noted(papers.withdraw_claim)}
        if self.may_appeal:
            works["appeal"] = lambda: self._noted(deciding.appeal_claim)
        managed: dict[str, Callable[[], bool]] = {
            "review": lambda: self._noted(reviewing.review_claim),
            "check": lambda: self._noted(reviewing.check_claim),
            "send_back": lambda: self._noted(reviewing.send_back_claim),
            "return": lambda: self._noted(reviewing.return_claim),
            "publish": lambda: self._plain(deciding.publish_claim),
            "approve": lambda: self._plain(deciding.approve_claim),
            "uphold": lambda: self._noted(deciding.uphold_objection),
            "dismiss": lambda: self._noted(dismiss_objections),
        }
        offered = {key for key, _ in self.steps}
        works |= {key: work for key, work in managed.items() if key in offered}
        if self.visit is not None:
            works["visit"] = self._record_visit
        if self.meeting is not None:
            works["meeting"] = self._record_meeting
        if self.event is not None:
            works["event"] = self._state_event
        if self.is_authoritys:
            works |= {"preview": self._preview, "decide": self._decide, "deny": self._deny}
            works |= {
                "defer": lambda: self._noted(deciding.defer_claim),
                "return": lambda: self._noted(reviewing.return_claim),
            }
        return works

    def _of(self, *wanted: str) -> Any:
        return self._data if self._data is not None and self._data.get("do") in wanted else None

    def _files(self, wanted: str) -> Any:
        return self.request.FILES if self._of(wanted) is not None else None

    def _statement(self) -> StatementForm:
        answers = {row.case: DiligenceAnswer(row.is_case, row.evidence) for row in self.claim.diligence.all()}
        start = statement_start(read_statement(self.claim.statement), answers, self.claim.version)
        return StatementForm(self._of("fill_in"), initial=start, cases=self.cases)

    def _meeting(self) -> MeetingForm:
        start = {"version": self.claim.version}
        return MeetingForm(self._of("meeting"), self._files("meeting"), initial=start, auto_id="meeting_%s")

    def _visit(self) -> VisitForm | None:
        if self.state not in _VISITED or not self.actor.may(Action.REVIEW_CLAIMS):
            return None
        experts, start = listed_experts(), {"version": self.claim.version}
        return VisitForm(self._of("visit"), initial=start, experts=experts, auto_id="visit_%s")

    def _event(self) -> InstalmentEventForm | None:
        waiting = next((one for one in waiting_instalments(self.claim) if one.choices), None)
        if waiting is None:
            return None
        start = {"version": self.claim.version, "instalment": waiting.instalment}
        return InstalmentEventForm(
            self._of("event"), self._files("event"), initial=start, choices=waiting.choices, auto_id="event_%s"
        )

    def _record_meeting(self) -> bool:
        if self.meeting is None or not self._is_good(self.meeting):
            return False
        record_meeting(minutes=self.meeting.minutes(), limit_bytes=upload_limit_bytes(), **self._target())
        return self._said()

    def _record_visit(self) -> bool:
        if self.visit is None or not self._is_good(self.visit):
            return False
        given = self.visit.cleaned_data
        record_visit(expert=given["expert"], on=given["visit_on"], note=given["note"], **self._target())
        return self._said()

    def _state_event(self) -> bool:
        if self.event is None or not self._is_good(self.event):
            return False
        state_event(stated=self.event.stated(), limit_bytes=upload_limit_bytes(), **self._target())
        return self._said()

    def _target(self) -> dict[str, Any]:
        version = self._data.get("version", "") if self._data is not None else ""
        known = int(version) if version.isdigit() else None
        return {"actor": self.actor, "claim_id": self.claim.pk, "version": known}

    def _said(self) -> bool:
        messages.success(
            self.request, say(Text("已办理：%(claim)s", "Done: %(claim)s").with_values(claim=self.claim.number))
        )
        return True

    def _is_good(self, form: Any) -> bool:
        self.has_errors = not form.is_valid()
        return not self.has_errors

    def _fill_in(self) -> bool:
        form = self.statement
        if form is None or not self._is_good(form):
            return False
        papers.fill_in_claim(statement=form.statement(), answers=form.answers(), **self._target())
        return self._said()

    def _add_paper(self) -> bool:
        if self.paper is None or not self._is_good(self.paper):
            return False
        limit_bytes = upload_limit_bytes()
        papers.add_paper(actor=self.actor, claim_id=self.claim.pk, paper=self.paper.paper(), limit_bytes=limit_bytes)
        return self._said()

    def _submit(self) -> bool:
        return self._plain(papers.submit_claim)

    def _plain(self, service: Callable[..., Claim]) -> bool:
        service(**self._target())
        return self._said()

    def _noted(self, service: Callable[..., Claim]) -> bool:
        if not self._is_good(self.note):
            return False
        service(note=self.note.cleaned_data["note"], **self._target())
        return self._said()

    def _deny(self) -> bool:
        if not self._is_good(self.note):
            return False
        given = self.note.cleaned_data
        deciding.deny_claim(clause=given["clause"], note=given["note"], **self._target())
        return self._said()

    def _cuts(self) -> list[Deduction] | None:
        if self.deductions is None or not self._is_good(self.deductions):
            return None
        return [cut for form in self.deductions if (cut := form.deduction()) is not None]

    def _preview(self) -> bool:
        self.shown_deductions = self._cuts() or []
        return False

    def _decide(self) -> bool:
        cuts = self._cuts()
        if cuts is None or not self._is_good(self.note):
            return False
        self.shown_deductions = cuts
        shown = self.request.POST.get("shown_public_fen", "")
        given = self.note.cleaned_data
        deciding.decide_claim(
            shown_public_fen=int(shown) if shown.isdigit() else -1,
            deductions=cuts,
            clause=given["clause"],
            note=given["note"],
            **self._target(),
        )
        return self._said()
