"""Breakers: a quotient of two sums of the year against a level; what follows is a warning, a deferral or a stop.

A deferred claim keeps its place in the queue; nothing here denies. A level that nobody has found, or a sum that is
not known, leaves the state unknown.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from yulin.base.text import Text
from yulin.pool.core.words import percent_word
from yulin.rules.core.scheme import Breaker

NONE, UNKNOWN = "none", "unknown"
SEVERITY = (NONE, UNKNOWN, "warn", "defer", "suspend")
HOLDS_BACK = frozenset({"defer", "suspend"})
# What a decided claim adds its loss to; balances hold a bad loan already. A guarantor has paid the whole of its loss.
LOSS_SUMS = {
    "bank": frozenset({"year_loss", "scheme_year_loss"}),
    "guarantor": frozenset({"year_loss", "year_paid", "scheme_year_loss", "scheme_year_paid"}),
    "scheme": frozenset({"scheme_year_loss"}),
}
WHOLE_SCHEME = "scheme_"  # what the sums of all claimants are called by, beside a claimant's own


def breakers_for(breakers: Sequence[Breaker], kind: str) -> list[Breaker]:
    """Return the breakers that a claimant of a kind meets: those measured by it, then those of the whole scheme.

    Those of the whole scheme are measured by the sums of all claimants, and say so in their title.
    """
    own = [one for one in breakers if one.scope == kind]
    return own + [_of_scheme(one) for one in breakers if one.scope == "scheme"]


def _of_scheme(breaker: Breaker) -> Breaker:
    title = Text(f"{breaker.title.zh}（全方案）", f"{breaker.title.en} (whole scheme)")
    above, below = (WHOLE_SCHEME + name for name in (breaker.above, breaker.below))
    return replace(breaker, scope="scheme", title=title, above=above, below=below)


def needs_whole_scheme(breakers: Iterable[Breaker]) -> bool:
    """Tell whether any of the breakers is measured by the sums of all claimants."""
    return any(one.above.startswith(WHOLE_SCHEME) for one in breakers)


@dataclass(frozen=True)
class BreakerState:
    """Where a breaker stands: its measure, the state, and how many fen more of loss would trip it."""

    breaker: Breaker
    measure: Fraction | None
    state: str  # none | unknown | warn | defer | suspend
    room_fen: int | None


def breaker_state(breaker: Breaker, measured: Mapping[str, int]) -> BreakerState:
    """Return a breaker's state from the sums of the year, compared exactly.

    **Units**: `measured` is fen by the names of the breaker's measure.
    """
    above, below = measured.get(breaker.above), measured.get(breaker.below)
    if breaker.level_bp is None or above is None or not below:
        return BreakerState(breaker, None, UNKNOWN if above != 0 else NONE, None)
    level = below * breaker.level_bp  # compared without division, in fen times basis points
    is_tripped = above * 10_000 > level or (breaker.comparator == ">=" and above * 10_000 == level)
    last_safe = level // 10_000 if breaker.comparator == ">" else (level - 1) // 10_000
    return BreakerState(
        breaker, Fraction(above, below), breaker.then if is_tripped else NONE, max(last_safe - above, 0)
    )


def measured_words(state: BreakerState) -> dict[str, Any]:
    """Return a measured breaker in words: its title, what was found, its level; just above its line is said so."""
    level_bp, found = state.breaker.level_bp or 0, Fraction(state.measure or 0) * 10_000
    said, level = percent_word(int(found)), percent_word(level_bp)
    is_just_over = found > level_bp and said == level
    return {"breaker": state.breaker.title, "found": f">{said}" if is_just_over else said, "level": level}


def strongest(states: Sequence[BreakerState]) -> str:
    """Return the most severe of several states.

    >>> strongest([])
    'none'
    """
    return max((state.state for state in states), key=SEVERITY.index, default=NONE)


@dataclass(frozen=True)
class Stage:
    """One claim of a queue as it would meet the breakers: its amount, whether it is held back, and by which."""

    amount_fen: int
    state: str  # the strongest state with this claim counted in
    by: BreakerState | None  # the breaker that holds it back, or that stands nearest

    @property
    def is_held_back(self) -> bool:
        """Whether the claim would be deferred and not decided."""
        return self.state in HOLDS_BACK


@dataclass(frozen=True)
class Waiting:
    """One claim that waits: its amount, and the breakers of the law under which its loan was enrolled."""

    amount_fen: int
    breakers: Sequence[Breaker]


def walk_queue(queue: Sequence[Waiting], sums: Mapping[str, int]) -> tuple[Stage, ...]:
    """Return how each claim of a queue would meet the breakers of its own law, one after another.

    A claim that is held back adds nothing to the sums: it is deferred, and those behind it are measured without it.

    >>> walk_queue([Waiting(5, ())], {})[0].is_held_back
    False
    """
    counted, stages = dict(sums), []
    for one in queue:
        added = LOSS_SUMS.get(one.breakers[0].scope if one.breakers else "bank", LOSS_SUMS["bank"])
        with_it = {name: fen + one.amount_fen if name in added else fen for name, fen in counted.items()}
        states = [breaker_state(breaker, with_it) for breaker in one.breakers]
        known = [state for state in states if state.measure is not None]
        worst = max(known, key=lambda state: (SEVERITY.index(state.state), -(state.room_fen or 0)), default=None)
        stage = Stage(one.amount_fen, strongest(states), worst)
        stages.append(stage)
        if not stage.is_held_back:
            counted = with_it
    return tuple(stages)
