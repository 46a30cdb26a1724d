"""Breakers: a quotient of two sums of the year against a level; what follows is a warning, a deferral or a stop.

A deferred claim keeps its place in the queue; nothing here denies. A level that nobody has found, or a sum that is
not known, leaves the state unknown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from yulin.rules.core.scheme import Breaker

NONE, UNKNOWN = "none", "unknown"
SEVERITY = (NONE, UNKNOWN, "warn", "defer", "suspend")


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


def strongest(states: Sequence[BreakerState]) -> str:
    """Return the most severe of several states.

    >>> strongest([])
    'none'
    """
    return max((state.state for state in states), key=SEVERITY.index, default=NONE)
