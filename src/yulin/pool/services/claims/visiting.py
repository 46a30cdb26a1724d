"""An expert of the register visits the firm of a claim; what was found is kept with who went and who wrote it down."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from yulin.atlas.enums import Channel
from yulin.atlas.services.reading import Look, read_ownership
from yulin.base.text import Text
from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.people.errors import NotAllowedError
from yulin.pool.core.claims.states import STATE_NAMES
from yulin.pool.core.claims.visits import Visitor, reasons_against
from yulin.pool.enums import ClaimState
from yulin.pool.errors import (
    ClaimSameHandsError,
    ClaimStepError,
    ExpertTiedError,
    ExpertUnknownError,
    VisitDayError,
    VisitNoteError,
)
from yulin.pool.models import Claim, ClaimVisit
from yulin.pool.selectors.experts import side_of_claim, visitor
from yulin.pool.services.claims._steps import audit_claim, locked_claim, refuse_conflict, write_claim

VISIT = Text("专家走访", "the expert's visit")
_VISITED_IN = (ClaimState.SUBMITTED, ClaimState.REVIEWED)


def record_visit(*, actor: Actor, claim_id: int, version: int | None, expert: str, on: date, note: str) -> ClaimVisit:
    """Keep an expert's visit: who, when, what was found; the deeper review needs one before the check.

    Effects: one `ClaimVisit`, the claim's day of visit; a line in the firm's log of who read its holdings; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.CLAIM.VISIT_DAY`, `.VISIT_NOTE`, `.VISIT_EXPERT`, `.EXPERT_TIED`,
    `.SAME_HANDS`, `.CONFLICT`, `.STEP`, `.CHANGED`, `.NOT_FOUND`.
    """
    if not actor.may(Action.REVIEW_CLAIMS):
        raise NotAllowedError(action=str(Action.REVIEW_CLAIMS), role=str(actor.role))
    with transaction.atomic(), scope(EVERYTHING):
        claim = locked_claim(actor, claim_id, version=version)
        refuse_conflict(actor, claim)
        _refuse_wrong(claim, on, note)
        chosen = _free_expert(actor, claim, expert)
        kept = ClaimVisit.objects.create(
            claim=claim, visited_on=on, expert_number=chosen.listed.number, expert_name=chosen.listed.name,
            expert_house=chosen.listed.house, expert_user_id=chosen.user_id, finding=note.strip()[:1000],
            recorded_by_id=actor.user_id, recorded_by_name=actor.name,
        )  # fmt: skip
        write_claim(claim, visit_on=on, visit_note=kept.finding)
        audit_claim(actor, claim, "visit", {"on": on.isoformat(), "expert": kept.expert_number, "note": kept.finding})
    return kept


def refuse_visitor(actor: Actor, claim: Claim) -> None:
    """Keep out of a claim's steps whoever visited for it. Raises: `POOL.CLAIM.SAME_HANDS`."""
    if actor.user_id is not None and claim.visits.filter(expert_user_id=actor.user_id).exists():
        raise ClaimSameHandsError(first=VISIT)


def _refuse_wrong(claim: Claim, on: date, note: str) -> None:
    if claim.state not in _VISITED_IN:
        found, needed = STATE_NAMES[ClaimState(claim.state)], [STATE_NAMES[one] for one in _VISITED_IN]
        raise ClaimStepError(step=VISIT, found=found, needed=needed)
    first, today = claim.defaulted_on, clock.business_date()
    if not first <= on <= today:
        raise VisitDayError(on=on, first=first, last=today)
    if not note.strip():
        raise VisitNoteError(claim=claim.number)


def _free_expert(actor: Actor, claim: Claim, number: str) -> Visitor:
    """Return the expert if nothing ties them to the claim; the registers are read, and the firm's log says so."""
    firm, today = claim.enrolment.firm, clock.business_date()
    found = visitor(number, firm, today)
    if found is None:
        raise ExpertUnknownError(number=number)
    if found.user_id == actor.user_id:
        raise ClaimSameHandsError(first=VISIT)
    read_ownership(actor=actor, firm=firm, look=Look(Channel.PAGE, today, clock.now()))
    reasons = reasons_against(found, side_of_claim(claim))
    if reasons:
        raise ExpertTiedError(name=found.listed.name, claim=claim.number, reasons=reasons)
    return found
