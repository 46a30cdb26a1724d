"""A text as people wrote it, out of files that broke it: entities, blanks between characters, lines cut by a page.

Nothing that carries meaning is taken away: only blanks beside Chinese characters, control characters and line breaks
inside a sentence.
"""

from __future__ import annotations

import html
import re
import unicodedata

_WIDE = "\u2e80-\u9fff\uf900-\ufaff\uff00-\uffef，。、；：？！“”‘’（）《》〈〉【】〔〕—…·％"
_BESIDE_WIDE = re.compile(rf"(?<=[{_WIDE}])[ \t\u00a0\u3000]+(?=\S)|(?<=\S)[ \t\u00a0\u3000]+(?=[{_WIDE}])")
_BLANKS = re.compile(r"[ \t\u00a0\u3000\u200b\ufeff]+")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufffe\uffff]")
_MARK = re.compile(
    r"^\s*(?:第[一二三四五六七八九十百零\d]{1,5}[章条节]|[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)]|"
    r"\d{1,2}(?:[．、]|\.(?!\d))|[（(]\d{1,2}[）)]|[①-⑳]|[-–•·●]|附[：:]|注[：:])"
)
_ENDS = re.compile(r"[。！？；：:!?;]$")
_INLINE_MARK = re.compile(
    r"(?:(?<=[。；：])[ \t]*|[ \t]+)(?=第[一二三四五六七八九十百零]{1,5}[章条](?:\s|[\u4e00-\u9fff])|"
    r"[一二三四五六七八九十]{1,3}、|（[一二三四五六七八九十]{1,3}）|\d{1,2}[．.、](?=[\u4e00-\u9fff]))"
)
_ENTITY = re.compile(r"&(?:[a-zA-Z]{2,8}|#\d{1,6}|#x[0-9a-fA-F]{1,6});")
FLAT_LINE = 400
"""From which length on a line is taken to be a whole text whose breaks were lost."""


def tidy(text: str) -> str:
    r"""Return a text line by line without the marks of the file it came from.

    >>> tidy("最高 5000 万元&nbsp;。\x00\n\n  第二行 ")
    '最高5000万元。\n第二行'
    """
    plain = html.unescape(text) if _ENTITY.search(text) else text
    plain = _CONTROL.sub("", plain.replace("\r\n", "\n").replace("\r", "\n"))
    lines = (_spaced(line) for line in plain.split("\n"))
    return "\n".join(line for line in lines if line)


def one_line(text: str) -> str:
    r"""Return a text on one line.

    >>> one_line("京科发 〔2022〕\n5 号")
    '京科发〔2022〕5号'
    """
    lines = tidy(text).split("\n")
    said = lines[0] if lines else ""
    for line in lines[1:]:
        said += line if _is_wide(said[-1:]) or _is_wide(line[:1]) else f" {line}"
    return said


def joined_lines(lines: list[str], full: int) -> str:
    """Return the lines of a page as paragraphs: a line that reaches the margin goes on in the next one.

    `full` is the width of a full line; a line that begins with a number of its own begins a paragraph.
    """
    said: list[str] = []
    goes_on = False
    for raw in lines:
        line = raw.strip()
        if not line:
            continue
        if said and goes_on and not _MARK.match(line):
            said[-1] += line if _is_wide(said[-1][-1:]) or _is_wide(line[:1]) else f" {line}"
        elif said and _is_broken_number(said[-1], line):
            said[-1] += line
        else:
            said.append(line)
        goes_on = width(line) >= full * 0.8 or not (_ENDS.search(line) or width(line) < full * 0.8)
    return "\n".join(said)


def _is_broken_number(above: str, line: str) -> bool:
    """Tell whether a line is the end of a word that the line above left open, by its bracket."""
    return above.count("《") > above.count("》") and "》" in line and not _MARK.match(line)


def full_width(lines: list[str]) -> int:
    """Return the width of a full line of a document: nineteen in twenty of its longer lines are not wider."""
    widths = sorted(width(line) for line in lines if line.strip())
    return widths[int(len(widths) * 0.95)] if widths else 0


def width(text: str) -> int:
    """Return how many half columns a text takes; a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(mark) in "WF" else 1 for mark in text)


def unflattened(text: str) -> str:
    """Return a text whose line breaks were lost with a break before each number of a clause.

    >>> unflattened("总则。" * 150 + "一、对象 甲。（一）乙").count(chr(10))
    2
    """
    return "\n".join(_INLINE_MARK.sub("\n", line) if len(line) >= FLAT_LINE else line for line in text.split("\n"))


def _spaced(line: str) -> str:
    return _BESIDE_WIDE.sub("", _BLANKS.sub(" ", line)).strip()


def _is_wide(mark: str) -> bool:
    return bool(mark) and unicodedata.east_asian_width(mark) in "WFA"
