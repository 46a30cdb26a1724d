"""Money on a compensated loan is entered, or an entry undone; the whole debt is shared again each time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.adapters.calendar import work_calendar
from yulin.people.core.actors import Actor
from yulin.pool.adapters.packs import law_by_id
from yulin.pool.core.claims.terms import due_on
from yulin.pool.core.postings import recovery_booked
from yulin.pool.core.recoveries import DatedReceipt, DebtTerms, booked_of, corrections, net_fen, replay
from yulin.pool.core.recovery import RecoveryShare
from yulin.pool.core.write_off import open_loss_fen, refuse_closed
from yulin.pool.enums import RecoverySource, WriteOffState
from yulin.pool.errors import (
    RecoveryAboveLossError,
    RecoveryAmountError,
    RecoveryAssignedError,
    RecoveryDayError,
    RecoveryNotFoundError,
    ReferenceTakenError,
    SalePriceError,
)
from yulin.pool.models import Claim, Recovery, RecoveryLine
from yulin.pool.selectors.assignments import owners_on
from yulin.pool.selectors.recoveries import (
    booked_shares,
    receipts_of,
    recoveries_visible_to,
    standing_write_off,
    terms_of,
)
from yulin.pool.services.booking import book
from yulin.pool.services.debt_accounts import opened_debt
from yulin.pool.services.recoveries._debts import audit_debt, locked_debt

_NEXT = 1 << 62  # behind every entry of the same day


@dataclass(frozen=True)
class Received:
    """One receipt as the bank's statement shows it."""

    value_on: date
    gross_fen: int
    cost_fen: int = 0
    reference: str = ""
    source: RecoverySource = RecoverySource.BORROWER
    note: str = ""


def preview_recovery(*, actor: Actor, claim_id: int, received: Received) -> RecoveryShare:
    """Return what a receipt would give to whom if it were entered now; nothing is written.

    Raises: the codes of `enter_recovery`.
    """
    with transaction.atomic(), scope(EVERYTHING):
        claim = locked_debt(actor, claim_id)
        _check(claim, received)
        shared = replay(terms_of(claim), [*receipts_of(claim), _receipt(_NEXT, received)])
        _refuse_above_loss(claim, shared)
    return shared[_NEXT]


def enter_recovery(*, actor: Actor, claim_id: int, received: Received) -> Recovery:
    """Enter money that came in; all receipts of the debt are shared again in value-date order.

    The same reference with the same money is answered with the entry that stands.

    Effects: the claim locked; one recovery, mirrors and lines of all shares that change, each booked in the ledger,
    every entry's sums, the amount of a proposed write-off; audit rows.
    Raises: `POOL.RECOVERY.STATE`, `.AMOUNT`, `.DAY`, `.REFERENCE`, `.ABOVE_LOSS`, `.ASSIGNED`, `POOL.DEBT.WRITTEN_OFF`.
    """
    with transaction.atomic(), scope(EVERYTHING):
        claim = locked_debt(actor, claim_id)
        standing = claim.recoveries.filter(reference=received.reference, undone_on__isnull=True).first()
        if standing is not None:
            return _same(standing, received)
        _check(claim, received)
        entry = Recovery.objects.create(
            claim=claim,
            bank_id=claim.bank_id,
            district_code=claim.district_code,
            value_on=received.value_on,
            gross_fen=received.gross_fen,
            cost_fen=received.cost_fen,
            source=received.source.value,
            reference=received.reference,
            note=received.note[:300],
            remit_due_on=_remit_due(claim, received.value_on),
            entered_by_id=actor.user_id,
        )
        _rebook(actor, claim, entry)
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
            },
        )
    return entry


