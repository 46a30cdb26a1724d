"""What is decided on a claim: full, or partial with each deduction's amount, reason and clause; then who pays what.

The settlement that a page previews and the one that a decision books are one function of one case, so they cannot
differ by a fen. A deduction takes from its own part of the loss; what is deducted stays with the lender.

Invariant: the decided base is at most the loss base; shares, deductions and what no layer covers sum to the loss base.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from yulin.base.text import Text
from yulin.pool.core.claims.states import STEP_NAMES, ClaimStep
from yulin.pool.core.deciding import Law
from yulin.pool.core.layers import may_top_up
from yulin.pool.core.loss import Loss, LossCase
from yulin.pool.core.settlement import Settlement, choose_mode, settle
from yulin.pool.enums import ClaimDecision
from yulin.pool.errors import AboveLossBaseError, ClaimDistrictUnknownError, ClaimNoteError
from yulin.rules.core.scheme import Mode, Scheme

ITEM_NAMES = {
    "principal": Text("本金", "principal"),
    "interest": Text("利息", "interest"),
    "cost": Text("费用", "costs"),
}


@dataclass(frozen=True)
class Deduction:
    """One amount of a loss that is not covered, with its reason and clause."""

    item: str  # principal | interest | cost
    amount_fen: int
    clause: str
    reason: str


@dataclass(frozen=True)
class ClaimSettlement:
    """The settlement of a claim: the loss base as claimed, what of it was decided, who bears what."""

    loss_base_fen: int
    decided_base_fen: int
    settlement: Settlement
    public: tuple[str, ...]  # the layers that pay, in paying order

    @property
    def deducted_fen(self) -> int:
        """What of the loss base is not covered."""
        return self.loss_base_fen - self.decided_base_fen

    @property
    def public_fen(self) -> int:
        """What all public layers pay together."""
        return sum(self.settlement.shares_fen.get(party, 0) for party in self.public)

    @property
    def decision(self) -> ClaimDecision:
        """Full where nothing was deducted."""
        return ClaimDecision.PARTIAL if self.deducted_fen else ClaimDecision.FULL


def settle_claim(law: Law, case: LossCase, deductions: Sequence[Deduction] = ()) -> ClaimSettlement:
    """Return how a claim is borne after its deductions.

    A claim whose district is unknown is stopped where a layer may join by it: no layer is ever left out in silence.

    Raises: `POOL.CLAIM.DISTRICT_UNKNOWN`, `POOL.CLAIM.ABOVE_BASE`, `POOL.CLAIM.NOTE`, `POOL.SETTLE.NUMBER_OPEN`,
    `POOL.SETTLE.FACT_MISSING`.
    """
    _refuse_unknown_district(law, case)
    whole = settle(law.pack, case, law.layers)
    loss_base = whole.loss_base_fen
    less = reduced(case, deductions, whole.mode)
    settlement = settle(law.pack, less, law.layers) if deductions else whole
    if settlement.loss_base_fen > loss_base:
        raise AboveLossBaseError(
            item=Text("核定基数", "The decided base"), found_fen=settlement.loss_base_fen, most_fen=loss_base
        )
    return ClaimSettlement(loss_base, settlement.loss_base_fen, settlement, public_parties(law, settlement))


def _refuse_unknown_district(law: Law, case: LossCase) -> None:
    mode = choose_mode(law.pack, case) if case.facts.get("district") is None else None
    if mode is None:
        return
    joining = [layer.title for layer in law.layers if may_top_up(layer, law.pack.id, mode.id, case.on)]
    if joining:
        raise ClaimDistrictUnknownError(layers=joining)


def public_parties(law: Law, settlement: Settlement) -> tuple[str, ...]:
    """Return the public layers among the parties of a settlement, in paying order."""
    schemes: list[Scheme] = [law.pack.scheme, *(layer.scheme for layer in law.layers)]
    payers = {party for scheme in schemes for party in scheme.layers}
    payers |= {part for scheme in schemes for layer in scheme.layers.values() for part in layer.split}
    return tuple(party for party in settlement.shares_fen if party in payers)


def reduced(case: LossCase, deductions: Sequence[Deduction], mode: Mode | None) -> LossCase:
    """Return a loss after its deductions, each from a part that the mode counts.

    Raises: `POOL.CLAIM.ABOVE_BASE`, `POOL.CLAIM.NOTE`.
    """
    loss = case.loss
    for one in deductions:
        held = _held(loss, one.item, mode)
        if not 0 < one.amount_fen <= held:
            item = ITEM_NAMES.get(one.item, Text(one.item, one.item))
            raise AboveLossBaseError(
                item=Text(f"扣减的{item.zh}", f"The deducted {item.en}"), found_fen=one.amount_fen, most_fen=held
            )
        if not one.reason.strip() or not one.clause.strip():
            raise ClaimNoteError(step=STEP_NAMES[ClaimStep.DECIDE])
        loss = _less(loss, one)
    return replace(case, loss=loss)


def _held(loss: Loss, item: str, mode: Mode | None) -> int:
    """Return the most that can be deducted from a part of a loss: nothing from a part that does not count."""
    counted = _counted(loss, mode)
    if item not in ITEM_NAMES or (counted is not None and item not in counted):
        return 0
    found: int = getattr(loss, f"{item}_fen")
    if item == "principal" and loss.paid_by_guarantor_fen is not None:
        owed = loss.paid_by_guarantor_fen if loss.still_owed_fen is None else loss.still_owed_fen
        return min(owed, loss.principal_fen)
    stages = [stage for stage in (loss.at_npa_fen, loss.at_claim_fen) if stage is not None]
    return min([found, *stages])


def _counted(loss: Loss, mode: Mode | None) -> frozenset[str] | None:
    """Return the parts of a loss that a mode counts; None where no mode says so."""
    if mode is None:
        return None
    if mode.loss_base.measure == "incurred":
        return frozenset(mode.loss_base.parts)
    return frozenset({"principal"} if loss.at_npa_fen is None else {"principal", "interest"})


def _less(loss: Loss, one: Deduction) -> Loss:
    """Take a deduction off, also of the sums that the part is in: what a guarantor paid, what was owed on two days."""
    sums = ("at_npa_fen", "at_claim_fen") if one.item != "cost" else ()
    paid = ("paid_by_guarantor_fen", "still_owed_fen") if one.item == "principal" else ()
    held = {name: getattr(loss, name) for name in (f"{one.item}_fen", *sums, *paid)}
    return replace(loss, **{name: fen - one.amount_fen for name, fen in held.items() if fen is not None})
