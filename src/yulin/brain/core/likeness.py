"""Which texts say nearly the same: the shares of five-character stretches that two texts have in common.

A sketch of sixteen numbers is kept with each text; texts that are alike share one of them almost surely (bands of
min-wise hashes), so that a library of thousands is searched by an index, and the share is then counted exactly.
"""

from __future__ import annotations

from zlib import crc32

import numpy as np

from yulin.brain.core.passages import folded

_STRETCH, _BANDS, _ROWS = 5, 16, 4
_PRIME = (1 << 31) - 1
_FACTORS = np.array([crc32(f"yulin {n}".encode()) % (_PRIME - 1) + 1 for n in range(_BANDS * _ROWS)], dtype=np.uint64)
_TERMS = np.array([crc32(f"{n} yulin".encode()) % _PRIME for n in range(_BANDS * _ROWS)], dtype=np.uint64)
NEARLY = 0.8
"""From which share on two texts are reported as nearly the same."""


def stretches(text: str) -> frozenset[int]:
    """Return the five-character stretches of a text, as numbers."""
    plain = folded(text)
    count = max(len(plain) - _STRETCH + 1, 1)
    return frozenset(crc32(plain[at : at + _STRETCH].encode()) for at in range(count)) if plain else frozenset()


def sketch(text: str) -> list[int]:
    """Return the sixteen numbers that stand for a text; an empty one has none."""
    held = stretches(text)
    if not held:
        return []
    values = np.fromiter(held, dtype=np.uint64, count=len(held)) % _PRIME
    least = [int(((values * factor + term) % _PRIME).min()) for factor, term in zip(_FACTORS, _TERMS, strict=True)]
    bands = (least[at : at + _ROWS] for at in range(0, len(least), _ROWS))
    return [crc32(repr((number, band)).encode()) for number, band in enumerate(bands)]


def likeness(one: str, other: str) -> float:
    """Return the share of stretches that two texts have in common, of all that either has.

    >>> likeness("支持企业研发", "支持企业研发"), likeness("支持企业研发", "租金减免办法")
    (1.0, 0.0)
    """
    left, right = stretches(one), stretches(other)
    return len(left & right) / len(left | right) if left or right else 1.0
