"""One spelling for what is one name: width, case, traditional characters, numerals, punctuation tell no firms apart.

The folded text is for comparing only; the original is kept wherever a name is shown. Brackets stay (as half-width ones)
in `fold_name`, because what stands in them is a part of its own; `without_brackets` drops them.

Invariant: folding twice is folding once.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Any

import polars as pl

_NUMERALS = str.maketrans("〇零壹贰叁肆伍陆柒捌玖一二三四五六七八九", "00123456789123456789")
_TENS = re.compile(r"([1-9]?)[十拾]([1-9]?)(?=\D|$)")
_OPENING = re.compile(r"[\[{【〔〈《「『]")
_CLOSING = re.compile(r"[\]}】〕〉》」』]")
_LEFT_OUT = re.compile(r"[^\w+#()]|_")
_BRACKETS = re.compile(r"[()]")


def fold_name(text: str) -> str:
    """Return a name in its one spelling for comparing.

    >>> fold_name("廣東溫氏（集團）股份有限公司")
    '广东温氏(集团)股份有限公司'
    >>> fold_name("ＡＢ二十一世纪・科技")
    'ab21世纪科技'
    """
    return _fold_simplified(_simplifier().convert(unicodedata.normalize("NFKC", text)))


def fold_names(names: pl.Series) -> list[str]:
    """Return `fold_name` of each name of a column, many times faster than one by one."""
    lines = names.cast(pl.String).fill_null("").str.replace_all(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]", " ")
    joined = "\n".join(lines.str.normalize("NFKC").to_list())
    # Converted in one call: a line break is no character that belongs to a phrase.
    return [_fold_simplified(line) for line in _simplifier().convert(joined).split("\n")]


def fold_numerals(text: str) -> str:
    """Return a word with its Chinese numerals as digits, as they stand in a folded name.

    >>> fold_numerals("五金"), fold_numerals("三亚")
    ('5金', '3亚')
    """
    text = text.translate(_NUMERALS)
    return _TENS.sub(_ten, text) if "十" in text or "拾" in text else text


def without_brackets(folded: str) -> str:
    """Return a folded name without its brackets, their content kept."""
    return _BRACKETS.sub("", folded)


def _fold_simplified(text: str) -> str:
    text = _CLOSING.sub(")", _OPENING.sub("(", text.casefold()))
    return fold_numerals(_LEFT_OUT.sub("", text))


def _ten(found: re.Match[str]) -> str:
    tens, ones = found.groups()
    return f"{tens or '1'}{ones or '0'}"


@cache
def _simplifier() -> Any:
    from opencc import OpenCC  # noqa: PLC0415 - slow import

    return OpenCC("t2s")
