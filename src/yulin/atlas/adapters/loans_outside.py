"""What firms owe on loans that stand in the pool: the pool knows, stands above this area, and says so at the start."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

_OWED: list[Callable[[Sequence[int]], Mapping[int, int]]] = []


def ask_owed_of(knows: Callable[[Sequence[int]], Mapping[int, int]]) -> None:
    """Let `knows(firms)` say what each firm owes now, in fen; a firm that is not named owes nothing."""
    if knows not in _OWED:
        _OWED.append(knows)


def owed_now(firm_ids: Sequence[int]) -> dict[int, int] | None:
    """Return what firms owe now, in fen; None where nobody knows."""
    if not _OWED:
        return None
    owed = dict.fromkeys(firm_ids, 0)
    for knows in _OWED:
        for firm_id, fen in knows(firm_ids).items():
            owed[firm_id] += fen
    return owed
