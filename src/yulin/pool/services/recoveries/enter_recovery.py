"""Money on a compensated loan is entered, or an entry undone; the whole debt is shared again each time."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction

from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.adapters.calendar import work_calendar
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.pool.adapters.packs import law_by_id
from yulin.pool.core.claims.terms import due_on
from yulin.pool.core.recoveries import DatedReceipt, replay
from yulin.pool.core.recovery import RecoveryShare
from yulin.pool.core.write_off import refuse_closed
from yulin.pool.enums import ClaimState, RecoverySource, WriteOffState
from yulin.pool.errors import (
    RecoveryAmountError,
    RecoveryAssignedError,
    RecoveryDayError,
    RecoveryHolderError,
    RecoveryNotFoundError,
    ReferenceTakenError,
    SalePriceError,
)
from yulin.pool.models import Claim, Recovery
from yulin.pool.selectors.assignments import owners_on
from yulin.pool.selectors.recoveries import (
    receipts_of,
    recoveries_visible_to,
    standing_write_off,
    terms_of,
)
from yulin.pool.services.recoveries._debts import audit_debt, locked_debt
from yulin.pool.services.recoveries.sharing import refuse_above_loss, share_anew

_NEXT = 1 << 62  # behind every entry of the same day
TRANSFEREE = "transferee"  # a holder that bore no part of the loss


@dataclass(frozen=True)
class Received:
    """One receipt as the bank's statement shows it."""

    value_on: date
    gross_fen: int
    cost_fen: int = 0
    reference: str = ""
    source: RecoverySource = RecoverySource.BORROWER
    note: str = ""
    by_owner: bool = False  # the new owner of the debt has it, and not the claimant


def preview_recovery(*, actor: Actor, claim_id: int, received: Received) -> RecoveryShare:
    """Return what a receipt would give to whom if it were entered now; nothing is written.

    Raises: the codes of `enter_recovery`.
    """
    with transaction.atomic(), scope(EVERYTHING):
        claim = locked_debt(actor, claim_id, Action.ENTER_RECOVERIES)
        _check(claim, received)
        _, held_by = _holder(actor, claim, received)
        shared = replay(terms_of(claim), [*receipts_of(claim), _receipt(_NEXT, received, held_by)])
        refuse_above_loss(claim, shared)
    return shared[_NEXT]


def enter_recovery(*, actor: Actor, claim_id: int, received: Received) -> Recovery:
    """Enter money that came in; all receipts of the debt are shared again in value-date order.

    The same reference with the same money is answered with the entry that stands.

    Effects: the claim locked; one recovery, mirrors and lines of all shares that change, each booked in the ledger,
    unpaid vouchers issued anew where a layer has less to pay, every entry's sums, the amount of a proposed write-off;
    audit rows.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.RECOVERY.STATE`, `.AMOUNT`, `.DAY`, `.REFERENCE`, `.ABOVE_LOSS`, `.ASSIGNED`,
    `.HOLDER`, `POOL.DEBT.WRITTEN_OFF`.
    """
    with transaction.atomic(), scope(EVERYTHING):
        claim = locked_debt(actor, claim_id, Action.ENTER_RECOVERIES)
        standing = claim.recoveries.filter(reference=received.reference, undone_on__isnull=True).first()
        if standing is not None:
            return _same(standing, received)
        _check(claim, received)
        holder_id, held_by = _holder(actor, claim, received)
        entry = Recovery.objects.create(
            claim=claim,
            bank_id=claim.bank_id,
            district_code=claim.district_code,
            holder_id=holder_id,
            held_by=held_by,
            value_on=received.value_on,
            gross_fen=received.gross_fen,
            cost_fen=received.cost_fen,
            source=received.source.value,
            reference=received.reference,
            note=received.note[:300],
            remit_due_on=_remit_due(claim, received.value_on),
            entered_by_id=actor.user_id,
        )
        share_anew(actor, claim, entry)
        entry.refresh_from_db()
        audit_debt(
            actor,
            claim,
            "enter_recovery",
            {
                "recovery": entry.pk,
                "on": received.value_on.isoformat(),
                "gross_fen": received.gross_fen,
                "cost_fen": received.cost_fen,
                "reference": received.reference,
                "holder": holder_id,
            },
        )
    return entry


