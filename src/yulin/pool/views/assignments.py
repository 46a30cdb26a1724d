"""Pages of packages of debts: the list, making one, one package with its steps, and the year-end plan."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.kit.clock import business_date
from yulin.kit.documents import open_document
from yulin.kit.limits import upload_limit_bytes
from yulin.kit.lists import Column, Filter, Plan, csv_answer, read_listing, xlsx_answer
from yulin.kit.row_security import EVERYTHING, scope
from yulin.kit.speech import amount_beside, say, speak_in, yuan
from yulin.people.adapters.calendar import work_calendar
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action, OrganisationKind
from yulin.people.selectors import organisations_of_kind
from yulin.pool.core.assignment.kinds import COLLECTOR_NAMES, KIND_LAWS, LATER_MONEY_NAMES, TRANSFEREE_NAMES
from yulin.pool.core.assignment.package import ACT_NAMES, PACKAGE_NAMES, PAPER_NAMES, REQUEST_NAMES
from yulin.pool.core.claims.states import STATE_NAMES
from yulin.pool.enums import AssignmentKind, ClaimState, PackageState, TransfereeKind
from yulin.pool.forms.assignments import (
    BuyBackForm,
    DecisionForm,
    MakeForm,
    NoticeForm,
    PassedOnForm,
    SheetForm,
    TermsForm,
    terms_start,
)
from yulin.pool.models import DebtPackage
from yulin.pool.selectors.assignments import debts_to_assign, package_for, packages_visible_to
from yulin.pool.selectors.district_debts import district_debts, district_sums, shown_debts
from yulin.pool.selectors.package_page import PackagePage, package_page
from yulin.pool.selectors.year_end import Planned, YearEndPlan, year_end_plan
from yulin.pool.services.assignments import deciding, papers
from yulin.pool.services.assignments.make_package import Terms, change_terms, make_package, take_out_debt

_SEARCH = ("number__iexact", "transferee_name__icontains", "debts__firm_name__icontains", "debts__loan_number__iexact")
_COLUMNS = (
    Column("number", Text("转让包", "Package"), "id", export=lambda row: row.number),
    Column("kind", Text("转让方式", "Kind"), "kind", export=lambda row: KIND_LAWS[AssignmentKind(row.kind)].name),
    Column("state", Text("状态", "State"), "state", export=lambda row: PACKAGE_NAMES[PackageState(row.state)]),
    Column("settles", Text("交割日", "Settlement"), "settles_on", export=lambda row: row.settles_on),
    Column("debts", Text("笔数", "Debts"), "debt_count", is_number=True, export=lambda row: row.debt_count),
    Column(
        "principal", Text("本金（元）", "Principal (CNY)"), "principal_fen", is_number=True,
        export=lambda row: amount_beside(row.principal_fen, row.currency),
    ),
    Column(
        "price", Text("价款（元）", "Price (CNY)"), "price_fen", is_number=True,
        export=lambda row: amount_beside(row.price_fen, row.currency) if row.price_ratio_ppm else "",
    ),
)  # fmt: skip
_DISTRICT_SEARCH = (
    "firm_name__icontains", "loan_number__iexact", "claim_number__iexact", "package__number__iexact",
)  # fmt: skip
_DISTRICT_FILTERS = (
    Filter(
        "state", Text("状态", "State"), "package__state",
        [(str(key), name) for key, name in PACKAGE_NAMES.items() if key != PackageState.DRAFT],
    ),
)  # fmt: skip
_DISTRICT_COLUMNS = (
    Column("firm", Text("企业与借据", "Firm and loan"), "firm_name", export=lambda row: row.firm_name),
    Column("loan", Text("借据号", "Loan"), export=lambda row: row.loan_number),
    Column("package", Text("转让包", "Package"), "package__number", export=lambda row: row.package.number),
    Column(
        "state", Text("状态", "State"), "package__state",
        export=lambda row: PACKAGE_NAMES[PackageState(row.package.state)],
    ),
    Column("active", Text("生效日", "In force"), "package__active_from", export=lambda row: row.package.active_from),
    Column(
        "principal", Text("本金（元）", "Principal (CNY)"), "principal_fen", is_number=True,
        export=lambda row: amount_beside(row.principal_fen, row.package.currency),
    ),
    Column("layer", Text("本区已付补偿（元）", "Paid by this district (CNY)"), is_number=True),
    Column(
        "price", Text("价款（元）", "Price (CNY)"), "price_fen", is_number=True,
        export=lambda row: amount_beside(row.price_fen, row.package.currency),
    ),
)  # fmt: skip
_DEBT_HEADS = (
    Text("申请编号", "Claim"),
    Text("企业名称", "Firm"),
    Text("统一社会信用代码", "Firm's code"),
    Text("借据号", "Loan"),
    Text("五级分类", "Class"),
    Text("本金余额（元）", "Principal (CNY)"),
    Text("已获补偿（元）", "Compensated (CNY)"),
    Text("已回收（元）", "Recovered (CNY)"),
    Text("价款（元）", "Price (CNY)"),
    Text("通知送达日", "Notice delivered"),
)
_PLAN_HEADS = (
    Text("结论", "Result"),
    Text("申请编号", "Claim"),
    Text("企业名称", "Firm"),
    Text("银行", "Bank"),
    Text("环节", "State"),
    Text("本金余额（元）", "Principal (CNY)"),
    Text("最早出表日", "Earliest day"),
    Text("原因", "Reasons"),
)
_SHOWN = 100


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by ActorMiddleware
    return actor


@needs(Action.SEE_ASSIGNMENTS)
def packages(request: HttpRequest) -> HttpResponse | FileResponse:
    """Show the packages that the actor may see; to a district the debts of its own loans in them."""
    actor = _actor(request)
    if actor.kind == OrganisationKind.DISTRICT:
        with scope(EVERYTHING):  # of packages with other districts' debts only what the selector takes
            return _district_debts(request, actor)
    filters = [
        Filter("state", Text("状态", "State"), "state", [(str(key), name) for key, name in PACKAGE_NAMES.items()]),
        Filter("kind", Text("转让方式", "Kind"), "kind", [(str(key), law.name) for key, law in KIND_LAWS.items()]),
    ]
    if actor.sees_all_rows:
        filters.append(_bank_filter())
    rows = packages_visible_to(actor)
    plan = Plan(_COLUMNS, "-number", filters, _SEARCH)
    if request.GET.get("q"):
        rows = rows.distinct()
    listing = read_listing(request, rows, plan)
    if listing.format:
        return listing.export(f"yulin-packages-{business_date()}.csv")
    context = {
        "listing": listing,
        "find": Text("转让包、受让方、企业或借据", "package, transferee, firm or loan"),
        "may_make": actor.may(Action.REQUEST_ASSIGNMENTS),
        "may_plan": _may_plan(actor),
        "ready": len(debts_to_assign(actor)) if actor.may(Action.REQUEST_ASSIGNMENTS) else 0,
        "nothing": {
            "title": Text("还没有转让包", "No package yet"),
            "text": Text(
                "补偿拨付后，债权可以成包转让，帮助银行当年出表。",
                "Once compensation is paid, debts can be assigned in packages and leave the balance sheet.",
            ),
        },
    }
    return render(request, "pool/packages.html", context)


def _district_debts(request: HttpRequest, actor: Actor) -> HttpResponse | FileResponse:
    rows = district_debts(actor)
    listing = read_listing(request, rows, Plan(_DISTRICT_COLUMNS, "-package", _DISTRICT_FILTERS, _DISTRICT_SEARCH))
    if listing.format:
        return listing.export(f"yulin-assigned-debts-{business_date()}.csv")
    context = {
        "listing": listing,
        "lines": shown_debts(listing.page),
        "sums": district_sums(actor),
        "find": Text("企业、借据、申请或转让包", "firm, loan, claim or package"),
        "nothing": {
            "title": Text("本区的债权还没有转让", "No debt of this district is in a package"),
            "text": Text("本区贷款补偿后成包转让的，在这里列出。", "Compensated debts of its loans appear here."),
        },
    }
    return render(request, "pool/district_debts.html", context)


def _bank_filter() -> Filter:
    banks = [(str(bank.pk), bank.short_name) for bank in organisations_of_kind(OrganisationKind.BANK)]
    return Filter("bank", Text("银行", "Bank"), "bank_id", banks, int)


def _may_plan(actor: Actor) -> bool:
    return actor.sees_all_rows or actor.kind == OrganisationKind.BANK


@needs(Action.REQUEST_ASSIGNMENTS)
def package_make(request: HttpRequest) -> HttpResponse:
    """Show the compensated debts that can be assigned, and make a package of those chosen."""
    actor = _actor(request)
    form = MakeForm(request.POST if request.method == "POST" else None)
    refused: YulinError | None = None
    chosen = [int(one) for one in request.POST.getlist("claim") if one.isdigit()]
    if request.method == "POST" and form.is_valid():
        try:
            return _made(request, actor, form.cleaned_data["kind"], chosen)
        except YulinError as error:
            refused = error
    debts = debts_to_assign(actor)
    context = {
        "form": form,
        "debts": debts,
        "chosen": chosen,
        "refused": refused,
        "total_fen": sum(one.enrolment.outstanding_fen for one in debts),
    }
    return render(request, "pool/package_make.html", context, status=422 if request.method == "POST" else 200)


def _made(request: HttpRequest, actor: Actor, kind: str, claim_ids: list[int]) -> HttpResponse:
    made = make_package(actor=actor, terms=Terms(AssignmentKind(kind)), claim_ids=claim_ids)
    said = Text("已建立%(package)s，%(n)s笔债权", "%(package)s is made of %(n)s {n:debt|debts}")
    messages.success(request, say(said.with_values(package=made.number, n=made.debt_count)))
    return redirect("pool:package", made.pk)


@needs(Action.SEE_ASSIGNMENTS)
def year_end(request: HttpRequest) -> HttpResponse | FileResponse:
    """Show which claims can leave the balance sheet by the end of the year, and make a package of what is ready."""
    actor, today = _actor(request), business_date()
    if not _may_plan(actor):
        raise Http404
    banks = list(organisations_of_kind(OrganisationKind.BANK)) if actor.sees_all_rows else []
    asked = request.GET.get("bank", "")
    bank_id = int(asked) if asked.isdigit() and actor.sees_all_rows else None
    plan = year_end_plan(actor, today=today, calendar=work_calendar(), bank_id=bank_id)
    if request.GET.get("format") in {"csv", "xlsx"}:
        answer = xlsx_answer if request.GET["format"] == "xlsx" else csv_answer
        return answer(f"yulin-year-end-{today}.{request.GET['format']}", _PLAN_HEADS, _plan_cells(plan))
    form = MakeForm(request.POST if request.method == "POST" else None, initial={"kind": AssignmentKind.TO_AMC.value})
    refused: YulinError | None = None
    may_make = actor.may(Action.REQUEST_ASSIGNMENTS)
    if request.method == "POST":
        if not may_make:
            raise Http404
        if form.is_valid():
            try:
                return _made(request, actor, form.cleaned_data["kind"], [one.claim.pk for one in plan.ready])
            except YulinError as error:
                refused = error
    context = {
        "plan": plan,
        "groups": [(*group, group[3][:_SHOWN]) for group in plan.groups],
        "shown": _SHOWN,
        "form": form if may_make else None,
        "refused": refused,
        "banks": banks,
        "bank_id": bank_id,
        "today": today,
    }
    return render(request, "pool/year_end.html", context, status=422 if refused else 200)


def _plan_cells(plan: YearEndPlan) -> list[list[Any]]:
    return [_plan_row(name, one) for _, name, _, rows, _ in plan.groups for one in rows]


def _plan_row(name: Text, one: Planned) -> list[Any]:
    claim, reasons = one.claim, one.reasons
    return [
        name,
        claim.number,
        claim.firm_name,
        claim.bank.short_name,
        STATE_NAMES[ClaimState(claim.state)],
        amount_beside(one.line.candidate.amount_fen, one.currency),
        one.line.earliest_on,
        Text("；".join(text.zh for text in reasons), "; ".join(text.en for text in reasons)),
    ]


@needs(Action.SEE_ASSIGNMENTS)
def package(request: HttpRequest, package_id: int) -> HttpResponse | FileResponse:
    """Show one package to each of its parties, and take the step that its state and the actor's role allow."""
    actor, today = _actor(request), business_date()
    page = package_page(actor, package_id, today=today)
    speak_in(page.package.currency)
    if request.GET.get("format") in {"csv", "xlsx"}:
        answer = xlsx_answer if request.GET["format"] == "xlsx" else csv_answer
        return answer(f"{page.package.number}.{request.GET['format']}", _DEBT_HEADS, _debt_cells(page))
    work = _Work(request, actor, page)
    if request.method == "POST":
        try:
            if work.carry_out(request.POST.get("do", "")):
                return redirect("pool:package", package_id)
        except YulinError as error:
            work.refused = error
        page = package_page(actor, package_id, today=today)
    held = page.package
    kind = held.transferee_kind
    context = {
        "page": page,
        "package": held,
        "work": work,
        "transferee_kind": TRANSFEREE_NAMES[TransfereeKind(kind)] if kind else None,
        "collector": COLLECTOR_NAMES[page.law.collector],
        "later_money": LATER_MONEY_NAMES[page.law.later_money],
        "may_see_claims": actor.kind not in {OrganisationKind.GUARANTOR, OrganisationKind.INSURER},
        "asks": [(ask, ACT_NAMES[ask.act], REQUEST_NAMES[ask.state]) for ask in page.asks],  # type: ignore[index]  # the enums are strings
        "papers": [(one, PAPER_NAMES[one.kind]) for one in page.papers],  # type: ignore[index]  # the enums are strings
    }
    return render(request, "pool/package.html", context, status=422 if request.method == "POST" else 200)


