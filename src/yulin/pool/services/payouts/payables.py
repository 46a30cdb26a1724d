"""A batch of payables that another area keeps: the same file, releases and answers as the pool's own."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from yulin.base.text import OWN_CURRENCY, Text
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor
from yulin.people.errors import NotAllowedError
from yulin.pool.core.payables import Payable
from yulin.pool.errors import AccountMissingError, NothingToPayError
from yulin.pool.models import PayoutBatch, PayoutOrder
from yulin.pool.selectors.payables import PayableKind
from yulin.pool.selectors.payouts import accounts_of
from yulin.pool.services.claims._steps import lock_decisions
from yulin.pool.services.payouts.batches import NewBatch, check_day, write_batch


def make_payable_batch(*, actor: Actor, kind: PayableKind, scheme_id: str, execute_on: date) -> PayoutBatch:
    """Put everything of a kind that waits under one source of money, and has an account, into one batch.

    Effects: one draft batch, one order for each with a reference of its own; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.PAYOUT.DAY`, `POOL.PAYOUT.NOTHING`, `POOL.PAYOUT.ACCOUNT`,
    `EXCHANGE.PAYMENT.FIELD`.
    """
    if not actor.may(kind.pays):
        raise NotAllowedError(action=str(kind.pays), role=str(actor.role))
    check_day(execute_on)
    with transaction.atomic(), scope(EVERYTHING):
        lock_decisions(scheme_id)  # a second click waits here, and then finds nothing
        due = [one for one in kind.waiting(scheme_id, locks=True) if one.is_ready]
        if not due:
            raise NothingToPayError(scheme=scheme_id)
        payer = accounts_of({actor.organisation_id or 0}).get(actor.organisation_id or 0)
        if payer is None:
            raise AccountMissingError(organisations=[Text("本机构", "this organisation")], currency=OWN_CURRENCY)
        new = NewBatch(kind.prefix, scheme_id, execute_on, payer, OWN_CURRENCY, kind.name, due[0].source)
        return write_batch(
            actor, new, lambda batch: [_order(batch, one, place) for place, one in enumerate(due, start=1)]
        )


def _order(batch: PayoutBatch, due: Payable, place: int) -> PayoutOrder:
    return PayoutOrder(
        batch=batch, payable_kind=batch.payable_kind, payable_id=due.id, reference=f"{batch.number}-{place:04d}",
        payee_name=due.payee_name, account=due.account, bank_code=due.bank_code, currency=batch.currency,
        amount_fen=due.amount_fen, purpose=due.purpose,
    )  # fmt: skip
