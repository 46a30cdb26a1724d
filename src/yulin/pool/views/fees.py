"""Pages of guarantee fees: what was charged, all that falls due in a period with one press, a charge undone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from yulin.base.errors import YulinError
from yulin.base.outcome import Outcome
from yulin.base.text import Text
from yulin.kit.clock import business_date
from yulin.kit.lists import Column, Filter, Plan, csv_answer, read_listing
from yulin.kit.speech import full_amount, say, unit_word, yuan
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action, OrganisationKind
from yulin.people.selectors import organisations_of_kind
from yulin.pool.adapters.packs import law_by_id
from yulin.pool.core.fees import VERDICT_NAMES, FeeVerdict
from yulin.pool.errors import FeeUndoneError
from yulin.pool.forms.fees import FeePeriodForm, FeeUndoForm
from yulin.pool.models import FeeCharge
from yulin.pool.selectors.fees import (
    PeriodFee,
    charge_for,
    charges_visible_to,
    is_undone,
    own_surcharges,
    schemes_with_fees,
    table_name,
)
from yulin.pool.selectors.partners import scheme_currencies
from yulin.pool.services.charge_fees import FeeRun, charge_fees, preview_fees
from yulin.pool.services.undo_fee import undo_fee

_SHOWN = 200
_SEARCH = ("enrolment__firm_name__icontains", "enrolment__loan_number__iexact", "enrolment__number__iexact")
_ORDER = (FeeVerdict.CHARGED, FeeVerdict.UNKNOWN, FeeVerdict.ENDED, FeeVerdict.LATER, FeeVerdict.BEFORE)
_OWN = "CNY"
_AMOUNT = Column(
    "amount", Text("金额（元）", "Fee (CNY)"), "amount_fen", is_number=True, export=lambda row: yuan(row.amount_fen)
)
_BEFORE = (
    Column(
        "loan",
        Text("企业与借据", "Firm and loan"),
        "enrolment__loan_number",
        export=lambda row: f"{row.enrolment.firm_name} {row.enrolment.loan_number}",
    ),
    Column("bank", Text("银行", "Bank"), export=lambda row: row.bank.short_name),
    Column("fee", Text("费种与年次", "Fee and year"), export=lambda row: f"{row.kind} {row.number}"),
    Column("charged", Text("计收日", "Charged on"), "charged_on", export=lambda row: row.charged_on),
)
_STATE = Column(
    "state",
    Text("状态", "State"),
    export=lambda row: Text("已撤销", "undone") if is_undone(row) else Text("已计收", "charged"),
)
_STATES = [("False", Text("已撤销", "undone")), ("True", Text("已计收", "charged"))]
_HEADS = (
    Text("借据", "Loan"), Text("企业", "Firm"), Text("银行", "Bank"), Text("费种", "Fee"), Text("年次", "Year"),
    Text("起计日", "Due on"), Text("金额（%(unit)s）", "Fee (%(unit)s)"), Text("结果", "Result"),
)  # fmt: skip


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by ActorMiddleware
    return actor


@needs(Action.SEE_FEES)
def fees(request: HttpRequest) -> HttpResponse | FileResponse:
    """Show the fees that were charged: a bank's own, or all."""
    actor, schemes, currencies = _actor(request), schemes_with_fees(), scheme_currencies()
    is_mixed = any(currencies[key] != _OWN for key in schemes)
    filters = [
        Filter("scheme", Text("方案", "Scheme"), "scheme_id", list(schemes.items())),
        Filter("state", Text("状态", "State"), "undo__isnull", _STATES, lambda text: text == "True"),
    ]
    if actor.sees_all_rows:
        banks = [(str(bank.pk), bank.short_name) for bank in organisations_of_kind(OrganisationKind.BANK)]
        filters.append(Filter("bank", Text("银行", "Bank"), "bank_id", banks, int))
    rows = charges_visible_to(actor).select_related("enrolment", "bank", "undo")
    listing = read_listing(request, rows, Plan(_columns(currencies, is_mixed=is_mixed), "-charged", filters, _SEARCH))
    if listing.format:
        return listing.export(f"yulin-fees-{business_date()}.csv")
    context = {
        "listing": listing,
        "named": [(one, _fee_name(one), is_undone(one)) for one in listing.page],
        "find": Text("企业、借据号或确认编号", "firm, loan or confirmation number"),
        "nothing": {
            "title": Text("还没有计收担保费", "No fee is charged yet"),
            "text": Text(
                "方案订有担保费时，到期的费用在这里计收。", "Where a scheme has fees, those due are charged here."
            ),
        },
        "surcharges": own_surcharges(actor, year=business_date().year),
        "may_charge": actor.may(Action.CHARGE_FEES) and bool(schemes),
        "may_undo": actor.may(Action.CORRECT_LEDGER),
        "is_mixed": is_mixed,
    }
    return render(request, "pool/fees.html", context)


