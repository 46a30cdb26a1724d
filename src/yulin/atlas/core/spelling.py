"""How a firm's name can be typed: part of it, its brand, its pinyin, the first letters of that.

A search asks for pieces of two characters, all of which a name must hold; those that say only the legal form are left
out. Letters are compared with the pinyin of the brand, alone and behind the place that the name begins with.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from yulin.atlas.core.name_folding import fold_name
from yulin.atlas.core.name_parts import BRAND, parts_of
from yulin.atlas.core.name_words import FORMS

LONGEST_QUERY = 60
_PIECE = 2
_GENERAL = frozenset(form[at : at + _PIECE] for form in FORMS for at in range(len(form) - 1))
_LETTERS = re.compile(r"[a-z']+")
_CODE = re.compile(r"[0-9a-z]*[0-9][0-9a-z]*")
_SHORTEST_CODE = 4


@dataclass(frozen=True)
class Spelling:
    """One name as it is searched: in one spelling for all variants, and what it can be found by."""

    folded: str
    brand: str
    pinyin: str
    initials: str
    placed_pinyin: str
    placed_initials: str
    pieces: tuple[str, ...]


@dataclass(frozen=True)
class Wanted:
    """What was typed: the start of a code, letters, or words that a name must hold, with their telling pieces."""

    code: str = ""
    letters: str = ""
    words: tuple[str, ...] = ()
    pieces: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Tell whether anything can be looked for."""
        return bool(self.code or self.letters or self.words)


def spelling_of(folded: str) -> Spelling:
    """Return how a folded name can be typed.

    >>> found = spelling_of("广州海格通信集团股份有限公司")
    >>> found.brand, found.pinyin, found.initials, found.placed_initials
    ('海格', 'haige', 'hg', 'gzhg')
    """
    parts = parts_of(folded)
    brand = parts.part(BRAND) or folded
    place = parts.divisions[-1] if parts.divisions else ""
    syllables, before = _syllables(brand), _syllables(place)
    pinyin, initials = _joined(syllables)
    placed_pinyin, placed_initials = _joined(before + syllables)
    return Spelling(folded, brand, pinyin, initials, placed_pinyin, placed_initials, pieces_of(folded))


def pieces_of(word: str) -> tuple[str, ...]:
    """Return the pieces of two characters that say more than a legal form, each once.

    >>> pieces_of("华科有限公司")
    ('华科', '科有')
    """
    pairs = (word[at : at + _PIECE] for at in range(len(word) - 1))
    return tuple(dict.fromkeys(pair for pair in pairs if pair not in _GENERAL))


def wanted_by(text: str) -> Wanted:
    """Return what was typed, whatever its width, case and script.

    >>> wanted_by("９１４４０１０１").code, wanted_by("Hai Ge").letters, wanted_by("廣州 海格").words
    ('91440101', 'haige', ('广州', '海格'))
    """
    words = tuple(filter(None, (fold_name(word) for word in text[:LONGEST_QUERY].split())))
    joined = "".join(words)
    letters = joined.replace("'", "") if _LETTERS.fullmatch(joined) else ""
    is_code = len(joined) >= _SHORTEST_CODE and joined.isascii() and _CODE.fullmatch(joined)
    pieces = tuple(dict.fromkeys(piece for word in words for piece in pieces_of(word)))
    return Wanted(joined.upper() if is_code else "", letters, words, pieces)


@lru_cache(maxsize=50_000)
def _syllables(text: str) -> tuple[str, ...]:
    from pypinyin import lazy_pinyin  # noqa: PLC0415 - reads a large dictionary

    return tuple(lazy_pinyin(text, v_to_u=False))


def _joined(syllables: tuple[str, ...]) -> tuple[str, str]:
    return "".join(syllables), "".join(each[:1] for each in syllables)
