"""A debt locked while its money is written, and the audit row of each write."""

from __future__ import annotations

from typing import Any

from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.people.errors import NotAllowedError
from yulin.people.services import record_audit
from yulin.pool.core.claims.states import STATE_NAMES, WITH_MONEY
from yulin.pool.enums import ClaimState
from yulin.pool.errors import ClaimNotFoundError, NotClaimantError, RecoveryStateError
from yulin.pool.models import Claim
from yulin.pool.selectors.recoveries import debts_visible_to, may_collect


def locked_debt(actor: Actor, claim_id: int, right: Action) -> Claim:
    """Return a claim whose loss was decided, for one with the right to its money, locked until the transaction ends.

    Raises: `POOL.CLAIM.NOT_FOUND`, `POOL.CLAIM.NOT_CLAIMANT`, `PEOPLE.NOT_ALLOWED`, `POOL.RECOVERY.STATE`.
    """
    rows = debts_visible_to(actor).select_related("bank", "enrolment__firm").filter(pk=claim_id)
    claim = rows.select_for_update(of=("self",)).first()
    if claim is None:
        raise ClaimNotFoundError(claim=claim_id)
    if not may_collect(actor, claim):
        raise NotClaimantError(claim=claim.number, claimant=claim.bank.name)
    if not actor.may(right):
        raise NotAllowedError(action=str(right), role=str(actor.role))
    if ClaimState(claim.state) not in WITH_MONEY or not claim.sheet:
        raise RecoveryStateError(claim=claim.number, state=STATE_NAMES[ClaimState(claim.state)])
    return claim


def audit_debt(actor: Actor, claim: Claim, action: str, facts: dict[str, Any]) -> None:
    """Write the audit row of a write to a debt."""
    record_audit(
        actor=actor, action=f"pool.{action}", subject=("claim", claim.pk), facts={"claim": claim.number, **facts}
    )
