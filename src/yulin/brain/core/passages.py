"""A text as search sees it: folded characters, and passages short enough for the embedding model.

Passages overlap, so that a sentence on a border stands whole in one of them; they end at a sentence's end where one is
near. Invariant: passages cover the whole text, in order, and each is a slice of it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from itertools import pairwise

PASSAGE = 220
OVERLAP = 40


def folded(text: str) -> str:
    """Return a text without what words are not told apart by: width, case, blanks.

    >>> folded("ＬＰＲ 贷款　贴息")
    'lpr贷款贴息'
    """
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def grams(text: str) -> list[str]:
    """Return the characters of a text and their pairs, each once, in order.

    >>> grams("贷款贷款")
    ['贷', '款', '贷款', '款贷']
    """
    plain = folded(text)
    return list(dict.fromkeys([*plain, *(left + right for left, right in pairwise(plain))]))


def passages(text: str, size: int = PASSAGE, overlap: int = OVERLAP) -> list[tuple[int, int]]:
    """Return where the passages of a text begin and end; an empty text has none.

    >>> passages("一二三四五六七八", size=5, overlap=2)
    [(0, 5), (3, 8)]
    """
    found, start = [], 0
    while start < len(text):
        end = min(start + size, len(text))
        if text[start:end].strip():
            found.append((start, end))
        if end == len(text):
            break
        start = end - overlap
    return found


def sentences(text: str) -> list[tuple[int, int]]:
    """Return where the sentences of a text begin and end.

    >>> sentences("甲。乙丙；丁")
    [(0, 2), (2, 5), (5, 6)]
    """
    return [(one.start(), one.end()) for one in re.finditer(r"[^。！？；\n]+[。！？；]?", text) if one.group().strip()]


def overlap_with(text: str, asked: Sequence[str]) -> float:
    """Return how much of a question's grams a text holds; a pair counts for two characters.

    >>> overlap_with("贷款贴息", grams("贴息")), overlap_with("贷款", grams("贴息"))
    (1.0, 0.0)
    """
    held = folded(text)
    weights = {gram: len(gram) for gram in asked}
    whole = sum(weights.values())
    return sum(weight for gram, weight in weights.items() if gram in held) / whole if whole else 0.0


def best_sentence(text: str, asked: Sequence[str]) -> tuple[int, int]:
    """Return where the sentence of a text that holds most of a question begins and ends.

    >>> best_sentence("总则。贷款贴息三年。附则。", grams("贴息多久"))
    (3, 10)
    """
    return max(sentences(text), key=lambda place: overlap_with(text[slice(*place)], asked), default=(0, 0))
