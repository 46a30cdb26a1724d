"""What of awards and of contracts' milestones waits to go out through a bank file, and what became of an order.

Invariant: only what two people have released waits, and nothing that an order holds which is paid or unanswered.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import QuerySet
from django.urls import reverse

from yulin.base.text import Text
from yulin.brain.core.awards import AwardMoney, AwardState
from yulin.brain.core.contracts import GrantMoney, MilestoneState
from yulin.brain.models import Award, AwardBatch, GrantMilestone
from yulin.pool.core.payables import Payable
from yulin.pool.enums import BatchState
from yulin.pool.selectors.payables import latest_orders, orders_holding

AWARD = "award"
MILESTONE = "milestone"


def _free(rows: QuerySet[Award] | QuerySet[GrantMilestone], kind: str, *, locks: bool) -> QuerySet:  # type: ignore[type-arg]  # of either
    free = rows.exclude(pk__in=orders_holding(kind).values("payable_id")).order_by("pk")
    return free.select_for_update(of=("self",)) if locks else free


def awards_to_pay(scheme_id: str = "", *, locks: bool = False) -> Sequence[Payable]:
    """Return the released awards that no order holds, of one policy's money or of all, in the order of their list."""
    rows = Award.objects.filter(state=AwardState.RELEASED.value).select_related("batch__criteria__version")
    if scheme_id:
        rows = rows.filter(policy=AwardMoney.policy_of(scheme_id))
    plain = rows.defer("facts", "clauses", "batch__criteria__version__text", "batch__criteria__version__parts")
    return [_award(one) for one in _free(plain, AWARD, locks=locks)]


def free_awards(batch: AwardBatch) -> int:
    """Return how many released awards of a batch no order holds."""
    return _free(batch.awards.filter(state=AwardState.RELEASED.value), AWARD, locks=False).count()


def _award(one: Award) -> Payable:
    title = one.batch.criteria.version.title
    return Payable(
        one.pk, AwardMoney(one.policy_id).scheme_id, Text(f"免申即享：{title}", f"Without applying: {title}"),
        one.payee_name, one.account, one.bank_code, one.amount_fen, f"免申即享奖励 {one.batch.number}",
        reverse("brain:award", args=[one.pk]),
    )  # fmt: skip


def milestones_to_pay(scheme_id: str = "", *, locks: bool = False) -> Sequence[Payable]:
    """Return the released milestones that no order holds, of one call's money or of all, contract by contract."""
    rows = GrantMilestone.objects.filter(state=MilestoneState.RELEASED.value)
    rows = rows.select_related("contract", "application__call", "application__firm")
    found = [_milestone(one) for one in _free(rows, MILESTONE, locks=locks)]
    return [one for one in found if scheme_id in {"", one.scheme_id}]


def _milestone(one: GrantMilestone) -> Payable:
    application, contract = one.application, one.contract
    call = application.call
    return Payable(
        one.pk, GrantMoney(call.number, application.house_id).scheme_id,
        Text(f"资助合同：{call.title.zh}", f"Grants: {call.title.en}"), contract.payee_name or application.firm.name,
        contract.account, contract.bank_code, one.amount_fen, f"资助款 {contract.number} 节点{one.place}",
        reverse("brain:application", args=[application.pk]) + "#contract",
    )  # fmt: skip


@dataclass(frozen=True)
class OrderShown:
    """What became of the last order of a payable: its batch, and whether the bank has failed or not answered it."""

    reference: str
    batch_id: int
    batch_number: str
    holds: bool
    has_failed: bool
    reason: str


def last_orders(kind: str, ids: Iterable[int]) -> dict[int, OrderShown]:
    """Return the last order of each payable that was ever in a batch which somebody sent or still may send."""
    return {
        pk: OrderShown(
            order.reference, order.batch_id, order.batch.number, order.outcome != "failed",
            order.outcome == "failed", order.reason,
        )
        for pk, order in latest_orders(kind, ids).items()
        if order.batch.state != BatchState.VOID
    }  # fmt: skip


def may_name_anew(award: Award) -> bool:
    """Tell whether a released award waits again because the bank failed to pay it, so that its account may change."""
    last = last_orders(AWARD, [award.pk]).get(award.pk) if award.state == AwardState.RELEASED else None
    return last is not None and last.has_failed
