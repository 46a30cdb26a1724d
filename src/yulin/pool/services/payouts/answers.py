"""The paying bank's return file: read whole, reconciled one to one, and each paid order booked once.

Everything of one file happens in one transaction: a crash leaves it as if it had not come, and it can be sent again.
"""

from __future__ import annotations

from django.db import transaction

from yulin.exchange.adapters.bounds import upload_bounds
from yulin.exchange.adapters.payment_files import COMMON_TABLE, BankTable, read_answer
from yulin.exchange.core.payments import PaymentOutcome, Reconciliation, reconcile
from yulin.kit import clock
from yulin.kit.documents import store
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.people.errors import NotAllowedError
from yulin.people.services import record_audit
from yulin.pool.enums import BatchState
from yulin.pool.models import PayoutAnswer
from yulin.pool.selectors.payouts import as_sent, outcomes_of
from yulin.pool.services.claims.vouchers import pay_voucher
from yulin.pool.services.payouts.batches import close_if_answered, locked_batch, settle_order


def take_answer(
    *, actor: Actor, batch_id: int, file_name: str, content: bytes, table: BankTable = COMMON_TABLE
) -> tuple[PayoutAnswer, Reconciliation]:
    """Take the bank's answer to a batch; what does not fit settles nothing and is kept with the reason.

    Effects: the file kept, one `PayoutAnswer`; paid vouchers and their claims; failed ones wait again; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.PAYOUT.STATE`, `POOL.PAYOUT.NOT_FOUND`, `EXCHANGE.PAYMENT.UNREADABLE`.
    """
    if not actor.may(Action.PAY_CLAIMS):
        raise NotAllowedError(action=str(Action.PAY_CLAIMS), role=str(actor.role))
    with transaction.atomic(), scope(EVERYTHING):
        batch = locked_batch(batch_id, BatchState.SENT, BatchState.CLOSED)
        sent = as_sent(batch)
        found = reconcile(sent, read_answer(content, file_name, sent, table, upload_bounds()), outcomes_of(batch))
        orders = {order.reference: order for order in batch.orders.select_for_update().select_related("voucher")}
        today = clock.business_date()
        for reference, said in found.settled.items():
            settle_order(orders[reference], said.outcome.value, said.reason)
            if said.outcome is PaymentOutcome.PAID:
                pay_voucher(
                    actor=actor, voucher_id=orders[reference].voucher_id, on=today, transfer_key=reference,
                    note=said.reason,
                )  # fmt: skip
        answer = PayoutAnswer.objects.create(
            batch=batch,
            file_name=file_name[:200],
            sha256=store(content, name=file_name),
            received_by_id=actor.user_id,
            settled_count=len(found.settled),
            repeated_count=len(found.repeated),
            misfits=[
                {"line": one.answer.line, "code": one.why.value, "zh": one.message.zh, "en": one.message.en}
                for one in found.misfits
            ],
        )
        close_if_answered(batch)
        facts = {"batch": batch.number, "settled": len(found.settled), "misfits": len(found.misfits)}
        record_audit(actor=actor, action="pool.take_payout_answer", subject=("payout", batch.pk), facts=facts)
    return answer, found
