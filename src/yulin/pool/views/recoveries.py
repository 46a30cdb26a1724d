"""Pages of money that comes back: the debts, one debt's account with what is entered on it, the half-yearly report."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.kit.clock import business_date
from yulin.kit.lists import Column, Filter, Plan, csv_answer, read_listing, xlsx_answer
from yulin.kit.speech import amount_beside, say, speak_in, yuan
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action, OrganisationKind
from yulin.people.selectors import organisations_of_kind
from yulin.pool.core.recoveries import SOURCE_NAMES, half_word, half_year
from yulin.pool.core.recovery import RecoveryShare
from yulin.pool.core.words import party_word
from yulin.pool.enums import RecoverySource, WriteOffState
from yulin.pool.errors import RecoveryNotFoundError
from yulin.pool.forms.recoveries import NoteForm, RecoveryForm, RefundForm, RemittanceForm, WriteOffForm
from yulin.pool.models import Recovery
from yulin.pool.selectors import recoveries as selectors
from yulin.pool.selectors.assignments import owners_on
from yulin.pool.selectors.currencies import currency_under, sums_by_currency, with_currency
from yulin.pool.services.recoveries.enter_recovery import enter_recovery, preview_recovery, undo_recovery
from yulin.pool.services.recoveries.refund import record_refund
from yulin.pool.services.recoveries.remit import record_remittance
from yulin.pool.services.recoveries.write_off import approve_write_off, propose_write_off, undo_write_off
from yulin.pool.views.speaking import speaks_of

_SEARCH = ("firm_name__icontains", "loan_number__iexact", "number__iexact")
_HALVES = 6
# Several forms stand on one page: each has ids of its own.
_IDS = {
    "form": "id_%s",
    "remittance": "remit_%s",
    "refund": "refund_%s",
    "write_off": "write_off_%s",
    "undo": "undo_%s",
}
_COLUMNS = (
    Column("firm", Text("企业与申请", "Firm and claim"), "firm_name", export=lambda row: row.firm_name),
    Column("number", Text("申请编号", "Claim"), export=lambda row: row.number),
    Column("decided", Text("审定日", "Decided on"), "decided_on", export=lambda row: row.decided_on),
    Column(
        "borne", Text("已分担损失（元）", "Loss borne (CNY)"), "decided_base_fen", is_number=True,
        export=lambda row: amount_beside(row.decided_base_fen, row.currency),
    ),
    Column(
        "returned", Text("已回收（元）", "Come back (CNY)"), "returned_fen", is_number=True,
        export=lambda row: amount_beside(row.returned_fen, row.currency),
    ),
    Column(
        "due", Text("待上缴（元）", "To be remitted (CNY)"), "open_due_fen", is_number=True,
        export=lambda row: amount_beside(row.open_due_fen, row.currency),
    ),
)  # fmt: skip
_REPORT_HEADS = (
    Text("银行", "Bank"),
    Text("币种", "Currency"),
    Text("笔数", "Receipts"),
    Text("债权数", "Debts"),
    Text("到账", "Received"),
    Text("费用", "Costs"),
    Text("净额", "Net"),
    Text("财政份额", "Public part"),
    Text("应上缴", "Due"),
    Text("已上缴", "Remitted"),
)


@dataclass(frozen=True)
class Line:
    """One entry as the debt's page shows it: the receipt, its source, and who has what of it."""

    entry: Recovery
    source: Text
    shares: list[tuple[Text, int, int]]  # who, how much, what of it lessens a payment to come
    corrections: int


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by ActorMiddleware
    return actor