def undo_recovery(*, actor: Actor, recovery_id: int, note: str) -> Recovery:
    """Undo an entry that was wrong; it stays to be seen, its shares are mirrored, the others shared again.

    Effects: the entry undone with its reason, mirrors and lines, each booked, sums; audit rows. Undone already:
    nothing.
    Raises: `POOL.RECOVERY.NOT_FOUND`, `POOL.RECOVERY.SALE_PRICE`, `POOL.DEBT.WRITTEN_OFF`.
    """
    with transaction.atomic(), scope(EVERYTHING):
        found = recoveries_visible_to(actor).filter(pk=recovery_id).first()
        if found is None:
            raise RecoveryNotFoundError(recovery=recovery_id)
        claim = locked_debt(actor, found.claim_id)
        entry = claim.recoveries.select_for_update().get(pk=recovery_id)
        if entry.undone_on is not None:
            return entry
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
        claim = locked_debt(actor, claim_id)
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
    _rebook(actor, claim, entry)
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


def _refuse_written_off(claim: Claim, on: date) -> None:
    refuse_closed(on, _written_off_on(claim))


def _written_off_on(claim: Claim) -> date | None:
    """Return the day that closed the past of a debt; a proposal has closed nothing."""
    write_off = standing_write_off(claim)
    return write_off.on if write_off is not None and write_off.state == WriteOffState.APPROVED else None


def _restate_proposal(actor: Actor, claim: Claim, terms: DebtTerms) -> None:
    """Let a write-off that waits for its approval follow what came in or was undone."""
    proposed = claim.write_offs.filter(state=WriteOffState.PROPOSED.value).select_for_update().first()
    open_fen = open_loss_fen(terms.borne_fen, booked_shares(claim))
    if proposed is not None and proposed.amount_fen != open_fen:
        facts = {"write_off": proposed.pk, "before_fen": proposed.amount_fen, "amount_fen": open_fen}
        proposed.amount_fen = open_fen
        proposed.save(update_fields=["amount_fen"])
        audit_debt(actor, claim, "restate_write_off", facts)


def _same(standing: Recovery, received: Received) -> Recovery:
    held = (standing.value_on, standing.gross_fen, standing.cost_fen)
    if held != (received.value_on, received.gross_fen, received.cost_fen):
        raise ReferenceTakenError(
            reference=received.reference, found_fen=standing.gross_fen, found_on=standing.value_on
        )
    return standing


def _rebook(actor: Actor, claim: Claim, cause: Recovery) -> None:
    """Share all receipts again, book what changes, restate a proposed write-off, keep each entry's sums."""
    terms = terms_of(claim)
    shared = replay(terms, receipts_of(claim))
    _refuse_above_loss(claim, shared)
    lines = RecoveryLine.objects.bulk_create(
        RecoveryLine(claim=claim, recovery_id=line.receipt, cause=cause, party=line.party, amount_fen=line.amount_fen)
        for line in corrections(booked_shares(claim), booked_of(shared))
    )
    _book(actor, claim, terms, lines)
    _restate_proposal(actor, claim, terms)
    Recovery.objects.bulk_update(
        [
            Recovery(
                pk=key, net_fen=part.net_fen, remitted_fen=part.remitted_fen, refund_due_fen=part.refund_due_fen,
                carried_fen=part.cost_carried_fen,
            )
            for key, part in shared.items()
        ],
        ["net_fen", "remitted_fen", "refund_due_fen", "carried_fen"],
    )  # fmt: skip


def _book(actor: Actor, claim: Claim, terms: DebtTerms, lines: Sequence[RecoveryLine]) -> None:
    """Book lines and mirrors, each on the day on which its money came in."""
    debt = opened_debt(claim, terms)
    on = dict(claim.recoveries.values_list("pk", "value_on"))
    booked = [recovery_booked(debt, one.pk, one.party, one.amount_fen, on[one.recovery_id]) for one in lines]
    book(actor, claim.scheme_id, [transfer for transfers in booked for transfer in transfers])


def _refuse_above_loss(claim: Claim, shared: dict[int, RecoveryShare]) -> None:
    total = net_fen(shared)
    if total > claim.loss_base_fen:
        raise RecoveryAboveLossError(claim=claim.number, found_fen=total, loss_fen=claim.loss_base_fen)


def _receipt(key: int, received: Received) -> DatedReceipt:
    return DatedReceipt(key, received.value_on, received.gross_fen, received.cost_fen)


def _remit_due(claim: Claim, value_on: date) -> date | None:
    return due_on(law_by_id(claim.pack_id).pack.scheme.timetable, "remit", value_on, work_calendar())
