"""The end of a debt's pursuit: one person proposes it, another approves; money that still comes in stays a recovery."""

from __future__ import annotations

from django.db import transaction

from yulin.base.text import Text
from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.ledger.enums import AccountKind
from yulin.ledger.errors import REFUSALS, ReversalUnknownError
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.pool.core.postings import write_off_undone, written_off
from yulin.pool.core.write_off import open_loss_fen
from yulin.pool.enums import WriteOffState
from yulin.pool.errors import ClaimNoteError, RecoveryNotFoundError, WriteOffHandsError, WriteOffStandsError
from yulin.pool.models import Claim, WriteOff
from yulin.pool.selectors.recalls import paid_by_party
from yulin.pool.selectors.recoveries import booked_shares, pursued_fen, standing_write_off, terms_of
from yulin.pool.services.booking import book
from yulin.pool.services.debt_accounts import opened_debt
from yulin.pool.services.layer_accounts import open_layer_accounts
from yulin.pool.services.recoveries._debts import audit_debt, locked_debt

_STEP = Text("核销", "Write-off")


def propose_write_off(*, actor: Actor, claim_id: int, clause: str, reason: str) -> WriteOff:
    """Propose to end the pursuit of a debt, with clause and reason; the amount is what has not come back.

    Effects: one write-off, audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.CLAIM.NOTE`, `POOL.WRITE_OFF.STANDS`, `POOL.RECOVERY.STATE`.
    """
    if not clause.strip() or not reason.strip():
        raise ClaimNoteError(step=_STEP)
    with transaction.atomic(), scope(EVERYTHING):
        claim = locked_debt(actor, claim_id, Action.PROPOSE_WRITE_OFF)
        standing = standing_write_off(claim)
        if standing is not None:
            raise WriteOffStandsError(claim=claim.number, on=standing.on)
        open_fen = open_loss_fen(terms_of(claim).borne_fen, booked_shares(claim))
        write_off = WriteOff.objects.create(
            claim=claim,
            bank_id=claim.bank_id,
            district_code=claim.district_code,
            on=clock.business_date(),
            amount_fen=open_fen,
            clause=clause[:200],
            reason=reason[:500],
            proposed_by_id=actor.user_id,
        )
        audit_debt(actor, claim, "propose_write_off", {"amount_fen": open_fen, "clause": clause, "reason": reason})
    return write_off


def approve_write_off(*, actor: Actor, write_off_id: int) -> WriteOff:
    """Approve a write-off that another person proposed; from that day the past of the debt is closed.

    Effects: approved on today's day with what is open today; what layers paid and no longer pursue,
    booked; audit rows. Approved already: nothing.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.WRITE_OFF.SAME_HANDS`, `POOL.RECOVERY.NOT_FOUND`.
    """
    with transaction.atomic(), scope(EVERYTHING):
        found = WriteOff.objects.filter(pk=write_off_id).exclude(state=WriteOffState.UNDONE.value).first()
        if found is None:
            raise RecoveryNotFoundError(recovery=write_off_id)
        is_own = found.proposed_by_id is not None and found.proposed_by_id == actor.user_id
        if is_own and found.state != WriteOffState.APPROVED:
            raise WriteOffHandsError(claim=found.claim.number)
        claim = locked_debt(actor, found.claim_id, Action.APPROVE_WRITE_OFF)
        write_off = claim.write_offs.select_for_update().get(pk=write_off_id)
        if write_off.state == WriteOffState.APPROVED:
            return write_off
        open_fen = open_loss_fen(terms_of(claim).borne_fen, booked_shares(claim))
        write_off.state, write_off.approved_by_id = WriteOffState.APPROVED.value, actor.user_id
        write_off.on, write_off.amount_fen = clock.business_date(), open_fen
        write_off.save(update_fields=["state", "approved_by_id", "on", "amount_fen"])
        _book(actor, claim, write_off)
        audit_debt(actor, claim, "approve_write_off", {"amount_fen": open_fen, "on": write_off.on.isoformat()})
    return write_off


def undo_write_off(*, actor: Actor, write_off_id: int, note: str) -> WriteOff:
    """Take back a write-off that was wrong; it stays to be seen, the past of the debt is open again.

    Effects: undone, its transfers reversed, audit rows with the reason.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.CLAIM.NOTE`, `POOL.RECOVERY.NOT_FOUND`.
    """
    if not note.strip():
        raise ClaimNoteError(step=_STEP)
    with transaction.atomic(), scope(EVERYTHING):
        found = WriteOff.objects.filter(pk=write_off_id).exclude(state=WriteOffState.UNDONE.value).first()
        if found is None:
            raise RecoveryNotFoundError(recovery=write_off_id)
        claim = locked_debt(actor, found.claim_id, Action.APPROVE_WRITE_OFF)
        found.state = WriteOffState.UNDONE.value
        found.save(update_fields=["state"])
        _unbook(actor, claim, found, note)
        audit_debt(actor, claim, "undo_write_off", {"write_off": found.pk, "note": note})
    return found


def _book(actor: Actor, claim: Claim, write_off: WriteOff) -> None:
    left = pursued_fen(claim)
    debt = opened_debt(claim, terms_of(claim), left)
    kinds = (AccountKind.COMPENSATION_PAID, AccountKind.WRITTEN_OFF)
    open_layer_accounts([(debt.place(party), kind, None) for party in left for kind in kinds])
    book(actor, claim.scheme_id, written_off(debt, write_off.pk, left, write_off.on))


def _unbook(actor: Actor, claim: Claim, write_off: WriteOff, reason: str) -> None:
    """Reverse what the write-off booked of each layer; a proposal, or a layer with nothing open, has booked nothing."""
    debt = opened_debt(claim, terms_of(claim))
    undone = write_off_undone(debt, write_off.pk, paid_by_party(claim), clock.business_date(), reason)
    for one in book(actor, claim.scheme_id, undone, goes_on=True):
        if one.refusal is not None and one.refusal.code != ReversalUnknownError.code:
            raise REFUSALS[one.refusal.code](key=one.refusal.key, facts=one.refusal.facts)
