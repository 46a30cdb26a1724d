"""The ratios that a loan is enrolled at: layer by layer, with the clauses that give them.

The ratio of a filing is that of a loss of the whole loan amount before any cap in money. A number that nobody has
verified, or a fact that is missing, leaves it open: an open ratio promises nothing.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from yulin.base.outcome import Outcome
from yulin.pool.core.layers import layer_for, may_top_up, with_layer
from yulin.pool.core.loss import Loss, LossCase
from yulin.pool.core.ratios import WHOLE_BP, PartyRatio, mode_environment, party_ratios
from yulin.pool.core.settlement import choose_mode, third_parties_exceed
from yulin.rules.core.facts import known_facts
from yulin.rules.core.pack import Pack
from yulin.rules.core.scheme import Mode

_NO_CLAUSE = frozenset({"", "–", "-", "—"})


@dataclass(frozen=True)
class FiledRatio:
    """What each party bears, in paying order with the rest last; empty where it is open."""

    ratio_bp: Mapping[str, int]
    clause: str
    is_offered: bool = True  # whether the scheme has the mode at all

    @property
    def is_open(self) -> bool:
        """Whether nothing can be promised yet."""
        return not self.ratio_bp


@dataclass(frozen=True)
class Filing:
    """What the ratio of one loan rests on: the day, the mode, the amount, the facts by their public names."""

    on: date
    mode: str
    amount_fen: int
    facts: Mapping[str, Any]
    contract_bp: Mapping[str, int] = field(default_factory=dict)  # shares that the contract brings, by party


def ratio_at_filing(pack: Pack, layers: Sequence[Pack], filing: Filing) -> FiledRatio:
    """Return the ratios under which a loan is enrolled; open where a layer may join and the district is unknown.

    **Rounding**: every ratio down to whole basis points; the rest party keeps what is left of 10,000.
    """
    known = known_facts(filing.facts, pack.vocabulary, filing.on)
    case = LossCase(
        on=filing.on,
        mode=filing.mode,
        loss=Loss(filing.amount_fen),
        amount_fen=filing.amount_fen,
        facts=known,
        contract_bp=filing.contract_bp,
    )
    mode = choose_mode(pack, case)
    if mode is None:
        return FiledRatio({}, "", is_offered=False)
    district = known.get("district")
    if district is None and any(may_top_up(layer, pack.id, mode.id, filing.on) for layer in layers):
        return FiledRatio({}, "")  # whose layer joins is not known, so nothing is promised
    mode = with_layer(mode, layer_for(pack, layers, district, filing.on))
    ratios = party_ratios(mode, case, mode_environment(pack, mode, case), filing.amount_fen)
    if any(_is_open(ratio) for ratio in ratios.values()) or third_parties_exceed(mode, filing.contract_bp):
        return FiledRatio({}, "")
    return FiledRatio(_with_rest(mode, ratios), _clauses(ratios))


def _is_open(ratio: PartyRatio) -> bool:
    used = [use for use in ratio.uses if use.outcome is Outcome.MET]
    return ratio.share is None or bool(ratio.undecided) or any(use.row.is_unverified for use in used)


def _with_rest(mode: Mode, ratios: Mapping[str, PartyRatio]) -> dict[str, int]:
    """Return every ratio in basis points, the public ones cut to the bound on all layers, and the rest."""
    shares = {party: ratio.share or Fraction() for party, ratio in ratios.items() if party != mode.rest}
    if mode.all_layers:
        over = sum(shares.values(), Fraction()) - Fraction(mode.all_layers.at_most_bp, WHOLE_BP)
        cut = mode.all_layers.cut if mode.all_layers.cut in shares else next(reversed(shares), None)
        if over > 0 and cut is not None:
            shares[cut] = max(shares[cut] - over, Fraction())
    found = {party: int(share * WHOLE_BP) for party, share in shares.items() if share}
    return {**found, mode.rest: WHOLE_BP - sum(found.values())}


def _clauses(ratios: Mapping[str, PartyRatio]) -> str:
    """Return the clauses that give the ratios; where no number of a clause was found, the words of its row."""
    used = [use.row for ratio in ratios.values() for use in ratio.uses if use.outcome is Outcome.MET]
    said = [row.clause if row.clause not in _NO_CLAUSE else row.text.zh if row.text else "" for row in used]
    return "；".join(dict.fromkeys(each for each in said if each))


def contract_mode(pack: Pack) -> tuple[str, str] | None:
    """Return the mode in which a public party's share is the contract's, and that party; None where there is none."""
    for mode in pack.scheme.modes.values():
        for party, table in mode.ratios.items():
            if table.by_contract and party in pack.scheme.layers:
                return mode.id, party
    return None


def ratio_slots(pack: Pack, layers: Sequence[Pack]) -> frozenset[str]:
    """Return the facts that can shape the ratio of a loan under a pack and its layers, by slot."""
    slots = {"district"} if layers else set()
    for one in (pack, *layers):
        for mode in one.scheme.modes.values():
            slots |= _slots_of(mode)
    return frozenset(slots)


def _slots_of(mode: Mode) -> set[str]:
    questions = [mode.when, *(bonus.when for bonus in mode.bonuses)]
    for table in mode.ratios.values():
        questions += [row.when for row in table.rows]
        questions += [table.tiers.by] if table.tiers else []
    return {slot for question in questions if question is not None for slot in question.slots}


def amount_class(pack: Pack, layers: Sequence[Pack], amount_fen: int) -> int:
    """Return a number that is the same for two amounts whose ratio is the same, all else equal.

    With `whole` tiers that is the tier; a `marginal` table gives every amount a ratio of its own.
    """
    tables = [
        table.tiers
        for one in (pack, *layers)
        for mode in one.scheme.modes.values()
        for table in mode.ratios.values()
        if table.tiers
    ]
    if any(table.reading == "marginal" for table in tables):
        return amount_fen
    bounds = sorted({tier.up_to_fen for table in tables for tier in table.tiers if tier.up_to_fen is not None})
    return bisect_left(bounds, amount_fen)
