"""Pages of payments: vouchers and subsidies that wait, the batches, one batch with its releases, files and answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe

from yulin.base.errors import YulinError
from yulin.base.text import OWN_CURRENCY, Text
from yulin.exchange.adapters.bank_tables import read_table
from yulin.exchange.adapters.payment_files import write_pain_001, write_table
from yulin.kit.clock import business_date
from yulin.kit.errors import UploadTooLargeError
from yulin.kit.limits import upload_limit_bytes
from yulin.kit.lists import Column, Plan, read_listing
from yulin.kit.speech import say, speak_in
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action, OrganisationKind
from yulin.people.selectors import organisations_of_kinds
from yulin.pool.adapters.packs import published_laws
from yulin.pool.enums import BatchState
from yulin.pool.forms.payouts import (
    AccountForm,
    AnswerForm,
    BankTableForm,
    BatchForm,
    PayableBatchForm,
    UnpaidForm,
    VoidForm,
)
from yulin.pool.selectors.partners import scheme_currencies
from yulin.pool.selectors.payables import PayablesShown, payables_shown, paying_right
from yulin.pool.selectors.payouts import (
    as_sent,
    batch_for,
    batches_visible_to,
    held_accounts,
    own_accounts,
    payee_of,
    table_of,
    vouchers_to_pay,
)
from yulin.pool.selectors.subsidies import subsidies_to_pay
from yulin.pool.services.payouts.answers import take_answer
from yulin.pool.services.payouts.batches import (
    declare_unpaid,
    keep_account,
    keep_bank_table,
    make_batch,
    release_batch,
    void_batch,
)
from yulin.pool.services.payouts.payables import make_payable_batch

_COLUMNS = (
    Column("number", Text("批次号", "Batch"), "number"),
    Column("scheme", Text("方案", "Scheme"), "scheme_id"),
    Column("state", Text("状态", "State"), "state"),
    Column("day", Text("付款日", "To be paid on"), "execute_on"),
    Column("orders", Text("笔数", "Orders"), "order_count", is_number=True),
    Column("total", Text("金额", "Amount"), "total_fen", is_number=True),
)
_WAITING_SHOWN = 50
_PAYEES = (OrganisationKind.BANK, OrganisationKind.GUARANTOR, OrganisationKind.INSURER)


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by ActorMiddleware
    return actor


@needs(Action.SEE_PAYOUTS)
def payouts(request: HttpRequest) -> HttpResponse:
    """Show the vouchers that wait, make a batch of them, keep accounts, and list the batches."""
    actor = _actor(request)
    may_pay, may_keep = actor.may(Action.PAY_CLAIMS), actor.may(Action.KEEP_PAYING_ACCOUNT)
    do = request.POST.get("do", "") if may_keep else ""
    waiting = vouchers_to_pay()
    schemes = {law.pack.id: law.pack.title for law in published_laws()}
    subsidies = subsidies_to_pay()
    keys = {*waiting.values_list("claim__scheme_id", flat=True), *(one.scheme_id for one in subsidies)}
    wanted = {key: schemes.get(key, Text(key, key)) for key in sorted(keys)}
    houses = [(one.pk, one.short_name) for one in organisations_of_kinds(_PAYEES)] if may_pay else []
    if actor.organisation_id is not None and may_keep:
        houses = [(actor.organisation_id, Text("本机构（付款方）", "This organisation (payer)")), *houses]
    batch_form = BatchForm(_of(request, do, "batch"), schemes=wanted, initial={"execute_on": business_date()})
    currencies = scheme_currencies()
    account_form = AccountForm(
        _of(request, do, "account"), organisations=houses, currencies=_in_order(currencies.values())
    )
    payables = payables_shown(actor)
    sources = {f"{one.kind.name} {one.scheme_id}": one for one in payables if one.may_pay and one.ready_count}
    payable_form = PayableBatchForm(
        _of(request, do, "payables"), schemes={key: one.source for key, one in sources.items()},
        initial={"execute_on": business_date()}, auto_id="payables-%s",
    )  # fmt: skip
    refused: YulinError | None = None
    if request.method == "POST":
        try:
            done = _listed_work(request, actor, do, batch_form, account_form)
            if do == "payables":
                done = _payables_made(request, actor, payable_form, sources)
        except YulinError as error:
            done, refused = None, error
        if done is not None:
            return done
    rows = list(waiting[:_WAITING_SHOWN])
    known = held_accounts({*map(payee_of, rows), *map(payee_of, subsidies)})
    context = {
        "listing": read_listing(
            request, batches_visible_to(actor), Plan(_COLUMNS, "-number", search=("number__iexact",))
        ),
        "find": Text("批次号", "batch"),
        "nothing": {
            "title": Text("还没有批次", "No batch yet"),
            "text": Text("公示通过的凭证在上面列出。", "Vouchers whose notice has passed are listed above."),
        },
        "waiting": [(row, (row.bank_id, currencies.get(row.claim.scheme_id, OWN_CURRENCY)) in known) for row in rows],
        "waiting_count": waiting.count(),
        "subsidies": [
            (one, (one.insurer_id, currencies.get(one.scheme_id, OWN_CURRENCY)) in known) for one in subsidies
        ],
        "may_pay": may_pay,
        "may_keep": may_keep,
        "payables": payables,
        "payable_form": payable_form if sources else None,
        "lacks_account": bool(sources) and not own_accounts(actor.organisation_id or 0),
        "batch_form": batch_form,
        "account_form": account_form,
        "refused": refused,
    }
    return render(request, "pool/payouts.html", context, status=422 if request.method == "POST" else 200)


def _listed_work(
    request: HttpRequest, actor: Actor, do: str, batch_form: BatchForm, account_form: AccountForm
) -> HttpResponse | None:
    if do == "batch" and batch_form.is_valid():
        given = batch_form.cleaned_data
        batch = make_batch(actor=actor, scheme_id=given["scheme"], execute_on=given["execute_on"])
        messages.success(request, say(Text("已建立批次，请两人放款", "The batch is made; two people release it")))
        return redirect("pool:payout", batch.pk)
    if do == "account" and account_form.is_valid():
        given = account_form.cleaned_data
        keep_account(
            actor=actor, organisation_id=int(given["organisation"]), name=given["name"], account=given["account"],
            bank_code=given["bank_code"], currency=given["currency"] or OWN_CURRENCY,
        )  # fmt: skip
        messages.success(request, say(Text("账户已登记", "The account is kept")))
        return redirect("pool:payouts")
    if do not in {"batch", "account", "payables"} or (do == "batch" and not actor.may(Action.PAY_CLAIMS)):
        raise Http404
    return None


def _payables_made(
    request: HttpRequest, actor: Actor, form: PayableBatchForm, sources: Mapping[str, PayablesShown]
) -> HttpResponse | None:
    if not form.is_valid():
        return None
    given = form.cleaned_data
    one = sources[given["scheme"]]
    batch = make_payable_batch(actor=actor, kind=one.kind, scheme_id=one.scheme_id, execute_on=given["execute_on"])
    messages.success(request, say(Text("已建立批次，请两人放款", "The batch is made; two people release it")))
    return redirect("pool:payout", batch.pk)


def _in_order(currencies: Iterable[str]) -> list[str]:
    """Return each currency once, the yuan first."""
    return [OWN_CURRENCY, *sorted({*currencies} - {OWN_CURRENCY})]


def _of(request: HttpRequest, do: str, wanted: str) -> Any:
    return request.POST if request.method == "POST" and do == wanted else None


@needs(Action.KEEP_PAYING_ACCOUNT)
def bank_table(request: HttpRequest) -> HttpResponse:
    """Show and keep the columns of the table in which the bank that pays takes orders and answers."""
    actor = _actor(request)
    accounts = own_accounts(actor.organisation_id or 0)
    asked = request.GET.get("currency", "")
    account = next((one for one in accounts if one.currency == asked), accounts[0] if accounts else None)
    currency = account.currency if account else OWN_CURRENCY
    speak_in(currency)
    table = read_table(account.table if account else {}, currency)
    do = request.POST.get("do", "")
    form = BankTableForm(_of(request, do, "keep"), table=table)
    refused: YulinError | None = None
    if request.method == "POST":
        if do not in {"keep", "common"}:
            raise Http404
        try:
            if do == "common" or form.is_valid():
                keep_bank_table(actor=actor, said=form.said() if do == "keep" else {}, currency=currency)
                messages.success(request, say(Text("银行表格格式已保存", "The bank's table is kept")))
                return redirect(f"{reverse('pool:bank-table')}?currency={currency}")
        except YulinError as error:
            refused = error
    context = {
        "account": account,
        "accounts": accounts,
        "form": form,
        "is_common": not (account and account.table),
        "refused": refused,
    }
    return render(request, "pool/bank_table.html", context, status=422 if request.method == "POST" else 200)


@needs(Action.SEE_PAYOUTS)
def payout(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Show one batch; release it, take the bank's answer, declare an unanswered order unpaid."""
    actor = _actor(request)
    batch = batch_for(actor, batch_id)
    speak_in(batch.currency)
    may_pay = actor.may(paying_right(batch.payable_kind))
    do = request.POST.get("do", "") if may_pay else ""
    files = request.FILES if do == "answer" else None
    answer_form = AnswerForm(_of(request, do, "answer"), files)
    form = VoidForm if batch.state == BatchState.DRAFT else UnpaidForm
    note_form = form(request.POST if do in {"void", "unpaid"} else None)
    refused: YulinError | None = None
    if request.method == "POST":
        try:
            if _batch_work(request, actor, batch.pk, do, answer_form, note_form):
                return redirect("pool:payout", batch.pk)
        except YulinError as error:
            refused = error
    context = {
        "batch": batch,
        "table_name": batch.table.get("name", ""),
        "orders": batch.orders.all(),
        "answers": list(batch.answers.all()),
        "may_pay": may_pay,
        "may_release": may_pay and batch.state == BatchState.DRAFT and batch.first_release_by_id != actor.user_id,
        "answer_form": answer_form,
        "note_form": note_form,
        "refused": refused,
    }
    return render(request, "pool/payout.html", context, status=422 if request.method == "POST" else 200)