@needs(Action.SEE_RECOVERIES)
def recoveries(request: HttpRequest) -> HttpResponse | FileResponse:
    """Show the debts whose loss was borne, what came back of each, and which remittances are overdue."""
    actor, today = _actor(request), business_date()
    filters = []
    if actor.sees_all_rows:
        banks = [(str(bank.pk), bank.short_name) for bank in organisations_of_kind(OrganisationKind.BANK)]
        filters.append(Filter("bank", Text("银行", "Bank"), "bank_id", banks, int))
    listing = read_listing(
        request, with_currency(selectors.debts_to_collect(actor)), Plan(_COLUMNS, "-decided", filters, _SEARCH)
    )
    if listing.format:
        return listing.export(f"yulin-recoveries-{today}.csv")
    overdue = selectors.overdue_remittances(actor, today=today)
    context = {
        "listing": listing,
        "overdue": overdue,
        "overdue_sums": sums_by_currency((one.claim.scheme_id, one.amount_fen) for one in overdue),
        "find": Text("企业、借据号或申请编号", "firm, loan or claim number"),
        "half": half_year(today)[0],
        "nothing": {
            "title": Text("还没有可追偿的债权", "No debt to collect yet"),
            "text": Text(
                "补偿审定后，债权在这里列出，回收按承担比例回流。",
                "Once compensation is decided the debt appears here; what comes back is shared as it was borne.",
            ),
        },
    }
    return render(request, "pool/recoveries.html", context)


@needs(Action.SEE_RECOVERIES)
def report(request: HttpRequest) -> HttpResponse | FileResponse:
    """Show one half year bank by bank: what came in, what it cost, what was due and what was remitted."""
    actor, today = _actor(request), business_date()
    halves = _halves(today)
    asked = request.GET.get("half", "")
    first, until = half_year(next((one for one in halves if one.isoformat() == asked), halves[0]))
    rows = selectors.half_year_report(actor, first=first, until=until)
    if request.GET.get("format") in {"csv", "xlsx"}:
        answer = xlsx_answer if request.GET["format"] == "xlsx" else csv_answer
        return answer(f"yulin-recoveries-{first}.{request.GET['format']}", _REPORT_HEADS, map(_report_cells, rows))
    context = {
        "rows": rows,
        "half": first,
        "half_name": half_word(first),
        "halves": [(one.isoformat(), half_word(one)) for one in halves],
        "sums": [_report_sums(currency, rows) for currency in dict.fromkeys(sorted(row.currency for row in rows))],
    }
    return render(request, "pool/recovery_report.html", context)


