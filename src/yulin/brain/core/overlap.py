"""Whether a proposal overlaps with a project that public money pays already: evidence for whom reviews, no verdict.

Texts are compared without blanks, punctuation, width and case. What two texts have in common are stretches of at least
eight characters that stand in both; a title's are of at least six. The share is how much of a text such stretches
cover, the larger of the two sides, because a long proposal may hold a short project whole.

A unit is the same by its code; by name alone it is a namesake. A person is name and unit; by name alone a namesake.

Invariant: comparing the other way round gives the same outcome and the sides exchanged; what shares a stretch shares a
print, so that a search by prints loses no match; the order of projects changes nothing.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import lru_cache, reduce
from itertools import groupby, pairwise

import numpy as np
from numpy.typing import NDArray

from yulin.atlas.core.name_folding import fold_name
from yulin.base.text import Text
from yulin.brain.core.passages import folded
from yulin.brain.core.project_words import distinct

STRETCH, TITLE_STRETCH = 8, 6
"""How many characters in a row have to be the same to count as common, in texts and in titles."""
LEAST_SHARED = 24
"""How many common characters two texts need before their share says anything."""
MUCH_BP, SOME_BP, TITLE_BP = 5_000, 2_000, 6_000
"""From which share on texts are much the same, partly the same, and titles alike."""
_GRAM, _WINDOW = 5, 4  # a stretch of 5 + 4 - 1 characters holds a whole window, whose least hash both texts keep
_MIX = np.uint64(0xBF58476D1CE4E5B9)
_POWERS = np.array([pow(0x9E3779B97F4A7C15, power, 1 << 64) for power in range(1, 9)], dtype=np.uint64)


class Outcome(StrEnum):
    """What a comparison comes to."""

    OVERLAPS = "overlaps"
    RESEMBLES = "resembles"
    SAME_NAME = "same_name"


OUTCOME_WORDS: dict[Outcome, tuple[str, Text]] = {
    Outcome.OVERLAPS: ("warn", Text("内容重合", "Overlaps")),
    Outcome.RESEMBLES: ("unk", Text("相近", "Resembles")),
    Outcome.SAME_NAME: ("idle", Text("仅同名，未确认", "Same name only, not confirmed")),
}


@dataclass(frozen=True)
class Person:
    """A name, with the unit that it stands with; empty where none is named."""

    name: str
    unit: str = ""


@dataclass(frozen=True)
class Work:
    """What is compared, a proposal or a project; empty and None are unknown. `ends_on` is the last day."""

    key: str
    title: str
    text: str = ""
    unit: str = ""
    unit_code: str = ""
    persons: tuple[Person, ...] = ()
    programme: str = ""
    starts_on: date | None = None
    ends_on: date | None = None


@dataclass(frozen=True)
class Side:
    """One of two texts: its pieces, those marked that the other has too; of how many characters how many are common."""

    pieces: tuple[tuple[str, bool], ...]
    shared: int
    length: int

    @property
    def share_bp(self) -> int:
        """How much of it is common."""
        return self.shared * 10_000 // self.length if self.length else 0


@dataclass(frozen=True)
class Common:
    """What two texts have in common, from both sides."""

    one: Side
    other: Side

    @property
    def share_bp(self) -> int:
        """The larger of the two shares."""
        return max(self.one.share_bp, self.other.share_bp)

    @property
    def shared(self) -> int:
        """The common characters of the side that has more of them."""
        return max(self.one.shared, self.other.shared)


@dataclass(frozen=True)
class Finding:
    """What a comparison found: the outcome, the reasons in words, the texts side by side."""

    key: str
    outcome: Outcome | None
    reasons: tuple[Text, ...]
    title: Common
    text: Common
    codes: frozenset[str] = field(default=frozenset())

    @property
    def mark(self) -> tuple[str, Text]:
        """The outcome as a verdict."""
        return OUTCOME_WORDS[self.outcome or Outcome.SAME_NAME]


def common(one: str, other: str, least: int = STRETCH) -> Common:
    """Return what two texts have in common: every stretch of `least` characters that stands in both.

    >>> found = common("研制示例光学检测模组，两条产线", "示例光学 检测模组")
    >>> found.one.pieces, found.other.share_bp
    ((('研制', False), ('示例光学检测模组', True), ('，两条产线', False)), 10000)
    """
    left, right = _plain(one), _plain(other)
    both = _stretches(left[0], least) & _stretches(right[0], least)
    return Common(_side(one, left, both, least), _side(other, right, both, least))


def prints(title: str, text: str) -> list[int]:
    """Return the numbers by which a search finds what shares a stretch with a title or a text (winnowing)."""
    of_title, of_text = (
        _hashes("".join(map(_letters, said)), length, kind)
        for said, length, kind in ((title, TITLE_STRETCH, 1), (text, _GRAM, 2))
    )
    if len(of_text) >= _WINDOW:
        of_title = np.concatenate([of_title, reduce(np.minimum, _moved(of_text, _WINDOW))])
    return distinct(of_title)


def compare(one: Work, other: Work) -> Finding:
    """Return what a proposal and a project have in common; the outcome is None where nothing speaks of both."""
    title, text = common(one.title, other.title, TITLE_STRETCH), common(one.text, other.text)
    codes = {
        *_title_codes(one, other, title), *_text_codes(text), *_unit_codes(one, other), *_person_codes(one, other),
        *_frame_codes(one, other),
    }  # fmt: skip
    return Finding(
        other.key, _outcome(codes), _reasons(one, other, codes, (title, text)), title, text, frozenset(codes)
    )


def check(proposal: Work, projects: Iterable[Work]) -> tuple[Finding, ...]:
    """Return the projects that a proposal overlaps with, resembles or shares a name with, the nearest first."""
    found = [one for each in projects if (one := compare(proposal, each)).outcome is not None]
    return tuple(sorted(found, key=_rank))


def _rank(one: Finding) -> tuple[int, int, int, int, str]:
    order = list(Outcome).index(one.outcome) if one.outcome else len(Outcome)
    return order, -one.text.share_bp, -one.title.share_bp, -len(one.codes), one.key


@lru_cache(maxsize=1 << 15)
def _letters(character: str) -> str:
    return "".join(one for one in unicodedata.normalize("NFKC", character).casefold() if one.isalnum())


@lru_cache(maxsize=16)  # a proposal is compared with many
def _plain(text: str) -> tuple[str, tuple[int, ...]]:
    """Return the letters and digits of a text in one spelling, and where each of them stands in it."""
    kept, places = [], []
    for place, character in enumerate(text):
        for one in _letters(character):
            kept.append(one)
            places.append(place)
    return "".join(kept), tuple(places)


@lru_cache(maxsize=16)
def _stretches(plain: str, least: int) -> frozenset[str]:
    return frozenset(plain[at : at + least] for at in range(len(plain) - least + 1))


def _side(text: str, plain: tuple[str, tuple[int, ...]], both: frozenset[str], least: int) -> Side:
    letters, places = plain
    if not both:
        return Side(((text, False),) if text else (), 0, len(letters))
    is_common = [False] * len(letters)
    for at in range(len(letters) - least + 1):
        if letters[at : at + least] in both:
            is_common[at : at + least] = [True] * least
    marks = [False] * len(text)
    for place, is_held in zip(places, is_common, strict=True):
        marks[place] = marks[place] or is_held
    for left, right in pairwise(places):  # what is no letter goes with the letters on both its sides
        if marks[left] and marks[right]:
            marks[left:right] = [True] * (right - left)
    pieces = tuple(
        ("".join(character for character, _ in group), is_held)
        for is_held, group in groupby(zip(text, marks, strict=True), key=lambda each: each[1])
    )
    return Side(pieces, sum(is_common), len(letters))


def _hashes(plain: str, length: int, kind: int) -> NDArray[np.uint64]:
    """Return a number below 2^31 for each stretch of a length; titles and texts, by kind, have numbers of their own."""
    letters = np.frombuffer(plain.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    if len(letters) < length:
        return np.empty(0, np.uint64)
    mixed = np.full(len(letters) - length + 1, kind, dtype=np.uint64)
    for place, part in enumerate(_moved(letters, length)):
        mixed += part * _POWERS[place]
    mixed ^= mixed >> np.uint64(29)
    mixed *= _MIX
    mixed >>= np.uint64(33)
    return mixed


def _moved(numbers: NDArray[np.uint64], length: int) -> list[NDArray[np.uint64]]:
    """Return the numbers as often as a stretch is long, each time from one further on: whole columns, no rows."""
    count = len(numbers) - length + 1
    return [numbers[place : place + count] for place in range(length)]


def _title_codes(one: Work, other: Work, title: Common) -> set[str]:
    same = folded(one.title) == folded(other.title) and bool(one.title.strip())
    if same:
        return {"title_same"}
    return {"title_alike"} if title.share_bp >= TITLE_BP else set()


def _text_codes(text: Common) -> set[str]:
    if text.shared < LEAST_SHARED or text.share_bp < SOME_BP:
        return set()
    return {"text_much"} if text.share_bp >= MUCH_BP else {"text_some"}


def _unit_codes(one: Work, other: Work) -> set[str]:
    if one.unit_code and other.unit_code:
        return {"unit"} if one.unit_code == other.unit_code else set()
    return {"unit_name"} if one.unit and other.unit and fold_name(one.unit) == fold_name(other.unit) else set()


def _same_persons(one: Work, other: Work) -> tuple[list[str], list[str]]:
    """Return the names of people with the same name and unit, and those that only share a name."""
    ours, theirs = ([(folded(each.name), fold_name(each.unit) if each.unit else "") for each in work.persons]
                    for work in (one, other))  # fmt: skip
    sure = {name for name, unit in ours if unit and (name, unit) in theirs}
    alike = {name for name, _ in ours} & {name for name, _ in theirs}
    return sorted(sure), sorted(alike - sure)


def _person_codes(one: Work, other: Work) -> set[str]:
    sure, alike = _same_persons(one, other)
    return ({"person"} if sure else set()) | ({"person_name"} if alike else set())


def _frame_codes(one: Work, other: Work) -> set[str]:
    """Return what the frame has in common: the programme, and a period of which both ends are known."""
    codes = set()
    if one.programme and other.programme and folded(one.programme) == folded(other.programme):
        codes.add("programme")
    if one.starts_on and one.ends_on and other.starts_on and other.ends_on:
        is_both = one.starts_on <= other.ends_on and other.starts_on <= one.ends_on
        codes.add("period" if is_both else "period_apart")
    else:
        codes.add("period_unknown")
    return codes


def _outcome(codes: set[str]) -> Outcome | None:
    is_known = bool(codes & {"unit", "person"})
    is_alike = bool(codes & {"text_some", "title_alike"})
    if codes & {"text_much", "title_same"} or (is_alike and is_known):
        return Outcome.OVERLAPS
    if is_alike or (is_known and {"programme", "period"} <= codes):
        return Outcome.RESEMBLES
    return Outcome.SAME_NAME if codes & {"unit_name", "person_name"} else None


_WORDS = {
    "title_same": Text("名称相同。", "The title is the same."),
    "title_alike": Text("名称相近：共同文字占%(share)s。", "The titles are alike: %(share)s is common."),
    "text_much": Text(
        "内容大部分相同：申报内容的%(one)s、该项目简介的%(other)s为连续%(n)s字以上的相同文字，共%(shared)s字。",
        "Much of the text is the same: %(one)s of the proposal and %(other)s of the project's abstract stand in runs "
        "of %(n)s {n:character|characters} or more, %(shared)s in all.",
    ),
    "text_some": Text(
        "内容部分相同：申报内容的%(one)s、该项目简介的%(other)s为连续%(n)s字以上的相同文字，共%(shared)s字。",
        "Part of the text is the same: %(one)s of the proposal and %(other)s of the project's abstract stand in runs "
        "of %(n)s {n:character|characters} or more, %(shared)s in all.",
    ),
    "unit": Text("同一单位（统一社会信用代码相同）。", "The same unit, by its USCC."),
    "unit_name": Text(
        "单位同名，代码未知，未确认为同一单位。", "A unit of the same name; without a code on both sides not confirmed."
    ),
    "person": Text("人员姓名和单位都相同：%(names)s。", "The same name and unit: %(names)s."),
    "person_name": Text(
        "人员仅姓名相同，未确认为同一人：%(names)s。", "Only the name is the same, not confirmed: %(names)s."
    ),
    "programme": Text("同一计划。", "The same programme."),
    "period": Text("执行期有重叠：%(from)s至%(until)s。", "The periods overlap: %(from)s to %(until)s."),
    "period_apart": Text("执行期不重叠。", "The periods do not overlap."),
    "period_unknown": Text(
        "执行期不全，是否重叠不明。", "A period is not known whole; whether they overlap is unknown."
    ),
}


def _reasons(one: Work, other: Work, codes: set[str], found: tuple[Common, Common]) -> tuple[Text, ...]:
    title, text = found
    sure, alike = _same_persons(one, other)
    values: dict[str, dict[str, object]] = {
        "title_alike": {"share": _percent(title.share_bp)},
        "person": {"names": "、".join(sure)},
        "person_name": {"names": "、".join(alike)},
    }
    shares = {"one": _percent(text.one.share_bp), "other": _percent(text.other.share_bp), "n": STRETCH,
              "shared": text.shared}  # fmt: skip
    values |= {"text_much": shares, "text_some": shares}
    if "period" in codes and one.starts_on and one.ends_on and other.starts_on and other.ends_on:
        values["period"] = {"from": max(one.starts_on, other.starts_on), "until": min(one.ends_on, other.ends_on)}
    return tuple(words.with_values(**values.get(code, {})) for code, words in _WORDS.items() if code in codes)


def _percent(share_bp: int) -> str:
    return f"{share_bp // 100}%"
