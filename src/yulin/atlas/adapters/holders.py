"""Who uses firms' facts outside this area: areas above say at the start what they hold, as a query of their own tables.

A query returns `firm_id`, `held_on` and `held_at`: all of the firm that was valid by that day and known by that instant
is held; null holds whatever the day or instant.
"""

from __future__ import annotations

from dataclasses import dataclass

from yulin.atlas.enums import HoldKind

_HOLDERS: list[Holder] = []


@dataclass(frozen=True)
class Holder:
    """Why something is held, and the query that says of whom."""

    kind: HoldKind
    query: str


def hold_for(holder: Holder) -> None:
    """Let a query say what is held."""
    if holder not in _HOLDERS:
        _HOLDERS.append(holder)


def holders() -> tuple[Holder, ...]:
    """Return who holds anything."""
    return tuple(_HOLDERS)
