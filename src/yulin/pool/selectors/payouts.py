"""Every read of payments: what waits, batches with their orders, a batch as the paying bank gets it."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from yulin.base.text import OWN_CURRENCY, Text
from yulin.exchange.adapters.bank_tables import read_table
from yulin.exchange.adapters.payment_files import BankTable
from yulin.exchange.core.payments import Payer, PaymentBatch, PaymentOrder, PaymentOutcome
from yulin.kit.clock import business_date
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.pool.adapters.packs import laws_by_id
from yulin.pool.enums import BatchState, ClaimState, VoucherState
from yulin.pool.errors import BatchNotFoundError
from yulin.pool.models import ExcessSubsidy, InstalmentEvent, PaymentAccount, PayoutBatch, Voucher
from yulin.pool.selectors.partners import scheme_currencies
from yulin.pool.selectors.payables import kinds_seen_by
from yulin.pool.selectors.samples import held_back

BATCH_STATES = {
    BatchState.DRAFT: ("idle", Text("待放款", "To be released")),
    BatchState.SENT: ("warn", Text("待回盘", "Waits for the bank")),
    BatchState.CLOSED: ("ok", Text("已回盘", "Answered")),
    BatchState.VOID: ("bad", Text("已作废", "Void")),
}
OUTCOMES = {
    "unknown": ("unk", Text("未知", "Unknown")),
    "paid": ("ok", Text("已付", "Paid")),
    "failed": ("bad", Text("失败", "Failed")),
}
UNANSWERED = {  # what "unknown" means, by the state of the batch
    BatchState.DRAFT: ("idle", Text("未发出", "Not sent")),
    BatchState.SENT: ("unk", Text("待回盘", "Not answered")),
    BatchState.VOID: ("idle", Text("已作废", "Void")),
}
_WAITING = (VoucherState.HELD.value, VoucherState.FAILED.value)
_DONE = (VoucherState.PAID.value, VoucherState.VOID.value)


def vouchers_to_pay(scheme_id: str = "") -> QuerySet[Voucher]:
    """Return the vouchers of approved claims that no order may still pay, oldest claim first.

    A later instalment waits until the layer's earlier ones are paid, and where the law says so until a stated event
    has made it due, or a sample audit has passed.
    """
    rows = Voucher.objects.filter(state__in=_WAITING, claim__state=ClaimState.APPROVED.value)
    rows = rows.exclude(orders__outcome__in=["unknown", "paid"])
    earlier = Voucher.objects.filter(
        claim=OuterRef("claim"), party=OuterRef("party"), instalment__lt=OuterRef("instalment")
    )
    rows = rows.exclude(Exists(earlier.exclude(state__in=_DONE)))
    due = InstalmentEvent.objects.filter(
        claim=OuterRef("claim"), instalment=OuterRef("instalment"), due_on__lte=business_date()
    )
    rows = rows.exclude(Q(awaits_event=True) & ~Exists(due)).exclude(held_back())
    if scheme_id:
        rows = rows.filter(claim__scheme_id=scheme_id)
    return rows.select_related("claim", "bank").order_by("claim__scheme_id", "claim_id", "instalment", "id")


def payee_of(due: Voucher | ExcessSubsidy) -> int:
    """Return the organisation that is paid: a claimant by a voucher, an insurer by a subsidy."""
    return due.bank_id if isinstance(due, Voucher) else due.insurer_id


def currencies_due(vouchers: Iterable[Voucher], subsidies: Iterable[ExcessSubsidy]) -> list[str]:
    """Return in which currencies something is due: a voucher's by its claim's version, a subsidy's by its scheme."""
    laws = laws_by_id({one.claim.pack_id for one in vouchers})
    known = scheme_currencies()
    return sorted(
        {law.pack.currency for law in laws.values()} | {known.get(one.scheme_id, OWN_CURRENCY) for one in subsidies}
    )


def batches_visible_to(actor: Actor) -> QuerySet[PayoutBatch]:
    """Return the batches that an actor may see: of the pool's own all or none, of payables by their kind."""
    rows = PayoutBatch.objects.annotate(
        order_count=Count("orders"),
        total_fen=Sum("orders__amount_fen"),
        open_count=Count("orders", filter=Q(orders__outcome="unknown")),
    )
    kinds = ["", *(one.name for one in kinds_seen_by(actor))]
    return rows.filter(payable_kind__in=kinds) if actor.may(Action.SEE_PAYOUTS) else rows.none()


def batch_for(actor: Actor, batch_id: int) -> PayoutBatch:
    """Return one batch with its sums. Raises: `POOL.PAYOUT.NOT_FOUND`."""
    found = batches_visible_to(actor).filter(pk=batch_id).first()
    if found is None:
        raise BatchNotFoundError(batch=batch_id)
    return found


def as_sent(batch: PayoutBatch) -> PaymentBatch:
    """Return the batch as the paying bank gets it; the same batch always gives the same file."""
    payer = Payer(batch.payer_name, batch.payer_account, batch.payer_bank_code)
    orders = tuple(
        PaymentOrder(one.reference, one.payee_name, one.account, one.bank_code, one.amount_fen, one.purpose)
        for one in batch.orders.order_by("id")
    )
    return PaymentBatch(batch.number, payer, batch.made_at, batch.execute_on, orders, batch.currency)


def table_of(batch: PayoutBatch) -> BankTable:
    """Return the bank's own table that a batch goes out in, and its answer comes back in."""
    return read_table(batch.table, batch.currency)


def outcomes_of(batch: PayoutBatch) -> dict[str, PaymentOutcome]:
    """Return what stands of each order."""
    return {
        reference: PaymentOutcome(outcome) for reference, outcome in batch.orders.values_list("reference", "outcome")
    }


def accounts_of(organisation_ids: set[int], currency: str = OWN_CURRENCY) -> dict[int, PaymentAccount]:
    """Return the accounts on record in a currency, by organisation."""
    rows = PaymentAccount.objects.filter(organisation_id__in=organisation_ids, currency=currency)
    return {one.organisation_id: one for one in rows}


def held_accounts(organisation_ids: set[int]) -> set[tuple[int, str]]:
    """Return which of some organisations have an account in which currency."""
    rows = PaymentAccount.objects.filter(organisation_id__in=organisation_ids)
    return set(rows.values_list("organisation_id", "currency"))


def own_accounts(organisation_id: int) -> list[PaymentAccount]:
    """Return the accounts of one organisation, by currency, the yuan first."""
    rows = PaymentAccount.objects.filter(organisation_id=organisation_id)
    return sorted(rows, key=lambda one: (one.currency != OWN_CURRENCY, one.currency))