@needs(Action.CHARGE_FEES)
def due(request: HttpRequest) -> HttpResponse | FileResponse:
    """Show every fee of a scheme and period with what would happen to it; charge all that can be charged."""
    actor, today, run, status = _actor(request), business_date(), None, 200
    asked = request.POST if request.method == "POST" else request.GET
    form = FeePeriodForm(asked if "scheme" in asked else None, schemes=schemes_with_fees(), today=today)
    if form.is_valid():
        try:
            if request.method == "POST":
                return _charged(request, actor, form)
            run = preview_fees(actor=actor, period=form.period())
        except YulinError as error:
            form.add_error(None, f"{say(error.message)} {say(error.hint)} [{error.code}]")
            run = _looked_at(actor, form) if request.method == "POST" else None
    if form.errors or request.method == "POST":
        status = 422
    if run is not None and request.GET.get("format") == "csv":
        unit = unit_word(_currency_of(run.period.scheme_id))
        heads = [head.with_values(unit=unit) for head in _HEADS]
        return csv_answer(f"yulin-fees-due-{today}.csv", heads, (_cells(line) for line in _in_order(run)))
    context = {"form": form, "run": run, **(_shown(run) if run else {})}
    return render(request, "pool/fees_due.html", context, status=status)


@needs(Action.CORRECT_LEDGER)
def undo(request: HttpRequest, charge_id: int) -> HttpResponse:
    """Show one charge and undo it with a reason."""
    actor = _actor(request)
    charge = charge_for(actor, charge_id)
    form = FeeUndoForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        try:
            undo_fee(actor=actor, charge_id=charge_id, reason=form.cleaned_data["reason"])
        except FeeUndoneError as error:
            messages.error(request, f"{say(error.message)} {say(error.hint)}")
            return redirect("pool:fees")
        except YulinError as error:
            form.add_error(None, f"{say(error.message)} {say(error.hint)} [{error.code}]")
        else:
            said = Text("已撤销担保费%(sum)s", "The fee of %(sum)s is undone")
            total = full_amount(charge.amount_fen, _currency_of(charge.scheme_id))
            messages.success(request, say(said.with_values(sum=total)))
            return redirect(f"{reverse('pool:enrolment', args=[charge.enrolment_id])}#fees")
    context = {"charge": charge, "name": _fee_name(charge), "is_undone": is_undone(charge), "form": form}
    return render(request, "pool/fee_undo.html", context, status=422 if form.errors else 200)


def _charged(request: HttpRequest, actor: Actor, form: FeePeriodForm) -> HttpResponse:
    shown = request.POST.get("shown_fen", "")
    done = charge_fees(actor=actor, period=form.period(), shown_fen=int(shown) if shown.isdecimal() else None)
    said = Text("已计收%(n)s笔，合计%(sum)s", "Fees charged: %(n)s, %(sum)s in all")
    total = full_amount(done.charged_fen, _currency_of(done.period.scheme_id))
    messages.success(request, say(said.with_values(n=len(done.charged), sum=total)))
    return redirect(f"{reverse('pool:fees-due')}?{form.query()}")


def _looked_at(actor: Actor, form: FeePeriodForm) -> FeeRun | None:
    try:
        return preview_fees(actor=actor, period=form.period())
    except YulinError:
        return None


def _columns(currencies: Mapping[str, str], *, is_mixed: bool) -> tuple[Column, ...]:
    """Return the list's columns; where a scheme has another currency than the yuan, each amount says its own."""
    if not is_mixed:
        return (*_BEFORE, _AMOUNT, _STATE)
    own = Column(
        "amount", Text("金额", "Fee"), "amount_fen", is_number=True,
        export=lambda row: full_amount(row.amount_fen, currencies.get(row.scheme_id, _OWN)),
    )  # fmt: skip
    return (*_BEFORE, own, _STATE)


def _currency_of(scheme_id: str) -> str:
    return scheme_currencies().get(scheme_id, _OWN)


def _in_order(run: FeeRun) -> list[PeriodFee]:
    return [line for verdict in _ORDER for line in run.of(verdict)]


def _shown(run: FeeRun) -> dict[str, Any]:
    counts = [(VERDICT_NAMES[verdict], len(run.of(verdict))) for verdict in _ORDER if run.of(verdict)]
    lines = [(line, VERDICT_NAMES[line.verdict]) for line in _in_order(run)[:_SHOWN]]
    found = {(line.enrolment.bank_id, one.year): (line.enrolment.bank.short_name, one)
             for line in run.lines if (one := line.surcharge) and one.outcome != Outcome.NOT_MET}  # fmt: skip
    return {
        "lines": lines, "counts": counts, "is_cut": len(run.lines) > _SHOWN,
        "surcharges": [found[key] for key in sorted(found)],
    }  # fmt: skip


def _cells(line: PeriodFee) -> list[Any]:
    loan, amount = line.enrolment, line.amount_fen
    return [
        loan.loan_number, loan.firm_name, loan.bank.short_name, line.due.table.title, line.due.number, line.due.due_on,
        None if amount is None else yuan(amount), VERDICT_NAMES[line.verdict],
    ]  # fmt: skip


def _fee_name(charge: FeeCharge) -> Text:
    pack_id = charge.pack_id or charge.enrolment.pack_id
    return table_name(law_by_id(pack_id).pack.scheme.fees, charge.table_id)
