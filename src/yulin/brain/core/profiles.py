"""How a family of documents is laid out, as data: which lines begin a policy, which labels stand before which part.

A profile is written for a kind of document (cards under numbered titles, a page of a portal, a table), never for the
words of one policy. Profiles are files of `yulin/brain/profiles`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from yulin.base.text import Text

HEAD_LINES = 6
"""How many lines of title and purpose may stand between a record's number and its first label."""
FACTS = ("document_number", "authority", "issued_on", "area", "domain", "key", "title", "url", "ends_on", "state",
         "amount_said")  # fmt: skip
"""What a label may name that is a fact of its own rather than a part of the text."""


@dataclass(frozen=True)
class Profile:
    """One layout: what begins a record, its labels in order, headings of a running text, noise, columns of a table."""

    id: str
    name: Text
    begins: re.Pattern[str] | None = None
    section: re.Pattern[str] | None = None
    labels: tuple[tuple[str, str], ...] = ()
    headings: tuple[tuple[re.Pattern[str], str], ...] = ()
    before: tuple[re.Pattern[str], ...] = ()
    after: tuple[re.Pattern[str], ...] = ()
    no_page: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    facts: Mapping[str, re.Pattern[str]] = field(default_factory=dict)
    columns: Mapping[str, str] = field(default_factory=dict)
    flags: Mapping[str, str] = field(default_factory=dict)
    states: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Record:
    """One policy as a document lays it out: its title, its labelled values, and the lines that it stands on."""

    number: str
    section: str
    title: str
    values: Mapping[str, str]
    first_line: int
    last_line: int


def records_of(lines: Sequence[str], profile: Profile) -> list[Record]:
    r"""Return the records of a document whose policies are labelled cards.

    >>> card = ["1. 甲办法", "甲", "依据", "某文", "条件 乙"]
    >>> profile = Profile("x", Text("", ""), re.compile(r"(?P<number>[0-9]+)[.]\s*(?P<title>.+)"), None,
    ...                   (("依据", "basis"), ("条件", "conditions")))
    >>> [(one.title, dict(one.values)) for one in records_of(card, profile)]
    [('甲办法', {'purpose': '甲', 'basis': '某文', 'conditions': '乙'})]
    """
    if profile.begins is None or not profile.labels:
        return []
    heads = list(_heads(lines, profile))
    ends = [*(head for head, _ in heads[1:]), len(lines)][: len(heads)]
    return [_record(lines, head, first, end, profile) for (head, first), end in zip(heads, ends, strict=True)]


def _heads(lines: Sequence[str], profile: Profile) -> Iterator[tuple[int, int]]:
    """Yield the line on which each record's title begins, and the line of its first label."""
    first = re.compile(rf"{_spelt(profile.labels[0][0])}(?:\s|$)")
    begins = profile.begins
    for number, line in enumerate(lines):
        if not first.match(line):
            continue
        above = range(number - 1, max(number - HEAD_LINES, 0) - 1, -1)
        head = next((at for at in above if begins is not None and begins.match(lines[at])), None)
        if head is not None:
            yield head, number


def _record(lines: Sequence[str], head: int, first: int, end: int, profile: Profile) -> Record:
    begun = profile.begins.match(lines[head]) if profile.begins else None
    said = begun.groupdict() if begun else {}
    above = [said.get("title") or lines[head], *lines[head + 1 : first]]
    split = _title_ends(above)
    values = {"purpose": "".join(above[split:])} if above[split:] else {}
    body = [line for line in lines[first:end] if not (profile.section and profile.section.match(line))]
    values |= labelled("\n".join(body), profile.labels)
    section = next((line for line in reversed(lines[:head]) if profile.section and profile.section.match(line)), "")
    last = end - 1
    while last > first and profile.section and profile.section.match(lines[last]):
        last -= 1
    return Record(said.get("number") or "", section, "".join(above[:split]), values, head, last)


def _title_ends(above: Sequence[str]) -> int:
    """Return how many of the lines above the first label are the title: what follows says it again, or differently."""
    if len(above) <= 2:
        return 1
    ways = range(1, len(above))
    return max(ways, key=lambda at: (_shared("".join(above[:at]), "".join(above[at:])), -at))


