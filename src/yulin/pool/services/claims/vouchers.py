"""Vouchers: what each layer pays on a claim, held on that layer's budget, queued where the budget has no room.

The budget is an account of the ledger, and what is available there is all that can be held: no second total is kept. A
layer whose budget is used up waits alone; the others are not touched. What is queued is held in the order of the
decisions as soon as there is room.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.db import transaction

from yulin.base.shares import split_shares
from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.kit.tasks import defer
from yulin.ledger.enums import AccountKind
from yulin.ledger.errors import REFUSALS, OverdraftError
from yulin.ledger.selectors import standing_holds
from yulin.people.core.actors import Actor
from yulin.people.services import record_audit
from yulin.pool.core.claims.instalments import awaiting, waits_for_thirds
from yulin.pool.core.claims.sheet import read_sheet
from yulin.pool.core.claims.states import ClaimStep, next_claim_state
from yulin.pool.core.postings import Due, closed, voucher_held, voucher_paid
from yulin.pool.core.words import party_word
from yulin.pool.enums import ClaimState, VoucherState
from yulin.pool.errors import VoucherPaidError
from yulin.pool.models import Claim, Voucher
from yulin.pool.selectors.vouchers import due_of, paying_accounts
from yulin.pool.services._steps import Why
from yulin.pool.services.booking import book
from yulin.pool.services.claims._steps import locked_claim, take_claim_step
from yulin.pool.services.layer_accounts import open_clearing, open_layer_accounts
from yulin.rules.core.scheme import Mode

UNPAID = (VoucherState.HELD, VoucherState.SENT, VoucherState.FAILED)  # those that stand on a hold


def hold_or_queue(actor: Actor, vouchers: Sequence[Voucher]) -> None:
    """Write vouchers: held on their layer's budget, or queued where it has no room. In the caller's transaction.

    Effects: vouchers; the layers' accounts where they are missing; holds.
    """
    Voucher.objects.bulk_create(vouchers)
    if vouchers:
        hold_vouchers(actor, vouchers)


def planned_vouchers(claim: Claim, mode: Mode | None, public_fen: Mapping[str, int]) -> list[Voucher]:
    """Return one voucher for each public layer and instalment; instalments of a layer sum to its share."""
    parts = {str(number): part.bp or 0 for number, part in enumerate(mode.instalments, start=1)} if mode else {}
    waiting = awaiting(mode, after_thirds=waits_for_thirds(read_sheet(claim.sheet))) if mode else {}
    return [
        Voucher(
            claim=claim,
            party=party,
            instalment=int(number),
            awaits_event=int(number) in waiting,
            amount_fen=fen,
            district_code=claim.district_code if party == "district" else None,
            bank=claim.bank,
            state=VoucherState.HELD.value,
        )
        for party, amount in public_fen.items()
        for number, fen in (split_shares(amount, parts) if parts else {"1": amount}).items()
        if fen
    ]


def hold_vouchers(actor: Actor, vouchers: Sequence[Voucher]) -> list[Voucher]:
    """Hold vouchers of one scheme on what pays them, in their order, and return those that fit; others are queued.

    Effects: each voucher's state and the key of its hold; holds, one call of the ledger.
    """
    dues = [due_of(voucher) for voucher in vouchers]
    open_payers(dues)
    sources = paying_accounts(dues)
    dues = [due.held_on(source) for due, source in zip(dues, sources, strict=True)]
    today, scheme_id = clock.business_date(), dues[0].place.scheme_id
    holds = [voucher_held(due, today, source) for due, source in zip(dues, sources, strict=True)]
    held = []
    for voucher, due, booked in zip(vouchers, dues, book(actor, scheme_id, holds, goes_on=True), strict=True):
        if booked.refusal is not None and booked.refusal.code != OverdraftError.code:
            raise REFUSALS[booked.refusal.code](key=booked.refusal.key, facts=booked.refusal.facts)
        fits = booked.refusal is None
        voucher.state = (VoucherState.HELD if fits else VoucherState.QUEUED).value
        voucher.hold_key = due.hold_key if fits else ""
        held += [voucher] if fits else []
    Voucher.objects.bulk_update(vouchers, ["state", "hold_key"])
    return held


def open_payers(dues: Iterable[Due]) -> None:
    """Open what payments touch besides budgets: each layer's funding and paid account, the payees', the clearing."""
    dues = list(dues)
    wanted = (AccountKind.FUNDING, AccountKind.COMPENSATION_PAID)
    open_layer_accounts([(due.place, kind, None) for due in dues for kind in wanted])
    for scheme_id in {due.place.scheme_id for due in dues}:
        open_clearing(scheme_id, {due.payee_id for due in dues if due.place.scheme_id == scheme_id})


def void_vouchers(actor: Actor, claim: Claim) -> None:
    """Void what is not paid of a reopened claim and give its room back. In the caller's transaction.

    Effects: vouchers; releases of their holds.
    """
    open_vouchers = claim.vouchers.filter(state__in=[VoucherState.QUEUED.value, *(one.value for one in UNPAID)])
    release_vouchers(actor, claim, list(open_vouchers.select_for_update()))


def release_vouchers(actor: Actor, claim: Claim, vouchers: Sequence[Voucher]) -> None:
    """Void vouchers of a claim that are not paid and give their room back. In the caller's transaction.

    Effects: vouchers; releases of their holds; what waits for that room is held once this is committed.
    """
    keys = [one.hold_key for one in vouchers if one.hold_key]
    standing = standing_holds(keys)
    releases = closed([key for key in keys if key in standing], clock.business_date(), claim.number)
    book(actor, claim.scheme_id, releases)
    Voucher.objects.filter(pk__in=[one.pk for one in vouchers]).update(state=VoucherState.VOID.value)
    if releases:
        defer("pool.hold_waiting", once_as="pool.hold_waiting")


def pay_voucher(*, actor: Actor, voucher_id: int, on: date, transfer_key: str, note: str = "") -> Voucher:
    """Keep that a layer has paid by one transfer of the bank's; the claim is paid when all its vouchers are.

    The same transfer again changes nothing; another transfer for the same voucher is refused.

    Effects: the voucher; the hold posted and the payee's side of it; the claim's last step where nothing is left to
    pay; audit rows.
    Raises: `POOL.VOUCHER.PAID`, `POOL.CLAIM.STEP`, `POOL.CLAIM.NOT_FOUND`, and what the ledger refuses.
    """
    with transaction.atomic(), scope(EVERYTHING):
        claim_id = Voucher.objects.values_list("claim_id", flat=True).get(pk=voucher_id)
        claim = locked_claim(actor, claim_id)
        voucher = claim.vouchers.select_for_update().get(pk=voucher_id)
        if voucher.state == VoucherState.PAID:
            if voucher.transfer_key == transfer_key:
                return voucher
            party = party_word(voucher.party)
            raise VoucherPaidError(claim=claim.number, party=party, paid_on=voucher.paid_on, key=voucher.transfer_key)
        next_claim_state(claim.state, ClaimStep.PAY)  # nothing is paid before the claim is approved
        due = _payable(actor, due_of(voucher))
        book(actor, claim.scheme_id, voucher_paid(due, on, transfer_key))
        voucher.state, voucher.paid_on, voucher.hold_key = VoucherState.PAID.value, on, due.hold_key
        voucher.paid_at, voucher.transfer_key, voucher.note = clock.now(), transfer_key, note[:300]
        voucher.save(update_fields=["state", "paid_on", "paid_at", "hold_key", "transfer_key", "note"])
        facts = {"claim": claim.number, "party": voucher.party, "amount_fen": voucher.amount_fen, "on": on.isoformat()}
        record_audit(actor=actor, action="pool.pay_voucher", subject=("voucher", voucher.pk), facts=facts)
        pay_if_nothing_is_left(actor, claim, on, note)
    return voucher


def pay_if_nothing_is_left(actor: Actor, claim: Claim, on: date, note: str = "") -> None:
    """Take the last step of an approved claim once no voucher of it is open. In the caller's transaction."""
    is_open = claim.vouchers.exclude(state__in=[VoucherState.PAID.value, VoucherState.VOID.value]).exists()
    if claim.state == ClaimState.APPROVED and not is_open:
        take_claim_step(actor, claim, ClaimStep.PAY, Why(note=note), paid_on=on)


def _payable(actor: Actor, due: Due) -> Due:
    """Return a voucher with a hold that can be posted; one whose hold was released is held anew, if there is room."""
    if due.hold_key and due.hold_key in standing_holds([due.hold_key]):
        return due
    open_payers([due])
    source = paying_accounts([due])[0]
    anew = due.held_on(source)
    book(actor, due.place.scheme_id, [voucher_held(anew, clock.business_date(), source)])
    return anew
