"""Caps: what the split would give, cut to what the law allows; what is cut stays with the party that keeps the rest.

First all public layers together against the loss base, then each bound in money in the order of the pack. A cap
rounds down and wins. A cap whose measure the book does not hold is not applied, and is said to be unchecked.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from yulin.pool.core.loss import LossCase
from yulin.pool.core.ratios import WHOLE_BP
from yulin.rules.core.pack import Row
from yulin.rules.core.scheme import AllLayers, Mode, MoneyCap, Tier

OTHER_PUBLIC = "other_public"  # paid already for the same loss from outside the scheme: the scheme's own gives way


@dataclass(frozen=True)
class Split:
    """A loss base divided by ratios, before any cap."""

    base_fen: int
    shares_fen: Mapping[str, int]
    exact: Mapping[str, Fraction]  # each party's ratio
    public: tuple[str, ...]  # the payers of public money, in paying order


@dataclass(frozen=True)
class CapUse:
    """A cap as it met one loss: its amount less what was used, and what it cut."""

    id: str
    row: Row
    room_fen: int | None  # None: the book lacks what the cap is measured by
    cut_fen: int
    lacking: tuple[str, ...] = ()


@dataclass(frozen=True)
class Capped:
    """The shares after all caps, and each cap's use."""

    shares_fen: dict[str, int]
    over_cap_fen: int
    uses: tuple[CapUse, ...]


@dataclass
class _Cutting:
    """The shares while caps cut them: public money shrinks from its last layer, the rest party takes what is cut."""

    shares: dict[str, int]
    rest: str
    uses: list[CapUse] = field(default_factory=list)

    def down_to(self, room_fen: int, parties: Sequence[str]) -> int:
        """Cut `parties`, last first, until together they have no more than the room; return what was cut."""
        excess = max(sum(self.shares[party] for party in parties) - room_fen, 0)
        left = excess
        for party in reversed(parties):
            cut = min(left, self.shares[party])
            self.shares[party] -= cut
            left -= cut
        self.shares[self.rest] += excess
        return excess


def apply_caps(mode: Mode, case: LossCase, split: Split) -> Capped:
    """Return the shares under every cap of the mode."""
    cutting = _Cutting(dict(split.shares_fen), mode.rest)
    if mode.all_layers:
        room = split.base_fen * mode.all_layers.at_most_bp // WHOLE_BP
        cut = cutting.down_to(room, cut_order(mode.all_layers, split.public))
        cutting.uses.append(CapUse("all_layers", mode.all_layers.row, room, cut))
    own = [party for party in split.public if party not in case.other_public_fen]
    beyond = max(-cutting.shares[mode.rest], 0)
    if beyond:  # other public money and the scheme's own together are more than the loss: no fen is paid twice
        room = sum(cutting.shares[party] for party in own) - beyond
        cutting.uses.append(CapUse(OTHER_PUBLIC, mode.row, room, cutting.down_to(room, own)))
    for cap in mode.money_caps:
        parties = [cap.party] if cap.party else own
        ratio = sum((split.exact[party] for party in parties), Fraction())
        amount, lacking = cap_fen(cap, case, split.base_fen, ratio)
        if amount is None:
            cutting.uses.append(CapUse(cap.id, cap.row, None, 0, lacking))
            continue
        room = max(amount - (case.book.get(cap.used, 0) if cap.used != "none" else 0), 0)
        cutting.uses.append(CapUse(cap.id, cap.row, room, cutting.down_to(room, parties), lacking))
    return Capped(cutting.shares, sum(use.cut_fen for use in cutting.uses), tuple(cutting.uses))


def public_order(own: Sequence[str], others: Iterable[str]) -> tuple[str, ...]:
    """Return the payers of public money so that the one to be cut first stands last.

    >>> public_order(["city", "district"], ["county", "other_public"])
    ('other_public', 'city', 'district', 'county')
    """
    others = list(others)
    paid = [party for party in others if party == OTHER_PUBLIC]
    return (*paid, *own, *(party for party in others if party != OTHER_PUBLIC))


def cut_order(rule: AllLayers, public: Sequence[str]) -> list[str]:
    """Return the public parties so that the one to be cut first stands last."""
    if rule.cut == "last" or rule.cut not in public:
        return list(public)
    return [*(party for party in public if party != rule.cut), rule.cut]


def cap_fen(cap: MoneyCap, case: LossCase, base_fen: int, ratio: Fraction) -> tuple[int | None, tuple[str, ...]]:
    """Return a cap's amount before use, rounded down, and the measures that the book lacks.

    The lowest of the parts that are known is the cap; a part whose measure is lacking is left out and named.
    """
    measured = {name: measure_fen(name, case, base_fen) for name in cap.of}
    lacking = tuple(name for name, value in measured.items() if value is None)
    parts = [] if cap.at_most_fen is None else [cap.at_most_fen]
    if cap.of and not lacking:
        total = sum(value or 0 for value in measured.values())
        exact = bands_of(cap.bands, total) if cap.bands else Fraction(total * (cap.rate_bp or WHOLE_BP), WHOLE_BP)
        parts.append(int(exact * ratio if cap.times_ratio else exact))
    return min(parts, default=None), lacking


def bands_of(bands: Sequence[Tier], total_fen: int) -> Fraction:
    """Return the sum of each band's rate on its slice of the total.

    >>> bands_of((Tier(25_000_000, 9_000), Tier(None, 5_000)), 40_000_000)
    Fraction(30000000, 1)
    """
    lower, exact = 0, Fraction()
    for band in bands:
        upper = total_fen if band.up_to_fen is None else min(total_fen, band.up_to_fen)
        exact += Fraction(max(upper - lower, 0) * band.bp, WHOLE_BP)
        lower = max(lower, upper)
    return exact


def measure_fen(name: str, case: LossCase, base_fen: int) -> int | None:
    """Return a measured sum: as the book says, else what the loss itself tells."""
    if name in case.book:
        return case.book[name]
    own = {
        "loan_amount": case.amount_fen,
        "loss_base": base_fen,
        "nonperforming_balance": case.loss.principal_fen,
        "interest": case.loss.interest_fen,
    }
    return own.get(name)