def undo_recovery(*, actor: Actor, recovery_id: int, note: str) -> Recovery:
    """Undo an entry that was wrong; it stays to be seen, its shares are mirrored, the others shared again.

    Effects: the entry undone with its reason, mirrors and lines, each booked, sums; audit rows. Undone already:
    nothing.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.RECOVERY.NOT_FOUND`, `POOL.RECOVERY.SALE_PRICE`, `POOL.DEBT.WRITTEN_OFF`.
    """
    with transaction.atomic(), scope(EVERYTHING):
        found = recoveries_visible_to(actor).filter(pk=recovery_id).first()
        if found is None:
            raise RecoveryNotFoundError(recovery=recovery_id)
        claim = locked_debt(actor, found.claim_id, Action.ENTER_RECOVERIES)
        entry = claim.recoveries.select_for_update().get(pk=recovery_id)
        if entry.undone_on is not None:
            return entry
        if entry.holder_id is not None and not actor.sees_all_rows:
            raise RecoveryNotFoundError(recovery=recovery_id)
        if entry.source == RecoverySource.SALE:
            raise SalePriceError(claim=claim.number, reference=entry.reference)
        _refuse_written_off(claim, entry.value_on)
        _undo(actor, claim, entry, note)
    return entry


def give_back_price(*, actor: Actor, claim_id: int, reference: str, note: str) -> Recovery | None:
    """Undo the price of a debt that its bank bought back: money that went back to the buyer was not recovered.

    Where a write-off has closed the past in between, the price stays as it was shared.

    Effects: as `undo_recovery`; nothing where no price stands.
    """
    with transaction.atomic(), scope(EVERYTHING):
        claim = locked_debt(actor, claim_id, Action.ENTER_RECOVERIES)
        prices = claim.recoveries.filter(source=RecoverySource.SALE.value, undone_on__isnull=True, reference=reference)
        entry = prices.select_for_update().first()
        closed_on = _written_off_on(claim)
        if entry is None or (closed_on is not None and entry.value_on <= closed_on):
            return None
        _undo(actor, claim, entry, note)
    return entry


def _undo(actor: Actor, claim: Claim, entry: Recovery, note: str) -> None:
    entry.undone_on, entry.undone_by_id = clock.business_date(), actor.user_id
    entry.undone_note = note.strip()[:300] or "—"
    entry.net_fen = entry.remitted_fen = entry.refund_due_fen = entry.carried_fen = 0
    entry.save()
    share_anew(actor, claim, entry)
    audit_debt(actor, claim, "undo_recovery", {"recovery": entry.pk, "note": entry.undone_note})


def _check(claim: Claim, received: Received) -> None:
    if received.gross_fen <= 0 or received.cost_fen < 0:
        raise RecoveryAmountError(gross_fen=received.gross_fen, cost_fen=received.cost_fen)
    first, today = claim.submitted_on or claim.defaulted_on, clock.business_date()
    if not first <= received.value_on <= today:
        raise RecoveryDayError(on=received.value_on, first=first, last=today)
    _refuse_written_off(claim, received.value_on)
    owner = owners_on([claim.pk], received.value_on).get(claim.pk)
    if owner is not None and owner.has_later_money:
        raise RecoveryAssignedError(claim=claim.number, on=received.value_on, owner=owner.name, since=owner.since)


def _holder(actor: Actor, claim: Claim, received: Received) -> tuple[int | None, str]:
    """Return who has the money where the debt's new owner does, and which party of the sheet that is.

    Only an owner that collects for all can: a buyer keeps what comes in, and a bank may still collect for others. It is
    entered by the owner or by those who see all, not by the bank. Raises: `POOL.RECOVERY.HOLDER`.
    """
    if not received.by_owner:
        return None, ""
    owner = owners_on([claim.pk], received.value_on).get(claim.pk)
    is_open = owner is not None and owner.collects and claim.state == ClaimState.PAID
    if owner is None or not is_open or not (actor.sees_all_rows or actor.organisation_id == owner.organisation_id):
        raise RecoveryHolderError(claim=claim.number, on=received.value_on)
    is_guarantor = owner.organisation_id == claim.guarantor_id
    return owner.organisation_id, "guarantor" if is_guarantor else TRANSFEREE


def _refuse_written_off(claim: Claim, on: date) -> None:
    refuse_closed(on, _written_off_on(claim))


def _written_off_on(claim: Claim) -> date | None:
    """Return the day that closed the past of a debt; a proposal has closed nothing."""
    write_off = standing_write_off(claim)
    return write_off.on if write_off is not None and write_off.state == WriteOffState.APPROVED else None


def _same(standing: Recovery, received: Received) -> Recovery:
    held = (standing.value_on, standing.gross_fen, standing.cost_fen, standing.holder_id is not None)
    if held != (received.value_on, received.gross_fen, received.cost_fen, received.by_owner):
        raise ReferenceTakenError(
            reference=received.reference, found_fen=standing.gross_fen, found_on=standing.value_on
        )
    return standing


def _receipt(key: int, received: Received, held_by: str) -> DatedReceipt:
    return DatedReceipt(key, received.value_on, received.gross_fen, received.cost_fen, clock.now(), held_by)


def _remit_due(claim: Claim, value_on: date) -> date | None:
    return due_on(law_by_id(claim.pack_id).pack.scheme.timetable, "remit", value_on, work_calendar())
