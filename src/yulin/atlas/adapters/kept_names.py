"""Names of persons that areas above keep: they say at the start where these stand, what holds them and how they go.

`rows` selects `id`, `firm_id` (null: of no firm), `name` (of the thing, never of the person) and `since`, only where a
name still stands; `take` masks what is left in the table `retention_row`; `held` are reasons with a query of ids.
"""

from __future__ import annotations

from dataclasses import dataclass

from yulin.atlas.enums import HoldKind

_KEPT: list[KeptNames] = []


@dataclass(frozen=True)
class KeptNames:
    """Where names stand, as SQL: `%(masked)s` is what stands in place of one that has gone."""

    rows: str
    held: tuple[tuple[HoldKind, str], ...]
    take: tuple[str, ...]


def keep_names(kept: KeptNames) -> None:
    """Let the rule about objectors reach these names."""
    if kept not in _KEPT:
        _KEPT.append(kept)


def kept_names() -> tuple[KeptNames, ...]:
    """Return everything that keeps names of objectors."""
    return tuple(_KEPT)
