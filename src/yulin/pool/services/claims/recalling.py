"""Compensation that was paid wrongly is asked back with interest from the day it was paid, and comes back."""

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
from yulin.pool.errors import ClaimNoteError, RecallRepaidError, RemittanceAboveDueError, RemittanceDayError
from yulin.pool.models import Claim, Recall
from yulin.pool.selectors.recalls import paid_by_party, recall_of
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
from yulin.pool.services.debt_accounts import opened_debt

_RecallEvent = Callable[[Debt, Mapping[str, int], int, int, date], tuple[NewTransfer, ...]]
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
        paid_on=claim.paid_on or today, repaid_on=today, year_days=recall_year_days(terms_of(claim).rule),
    )  # fmt: skip


def recall_claim(*, actor: Actor, claim_id: int, asking: Asking, version: int | None = None) -> Recall:
    """Ask part or all of a paid compensation back, with interest until today.

    Effects: one recall, booked as owed by the bank; the claim recalled with the bank's last day; event; notice to the
    bank; audit rows.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.CLAIM.STEP`, `.NOTE`, `.CONFLICT`, `.ABOVE_BASE`.
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
        recall = Recall.objects.create(
            claim=claim,
            bank_id=claim.bank_id,
            district_code=claim.district_code,
            principal_fen=owed.principal_fen,
            interest_fen=owed.interest_fen,
            annual_rate_ppm=asking.annual_rate_ppm,
            paid_on=claim.paid_on or today,
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


def _book(actor: Actor, claim: Claim, recall: Recall, event: _RecallEvent, *, on: date) -> None:
    """Book what is asked back, or came back, by what each layer had paid."""
    paid = paid_by_party(claim)
    debt = opened_debt(claim, terms_of(claim), paid)
    book(actor, claim.scheme_id, event(debt, paid, recall.principal_fen, recall.interest_fen, on))
