"""Settle one loss under one scheme version: who bears what of it, to the last fen.

The way of a loss: is the mode one of the scheme's → what counts (loss base) → each party's ratio → the split by the
pack's rule → caps → insurance, instalments, charge → recoveries. The loan is taken as enrolled; eligibility is not
asked again. The shares always sum to the loss base (with a guarantor: to the loss), and no party is paid above any
cap.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from yulin.base.outcome import Outcome
from yulin.base.shares import split_ceiling, split_shares
from yulin.pool.core.caps import Capped, CapUse, Split, apply_caps, public_order
from yulin.pool.core.layers import layer_for, with_layer
from yulin.pool.core.loss import LossCase, loss_base_fen, paid_by_guarantor_fen
from yulin.pool.core.ratios import WHOLE_BP, PartyRatio, mode_environment, party_ratios
from yulin.pool.core.recovery import RecoveryShare, share_recoveries
from yulin.pool.errors import SettlementFactError, SettlementOpenNumberError
from yulin.rules.core.bounds import truth_of
from yulin.rules.core.pack import Pack, Row
from yulin.rules.core.scheme import Mode, Scheme


@dataclass(frozen=True)
class Settlement:
    """Who bears what of a loss, and everything that decided it."""

    mode: Mode | None
    ratio_bp: int  # of all public layers together, before any cap in money
    loss_base_fen: int
    shares_fen: Mapping[str, int]
    over_cap_fen: int
    recovery_shares: tuple[RecoveryShare, ...] = ()
    refused: str | None = None
    instalments_fen: tuple[int, ...] = ()
    charge_fen: int = 0
    ratios: Mapping[str, PartyRatio] | None = None
    caps: tuple[CapUse, ...] = ()
    unverified: tuple[Row, ...] = ()

    @property
    def unchecked(self) -> tuple[str, ...]:
        """Measures that the book lacks, so that a cap could not be applied."""
        return tuple(dict.fromkeys(name for use in self.caps for name in use.lacking))


def settle(pack: Pack, case: LossCase, layers: Sequence[Pack] = ()) -> Settlement:
    """Return how one loss is borne under a scheme pack; `layers` are the layer packs that may join it.

    **Rounding**: by the pack, `ceiling` (all but the rest party down) or `shares` (by largest fraction).
    **Raises** POOL.SETTLE.NUMBER_OPEN, POOL.SETTLE.FACT_MISSING.
    """
    scheme: Scheme = pack.scheme
    refused = refusal(pack, case)
    mode = None if refused else choose_mode(pack, case)
    if mode is None:
        return _refused(case, refused or "POOL.MODE.NOT_OFFERED")
    layer = layer_for(pack, layers, case.facts.get("district"), case.on)
    mode = with_layer(mode, layer)
    base = loss_base_fen(mode.loss_base, case)
    ratios = party_ratios(mode, case, mode_environment(pack, mode, case), base)
    if third_parties_exceed(mode, case.contract_bp):
        return _refused(case, "POOL.MODE.X_SHARES")
    if base and not _is_decided(ratios.values(), mode, pack):
        return _refused(case, "POOL.RATIO.NONE")
    split = _split(mode, case, scheme, ratios, base)
    capped = apply_caps(mode, case, split)
    borne = _borne(mode, case, scheme, capped)
    own = [ratio.share or Fraction() for party, ratio in ratios.items() if party in _payers(scheme, layer)]
    collector = mode.insurance.payer if mode.insurance else mode.rest
    paid = sum(capped.shares_fen[party] for party in split.public if party not in case.other_public_fen)
    return Settlement(
        mode=mode,
        ratio_bp=int(sum(own, Fraction()) * WHOLE_BP),
        loss_base_fen=base,
        shares_fen=borne,
        over_cap_fen=capped.over_cap_fen,
        recovery_shares=share_recoveries(scheme.recovery, _recovering(mode, borne), case.recoveries, collector),
        instalments_fen=_instalments(mode, paid),
        charge_fen=_charge(mode, borne),
        ratios=ratios,
        caps=capped.uses,
        unverified=_unverified(mode, scheme, ratios.values(), capped, bool(case.recoveries)),
    )


def refusal(pack: Pack, case: LossCase) -> str | None:
    """Return the code under which the loan cannot be settled at all, or None."""
    scheme: Scheme = pack.scheme
    if case.on < pack.effective_from:
        return "POOL.SCHEME.NOT_IN_FORCE"
    if scheme.exclusive and case.other_modes - {case.mode}:
        return "POOL.MODE.SECOND"
    for kind, code in (("loan", "POOL.LIMIT.LOAN"), ("firm", "POOL.LIMIT.FIRM")):
        limit = scheme.limits.get(kind)
        if limit and limit.at_most is not None and (case.amount_fen or 0) > limit.at_most:
            return code
    return None


def choose_mode(pack: Pack, case: LossCase) -> Mode | None:
    """Return the mode that the loan falls under: a variant whose question holds, else the mode itself."""
    scheme: Scheme = pack.scheme
    for mode in scheme.modes_for(case.mode):
        if mode.when is None or truth_of(mode.when, mode_environment(pack, mode, case), undefined=False) is Outcome.MET:
            return mode
    return None


def _refused(case: LossCase, code: str) -> Settlement:
    lost = case.loss.principal_fen
    return Settlement(None, 0, 0, {"bank": lost} if lost else {}, 0, refused=code)


def third_parties_exceed(mode: Mode, contract_bp: Mapping[str, int]) -> bool:
    """Return whether the contract gives third parties more than the scheme lets them bear together."""
    rule = mode.third_parties
    together = sum(contract_bp.get(party, 0) for party in rule.parties) if rule else 0
    return rule is not None and rule.together_at_most_bp is not None and together > rule.together_at_most_bp


def _is_decided(ratios: Iterable[PartyRatio], mode: Mode, pack: Pack) -> bool:
    """Whether every ratio is known; an open number and a missing fact are errors, a table that ends is a refusal."""
    for ratio in ratios:
        if ratio.share is not None:
            continue
        holding = [use for use in ratio.uses if use.outcome is Outcome.MET]
        if any(use.bp is None for use in holding):
            raise SettlementOpenNumberError(scheme=pack.id, row=f"modes.{mode.id}.ratio.{ratio.party}")
        if ratio.undecided:
            raise SettlementFactError(scheme=pack.id, row=ratio.undecided[0].row.id)
        return False
    return True


def _split(mode: Mode, case: LossCase, scheme: Scheme, ratios: Mapping[str, PartyRatio], base_fen: int) -> Split:
    """Divide the loss base by the ratios; public money of other schemes joins with its own amount."""
    exact = {party: ratio.share or Fraction() for party, ratio in ratios.items()}
    if mode.rounding == "shares":
        vector = exact if mode.rest in exact else {**exact, mode.rest: 1 - sum(exact.values(), Fraction())}
        shares = split_shares(base_fen, vector)
    else:
        named = {party: share * WHOLE_BP for party, share in exact.items() if party != mode.rest}
        shares = split_ceiling(base_fen, named, residual=mode.rest)
    own = own_public(scheme, ratios)
    for party, amount in case.other_public_fen.items():
        # Without a bound for all layers what was paid elsewhere stands, and caps give way to it (`apply_caps`).
        most = base_fen if mode.all_layers else shares[mode.rest] + sum(shares[one] for one in own)
        shares[party] = min(amount, most)
        shares[mode.rest] -= shares[party]
    return Split(base_fen, shares, exact, public_order(own, case.other_public_fen))


def own_public(scheme: Scheme, parties: Iterable[str]) -> list[str]:
    """Return the scheme's own public layers among parties, in paying order."""
    return [party for party in parties if party in scheme.layers]


