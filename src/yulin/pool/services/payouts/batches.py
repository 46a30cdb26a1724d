"""A batch is made of approved vouchers and confirmed subsidies, two people release it, and it goes out as one file.

Payables that another area keeps are put into one by `payables.py`; who may pay them follows from their kind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from yulin.base.text import OWN_CURRENCY, Text
from yulin.exchange.adapters.bank_tables import plain_table, read_table
from yulin.exchange.adapters.payment_files import write_table
from yulin.exchange.core.payments import check_batch
from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.people.errors import NotAllowedError
from yulin.people.selectors import organisation_names
from yulin.people.services import record_audit
from yulin.pool.core.numbers import number_prefix
from yulin.pool.core.words import party_word
from yulin.pool.enums import BatchState, SubsidyState, VoucherState
from yulin.pool.errors import (
    AccountMissingError,
    BatchNotFoundError,
    BatchStateError,
    MixedCurrenciesError,
    NothingToPayError,
    OrderAnsweredError,
    PayoutDayError,
    ReleaseSameHandsError,
)
from yulin.pool.models import ExcessSubsidy, PaymentAccount, PayoutBatch, PayoutOrder, Voucher
from yulin.pool.selectors.payables import BankSaid, payable_kind, paying_right
from yulin.pool.selectors.payouts import (
    accounts_of,
    as_sent,
    currencies_due,
    payee_of,
    table_of,
    vouchers_to_pay,
)
from yulin.pool.selectors.subsidies import subsidies_to_pay
from yulin.pool.services._steps import draw_from_series
from yulin.pool.services.claims._steps import lock_decisions


def keep_account(
    *, actor: Actor, organisation_id: int, name: str, account: str, bank_code: str, currency: str = OWN_CURRENCY
) -> PaymentAccount:
    """Set an organisation's account in a currency; orders that exist keep the account that they went to.

    Who pays the pool's vouchers keeps any account, who pays payables of another area their own organisation's.

    Effects: one `PaymentAccount`; audit row. Raises: `PEOPLE.NOT_ALLOWED`.
    """
    _check_may(actor, Action.KEEP_PAYING_ACCOUNT if organisation_id == actor.organisation_id else Action.PAY_CLAIMS)
    with transaction.atomic():
        kept, _ = PaymentAccount.objects.update_or_create(
            organisation_id=organisation_id,
            currency=currency,
            defaults={"name": name, "account": account, "bank_code": bank_code},
        )
        facts = {"name": name, "account": account, "bank_code": bank_code, "currency": currency}
        record_audit(actor=actor, action="pool.keep_account", subject=("organisation", organisation_id), facts=facts)
    return kept


def keep_bank_table(*, actor: Actor, said: Mapping[str, Any], currency: str = OWN_CURRENCY) -> PaymentAccount:
    """Set how the bank that pays from the actor's account of a currency calls its columns; {} is the common table.

    Batches that exist keep the table that they were made with.

    Effects: the organisation's account; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.PAYOUT.ACCOUNT`, `EXCHANGE.PAYMENT.TABLE`.
    """
    _check_may(actor, Action.KEEP_PAYING_ACCOUNT)
    table = plain_table(read_table(said)) if said else {}
    with transaction.atomic():
        held = PaymentAccount.objects.select_for_update().filter(organisation_id=actor.organisation_id or 0)
        account = held.filter(currency=currency).first()
        if account is None:
            raise AccountMissingError(organisations=[Text("本机构", "this organisation")], currency=currency)
        account.table = table
        account.save(update_fields=["table", "updated_at"])
        facts = {"name": table.get("name", ""), "encoding": table.get("encoding", "")}
        record_audit(
            actor=actor, action="pool.keep_bank_table", subject=("organisation", account.organisation_id), facts=facts
        )
    return account


def make_batch(*, actor: Actor, scheme_id: str, execute_on: date) -> PayoutBatch:
    """Put every voucher and every subsidy of a scheme that waits for payment into one batch.

    Effects: one draft batch, one order for each with a reference of its own; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.PAYOUT.DAY`, `POOL.PAYOUT.NOTHING`, `POOL.PAYOUT.CURRENCIES`,
    `POOL.PAYOUT.ACCOUNT`, `EXCHANGE.PAYMENT.FIELD`.
    """
    _check_may(actor, Action.PAY_CLAIMS)
    check_day(execute_on)
    with transaction.atomic(), scope(EVERYTHING):
        lock_decisions(scheme_id)  # no subsidy is undone, no other batch made meanwhile
        vouchers = list(vouchers_to_pay(scheme_id).select_for_update(of=("self",)))
        subsidies = subsidies_to_pay(scheme_id)
        due: list[Voucher | ExcessSubsidy] = [*vouchers, *subsidies]
        if not due:
            raise NothingToPayError(scheme=scheme_id)
        currency = _one_currency(scheme_id, currencies_due(vouchers, subsidies))
        payer, payees = _accounts(actor, {payee_of(one) for one in due}, currency)
        new = NewBatch(number_prefix(scheme_id), scheme_id, execute_on, payer, currency)
        return write_batch(
            actor,
            new,
            lambda batch: [_order(batch, one, payees[payee_of(one)], place) for place, one in enumerate(due, start=1)],
        )


@dataclass(frozen=True)
class NewBatch:
    """What a batch is made with; `kind` and `about` are said of payables that another area keeps."""

    prefix: str
    scheme_id: str
    execute_on: date
    payer: PaymentAccount
    currency: str
    kind: str = ""
    about: Text | None = None


def write_batch(actor: Actor, new: NewBatch, orders_of: Callable[[PayoutBatch], Sequence[PayoutOrder]]) -> PayoutBatch:
    """Write a draft batch with its orders, as the bank will read it. In the caller's transaction.

    Effects: batch and orders; audit row. Raises: `EXCHANGE.PAYMENT.FIELD`.
    """
    number = draw_from_series(f"BF-{new.prefix}", clock.business_date().year, 1)[0]
    payer = new.payer
    batch = PayoutBatch.objects.create(
        number=number, scheme_id=new.scheme_id, execute_on=new.execute_on, payer_name=payer.name,
        payer_account=payer.account, payer_bank_code=payer.bank_code, table=payer.table, currency=new.currency,
        payable_kind=new.kind, about={"zh": new.about.zh, "en": new.about.en} if new.about else {},
        made_by_id=actor.user_id,
    )  # fmt: skip
    batch.refresh_from_db()
    orders = PayoutOrder.objects.bulk_create(orders_of(batch))
    check_batch(as_sent(batch))
    write_table(as_sent(batch), table_of(batch))  # a name that the bank's encoding cannot write stops here
    total_fen = sum(one.amount_fen for one in orders)
    _audit(actor, batch, "make", {"orders": len(orders), "total_fen": total_fen, "currency": new.currency})
    return batch


def check_day(execute_on: date) -> None:
    """Refuse a day of payment that is over. Raises: `POOL.PAYOUT.DAY`."""
    today = clock.business_date()
    if execute_on < today:
        raise PayoutDayError(on=execute_on, today=today)


def release_batch(*, actor: Actor, batch_id: int) -> PayoutBatch:
    """Release a batch; the second person's release sends it: what it pays waits for the bank's answer from then on.

    Effects: the batch; at the second release its vouchers and subsidies sent; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.PAYOUT.STATE`, `POOL.PAYOUT.SAME_HANDS`, `POOL.PAYOUT.NOT_FOUND`.
    """
    with transaction.atomic(), scope(EVERYTHING):
        batch = locked_batch(actor, batch_id, BatchState.DRAFT)
        if batch.first_release_by_id is None:
            batch.first_release_by_id = actor.user_id
            batch.save(update_fields=["first_release_by_id"])
            _audit(actor, batch, "release", {"release": 1})
            return batch
        if batch.first_release_by_id == actor.user_id:
            raise ReleaseSameHandsError(batch=batch.number)
        batch.second_release_by_id, batch.released_at = actor.user_id, clock.now()
        batch.state = BatchState.SENT.value
        batch.save(update_fields=["second_release_by_id", "released_at", "state"])
        Voucher.objects.filter(orders__batch=batch).update(state=VoucherState.SENT.value)
        ExcessSubsidy.objects.filter(orders__batch=batch).update(state=SubsidyState.SENT.value)
        _audit(actor, batch, "release", {"release": 2})
    return batch


def void_batch(*, actor: Actor, batch_id: int, note: str) -> PayoutBatch:
    """Void a batch that nobody has sent; its vouchers wait for the next one.

    Effects: the batch, its orders failed; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.PAYOUT.STATE`, `POOL.PAYOUT.NOT_FOUND`.
    """
    with transaction.atomic(), scope(EVERYTHING):
        batch = locked_batch(actor, batch_id, BatchState.DRAFT)
        batch.state = BatchState.VOID.value
        batch.save(update_fields=["state"])
        batch.orders.update(outcome="failed", answered_on=clock.business_date(), reason=note[:300])
        _audit(actor, batch, "void", {"note": note})
    return batch


def declare_unpaid(*, actor: Actor, order_id: int, note: str) -> PayoutOrder:
    """Declare that an order which the bank never answered was not paid; only then may its voucher be paid again.

    Effects: the order failed, its voucher failed; audit row with the reason.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.PAYOUT.ANSWERED`.
    """
    with transaction.atomic(), scope(EVERYTHING):
        order = PayoutOrder.objects.select_for_update().select_related("batch").get(pk=order_id)
        _check_may(actor, paying_right(order.batch.payable_kind))
        if order.outcome != "unknown" or order.batch.state != BatchState.SENT or not note.strip():
            raise OrderAnsweredError(order=order.reference, outcome=order.outcome)
        settle_order(actor, order, "failed", note)
        _audit(actor, order.batch, "declare_unpaid", {"order": order.reference, "note": note})
        close_if_answered(order.batch)
    return order


def settle_order(actor: Actor, order: PayoutOrder, outcome: str, reason: str) -> None:
    """Write what became of an order; a failed one lets what it pays wait again. In the caller's transaction.

    Effects: the order; its voucher or subsidy; of a payable the area that keeps it is told.
    """
    order.outcome, order.reason, order.answered_on = outcome, reason[:300], clock.business_date()
    order.save(update_fields=["outcome", "reason", "answered_on"])
    if outcome == "failed":
        Voucher.objects.filter(orders=order).update(state=VoucherState.FAILED.value)
        ExcessSubsidy.objects.filter(orders=order).update(state=SubsidyState.FAILED.value)
        kind = payable_kind(order.payable_kind)
        if kind is not None:
            kind.failed(actor, bank_said(order, reason))


def bank_said(order: PayoutOrder, note: str) -> BankSaid:
    """Return what was said of an order that holds a payable, for the area that keeps it."""
    return BankSaid(order.payable_id or 0, clock.business_date(), order.reference, note)


def close_if_answered(batch: PayoutBatch) -> None:
    """Close a batch of which every order is answered. In the caller's transaction."""
    if not batch.orders.filter(outcome="unknown").exists():
        batch.state = BatchState.CLOSED.value
        batch.save(update_fields=["state"])


