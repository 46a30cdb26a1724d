"""What a program that reads images says of a page, word by word with how sure it is: made into lines of text.

Tesseract's table (TSV): level, page, block, paragraph, line, word, place, confidence, text; level 5 is a word.
Invariant: how sure a page is lies between 0 and 100, weighed by characters; a page without words is not sure at all.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass

DOUBTFUL = 80
"""A page less sure than this is named to the person who checks it."""
_COLUMNS = 12
_WORD = "5"


@dataclass(frozen=True)
class ScannedPage:
    """One page as it was read: its lines, how many characters they hold, and how sure they are, of a hundred."""

    text: str
    characters: int = 0
    sure: int = 0


def page_of(table: str) -> ScannedPage:
    """Return a page from its table; a row that is none is left out.

    >>> words = [("90.5", "贷款"), ("70", "贴息"), ("x", "。")]
    >>> page_of(chr(10).join(chr(9).join([*"51111100", "9", "9", *one]) for one in words))
    ScannedPage(text='贷款贴息', characters=4, sure=80)
    """
    lines: dict[tuple[str, ...], list[str]] = {}
    characters, weighed = 0, 0.0
    for row in table.splitlines():
        cells = row.split("\t", _COLUMNS - 1)
        if len(cells) < _COLUMNS or cells[0] != _WORD or not (word := cells[-1].strip()):
            continue
        sure = _share(cells[10])
        if sure is None:
            continue
        lines.setdefault(tuple(cells[1:5]), []).append(word)
        characters += len(word)
        weighed += sure * len(word)
    text = "\n".join(_joined(words) for words in lines.values())
    return ScannedPage(text, characters, round(weighed / characters) if characters else 0)


def how_sure(pages: Iterable[ScannedPage]) -> int:
    """Return how sure some pages are together, of a hundred.

    >>> how_sure([ScannedPage("甲" * 30, 30, 90), ScannedPage("乙" * 10, 10, 50), ScannedPage("")])
    80
    """
    held = [one for one in pages if one.characters]
    whole = sum(one.characters for one in held)
    return round(sum(one.sure * one.characters for one in held) / whole) if whole else 0


def _share(cell: str) -> float | None:
    try:
        found = float(cell)
    except ValueError:
        return None
    return found if 0 <= found <= 100 else None


def _joined(words: list[str]) -> str:
    said = words[0]
    for word in words[1:]:
        near = unicodedata.east_asian_width(said[-1]) in "WF" or unicodedata.east_asian_width(word[0]) in "WF"
        said += word if near else f" {word}"
    return said