def _payers(scheme: Scheme, layer: Pack | None) -> set[str]:
    return {*scheme.layers, *(layer.scheme.layers if layer else ())}


def _borne(mode: Mode, case: LossCase, scheme: Scheme, capped: Capped) -> dict[str, int]:
    """Return what each party bears in the end: layers split, insurance taken off, the bank beside a guarantor."""
    borne: dict[str, int] = {}
    for party, amount in capped.shares_fen.items():
        layer = scheme.layers.get(party)
        borne |= split_shares(amount, layer.split) if layer and layer.split else {party: amount}
    if mode.insurance and mode.insurance.share.bp is not None:
        insured = borne[mode.insurance.payer] * mode.insurance.share.bp // WHOLE_BP
        borne[mode.insurance.payer] -= insured
        borne[mode.insurance.insurer] = borne.get(mode.insurance.insurer, 0) + insured
    if mode.loss_base.measure == "paid_by_guarantor":
        outside = max(case.loss.principal_fen - paid_by_guarantor_fen(case), 0)
        borne["bank"] = borne.get("bank", 0) + outside
    return borne


def _recovering(mode: Mode, borne: Mapping[str, int]) -> Mapping[str, int]:
    """Return who shares in recoveries: with insurance the payer and its insurer, else everybody who bears a part."""
    if mode.insurance is None:
        return borne
    return {party: borne[party] for party in (mode.insurance.payer, mode.insurance.insurer)}


def _instalments(mode: Mode, paid_fen: int) -> tuple[int, ...]:
    if not mode.instalments:
        return ()
    parts = {str(i): part.bp or 0 for i, part in enumerate(mode.instalments)}
    return tuple(split_shares(paid_fen, parts).values())


def _charge(mode: Mode, borne: Mapping[str, int]) -> int:
    if mode.charge is None or mode.charge.share.bp is None:
        return 0
    return borne.get(mode.charge.payer, 0) * mode.charge.share.bp // WHOLE_BP


def _unverified(
    mode: Mode, scheme: Scheme, ratios: Iterable[PartyRatio], capped: Capped, has_recoveries: bool
) -> tuple[Row, ...]:
    """Return the rows that were used although nobody has confirmed them, each once."""
    rows = [use.row for ratio in ratios for use in ratio.uses if use.outcome is Outcome.MET]
    rows += [mode.row, mode.loss_base.row, *(use.row for use in capped.uses)]
    rows += [part.row for part in mode.instalments]
    rows += [extra.share.row for extra in (mode.insurance, mode.charge) if extra]
    if has_recoveries and scheme.recovery:
        rows.append(scheme.recovery.row)
    return tuple({row.id: row for row in rows if row.is_unverified}.values())