def _batch_work(
    request: HttpRequest, actor: Actor, batch_id: int, do: str, answer_form: AnswerForm, note_form: UnpaidForm
) -> bool:
    works: dict[str, Callable[[], bool]] = {
        "release": lambda: bool(release_batch(actor=actor, batch_id=batch_id)),
        "void": lambda: (
            note_form.is_valid()
            and bool(void_batch(actor=actor, batch_id=batch_id, note=note_form.cleaned_data["note"]))
        ),
        "unpaid": lambda: (
            note_form.is_valid()
            and request.POST.get("order", "").isdigit()
            and bool(
                declare_unpaid(actor=actor, order_id=int(request.POST["order"]), note=note_form.cleaned_data["note"])
            )
        ),
        "answer": lambda: answer_form.is_valid() and _answered(request, actor, batch_id, answer_form),
    }
    if do not in works:
        raise Http404
    return works[do]()


def _answered(request: HttpRequest, actor: Actor, batch_id: int, form: AnswerForm) -> bool:
    file = form.cleaned_data["file"]
    limit_bytes = upload_limit_bytes()
    if file.size > limit_bytes:
        raise UploadTooLargeError(name=file.name, found_bytes=file.size, limit_bytes=limit_bytes)
    answer, _ = take_answer(actor=actor, batch_id=batch_id, file_name=file.name, content=file.read())
    said = Text("入账%(n)s笔，不符%(m)s笔", "%(n)s settled, %(m)s do not fit")
    tell = messages.warning if answer.misfits else messages.success
    tell(request, say(said.with_values(n=answer.settled_count, m=len(answer.misfits))))
    return True


@needs(Action.SEE_PAYOUTS)
@require_safe
def payout_file(request: HttpRequest, batch_id: int, form: str) -> HttpResponse:
    """Give the batch as the file that the bank gets; only what two people have released."""
    batch = batch_for(_actor(request), batch_id)
    if batch.state not in {BatchState.SENT, BatchState.CLOSED} or form not in {"xml", "csv"}:
        raise Http404
    table = table_of(batch)
    content = write_pain_001(as_sent(batch)) if form == "xml" else write_table(as_sent(batch), table)
    charset = "utf-8" if table.encoding == "utf-8-sig" else table.encoding
    kind = "application/xml" if form == "xml" else f"text/csv; charset={charset}"
    return HttpResponse(
        content, content_type=kind, headers={"Content-Disposition": f'attachment; filename="{batch.number}.{form}"'}
    )
