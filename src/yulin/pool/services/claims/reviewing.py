"""The manager's review and check of a claim, and its way back to the bank; nobody checks what they reviewed."""

from __future__ import annotations

from django.db import transaction

from yulin.base.text import Text
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.people.errors import NotAllowedError
from yulin.pool.core.claims.states import ClaimStep
from yulin.pool.enums import ClaimRoute
from yulin.pool.errors import VisitNeededError
from yulin.pool.models import Claim
from yulin.pool.services._steps import Why
from yulin.pool.services.claims._steps import (
    locked_claim,
    refuse_conflict,
    refuse_same_hands,
    take_claim_step,
    tell_bank,
)
from yulin.pool.services.claims.visiting import refuse_visitor


def review_claim(*, actor: Actor, claim_id: int, version: int | None, note: str) -> Claim:
    """Review a submitted claim: the reviewer's opinion goes to the checker.

    Effects: reviewed; event; audit row.
    Raises: `POOL.CLAIM.SAME_HANDS`, `.CONFLICT`, `.NOTE`, `.STEP`, `.CHANGED`, `.NOT_FOUND`.
    """
    with transaction.atomic(), scope(EVERYTHING):
        claim = _managed(actor, claim_id, version)
        refuse_visitor(actor, claim)
        return take_claim_step(actor, claim, ClaimStep.REVIEW, Why(note=note), reviewed_by_id=actor.user_id)


def check_claim(*, actor: Actor, claim_id: int, version: int | None, note: str = "") -> Claim:
    """Check what somebody else reviewed; the claim goes to the authority.

    Effects: checked; event; audit row.
    Raises: `POOL.CLAIM.SAME_HANDS`, `.VISIT_NEEDED`, `.CONFLICT`, `.STEP`, `.CHANGED`, `.NOT_FOUND`.
    """
    with transaction.atomic(), scope(EVERYTHING):
        claim = _managed(actor, claim_id, version)
        refuse_same_hands(actor, (ClaimStep.REVIEW, claim.reviewed_by_id))
        refuse_visitor(actor, claim)
        if claim.route == ClaimRoute.DEEP and not claim.visits.exists():
            reasons = [Text(one["zh"], one["en"]) for one in claim.route_reasons]
            raise VisitNeededError(claim=claim.number, reasons=reasons)
        return take_claim_step(actor, claim, ClaimStep.CHECK, Why(note=note), checked_by_id=actor.user_id)


def send_back_claim(*, actor: Actor, claim_id: int, version: int | None, note: str) -> Claim:
    """Send a reviewed claim back to the reviewer, with the reason.

    Effects: submitted again; event; audit row. Raises: `POOL.CLAIM.NOTE`, `.STEP`, `.CHANGED`, `.NOT_FOUND`.
    """
    with transaction.atomic(), scope(EVERYTHING):
        claim = _managed(actor, claim_id, version)
        return take_claim_step(actor, claim, ClaimStep.SEND_BACK, Why(note=note), reviewed_by_id=None)


def return_claim(*, actor: Actor, claim_id: int, version: int | None, note: str) -> Claim:
    """Return a claim to the bank for what is missing, with a term; it stands on the bank's list until it is mended.

    Effects: returned; event; notice to the bank with the last day; audit row.
    Raises: `POOL.CLAIM.NOTE`, `.CONFLICT`, `.STEP`, `.CHANGED`, `.NOT_FOUND`.
    """
    with transaction.atomic(), scope(EVERYTHING):
        claim = _managed(actor, claim_id, version)
        cleared = {"reviewed_by_id": None, "checked_by_id": None}
        take_claim_step(actor, claim, ClaimStep.RETURN, Why(note=note), **cleared)
        title = Text("补正补偿申请%(claim)s：%(firm)s", "Complete the claim %(claim)s: %(firm)s")
        tell_bank(actor, claim, title, body=note, due=claim.due_on)
    return claim


def _managed(actor: Actor, claim_id: int, version: int | None) -> Claim:
    if not (actor.may(Action.REVIEW_CLAIMS) or actor.may(Action.DECIDE_CLAIMS)):
        raise NotAllowedError(action=str(Action.REVIEW_CLAIMS), role=str(actor.role))
    claim = locked_claim(actor, claim_id, version=version)
    refuse_conflict(actor, claim)
    return claim
