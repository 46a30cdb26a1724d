"""Money that came in on the demo book's paid claims: entered late and out of order, once undone, partly remitted.

Entered by the same services that the screens use, so that the account of each debt shows its mirrors.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from yulin.demo import targets
from yulin.demo.rules import demo_actor
from yulin.people.enums import Role
from yulin.pool.enums import ClaimState, RecoverySource
from yulin.pool.selectors.recoveries import debts_to_collect
from yulin.pool.services.recoveries.enter_recovery import Received, enter_recovery, undo_recovery
from yulin.pool.services.recoveries.remit import record_remittance

if TYPE_CHECKING:
    from yulin.people.core.actors import Actor
    from yulin.pool.models import Claim

_FIRST_ON, _LATE_ON, _THEN_ON = date(2022, 1, 7), date(2022, 1, 10), date(2022, 1, 13)
_REMITTED_ON = date(2022, 1, 14)
_PART = 40  # one fortieth of the loss comes in first
_COST_FEN = 1_280_000


def enter_recoveries() -> int:
    """Enter what came in on the claims that are paid on the book's day; return how many entries were made."""
    manager = demo_actor(Role.MANAGER_CLERK)
    paid = debts_to_collect(manager).filter(state=ClaimState.PAID.value, paid_on=targets.BUSINESS_DATE)
    debts = list(paid.order_by("id"))
    for number, claim in enumerate(debts):
        clerk = demo_actor(Role.BANK_CLERK, claim.bank_id)
        if number == 0:
            _with_history(clerk, manager, claim)
        else:
            _enter(clerk, claim, _FIRST_ON, claim.loss_base_fen // _PART, source=RecoverySource.SURETY)
    return sum(claim.recoveries.count() for claim in debts)


def _with_history(clerk: Actor, manager: Actor, claim: Claim) -> None:
    """Enter receipts so that each kind of line is seen: out of order, by mistake, with costs above the money."""
    part = claim.loss_base_fen // _PART
    _enter(clerk, claim, _THEN_ON, part, cost_fen=_COST_FEN, source=RecoverySource.COURT)
    wrong = _enter(clerk, claim, _REMITTED_ON, part)
    undo_recovery(actor=clerk, recovery_id=wrong, note="与13日法院执行款为同一笔")
    _enter(clerk, claim, _LATE_ON, _COST_FEN // 2, cost_fen=_COST_FEN, source=RecoverySource.SECURITY)
    first = enter_recovery(
        actor=clerk, claim_id=claim.pk, received=Received(_FIRST_ON, part, reference=_reference(_FIRST_ON, part))
    )
    record_remittance(
        actor=manager, claim_id=claim.pk, on=_REMITTED_ON, amount_fen=first.remitted_fen, reference="HD20220114001"
    )


def _enter(
    clerk: Actor, claim: Claim, on: date, gross_fen: int, *, cost_fen: int = 0,
    source: RecoverySource = RecoverySource.BORROWER,
) -> int:  # fmt: skip
    received = Received(on, gross_fen, cost_fen, _reference(on, gross_fen), source)
    return enter_recovery(actor=clerk, claim_id=claim.pk, received=received).pk


def _reference(on: date, fen: int) -> str:
    return f"LS{on:%Y%m%d}{fen % 100_000:05d}"