def locked_batch(actor: Actor, batch_id: int, *needed: BatchState) -> PayoutBatch:
    """Return a batch that the actor may pay, locked until the transaction ends.

    Raises: `POOL.PAYOUT.NOT_FOUND`, `PEOPLE.NOT_ALLOWED`, `POOL.PAYOUT.STATE`.
    """
    batch = PayoutBatch.objects.select_for_update().filter(pk=batch_id).first()
    if batch is None:
        raise BatchNotFoundError(batch=batch_id)
    _check_may(actor, paying_right(batch.payable_kind))
    if batch.state not in needed:
        raise BatchStateError(batch=batch.number, found=batch.state, needed=" / ".join(needed))
    return batch


def _order(batch: PayoutBatch, due: Voucher | ExcessSubsidy, payee: PaymentAccount, place: int) -> PayoutOrder:
    return PayoutOrder(
        batch=batch,
        voucher=due if isinstance(due, Voucher) else None,
        subsidy=due if isinstance(due, ExcessSubsidy) else None,
        reference=f"{batch.number}-{place:04d}",
        payee_name=payee.name,
        account=payee.account,
        bank_code=payee.bank_code,
        currency=batch.currency,
        amount_fen=due.amount_fen,
        purpose=_purpose(due),
    )


def _purpose(due: Voucher | ExcessSubsidy) -> str:
    party = party_word(due.party).zh
    return f"{party}补偿 {due.claim.number}" if isinstance(due, Voucher) else f"{party}超赔补贴 {due.year}年"


def _one_currency(scheme_id: str, currencies: list[str]) -> str:
    """Return the one currency of what is due. Raises: `POOL.PAYOUT.CURRENCIES`."""
    if len(currencies) > 1:
        raise MixedCurrenciesError(scheme=scheme_id, currencies=currencies)
    return currencies[0]


def _accounts(actor: Actor, payees: set[int], currency: str) -> tuple[PaymentAccount, dict[int, PaymentAccount]]:
    wanted = payees | {actor.organisation_id or 0}
    found = accounts_of(wanted, currency)
    missing = sorted(wanted - set(found))
    if missing:
        names = organisation_names(missing)
        raise AccountMissingError(
            organisations=[names[one].name if one in names else Text("—", "—") for one in missing],
            currency=currency,
        )
    return found[actor.organisation_id or 0], found


def _check_may(actor: Actor, right: Action) -> None:
    if not actor.may(right):
        raise NotAllowedError(action=str(right), role=str(actor.role))


def _audit(actor: Actor, batch: PayoutBatch, what: str, facts: dict[str, object]) -> None:
    record_audit(
        actor=actor, action=f"pool.{what}_payout", subject=("payout", batch.pk), facts={"batch": batch.number, **facts}
    )
