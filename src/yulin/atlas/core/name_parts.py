"""A Chinese firm's name taken apart: division, brand (字号), industry, form, and the branch if it names one.

The law wants the parts in this order (企业名称登记管理规定, State Council order 734 of 2020, art. 6), but a division
may stand in brackets behind the brand, a group's word before the form, and older names leave parts out. What is no
division, group's word, form or known industry is the brand.

Invariant: every character of the folded name belongs to exactly one part.
"""

from __future__ import annotations

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache

from yulin.atlas.core.name_folding import fold_name, fold_numerals
from yulin.atlas.core.name_words import BRANCHES, FORMS, GROUPS, TRADES
from yulin.base.divisions import province_of

DIVISION, BRAND, INDUSTRY, GROUP, FORM, BRANCH = "DBIGFX"

_FORM_END = re.compile(f"(?:{'|'.join(sorted(FORMS, key=len, reverse=True))})$")
_OF_PARENT = "公司", "银行|商社|集团|联社"
_PARENTS = tuple(
    re.compile(f"(?:{parent})((?!$).*(?:{'|'.join(BRANCHES)}|(?<=.)(?:[厂店部社站场]|中心)))$") for parent in _OF_PARENT
)
_BRANCH_END = re.compile(f"(?:{'|'.join(BRANCHES)})$")
_SMALL = re.compile(
    r"[^()省市区县州盟旗a-z0-9]{1,6}?(?:自治州|自治县|自治旗|地区|省|市(?![场政民值容])|区(?![域块间])|县(?!域)|州|盟|旗)"
)
_NO_DIVISION = re.compile(
    r"(?:城市|都市|超市|门市|社区|园区|小区|景区|山区|街区|展区|库区|校区|神州|华州|国旗|红旗|同盟|联盟)$"
)
_ENDINGS = ("维吾尔自治区", "壮族自治区", "回族自治区", "特别行政区", "自治区", "省", "市", "地区", "州", "盟")
_COUNTRY = ("中华人民共和国", "中国")
_FOLDED_WORDS = frozenset(fold_numerals(word) for word in TRADES)


@dataclass(frozen=True)
class NameParts:
    """The parts of a folded name; `marks` says of each character which part it belongs to.

    `divisions` are short names from the large to the small (`广东`, `广州`); a county stands as written.
    """

    folded: str
    marks: str
    divisions: tuple[str, ...]

    def part(self, mark: str) -> str:
        """Return all characters of a part, brackets left out."""
        return "".join(c for c, m in zip(self.folded, self.marks, strict=True) if m == mark and c not in "()")


def take_apart(name: str, industry_words: AbstractSet[str] = _FOLDED_WORDS) -> NameParts:
    """Return the parts of a name as written.

    >>> parts = take_apart("广州海格通信集团股份有限公司")
    >>> [parts.part(mark) for mark in (DIVISION, BRAND, INDUSTRY, GROUP, FORM)]
    ['广州', '海格', '通信', '集团', '股份有限公司']
    """
    return parts_of(fold_name(name), industry_words)


def parts_of(folded: str, industry_words: AbstractSet[str] = _FOLDED_WORDS) -> NameParts:
    """Return the parts of a name that is already folded."""
    marks = [BRAND] * len(folded)
    head = _mark_branch(folded, marks)
    end = _mark_form(folded[:head], marks)
    divisions = _mark_divisions(folded[:end], marks)
    _mark_groups(folded[:end], marks)
    if BRAND not in _plain_marks(folded, marks):
        # A name of division and form only has its division as its brand: 北京有限公司.
        marks[:end] = [BRAND] * end
        divisions = ()
    _mark_industry(folded, marks, end, industry_words)
    return NameParts(folded, "".join(marks), divisions)


def _plain_marks(folded: str, marks: list[str]) -> str:
    return "".join(m for c, m in zip(folded, marks, strict=True) if c not in "()")