def _debt_cells(page: PackagePage) -> list[list[Any]]:
    return [
        [
            line.debt.claim_number, line.debt.firm_name, line.debt.firm_code, line.debt.loan_number,
            line.debt.five_class, yuan(line.debt.principal_fen), yuan(line.debt.compensated_fen),
            yuan(line.debt.returned_fen), yuan(line.debt.price_fen),
            line.notice.delivered_on if line.notice else None,
        ]
        for line in page.debts
    ]  # fmt: skip


@needs(Action.SEE_ASSIGNMENTS)
@require_safe
def package_paper(request: HttpRequest, package_id: int, paper_id: int) -> FileResponse:
    """Give a paper of a package back, as it was sent."""
    kept = package_for(_actor(request), package_id).papers.filter(pk=paper_id).first()
    if kept is None:
        raise Http404
    return FileResponse(open_document(kept.sha256), as_attachment=True, filename=kept.file_name)


class _Work:
    """The forms that a package's page offers to one actor in one state, and what each of them does."""

    def __init__(self, request: HttpRequest, actor: Actor, page: PackagePage) -> None:
        self.request, self.actor, self.page, self.package = request, actor, page, page.package
        self.refused: YulinError | None = None
        self.state = PackageState(self.package.state)
        self._data = request.POST if request.method == "POST" else None
        may_ask = actor.may(Action.REQUEST_ASSIGNMENTS)
        is_open = may_ask and self.state in {
            PackageState.DRAFT, PackageState.SUBMITTED, PackageState.APPROVED, PackageState.ACTIVE,
        }  # fmt: skip
        self.terms = self._terms_form() if may_ask and self.state == PackageState.DRAFT else None
        self.sheet = SheetForm(self._of("sheet"), self._files("sheet")) if is_open else None
        untold = page.without_notice
        self.notice = (
            NoticeForm(self._of("notice"), self._files("notice"), debts=untold) if is_open and untold else None
        )
        may_buy_back = may_ask and self.state == PackageState.ACTIVE and page.buy_back is None
        self.back = BuyBackForm(self._of("back"), auto_id="back_%s") if may_buy_back else None
        owned = [one.debt for one in page.debts if one.debt.is_open]
        takes_money = may_ask and self.state == PackageState.ACTIVE and page.law.shares_price
        self.passed = PassedOnForm(self._of("passed"), debts=owned, auto_id="passed_%s") if takes_money else None
        self.decision = DecisionForm(self._data, initial={"version": self.package.version}, auto_id="decide_%s")

    @property
    def may_submit(self) -> bool:
        """Whether the bank can submit the package."""
        return self.terms is not None

    @property
    def may_decide(self) -> bool:
        """Whether the actor decides on what waits; the buyer does not decide on its own purchase."""
        is_buyer = self.package.transferee_id is not None and self.package.transferee_id == self.actor.organisation_id
        return self.actor.may(Action.APPROVE_ASSIGNMENTS) and self.page.pending is not None and not is_buyer

    @property
    def may_cancel(self) -> bool:
        """Whether the bank can take back what it began or asked for."""
        begun = {PackageState.DRAFT, PackageState.SUBMITTED, PackageState.APPROVED}
        return self.actor.may(Action.REQUEST_ASSIGNMENTS) and (self.state in begun or self.page.buy_back is not None)

    def carry_out(self, do: str) -> bool:
        """Do what was asked; False where the page is shown again. Raises what the services raise."""
        work = self._works().get(do)
        if work is None:
            raise Http404
        return work()

    def _works(self) -> dict[str, Callable[[], bool]]:
        offered: dict[str, tuple[bool, Callable[[], bool]]] = {
            "terms": (self.terms is not None, self._keep_terms),
            "take_out": (self.terms is not None, self._take_out),
            "sheet": (self.sheet is not None, self._add_sheet),
            "notice": (self.notice is not None, self._notice),
            "back": (self.back is not None, self._ask_back),
            "passed": (self.passed is not None, self._pass_on),
            "submit": (self.may_submit, lambda: self._step(deciding.submit_package)),
            "cancel": (self.may_cancel, lambda: self._noted(deciding.cancel_request)),
            "approve": (self.may_decide, lambda: self._noted(deciding.approve_request)),
            "decline": (self.may_decide, lambda: self._noted(deciding.decline_request)),
        }
        return {key: work for key, (is_offered, work) in offered.items() if is_offered}

    def _of(self, wanted: str) -> Any:
        return self._data if self._data is not None and self._data.get("do") == wanted else None

    def _files(self, wanted: str) -> Any:
        return self.request.FILES if self._of(wanted) is not None else None

    def _terms_form(self) -> TermsForm:
        kinds = (OrganisationKind.MANAGER, OrganisationKind.GUARANTOR, OrganisationKind.INSURER)
        houses = [(one.pk, one.name) for kind in kinds for one in organisations_of_kind(kind)]
        return TermsForm(self._of("terms"), initial=terms_start(self.package), houses=houses)

    def _target(self) -> dict[str, Any]:
        version = self._data.get("version", "") if self._data is not None else ""
        known = int(version) if version.isdigit() else None
        return {"actor": self.actor, "package_id": self.package.pk, "version": known}

    def _said(self) -> bool:
        said = Text("已办理：%(package)s", "Done: %(package)s").with_values(package=self.package.number)
        messages.success(self.request, say(said))
        return True

    def _step(self, service: Callable[..., DebtPackage]) -> bool:
        service(**self._target())
        return self._said()

    def _noted(self, service: Callable[..., DebtPackage]) -> bool:
        if not self.decision.is_valid():
            return False
        service(note=self.decision.cleaned_data["note"], **self._target())
        return self._said()

    def _keep_terms(self) -> bool:
        form = self.terms
        if form is None or not form.is_valid():
            return False
        change_terms(terms=form.terms(), **self._target())
        return self._said()

    def _take_out(self) -> bool:
        debt = self.request.POST.get("debt", "")
        if not debt.isdigit():
            raise Http404
        take_out_debt(actor=self.actor, package_id=self.package.pk, debt_id=int(debt))
        return self._said()

    def _add_sheet(self) -> bool:
        form = self.sheet
        if form is None or not form.is_valid():
            return False
        sheet, limit_bytes = form.sheet(), upload_limit_bytes()
        papers.add_sheet(actor=self.actor, package_id=self.package.pk, sheet=sheet, limit_bytes=limit_bytes)
        return self._said()

    def _notice(self) -> bool:
        form = self.notice
        if form is None or not form.is_valid():
            return False
        debt_ids = [int(one) for one in form.cleaned_data["debts"]]
        papers.record_notices(
            actor=self.actor, package_id=self.package.pk, debt_ids=debt_ids, told=form.told(),
            limit_bytes=upload_limit_bytes(),
        )  # fmt: skip
        return self._said()

    def _ask_back(self) -> bool:
        form = self.back
        if form is None or not form.is_valid():
            return False
        deciding.ask_back(terms=form.buy_back(), **self._target())
        return self._said()

    def _pass_on(self) -> bool:
        form = self.passed
        if form is None or not form.is_valid():
            return False
        papers.pass_on_payment(
            actor=self.actor, package_id=self.package.pk, debt_id=int(form.cleaned_data["debt"]),
            passed=form.passed_on(),
        )  # fmt: skip
        return self._said()
