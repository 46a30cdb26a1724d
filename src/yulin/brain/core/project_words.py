"""By which words an approved project is found: what its row says, in one spelling, its characters and their pairs.

A search looks characters and pairs up in an index and then reads the words. Invariant: where the words that are looked
for stand in one column of the row, all that is looked up of them stands among its marks, so that the index loses
nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yulin.brain.core.passages import folded

_BETWEEN = "\n"  # stands in no folded text, so that no word reaches from one column into the next
_LOW = 0xFFFF
_LONGEST_DECIDED = 2


def words_of(columns: Iterable[str]) -> str:
    r"""Return what the columns of a row say, as it is searched.

    >>> words_of(["示例 ＬＥＤ", "", "示例公司"])
    '示例led\n示例公司'
    """
    return _BETWEEN.join(filter(None, map(folded, columns)))


def marks_of(words: str) -> list[int]:
    """Return the numbers by which folded words are indexed, each once: of their characters and of neighbouring pairs.

    **Shapes**: numbers of 32 bits with their sign, as the database keeps them; a character's is its lower half alone.

    >>> len(marks_of("光学")), len(marks_of("光学光学"))
    (3, 4)
    """
    codes = _codes(words)
    return distinct(np.concatenate([_characters(codes), _pairs(codes)]))


def looked_up(words: str) -> list[int]:
    """Return the numbers that are looked up for folded words: of their pairs, of one character its own; of none none.

    >>> looked_up("光") == [ord("光")], set(looked_up("光学检")) < set(marks_of("光学检")), looked_up("")
    (True, True, [])
    """
    codes = _codes(words)
    return distinct(_pairs(codes) if len(codes) > 1 else _characters(codes))


def distinct(numbers: NDArray[Any]) -> list[int]:
    """Return some hundred numbers in order, each once; `np.unique` takes many times as long for so few.

    >>> distinct(np.array([3, 1, 3, 2])), distinct(np.array([], dtype=np.int32))
    ([1, 2, 3], [])
    """
    ordered = np.sort(numbers)
    is_last = np.ones(len(ordered), dtype=bool)
    is_last[:-1] = ordered[1:] != ordered[:-1]
    found: list[int] = ordered[is_last].tolist()
    return found


def is_decided(words: str) -> bool:
    """Tell whether folded words are one character or pair whose number no other has, so that the index alone decides.

    >>> is_decided("光"), is_decided("光学"), is_decided("光学检"), is_decided("光𠮷")
    (True, True, False, False)
    """
    return 0 < len(words) <= _LONGEST_DECIDED and all(ord(one) <= _LOW and one != _BETWEEN for one in words)


def _codes(words: str) -> NDArray[np.int32]:
    low: NDArray[np.int32] = np.frombuffer(words.encode("utf-32-le", "surrogatepass"), dtype=np.int32) & _LOW
    return low


def _characters(codes: NDArray[np.int32]) -> NDArray[np.int32]:
    characters: NDArray[np.int32] = codes[codes != ord(_BETWEEN)]
    return characters


def _pairs(codes: NDArray[np.int32]) -> NDArray[np.int32]:
    is_pair = (codes[:-1] != ord(_BETWEEN)) & (codes[1:] != ord(_BETWEEN))
    pairs: NDArray[np.int32] = ((codes[:-1] << 16) | codes[1:])[is_pair]
    return pairs