def _shared(one: str, other: str) -> float:
    left, right = ({text[at : at + 2] for at in range(len(text) - 1)} for text in (one, other))
    return 2 * len(left & right) / (len(left) + len(right)) if left or right else 0.0


def labelled(text: str, labels: Sequence[tuple[str, str]]) -> dict[str, str]:
    r"""Return what stands after each label of a text, to the next one; labels come in their order, each once.

    A label may be broken over lines, as narrow cells do, and stand in the middle of a line after a blank.

    >>> marks = (("工具", "tools"), ("服务对象", "audience"), ("条件", "conditions"))
    >>> labelled("工具 资金 服务\n对象\n全市\n条件 甲", marks)
    {'tools': '资金', 'audience': '全市', 'conditions': '甲'}
    """
    order = {part: place for place, (_, part) in reversed(list(enumerate(labels)))}
    marks = re.compile("|".join(f"(?P<l{place}>{_spelt(label)})" for place, (label, _) in enumerate(labels)))
    found: list[tuple[int, int, str]] = []
    last = -1
    for one in marks.finditer(text):
        part = labels[int(str(one.lastgroup)[1:])][1]
        is_apart = (one.start() == 0 or text[one.start() - 1].isspace()) and (
            one.end() == len(text) or text[one.end()].isspace() or text[one.end()] in "：:"
        )
        if is_apart and order[part] > last:
            found.append((one.start(), one.end(), part))
            last = order[part]
    ends = [start for start, _, _ in found[1:]] + [len(text)]
    return {
        part: said
        for (_, start, part), end in zip(found, ends, strict=True)
        if (said := text[start:end].lstrip("：: \n").strip())
    }


def _spelt(label: str) -> str:
    return r"\n?".join(map(re.escape, label))


def headed(text: str, headings: Sequence[tuple[re.Pattern[str], str]]) -> list[tuple[str, str]]:
    r"""Return a running text by the part that each of its headings opens, in order; before the first it is the body.

    >>> headed("总则\n一、适用对象\n企业", [(re.compile("适用对象"), "audience")])
    [('body', '总则'), ('audience', '一、适用对象\n企业')]
    """
    parts: list[tuple[str, list[str]]] = [("body", [])]
    for line in text.splitlines():
        if not line.strip():
            continue
        name = _opened(line, headings)
        if name and name != parts[-1][0]:
            parts.append((name, []))
        parts[-1][1].append(line)
    return [(name, "\n".join(lines)) for name, lines in parts if lines]


def document_in(page: str, profile: Profile) -> str:
    """Return the document of a page: what stands after the last mark of its head and before the first of its foot.

    >>> page = Profile("x", Text("", ""), before=(re.compile("查询 "),), after=(re.compile("主办"),))
    >>> document_in("首页 查询 正文在此。主办单位", page)
    '正文在此。'
    """
    begins = max((one.end() for mark in profile.before for one in mark.finditer(page)), default=0)
    body = page[begins:]
    ends = [one.start() for mark in profile.after for one in mark.finditer(body)]
    return body[: min(ends, default=len(body))].strip()


def facts_in(page: str, profile: Profile) -> dict[str, str]:
    """Return the facts that a page names by its own labels."""
    found = {name: pattern.search(page) for name, pattern in profile.facts.items()}
    return {name: one["said"].strip() for name, one in found.items() if one is not None}


def no_policy(title: str, page: str, profile: Profile) -> str:
    """Return why a page is no policy: the name of the pattern that says so, or nothing."""
    return next((why for why, mark in profile.no_page.items() if mark.search(title) or mark.search(page[:600])), "")


_TOP = re.compile(
    r"^\s*(?:[一二三四五六七八九十]{1,3}、|第[一二三四五六七八九十百\d]+[条章])\s*(?P<head>[^。；：:]{0,24})"
)


def _opened(line: str, headings: Sequence[tuple[re.Pattern[str], str]]) -> str:
    top = _TOP.match(line)
    if top is None:
        return ""
    return next((part for pattern, part in headings if pattern.search(top["head"])), "body")
