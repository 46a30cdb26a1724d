"""What a bank handed over on a debt, matched by the manager to what its recoveries make due."""

from __future__ import annotations

from datetime import date

from django.db import transaction
from django.db.models import Min

from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.pool.core.postings import remittance_booked, remitted_parts
from yulin.pool.errors import ReferenceTakenError, RemittanceAboveDueError, RemittanceDayError
from yulin.pool.models import Claim, Remittance
from yulin.pool.selectors.recoveries import due_of, open_shares, terms_of
from yulin.pool.services.booking import book
from yulin.pool.services.debt_accounts import opened_debt
from yulin.pool.services.recoveries._debts import audit_debt, locked_debt


def record_remittance(
    *, actor: Actor, claim_id: int, on: date, amount_fen: int, reference: str, holder_id: int | None = None
) -> Remittance:
    """Record what came in from the bank on a debt, or from the debt's new owner; told twice it changes nothing.

    Effects: one remittance, each party's part of it booked, audit rows.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.RECOVERY.STATE`, `POOL.RECOVERY.REFERENCE`, `POOL.REMITTANCE.ABOVE_DUE`,
    `POOL.REMITTANCE.DAY`.
    """
    with transaction.atomic(), scope(EVERYTHING):
        claim = locked_debt(actor, claim_id, Action.MATCH_REMITTANCES)
        standing = claim.remittances.filter(reference=reference).first()
        if standing is not None:
            if (standing.on, standing.amount_fen, standing.holder_id) != (on, amount_fen, holder_id):
                raise ReferenceTakenError(reference=reference, found_fen=standing.amount_fen, found_on=standing.on)
            return standing
        due, remitted = due_of(claim, holder_id)
        if not 0 < amount_fen <= due - remitted:
            raise RemittanceAboveDueError(claim=claim.number, found_fen=amount_fen, due_fen=max(due - remitted, 0))
        _check_day(claim, on, holder_id)
        terms = terms_of(claim)
        open_fen = open_shares(claim, terms, holder_id)
        entry = Remittance.objects.create(
            claim=claim, bank_id=claim.bank_id, district_code=claim.district_code, on=on, amount_fen=amount_fen,
            holder_id=holder_id, parts=remitted_parts(amount_fen, open_fen), reference=reference,
            entered_by_id=actor.user_id,
        )  # fmt: skip
        debt = opened_debt(claim, terms)
        book(actor, claim.scheme_id, remittance_booked(debt, entry.pk, amount_fen, open_fen, on))
        facts = {"on": on.isoformat(), "amount_fen": amount_fen, "reference": reference, "parts": entry.parts}
        facts |= {} if holder_id is None else {"holder": holder_id}
        audit_debt(actor, claim, "record_remittance", facts)
    return entry


def _check_day(claim: Claim, on: date, holder_id: int | None) -> None:
    """Refuse a day before any money of the debt came in, or one to come."""
    standing = claim.recoveries.filter(undone_on__isnull=True, holder_id=holder_id)
    first, today = standing.aggregate(first=Min("value_on"))["first"], clock.business_date()
    if not first <= on <= today:
        raise RemittanceDayError(on=on, first=first, last=today)
