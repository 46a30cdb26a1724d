"""Vouchers: what each layer pays on a claim, held on that layer's yearly budget, queued where the budget has no room.

A layer whose budget is used up waits alone; the others are not touched. What is queued is held in the order of the
decisions as soon as there is room.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.db import connection, transaction
from django.db.models import F

from yulin.base.text import Text
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.people.errors import NotAllowedError
from yulin.people.services import record_audit
from yulin.pool.core.claims.states import ClaimStep, next_claim_state
from yulin.pool.core.words import party_word
from yulin.pool.enums import LimitKind, VoucherState
from yulin.pool.errors import BudgetBelowUseError, VoucherPaidError
from yulin.pool.models import Claim, LimitUse, Voucher
from yulin.pool.services._steps import Why
from yulin.pool.services.claims._steps import locked_claim, take_claim_step

_RESERVE = """
UPDATE pool_limituse SET used_fen = used_fen + %(fen)s
WHERE scheme_id = %(scheme)s AND kind = %(kind)s AND key = %(key)s AND period = %(period)s
  AND (limit_fen IS NULL OR used_fen + %(fen)s <= limit_fen)
"""


def layer_key(party: str, district_code: str | None) -> str:
    """Return under which name a layer's budget is kept.

    >>> layer_key("district", "440112"), layer_key("city", None)
    ('district:440112', 'city')
    """
    return f"{party}:{district_code}" if district_code else party


def set_layer_budget(
    *, actor: Actor, scheme_id: str, party: str, district_code: str | None, year: int, budget_fen: int
) -> int:
    """Set a layer's budget for compensation in a year, and hold what waited for it, oldest decision first.

    Effects: one running total; vouchers that now fit; audit row. Returns how many vouchers were taken from the queue.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.BUDGET.BELOW_USE`.
    """
    if not actor.may(Action.SET_BUDGETS):
        raise NotAllowedError(action=str(Action.SET_BUDGETS), role=str(actor.role))
    key = layer_key(party, district_code)
    names = {"scheme_id": scheme_id, "kind": LimitKind.LAYER.value, "key": key, "period": str(year)}
    with transaction.atomic(), scope(EVERYTHING):
        LimitUse.objects.bulk_create([LimitUse(**names, limit_fen=0)], ignore_conflicts=True)
        kept = LimitUse.objects.select_for_update().get(**names)
        if budget_fen < kept.used_fen:
            raise BudgetBelowUseError(layer=Text(key, key), budget_fen=budget_fen, used_fen=kept.used_fen)
        LimitUse.objects.filter(pk=kept.pk).update(limit_fen=budget_fen)
        waiting = Voucher.objects.filter(
            claim__scheme_id=scheme_id,
            party=party,
            district_code=district_code,
            claim__decided_on__year=year,
            state=VoucherState.QUEUED.value,
        ).order_by("claim__decided_on", "claim_id", "instalment")
        held = [voucher for voucher in waiting.select_related("claim") if _reserve(voucher, year)]
        Voucher.objects.filter(pk__in=[voucher.pk for voucher in held]).update(state=VoucherState.HELD.value)
        record_audit(
            actor=actor,
            action="pool.set_layer_budget",
            subject=("layer_budget", f"{scheme_id}/{key}/{year}"),
            facts={"before_fen": kept.limit_fen, "budget_fen": budget_fen, "held": [voucher.pk for voucher in held]},
        )
    return len(held)


def hold_or_queue(vouchers: Sequence[Voucher], *, year: int) -> None:
    """Write vouchers: held on their layer's budget, or queued where it has no room. In the caller's transaction."""
    for voucher in vouchers:
        has_budget = LimitUse.objects.filter(
            scheme_id=voucher.claim.scheme_id,
            kind=LimitKind.LAYER.value,
            key=layer_key(voucher.party, voucher.district_code),
            period=str(year),
        ).exists()
        if has_budget and not _reserve(voucher, year):
            voucher.state = VoucherState.QUEUED.value
    Voucher.objects.bulk_create(vouchers)


def _reserve(voucher: Voucher, year: int) -> bool:
    asked: dict[str, int | str] = {
        "fen": voucher.amount_fen,
        "scheme": voucher.claim.scheme_id,
        "kind": LimitKind.LAYER.value,
        "key": layer_key(voucher.party, voucher.district_code),
        "period": str(year),
    }
    with connection.cursor() as cursor:
        cursor.execute(_RESERVE, asked)
        return bool(cursor.rowcount)


def void_vouchers(claim: Claim) -> None:
    """Void what is not paid of a reopened claim and give its room back. In the caller's transaction."""
    open_states = [VoucherState.HELD.value, VoucherState.QUEUED.value, VoucherState.FAILED.value]
    for voucher in claim.vouchers.filter(state__in=open_states).select_for_update():
        if voucher.state != VoucherState.QUEUED and claim.decided_on is not None:
            LimitUse.objects.filter(
                scheme_id=claim.scheme_id,
                kind=LimitKind.LAYER.value,
                key=layer_key(voucher.party, voucher.district_code),
                period=str(claim.decided_on.year),
            ).update(used_fen=F("used_fen") - voucher.amount_fen)
    claim.vouchers.filter(state__in=open_states).update(state=VoucherState.VOID.value)


def pay_voucher(*, actor: Actor, voucher_id: int, on: date, transfer_key: str, note: str = "") -> Voucher:
    """Keep that a layer has paid by one transfer; the claim is paid when all its vouchers are.

    The same transfer again changes nothing; another transfer for the same voucher is refused.

    Effects: the voucher; the claim's last step where nothing is left to pay; audit row.
    Raises: `POOL.VOUCHER.PAID`, `POOL.CLAIM.STEP`, `POOL.CLAIM.NOT_FOUND`.
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
        voucher.state, voucher.paid_on = VoucherState.PAID.value, on
        voucher.transfer_key, voucher.note = transfer_key, note[:300]
        voucher.save(update_fields=["state", "paid_on", "transfer_key", "note"])
        record_audit(
            actor=actor,
            action="pool.pay_voucher",
            subject=("voucher", voucher.pk),
            facts={
                "claim": claim.number,
                "party": voucher.party,
                "amount_fen": voucher.amount_fen,
                "on": on.isoformat(),
            },
        )
        if not claim.vouchers.exclude(state__in=[VoucherState.PAID.value, VoucherState.VOID.value]).exists():
            take_claim_step(actor, claim, ClaimStep.PAY, Why(note=note), paid_on=on)
    return voucher
