"""The clauses of a policy: where each begins, what it is called, under which heading it stands.

Chinese documents number chapters 第一章, articles 第一条, sections 一、, points （一） and items 1. or 1、 or (1).
A clause begins where a line begins with such a number; text before the first one is the preamble.

Invariant: clauses follow one another and cover the text whole; none is empty.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_NUMERAL = "一二三四五六七八九十百零〇\\d"
_LEVELS = (
    re.compile(rf"第[{_NUMERAL}]{{1,5}}章"),
    re.compile(rf"第[{_NUMERAL}]{{1,5}}条(?:之[{_NUMERAL}]+)?"),
    re.compile(r"[一二三四五六七八九十]{1,3}、"),
    re.compile(r"[（(][一二三四五六七八九十]{1,3}[）)]"),
    re.compile(r"\d{1,2}(?:[．、]|\.(?!\d))"),
    re.compile(r"[（(]\d{1,2}[）)]"),
)
_MARK = re.compile("|".join(f"(?:{level.pattern})" for level in _LEVELS))
_HEAD = 40


@dataclass(frozen=True)
class Clause:
    """One clause: its number in the document, its own mark, the marks it stands under, and its place in the text."""

    number: int
    label: str
    path: str
    heading: str
    start: int
    end: int


def clauses_of(text: str) -> list[Clause]:
    r"""Return the clauses of a text.

    >>> [(one.label, one.path) for one in clauses_of("甲\n一、支持\n（一）乙\n（二）丙")]
    [('', ''), ('一、', ''), ('（一）', '一、'), ('（二）', '一、')]
    """
    starts: list[tuple[int, str, int]] = []
    for line in re.finditer(r"[^\n]+", text):
        body = line.group().lstrip()
        mark = _MARK.match(body)
        if mark:
            starts.append((line.start(), mark.group(), _level(mark.group())))
    if not starts or text[: starts[0][0]].strip():
        starts.insert(0, (0, "", -1))
    ends = [start for start, _, _ in starts[1:]] + [len(text)]
    found: list[Clause] = []
    above: dict[int, str] = {}
    for number, ((start, label, level), end) in enumerate(zip(starts, ends, strict=True), 1):
        above = {each: mark for each, mark in above.items() if each < level}
        path = " ".join(above[each] for each in sorted(above))
        found.append(Clause(number, label, path, _heading(text[start:end]), start, end))
        if level >= 0:
            above[level] = label
    return [one for one in found if text[one.start : one.end].strip()]


def clause_at(clauses: list[Clause], place: int) -> Clause | None:
    """Return the clause that a place of the text lies in."""
    return next((one for one in clauses if one.start <= place < one.end), clauses[-1] if clauses else None)


def _level(mark: str) -> int:
    return next(at for at, level in enumerate(_LEVELS) if level.fullmatch(mark))


def _heading(text: str) -> str:
    line = text.strip().split("\n", 1)[0]
    return re.split(r"[。；]", line, maxsplit=1)[0][:_HEAD]