def _mark_branch(folded: str, marks: list[str]) -> int:
    """Mark what follows the parent's own name, and return where the parent's name ends."""
    found = next(filter(None, (parent.search(folded) for parent in _PARENTS)), None)
    at = found.start(1) if found else _end_of(_BRANCH_END.search(folded), len(folded))
    marks[at:] = BRANCH * (len(folded) - at)
    return at


def _end_of(found: re.Match[str] | None, length: int) -> int:
    return found.start() if found and found.start() else length


def _mark_form(head: str, marks: list[str]) -> int:
    """Mark the form at the end (in brackets too: 合伙企业(有限合伙)) and return where the rest ends."""
    end = len(head)
    while True:
        closed = end > 1 and head[end - 1] == ")"
        found = _FORM_END.search(head[: end - 1] if closed else head[:end])
        if found is None or (closed and head[found.start() - 1 : found.start()] != "("):
            return end
        start = found.start() - closed
        if start < 1:
            return end
        marks[start:end] = FORM * (end - start)
        end = start


def _mark_groups(rest: str, marks: list[str]) -> None:
    for word in GROUPS:
        at = rest.find(word, 2)
        while at >= 0:
            marks[at : at + len(word)] = GROUP * len(word)
            at = rest.find(word, at + len(word))


def _mark_divisions(rest: str, marks: list[str]) -> tuple[str, ...]:
    """Mark the divisions at the start and in brackets, and return their short names, the large before the small."""
    found: list[str] = []
    at = 0
    while at < len(rest):
        length, name = _division_at(rest, at)
        if not length or at + length >= len(rest) or _lie_apart(found, name):
            break
        marks[at : at + length] = DIVISION * length
        found += [name] if name else []
        at += length
    for bracket in re.finditer(r"\(([^()]+)\)", rest):
        length, name = _division_at(rest, bracket.start(1))
        if length and bracket.start(1) + length == bracket.end(1):
            marks[bracket.start() : bracket.end()] = DIVISION * (length + 2)
            found += [name] if name else []
    return tuple(dict.fromkeys(found))


def _division_at(text: str, at: int) -> tuple[int, str]:
    """Return length and short name of the division that starts at a place; the country has no name of its own."""
    for country in _COUNTRY:
        if text.startswith(country, at):
            return len(country), ""
    for name in _places().get(text[at : at + 1], ()):
        if text.startswith(name, at):
            length = len(name)
            ending = next((e for e in _ENDINGS if text.startswith(e, at + length)), "")
            return length + len(ending), _written(name)
    small = _SMALL.match(text, at)
    if small is None or _NO_DIVISION.search(small.group()) or len(small.group()) < 3:
        return 0, ""
    return len(small.group()), small.group()


def _lie_apart(found: list[str], name: str) -> bool:
    """Tell whether a place lies in another province than one before it: then it is no division of this name."""
    provinces = province_of()
    return any(name in provinces and other in provinces and provinces[other] != provinces[name] for other in found)


@cache
def _places() -> dict[str, tuple[str, ...]]:
    """Return the folded names of places by their first character, the long before the short."""
    found: dict[str, list[str]] = {}
    for name in sorted(map(fold_numerals, province_of()), key=len, reverse=True):
        found.setdefault(name[0], []).append(name)
    return {first: tuple(names) for first, names in found.items()}


@cache
def _unfolded() -> dict[str, str]:
    return {fold_numerals(name): name for name in province_of()}


def _written(folded_place: str) -> str:
    return _unfolded()[folded_place]


def _mark_industry(folded: str, marks: list[str], end: int, words: AbstractSet[str]) -> None:
    """Mark the longest run of known words before the form, as long as a brand of two characters is left."""
    own = [at for at in range(end) if marks[at] == BRAND and folded[at] not in "()"]
    while len(own) > 2:
        for length in range(min(4, len(own) - 2), 1, -1):
            tail = own[-length:]
            if tail[-1] - tail[0] == length - 1 and folded[tail[0] : tail[-1] + 1] in words:
                for at in tail:
                    marks[at] = INDUSTRY
                own = own[:-length]
                break
        else:
            return
