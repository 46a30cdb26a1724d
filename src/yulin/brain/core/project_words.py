"""By which words an approved project is found: what its row says, in one spelling, and the pairs of its characters.

A search looks the pairs up in an index and then reads the words. Invariant: where the words that are looked for stand
in one column of the row, all their pairs stand among its pairs, so that the index loses nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from yulin.brain.core.passages import folded

_BETWEEN = "\n"  # stands in no folded text, so that no word reaches from one column into the next
_LOW = 0xFFFF


def words_of(columns: Iterable[str]) -> str:
    r"""Return what the columns of a row say, as it is searched.

    >>> words_of(["示例 ＬＥＤ", "", "示例公司"])
    '示例led\n示例公司'
    """
    return _BETWEEN.join(filter(None, map(folded, columns)))


def pairs_of(words: str) -> list[int]:
    """Return the numbers of the pairs of neighbouring characters of folded words, each once; none of one character.

    **Shapes**: numbers of 32 bits with their sign, as the database keeps them.

    >>> len(pairs_of("光学")), len(pairs_of("光学光学"))
    (1, 2)
    >>> pairs_of("光")
    []
    """
    codes = np.frombuffer(words.encode("utf-32-le", "surrogatepass"), dtype=np.uint32) & _LOW
    is_pair = (codes[:-1] != ord(_BETWEEN)) & (codes[1:] != ord(_BETWEEN))
    numbers = ((codes[:-1] << 16) | codes[1:])[is_pair].astype(np.uint32).view(np.int32)
    found: list[int] = np.unique(numbers).tolist()
    return found


def is_one_pair(words: str) -> bool:
    """Tell whether folded words are one pair whose number no other pair has, so that the index alone decides.

    >>> is_one_pair("光学"), is_one_pair("光学检"), is_one_pair("光𠮷")
    (True, False, False)
    """
    return len(words) == 2 and all(ord(one) <= _LOW and one != _BETWEEN for one in words)