@needs(Action.SEE_RECOVERIES)
def debt(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Show one debt: who bore what, what came back to whom, what is to be remitted, how it ends."""
    return _page(request, claim_id)


@require_POST
@needs(Action.ENTER_RECOVERIES)
@speaks_of("claim_id")
def enter(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Preview a receipt, or enter it."""
    actor, form = _actor(request), RecoveryForm(request.POST, hands=_hands(_actor(request), claim_id))
    preview = None
    if form.is_valid():
        try:
            if request.POST.get("act") == "enter":
                entry = enter_recovery(actor=actor, claim_id=claim_id, received=form.received())
                said = Text("已登记回收，净额%(net)s元。", "The recovery is entered, net CNY %(net)s.")
                messages.success(request, say(said.with_values(net=yuan(entry.net_fen))))
                if (late := selectors.closed_note(claim_id, entry.value_on)) is not None:
                    messages.warning(request, f"{say(late.says)} [{late.code}]")
                return redirect("pool:debt", claim_id)
            preview = preview_recovery(actor=actor, claim_id=claim_id, received=form.received())
        except YulinError as error:
            form.add_error(None, _refused(error))
    return _page(request, claim_id, form=form, preview=preview)


@require_POST
@needs(Action.ENTER_RECOVERIES)
@speaks_of("recovery_id")
def undo(request: HttpRequest, recovery_id: int) -> HttpResponse:
    """Undo an entry, with the reason."""
    found = selectors.recoveries_visible_to(_actor(request)).filter(pk=recovery_id).first()
    if found is None:
        raise RecoveryNotFoundError(recovery=recovery_id)
    form = NoteForm(request.POST)
    if form.is_valid():
        try:
            undo_recovery(actor=_actor(request), recovery_id=recovery_id, note=form.cleaned_data["note"])
        except YulinError as error:
            form.add_error(None, _refused(error))
        else:
            messages.success(request, say(Text("已撤销，全部回收重新分配。", "Undone; all receipts are shared again.")))
            return redirect("pool:debt", found.claim_id)
    return _page(request, found.claim_id, undo=form)


@require_POST
@needs(Action.MATCH_REMITTANCES)
@speaks_of("claim_id")
def remit(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Record what came in from the bank on a debt."""
    holders = _holders(selectors.debt_account(_actor(request), claim_id))
    form = RemittanceForm(request.POST, auto_id=_IDS["remittance"], holders=holders)
    if form.is_valid():
        given = form.cleaned_data
        try:
            record_remittance(
                actor=_actor(request), claim_id=claim_id, on=given["on"], amount_fen=given["amount"],
                reference=given["reference"].strip(), holder_id=form.holder_id(),
            )  # fmt: skip
        except YulinError as error:
            form.add_error(None, _refused(error))
        else:
            messages.success(request, say(Text("已登记上缴。", "The remittance is recorded.")))
            return redirect("pool:debt", claim_id)
    return _page(request, claim_id, remittance=form)


@require_POST
@needs(Action.MATCH_REMITTANCES)
@speaks_of("claim_id")
def refund(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Record what was given back to a bank of its own part."""
    form = RefundForm(request.POST, auto_id=_IDS["refund"])
    if form.is_valid():
        given = form.cleaned_data
        try:
            record_refund(
                actor=_actor(request), claim_id=claim_id, on=given["on"], amount_fen=given["amount"],
                reference=given["reference"].strip(),
            )  # fmt: skip
        except YulinError as error:
            form.add_error(None, _refused(error))
        else:
            messages.success(request, say(Text("已登记返还。", "The refund is recorded.")))
            return redirect("pool:debt", claim_id)
    return _page(request, claim_id, refund=form)


@require_POST
@needs(Action.PROPOSE_WRITE_OFF)
@speaks_of("claim_id")
def write_off(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Propose the end of a debt's pursuit."""
    form = WriteOffForm(request.POST, auto_id=_IDS["write_off"])
    if form.is_valid():
        given = form.cleaned_data
        try:
            propose_write_off(actor=_actor(request), claim_id=claim_id, clause=given["clause"], reason=given["reason"])
        except YulinError as error:
            form.add_error(None, _refused(error))
        else:
            messages.success(request, say(Text("已提出核销，待科技局批准。", "Proposed; the authority approves it.")))
            return redirect("pool:debt", claim_id)
    return _page(request, claim_id, write_off=form)


@require_POST
@needs(Action.APPROVE_WRITE_OFF)
def approve(request: HttpRequest, write_off_id: int) -> HttpResponse:
    """Approve a write-off that another person proposed."""
    done = approve_write_off(actor=_actor(request), write_off_id=write_off_id)
    messages.success(request, say(Text("已批准核销。", "The write-off is approved.")))
    return redirect("pool:debt", done.claim_id)


@require_POST
@needs(Action.APPROVE_WRITE_OFF)
def undo_approved(request: HttpRequest, write_off_id: int) -> HttpResponse:
    """Take back a write-off, with the reason."""
    done = undo_write_off(actor=_actor(request), write_off_id=write_off_id, note=request.POST.get("note", ""))
    messages.success(request, say(Text("已撤回核销。", "The write-off is taken back.")))
    return redirect("pool:debt", done.claim_id)


def _page(request: HttpRequest, claim_id: int, *, preview: RecoveryShare | None = None, **forms: Form) -> HttpResponse:
    actor, today = _actor(request), business_date()
    account = selectors.debt_account(actor, claim_id)
    speak_in(currency_under(account.claim.pack_id))
    start: dict[str, Any] = {"value_on": today, "on": today}
    write_off = account.write_off
    is_written_off = write_off is not None and write_off.state == WriteOffState.APPROVED
    may_collect = selectors.may_collect(actor, account.claim)
    holders = _holders(account)
    hands = _hands(actor, claim_id)
    shown: dict[str, tuple[Callable[..., Form], Action, bool]] = {
        "form": (partial(RecoveryForm, hands=hands), Action.ENTER_RECOVERIES, may_collect),
        "remittance": (partial(RemittanceForm, holders=holders), Action.MATCH_REMITTANCES, bool(holders)),
        "refund": (RefundForm, Action.MATCH_REMITTANCES, account.refunds is not None and account.refunds.open_fen > 0),
        "write_off": (WriteOffForm, Action.PROPOSE_WRITE_OFF, write_off is None),
        "undo": (NoteForm, Action.ENTER_RECOVERIES, may_collect),
    }
    context = {
        "account": account,
        "claim": account.claim,
        "lines": [_line(one, [each.party for each in account.parties]) for one in account.recoveries],
        "preview": _preview(claim_id, preview, forms.get("form")),
        "is_written_off": is_written_off,
        "owner": owners_on([claim_id], today).get(claim_id),
        "may_approve": actor.may(Action.APPROVE_WRITE_OFF),
        "enter_url": reverse("pool:debt-recovery", args=[claim_id]),
        **{
            f"{name}_form": forms.get(name) or kind(initial=start, auto_id=_IDS[name])
            for name, (kind, action, is_open) in shown.items()
            if is_open and actor.may(action)
        },
    }
    status = 422 if any(form.errors for form in forms.values()) else 200
    return render(request, "pool/debt.html", context, status=status)


def _holders(account: selectors.DebtAccount) -> list[tuple[int | None, Text]]:
    """Return who has something to remit: the claimant under None, and new owners of the debt."""
    own = [(None, account.claim.bank.short_name)] if account.open_due_fen > 0 else []
    return [*own, *((one.holder_id, one.name) for one in account.elsewhere if one.open_fen > 0)]


def _hands(actor: Actor, claim_id: int) -> tuple[Text, ...]:
    """Return who may have received money: the claimant, and an owner that collects for all; nobody where none does."""
    claim = selectors.debts_visible_to(actor).select_related("bank").filter(pk=claim_id).first()
    owner = owners_on([claim_id], business_date()).get(claim_id)
    is_asked = actor.sees_all_rows  # a claimant enters only what it has itself
    if claim is None or owner is None or not owner.collects or not is_asked:
        return ()
    return claim.bank.short_name, Text(owner.name, owner.name)


def _line(entry: Recovery, order: Sequence[str]) -> Line:
    shares: dict[str, int] = dict.fromkeys(order, 0)
    unpaid: dict[str, int] = {}
    lines = list(entry.lines.all())
    for line in lines:
        shares[line.party] = shares.get(line.party, 0) + line.amount_fen
        if line.is_unpaid:
            unpaid[line.party] = unpaid.get(line.party, 0) + line.amount_fen
    return Line(
        entry=entry,
        source=SOURCE_NAMES[RecoverySource(entry.source)],
        shares=[(party_word(party), fen, unpaid.get(party, 0)) for party, fen in shares.items() if fen],
        corrections=sum(line.amount_fen < 0 for line in lines),
    )


def _preview(claim_id: int, found: RecoveryShare | None, form: Form | None) -> dict[str, Any] | None:
    if found is None or form is None:
        return None
    return {
        "share": found,
        "late": selectors.closed_note(claim_id, form.cleaned_data["value_on"]),
        "parties": [
            (party_word(party), fen, found.unpaid_fen.get(party, 0)) for party, fen in found.shares_fen.items()
        ],
    }


def _halves(today: date) -> list[date]:
    halves = [half_year(today)[0]]
    while len(halves) < _HALVES:
        last = halves[-1]
        halves.append(date(last.year, 1, 1) if last.month == 7 else date(last.year - 1, 7, 1))
    return halves


def _report_cells(row: selectors.ReportRow) -> list[Any]:
    amounts = (row.gross_fen, row.cost_fen, row.net_fen, row.public_fen, row.due_fen, row.remitted_fen)
    return [row.name, row.currency, row.receipts, row.debts, *(yuan(fen) for fen in amounts)]


def _report_sums(currency: str, rows: Sequence[selectors.ReportRow]) -> dict[str, Any]:
    """Return what the rows of one currency add up to."""
    mine = [row for row in rows if row.currency == currency]
    names = ("receipts", "gross_fen", "cost_fen", "net_fen", "public_fen", "due_fen", "remitted_fen")
    return {"currency": currency, **{name: sum(getattr(row, name) for row in mine) for name in names}}


def _refused(error: YulinError) -> str:
    return f"{say(error.message)} {say(error.hint)} [{error.code}]"
