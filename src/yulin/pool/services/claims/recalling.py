"""Compensation that was paid wrongly is asked back with interest from the day it was paid, and comes back.

A claim of which a later instalment still waits is asked back like one that is paid in full: what is not paid yet, is
not paid any more.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from yulin.base.text import Text
from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.ledger.core.transfers import NewTransfer
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.people.errors import NotAllowedError
from yulin.pool.core.claims.clawback import Clawback, claw_back, recall_year_days
from yulin.pool.core.claims.states import ClaimStep, next_claim_state
from yulin.pool.core.postings import Debt, recall_repaid, recalled
from yulin.pool.errors import (
    ClaimNoteError,
    RecallOnItsWayError,
    RecallRepaidError,
    RemittanceAboveDueError,
    RemittanceDayError,
)
from yulin.pool.models import Claim, PayoutOrder, Recall
from yulin.pool.selectors.recalls import payments_of, recall_of, recalled_parts
from yulin.pool.selectors.recoveries import recallable_fen, terms_of
from yulin.pool.services._steps import Why
from yulin.pool.services.booking import book
from yulin.pool.services.claims._steps import (
    audit_claim,
    locked_claim,
    refuse_conflict,
    take_claim_step,
    tell_bank,
)
from yulin.pool.services.claims.vouchers import void_vouchers
from yulin.pool.services.debt_accounts import opened_debt

_RecallEvent = Callable[[Debt, Mapping[str, int], Mapping[str, int], date], tuple[NewTransfer, ...]]
_STEP = Text("追回", "Recall")


@dataclass(frozen=True)
class Asking:
    """What is asked back and why; the rate is the scheme's or the decision's, in parts per million a year."""

    principal_fen: int
    annual_rate_ppm: int
    clause: str
    reason: str


def owed_back(claim: Claim, asking: Asking, *, today: date) -> Clawback:
    """Return what would be owed if it were asked back today: at most what has not come back yet by recoveries.

    Raises: `POOL.CLAIM.ABOVE_BASE`.
    """
    return claw_back(
        principal_fen=asking.principal_fen, most_fen=recallable_fen(claim), annual_rate_ppm=asking.annual_rate_ppm,
        payments=payments_of(claim), repaid_on=today, year_days=recall_year_days(terms_of(claim).rule),
    )  # fmt: skip


def recall_claim(*, actor: Actor, claim_id: int, asking: Asking, version: int | None = None) -> Recall:
    """Ask part or all of a paid compensation back, with interest until today.

    Effects: one recall, booked as owed by the bank; vouchers that wait voided; the claim recalled with the bank's last
    day; event; notice to the bank; audit rows.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.CLAIM.STEP`, `.NOTE`, `.CONFLICT`, `.ABOVE_BASE`, `POOL.RECALL.ON_ITS_WAY`.
    """
    if not actor.may(Action.DECIDE_CLAIMS):
        raise NotAllowedError(action=str(Action.DECIDE_CLAIMS), role=str(actor.role))
    if not asking.clause.strip() or not asking.reason.strip():
        raise ClaimNoteError(step=_STEP)
    today = clock.business_date()
    with transaction.atomic(), scope(EVERYTHING):
        claim = locked_claim(actor, claim_id, version=version)
        refuse_conflict(actor, claim)
        next_claim_state(claim.state, ClaimStep.RECALL, note=asking.reason)
        owed = owed_back(claim, asking, today=today)
        _refuse_on_its_way(claim)
        void_vouchers(actor, claim)
        recall = Recall.objects.create(
            claim=claim,
            bank_id=claim.bank_id,
            district_code=claim.district_code,
            principal_fen=owed.principal_fen,
            interest_fen=owed.interest_fen,
            interest_parts=dict(owed.interest_parts),
            annual_rate_ppm=asking.annual_rate_ppm,
            paid_on=min(one.on for one in payments_of(claim)),
            recalled_on=today,
            clause=asking.clause[:200],
            reason=asking.reason[:500],
            recalled_by_id=actor.user_id,
        )
        _book(actor, claim, recall, recalled, on=today)
        facts = {"principal_fen": owed.principal_fen, "interest_fen": owed.interest_fen}
        take_claim_step(actor, claim, ClaimStep.RECALL, Why(asking.clause, asking.reason, facts))
        title = Text("退回补偿款：%(claim)s", "Pay compensation back: %(claim)s")
        tell_bank(actor, claim, title, body=asking.reason, due=claim.due_on)
    return recall


def record_repayment(*, actor: Actor, claim_id: int, on: date, amount_fen: int, reference: str) -> Recall:
    """Record that a recalled compensation came back, whole and once; told twice it changes nothing.

    Effects: the recall repaid, each layer's part booked as received, audit rows.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.CLAIM.NOT_FOUND`, `POOL.RECALL.REPAID`, `POOL.REMITTANCE.ABOVE_DUE`,
    `POOL.REMITTANCE.DAY`.
    """
    if not actor.may(Action.MATCH_REMITTANCES):
        raise NotAllowedError(action=str(Action.MATCH_REMITTANCES), role=str(actor.role))
    with transaction.atomic(), scope(EVERYTHING):
        claim = locked_claim(actor, claim_id)
        recall = recall_of(claim)
        if recall.repaid_on is not None:
            if (recall.repaid_on, recall.reference) == (on, reference):
                return recall
            raise RecallRepaidError(claim=claim.number, on=recall.repaid_on, reference=recall.reference)
        today = clock.business_date()
        if not recall.recalled_on <= on <= today:
            raise RemittanceDayError(on=on, first=recall.recalled_on, last=today)
        if amount_fen != recall.total_fen:
            raise RemittanceAboveDueError(claim=claim.number, found_fen=amount_fen, due_fen=recall.total_fen)
        recall.repaid_on, recall.reference = on, reference
        recall.save(update_fields=["repaid_on", "reference"])
        _book(actor, claim, recall, recall_repaid, on=on)
        audit_claim(actor, claim, "repay", {"on": on.isoformat(), "amount_fen": amount_fen, "reference": reference})
    return recall


def _refuse_on_its_way(claim: Claim) -> None:
    """Refuse to ask back while a bank's order may still pay a part. Raises: `POOL.RECALL.ON_ITS_WAY`."""
    order = PayoutOrder.objects.filter(voucher__claim=claim, outcome="unknown").select_related("batch").first()
    if order is not None:
        raise RecallOnItsWayError(claim=claim.number, order=order.reference, batch=order.batch.number)


def _book(actor: Actor, claim: Claim, recall: Recall, event: _RecallEvent, *, on: date) -> None:
    """Book what is asked back, or came back, layer by layer."""
    principal, interest = recalled_parts(claim, recall)
    debt = opened_debt(claim, terms_of(claim), principal)
    book(actor, claim.scheme_id, event(debt, principal, interest, on))
