"""What a simulation means for whom: each layer's cost, each bank, district and class of firms, before and after.

All sums are over the claims of which the draft can say who bears what; the others are counted apart.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from typing import Any

from yulin.pool.core.simulation.run import SimulatedClaim, Simulation


@dataclass(frozen=True)
class Effect:
    """One party or group: how many claims, what public money was booked to it, what the draft would pay."""

    key: Hashable
    claims: int
    booked_fen: int
    drafted_fen: int

    @property
    def difference_fen(self) -> int:
        """What the draft pays more; below nothing, less."""
        return self.drafted_fen - self.booked_fen


@dataclass(frozen=True)
class Effects:
    """What a simulation means, grouped in four ways; the biggest difference first."""

    layers: tuple[Effect, ...]  # by party: what it bears
    banks: tuple[Effect, ...]  # by claimant: what public layers pay to it
    districts: tuple[Effect, ...]
    classes: tuple[Effect, ...]
    loss_fen: int
    booked_public_fen: int
    drafted_public_fen: int

    @property
    def difference_fen(self) -> int:
        """What all public layers pay more."""
        return self.drafted_public_fen - self.booked_public_fen

    @property
    def gaining(self) -> tuple[Effect, ...]:
        """The banks that the draft pays more."""
        return tuple(one for one in self.banks if one.difference_fen > 0)

    @property
    def losing(self) -> tuple[Effect, ...]:
        """The banks that the draft pays less."""
        return tuple(one for one in self.banks if one.difference_fen < 0)


def effects_of(simulation: Simulation) -> Effects:
    """Return what a simulation means for layers, banks, districts and classes of firms."""
    known = simulation.known
    return Effects(
        layers=_by_party(known),
        banks=_grouped(known, lambda one: one.claim.bank_id),
        districts=_grouped(known, lambda one: one.claim.district_code or ""),
        classes=_grouped(known, lambda one: one.claim.firm_class),
        loss_fen=sum(sum(one.claim.booked_fen.values()) for one in known),
        booked_public_fen=sum(one.booked_public_fen for one in known),
        drafted_public_fen=sum(one.public_fen for one in known),
    )


def _by_party(known: tuple[SimulatedClaim, ...]) -> tuple[Effect, ...]:
    sums: dict[str, list[int]] = {}
    for one in known:
        for place, shares in ((1, one.claim.booked_fen), (2, one.shares_fen)):
            for party, fen in shares.items():
                sums.setdefault(party, [0, 0, 0])[place] += fen
        for party in {*one.claim.booked_fen, *one.shares_fen}:
            sums[party][0] += 1
    return _ordered(sums)


def _grouped(known: tuple[SimulatedClaim, ...], key: Callable[[SimulatedClaim], Hashable]) -> tuple[Effect, ...]:
    sums: dict[Hashable, list[int]] = {}
    for one in known:
        held = sums.setdefault(key(one), [0, 0, 0])
        held[0] += 1
        held[1] += one.booked_public_fen
        held[2] += one.public_fen
    return _ordered(sums)


def _ordered(sums: Mapping[Any, list[int]]) -> tuple[Effect, ...]:
    rows = [Effect(key, *held) for key, held in sums.items()]
    return tuple(sorted(rows, key=lambda row: (-abs(row.difference_fen), -row.booked_fen, str(row.key))))
