"""One field that several people write: what becomes of a word that was typed on an older one.

Each field counts its own versions. Who saves says on which version the words were typed. On the current one they take
its place; on an older one nothing is overwritten: the words are laid beside those that stand, as an open difference,
until somebody settles it. Saving what stands already changes nothing.

Invariant: whatever was typed is the value, an earlier value, or an open or settled difference: no word is lost.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Saving(StrEnum):
    """What became of what was typed."""

    KEPT = "kept"
    SAME = "same"
    BESIDE = "beside"


@dataclass(frozen=True)
class Typed:
    """Words and the version on which they were typed."""

    value: Any
    base: int


def saving(version: int, value: Any, typed: Typed) -> Saving:
    """Return what becomes of typed words, beside the version and the value that stand.

    >>> [saving(3, "甲", Typed(words, base)).value for words, base in (("乙", 3), ("甲", 1), ("乙", 2))]
    ['kept', 'same', 'beside']
    """
    if typed.value == value:
        return Saving.SAME
    return Saving.KEPT if typed.base == version else Saving.BESIDE


def together(standing: str, beside: str) -> str:
    r"""Return both words one below the other, for who wants neither to go; what is contained already is not repeated.

    >>> together("甲乙", "乙"), together("甲", "乙")
    ('甲乙', '甲\n乙')
    """
    if beside in standing:
        return standing
    return beside if standing in beside else f"{standing}\n{beside}"
