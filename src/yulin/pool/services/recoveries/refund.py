"""A bank that remits all it recovers gets its own part back later; each refund is recorded and booked once."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Min

from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.pool.core.postings import refund_booked
from yulin.pool.errors import ReferenceTakenError, RefundAboveDueError, RemittanceDayError
from yulin.pool.models import Refund
from yulin.pool.selectors.recoveries import refunds_of, terms_of
from yulin.pool.services.booking import book
from yulin.pool.services.debt_accounts import opened_debt
from yulin.pool.services.recoveries._debts import audit_debt, locked_debt


def record_refund(*, actor: Actor, claim_id: int, on: date, amount_fen: int, reference: str) -> Refund:
    """Record what was given back to a bank of its own part; the same receipt told twice changes nothing.

    Effects: one refund, booked from the account of refunds to the bank's; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.RECOVERY.STATE`, `POOL.RECOVERY.REFERENCE`, `POOL.REFUND.ABOVE_DUE`,
    `POOL.REMITTANCE.DAY`.
    """
    with transaction.atomic(), scope(EVERYTHING):
        claim = locked_debt(actor, claim_id, Action.MATCH_REMITTANCES)
        standing = claim.refunds.filter(reference=reference).first()
        if standing is not None:
            if (standing.on, standing.amount_fen) != (on, amount_fen):
                raise ReferenceTakenError(reference=reference, found_fen=standing.amount_fen, found_on=standing.on)
            return standing
        terms = terms_of(claim)
        stands = refunds_of(claim, terms)
        if not 0 < amount_fen <= stands.open_fen:
            raise RefundAboveDueError(claim=claim.number, found_fen=amount_fen, due_fen=max(stands.open_fen, 0))
        remitted = claim.remittances.filter(holder__isnull=True).aggregate(first=Min("on"))
        first, today = remitted["first"], clock.business_date()
        if not first <= on <= today:
            raise RemittanceDayError(on=on, first=first, last=today)
        entry = Refund.objects.create(
            claim=claim, bank_id=claim.bank_id, district_code=claim.district_code, on=on, amount_fen=amount_fen,
            reference=reference, entered_by_id=actor.user_id,
        )  # fmt: skip
        book(actor, claim.scheme_id, refund_booked(opened_debt(claim, terms), entry.pk, amount_fen, on))
        facts = {"on": on.isoformat(), "amount_fen": amount_fen, "reference": reference}
        audit_debt(actor, claim, "record_refund", facts)
    return entry
