"""The paying bank's return file: read whole, reconciled one to one, and each paid order booked once.

Everything of one file happens in one transaction: a crash leaves it as if it had not come, and it can be sent again.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import transaction

from yulin.base.text import Text
from yulin.exchange.adapters.bounds import upload_bounds
from yulin.exchange.adapters.payment_files import read_answer
from yulin.exchange.core.payments import PaymentAnswer, PaymentOutcome, Reconciliation, reconcile
from yulin.kit import clock
from yulin.kit.documents import store
from yulin.kit.row_security import EVERYTHING, scope
from yulin.ledger.errors import LedgerRefusalError
from yulin.people.core.actors import Actor
from yulin.people.services import record_audit
from yulin.pool.enums import BatchState
from yulin.pool.models import PayoutAnswer, PayoutOrder
from yulin.pool.selectors.payables import payable_kind
from yulin.pool.selectors.payouts import as_sent, outcomes_of, table_of
from yulin.pool.services.claims.vouchers import pay_voucher
from yulin.pool.services.payouts.batches import bank_said, close_if_answered, locked_batch, settle_order
from yulin.pool.services.subsidies.pay_subsidy import pay_subsidy


def take_answer(*, actor: Actor, batch_id: int, file_name: str, content: bytes) -> tuple[PayoutAnswer, Reconciliation]:
    """Take the bank's answer to a batch, pain.002 or the table that it went out in.

    What does not fit settles nothing and is kept with the reason.

    An order that the ledger does not book stays unanswered, with the reason: the same file can be sent again later.

    Effects: the file kept, one `PayoutAnswer`; paid vouchers, subsidies and payables, claims and transfers; failed
    ones wait again; audit rows.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.PAYOUT.STATE`, `POOL.PAYOUT.NOT_FOUND`, `EXCHANGE.PAYMENT.UNREADABLE`.
    """
    with transaction.atomic(), scope(EVERYTHING):
        batch = locked_batch(actor, batch_id, BatchState.SENT, BatchState.CLOSED)
        sent = as_sent(batch)
        found = reconcile(
            sent, read_answer(content, file_name, sent, table_of(batch), upload_bounds()), outcomes_of(batch)
        )
        orders = {order.reference: order for order in batch.orders.select_for_update()}
        today = clock.business_date()
        refused = [
            _kept(said.line, error.code, error.message)
            for reference, said in found.settled.items()
            if (error := _settle(actor, orders[reference], said, today)) is not None
        ]
        answer = PayoutAnswer.objects.create(
            batch=batch,
            file_name=file_name[:200],
            sha256=store(content, name=file_name),
            received_by_id=actor.user_id,
            settled_count=len(found.settled) - len(refused),
            repeated_count=len(found.repeated),
            misfits=[*(_kept(one.answer.line, one.why.value, one.message) for one in found.misfits), *refused],
        )
        close_if_answered(batch)
        facts = {"batch": batch.number, "settled": answer.settled_count, "misfits": len(answer.misfits)}
        record_audit(actor=actor, action="pool.take_payout_answer", subject=("payout", batch.pk), facts=facts)
    return answer, found


def _settle(actor: Actor, order: PayoutOrder, said: PaymentAnswer, on: date) -> LedgerRefusalError | None:
    """Write one outcome; where the ledger refuses the payment, nothing of it stands and the refusal is returned."""
    try:
        with transaction.atomic():
            settle_order(actor, order, said.outcome.value, said.reason)
            if said.outcome is PaymentOutcome.PAID:
                _pay(actor, order, on, said.reason)
    except LedgerRefusalError as error:
        return error
    return None


def _pay(actor: Actor, order: PayoutOrder, on: date, note: str) -> None:
    told: dict[str, Any] = {"actor": actor, "on": on, "transfer_key": order.reference, "note": note}
    if order.voucher_id is not None:
        pay_voucher(**told, voucher_id=order.voucher_id)
    if order.subsidy_id is not None:
        pay_subsidy(**told, subsidy_id=order.subsidy_id)
    kind = payable_kind(order.payable_kind)
    if kind is not None:
        kind.paid(actor, bank_said(order, note))


def _kept(line: int, code: str, message: Text | str) -> dict[str, int | str]:
    said = message if isinstance(message, Text) else Text(message, message)
    return {"line": line, "code": code, "zh": said.zh, "en": said.en}
