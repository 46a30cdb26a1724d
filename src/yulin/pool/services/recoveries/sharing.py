"""All that came in on a debt is shared again, and what changes is booked: money, and payments that are lessened.

What a recovery gives a layer beyond what it has paid is no money: the layer pays so much less (P-08), and its vouchers
that nobody has put into a payout yet are issued anew.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.db.models import Exists, OuterRef

from yulin.base.shares import split_shares
from yulin.kit import clock
from yulin.ledger.enums import AccountKind
from yulin.people.core.actors import Actor
from yulin.pool.core.claims.states import ClaimStep
from yulin.pool.core.postings import recovery_booked
from yulin.pool.core.recoveries import (
    Booked,
    DebtTerms,
    corrections,
    in_money_of,
    lessened_of,
    net_fen,
    replay,
    still_to_pay,
)
from yulin.pool.core.recovery import RecoveryShare
from yulin.pool.core.words import party_word
from yulin.pool.core.write_off import open_loss_fen
from yulin.pool.enums import ClaimState, VoucherState, WriteOffState
from yulin.pool.errors import RecoveryAboveLossError, RecoveryRecalledError
from yulin.pool.models import Claim, PayoutOrder, Recovery, RecoveryLine, Voucher
from yulin.pool.selectors.recalls import paid_by_party, standing_recall
from yulin.pool.selectors.recoveries import (
    booked_money,
    booked_shares,
    booked_unpaid,
    lost_fen,
    mode_of,
    receipts_of,
    terms_of,
)
from yulin.pool.services._steps import Why
from yulin.pool.services.booking import book
from yulin.pool.services.claims._steps import take_claim_step
from yulin.pool.services.claims.vouchers import (
    hold_or_queue,
    pay_if_nothing_is_left,
    planned_vouchers,
    release_vouchers,
)
from yulin.pool.services.debt_accounts import opened_debt
from yulin.pool.services.layer_accounts import open_clearing, open_layer_accounts
from yulin.pool.services.recoveries._debts import audit_debt

_OPEN = (VoucherState.QUEUED.value, VoucherState.HELD.value, VoucherState.FAILED.value)
_SUMS = ["net_fen", "remitted_fen", "refund_due_fen", "carried_fen"]


def share_anew(actor: Actor, claim: Claim, cause: Recovery | None = None) -> None:
    """Share all receipts of a locked debt again and book what changes. In the caller's transaction.

    `cause` is the entry that changed; without it, the last one that stands (the claim was decided again).

    Effects: lines and mirrors, the money among them booked in the ledger; vouchers issued anew where a layer has less
    or more to pay; the amount of a proposed write-off; every entry's sums.
    Raises: `POOL.RECOVERY.ABOVE_LOSS`, `POOL.RECOVERY.RECALLED`.
    """
    cause = cause or claim.recoveries.filter(undone_on__isnull=True).order_by("value_on", "id").last()
    if cause is None:
        return
    terms = terms_of(claim)
    shared = replay(terms, receipts_of(claim))
    refuse_above_loss(claim, shared)
    money = _lines(claim, cause, booked_money(claim), in_money_of(shared))
    _book(actor, claim, terms, money)
    _lines(claim, cause, booked_unpaid(claim), lessened_of(shared), is_unpaid=True)
    if terms.drawn and claim.state != ClaimState.RECALLED:  # a claim that is asked back pays nothing more
        _lessen(actor, claim, terms, shared)
    _restate_proposal(actor, claim, terms)
    Recovery.objects.bulk_update(
        [
            Recovery(
                pk=key, net_fen=part.net_fen, remitted_fen=part.remitted_fen, refund_due_fen=part.refund_due_fen,
                carried_fen=part.cost_carried_fen,
            )
            for key, part in shared.items()
        ],
        _SUMS,
    )  # fmt: skip


def refuse_above_loss(claim: Claim, shared: Mapping[int, RecoveryShare]) -> None:
    """Keep what came in after costs within the loss, and what layers get of it within what is not asked back.

    Raises: `POOL.RECOVERY.ABOVE_LOSS`, `POOL.RECOVERY.RECALLED`.
    """
    total, lost = net_fen(shared), lost_fen(claim)
    if total > lost:
        raise RecoveryAboveLossError(claim=claim.number, found_fen=total, loss_fen=lost)
    recall = standing_recall(claim)
    if recall is None:
        return
    paid = paid_by_party(claim)
    for party, asked_back in split_shares(recall.principal_fen, paid).items():
        returned, most = sum(one.shares_fen.get(party, 0) for one in shared.values()), paid[party] - asked_back
        if returned > most:
            raise RecoveryRecalledError(claim=claim.number, party=party_word(party), found_fen=returned, most_fen=most)


def _lines(
    claim: Claim, cause: Recovery, before: Booked, after: Booked, *, is_unpaid: bool = False
) -> list[RecoveryLine]:
    return RecoveryLine.objects.bulk_create(
        RecoveryLine(
            claim=claim, recovery_id=line.receipt, cause=cause, party=line.party, amount_fen=line.amount_fen,
            is_unpaid=is_unpaid,
        )
        for line in corrections(before, after)
    )  # fmt: skip


def _book(actor: Actor, claim: Claim, terms: DebtTerms, lines: Sequence[RecoveryLine]) -> None:
    """Book lines and mirrors, each on the day on which its money came in."""
    debt = opened_debt(claim, terms)
    entries = claim.recoveries.in_bulk()
    held = {key: one.holder_id for key, one in entries.items() if one.holder_id is not None}
    if held:  # of what the debt's new owner holds, the claimant's part is owed to it too
        open_layer_accounts([(debt.place(terms.collector), AccountKind.RECOVERY_RECEIVABLE, None)])
        open_clearing(claim.scheme_id, set(held.values()))
    booked = []
    for one in lines:
        entry = entries[one.recovery_id]
        holds = debt if entry.holder_id is None else debt.held_by(entry.holder_id, entry.held_by)
        booked.append(recovery_booked(holds, one.pk, one.party, one.amount_fen, entry.value_on))
    book(actor, claim.scheme_id, [transfer for transfers in booked for transfer in transfers])


def _restate_proposal(actor: Actor, claim: Claim, terms: DebtTerms) -> None:
    """Let a write-off that waits for its approval follow what came in or was undone."""
    proposed = claim.write_offs.filter(state=WriteOffState.PROPOSED.value).select_for_update().first()
    open_fen = open_loss_fen(terms.borne_fen, booked_shares(claim))
    if proposed is not None and proposed.amount_fen != open_fen:
        facts = {"write_off": proposed.pk, "before_fen": proposed.amount_fen, "amount_fen": open_fen}
        proposed.amount_fen = open_fen
        proposed.save(update_fields=["amount_fen"])
        audit_debt(actor, claim, "restate_write_off", facts)


# --- what a layer still has to pay ---


def _lessen(actor: Actor, claim: Claim, terms: DebtTerms, shared: Mapping[int, RecoveryShare]) -> None:
    """Issue vouchers anew: each layer pays what recoveries leave it to pay, the last instalment lessened first."""
    unpaid = {party: drawn.unpaid_fen for party, drawn in terms.drawn.items()}
    for (_, party), fen in lessened_of(shared).items():
        unpaid[party] -= fen
    bound = PayoutOrder.objects.filter(voucher=OuterRef("pk"), outcome="unknown")
    standing = list(claim.vouchers.exclude(state=VoucherState.VOID.value).select_for_update(of=("self",)))
    loose = set(claim.vouchers.filter(~Exists(bound), state__in=_OPEN).values_list("pk", flat=True))
    gone, new = [], []
    for party, wanted in unpaid.items():
        own = [one for one in standing if one.party == party]
        kept = [one for one in own if one.pk not in loose]
        anew = _wanted_vouchers(claim, party, terms.borne_fen[party], wanted, kept)
        have = {one.instalment: one for one in own if one.pk in loose}
        gone += [one for key, one in have.items() if key not in anew or anew[key].amount_fen != one.amount_fen]
        new += [one for key, one in anew.items() if key not in have or have[key].amount_fen != one.amount_fen]
    if not gone and not new:
        return
    release_vouchers(actor, claim, gone)
    hold_or_queue(actor, new)
    changed = {"void": [one.pk for one in gone], "new": {one.pk: one.amount_fen for one in new}}
    audit_debt(actor, claim, "lessen_vouchers", changed)
    if new and claim.state == ClaimState.PAID:
        note = "撤销回收后恢复应付 / a recovery was undone"
        take_claim_step(actor, claim, ClaimStep.OWE, Why(note=note), paid_on=None)
    pay_if_nothing_is_left(actor, claim, clock.business_date())


def _wanted_vouchers(
    claim: Claim, party: str, share_fen: int, unpaid_fen: int, kept: Sequence[Voucher]
) -> dict[int, Voucher]:
    """Return the vouchers by which a layer pays what is left, by instalment: as planned, then one more for the rest."""
    done = {one.instalment for one in kept}
    plan = planned_vouchers(claim, mode_of(claim), {party: share_fen})
    planned = [one for one in plan if one.instalment not in done]
    found: dict[int, Voucher] = {}
    for one, fen in zip(planned, still_to_pay([one.amount_fen for one in planned], unpaid_fen), strict=True):
        one.amount_fen = fen
        if fen:
            found[one.instalment] = one
    rest = unpaid_fen - sum(one.amount_fen for one in found.values())
    if rest > 0:
        (more,) = planned_vouchers(claim, None, {party: rest})
        more.instalment = max([*done, *(one.instalment for one in plan)]) + 1
        found[more.instalment] = more
    return found
