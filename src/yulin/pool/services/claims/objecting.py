"""Objections to a claim on public notice: filed by anybody, answered by the manager before the claim is approved."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.people.errors import NotAllowedError
from yulin.pool.core.claims.states import STEP_NAMES, ClaimStep
from yulin.pool.enums import ClaimState
from yulin.pool.errors import ClaimNoteError, NoObjectionError, ObjectionOpenError
from yulin.pool.models import Claim, NoticeObjection, ObjectionAnswer
from yulin.pool.selectors.notices import open_objections
from yulin.pool.services.claims._steps import audit_claim, locked_claim, refuse_conflict, write_claim


def keep_objection(
    actor: Actor, claim: Claim, said: tuple[str, str, str], *, receipt: str, due_on: date | None
) -> NoticeObjection:
    """Keep an objection to a claim on notice: its words, who says so and how to reach that person. In a transaction.

    Effects: one `NoticeObjection`; audit row.
    """
    words, name, contact = said
    kept = NoticeObjection.objects.create(
        claim=claim, receipt=receipt, words=words, name=name, contact=contact, filed_on=clock.business_date(),
        answer_due_on=due_on,
    )  # fmt: skip
    audit_claim(actor, claim, "object_to", {"receipt": receipt})
    return kept


def dismiss_objections(*, actor: Actor, claim_id: int, version: int | None, note: str) -> Claim:
    """Answer the objections to a claim on notice that do not hold, with the reasons.

    Effects: one answer to each; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.CLAIM.NO_OBJECTION`, `.NOTE`, `.CONFLICT`, `.CHANGED`, `.NOT_FOUND`.
    """
    if not actor.may(Action.REVIEW_CLAIMS):
        raise NotAllowedError(action=str(Action.REVIEW_CLAIMS), role=str(actor.role))
    if not note.strip():
        raise ClaimNoteError(step=STEP_NAMES[ClaimStep.APPROVE])
    with transaction.atomic(), scope(EVERYTHING):
        claim = locked_claim(actor, claim_id, version=version)
        refuse_conflict(actor, claim)
        if claim.state != ClaimState.NOTICED or not answer_objections(actor, claim, note, is_upheld=False):
            raise NoObjectionError(claim=claim.number)
        write_claim(claim)
        audit_claim(actor, claim, "dismiss_objections_to", {"reasons": note})
    return claim


def answer_objections(actor: Actor, claim: Claim, reasons: str, *, is_upheld: bool) -> int:
    """Answer every open objection to a locked claim; return how many there were. In the caller's transaction.

    Effects: one answer to each.
    """
    waiting = open_objections(claim)
    today = clock.business_date()
    ObjectionAnswer.objects.bulk_create(
        ObjectionAnswer(
            objection=one, is_upheld=is_upheld, reasons=reasons[:1000], answered_on=today, answered_by_id=actor.user_id
        )
        for one in waiting
    )
    return len(waiting)


def refuse_unanswered(claim: Claim) -> None:
    """Refuse to approve a claim while an objection to it is open. Raises: `POOL.CLAIM.OBJECTION_OPEN`."""
    waiting = open_objections(claim)
    if waiting:
        raise ObjectionOpenError(claim=claim.number, receipts=[one.receipt for one in waiting])
