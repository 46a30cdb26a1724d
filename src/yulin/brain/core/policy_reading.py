"""What a document says of a policy, read by fixed rules: each fact with how sure it is and the words that say it.

A fact is taken where a label names it, else where the text's own form shows it; what cannot be read is left unknown
and reported. Nothing is ever filled in: an amount that is not stated is None, an end that is not stated is unknown.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

from yulin.brain.core.amounts import most_support
from yulin.brain.core.marks import area_in, district_in, document_numbers, signed_by
from yulin.brain.core.policies import Ending, Part, Terms, whole_text
from yulin.brain.core.tidy import one_line, tidy
from yulin.brain.core.validity import Validity, day_said, validity_of

LABELLED, SHOWN, GUESSED = 95, 75, 55
"""How sure a fact is, of a hundred: named by a label, shown by the text's form, taken from what stands near it."""
_NONE_SAID = frozenset({"", "/", "-", "—", "－", "无", "暂无", "--", "null", "none"})
_MONEY_PARTS = (Part.AMOUNT, Part.OPERATIONS, Part.BODY)
_OF_ITSELF = re.compile(
    r"本(?:办法|意见|措施|细则|政策|通知|规定|方案|指南|公告|条例|政策措施)|(?:施行|实施|执行|申报|受理|有效期|截止|起)"
)
_OF_OTHERS = re.compile(r"(?:证书|资质|称号|资格|牌匾|合同|许可证|认定|复审|评价)[^。；]{0,12}有效")
_FOR_COMMENT = re.compile(r"征求意见稿|公开征求.{0,20}意见")
_FINISHED = re.compile(r"[。！？；.!?;」』”’）)】〉》]\s*$")
_SENTENCES = re.compile(r"[^。；\n]+")
_RUNNING_PARTS = (Part.BODY, Part.PROCESS, Part.CONDITIONS, Part.OPERATIONS)
_CUT_FROM = 1_000


@dataclass(frozen=True)
class Given:
    """What a layout gave of one policy: its labelled facts and parts, as written, and where they stand.

    `known_on` is the day of the source: where it only says that a policy is put away or used up, it was so on that day.
    `area` is where the whole file applies, for a policy that names no division itself. Parts stand in their document's
    order, one more than once where the document comes back to it; in a running text a sentence may speak of the policy.
    """

    key: str
    title: str
    parts: Sequence[tuple[str, str]]
    facts: Mapping[str, str] = field(default_factory=dict)
    place: str = ""
    defects: tuple[str, ...] = ()
    known_on: date | None = None
    area: str = ""
    is_running: bool = False


@dataclass(frozen=True)
class PolicyReading:
    """One policy as read: its facts, the parts of its text, how sure each fact is, its words, and what was wrong."""

    key: str
    title: str
    parts: tuple[tuple[str, str], ...]
    document_number: str = ""
    authority: str = ""
    area: str = ""
    domain: str = ""
    url: str = ""
    issued_on: date | None = None
    amount_fen: int | None = None
    terms: Terms = field(default_factory=Terms)
    place: str = ""
    sure: Mapping[str, int] = field(default_factory=dict)
    quotes: Mapping[str, str] = field(default_factory=dict)
    defects: tuple[str, ...] = ()

    @property
    def text(self) -> str:
        """The whole text, part after part."""
        return whole_text(self.parts)[0]

    @property
    def audience(self) -> str:
        """Whom the policy is for, in its own words; empty where it does not say."""
        return "\n".join(text for part, text in self.parts if part == Part.AUDIENCE)

    @property
    def content_hash(self) -> str:
        """The SHA-256 of what the policy says; the place in a file and how sure a fact is do not count."""
        said = [
            self.title, list(map(list, self.parts)), self.document_number, self.authority, self.area, self.domain,
            self.url, str(self.issued_on), self.amount_fen, self.terms.ending, str(self.terms.opens_on),
            str(self.terms.ends_on), str(self.terms.used_up_on), str(self.terms.archived_on),
        ]  # fmt: skip
        return hashlib.sha256(json.dumps(said, ensure_ascii=False).encode()).hexdigest()


def read_policy(given: Given) -> PolicyReading:
    """Return a policy as its document says it.

    >>> parts = [("operations", "给予最高50万元奖励。"), ("schedule", "自2024年1月1日起施行，有效期至2023年1月1日")]
    >>> read = read_policy(Given("a", "甲市奖励办法", parts, {"document_number": "甲科〔2024〕1 号"}))
    >>> read.document_number, read.amount_fen, read.terms.ends_on, read.defects
    ('甲科〔2024〕1号', 50000000, None, ('end_before_start',))
    """
    title = one_line(given.title)
    kept = tuple((part, tidied) for part, said in given.parts if (tidied := tidy(said)))
    parts: dict[str, str] = {}
    for part, text in kept:
        parts[part] = f"{parts[part]}\n{text}" if part in parts else text
    facts = {name: said for name, raw in given.facts.items() if (said := one_line(raw)).lower() not in _NONE_SAID}
    whole = whole_text(kept)[0]
    sure: dict[str, int] = {}
    quotes: dict[str, str] = {}

    def taken(name: str, value: str, how_sure: int, quote: str = "") -> str:
        if value:
            sure[name] = how_sure
            quotes[name] = (quote or value)[:200]
        return value

    number = taken("document_number", *_number(facts, title, whole))
    authority = taken("authority", *_authority(facts, whole))
    issued_on = day_said(facts.get("issued_on", ""))
    if issued_on:
        taken("issued_on", issued_on.isoformat(), LABELLED)
    validity = _validity(facts, parts, issued_on, is_running=given.is_running)
    if validity.sure:
        sure["terms"], quotes["terms"] = validity.sure, validity.quote[:200]
    terms = _with_state(Terms(validity.ending, validity.opens_on, validity.ends_on), facts.get("state", ""), given)
    if terms.ending == Ending.PERMANENT or terms.used_up_on or terms.archived_on:
        sure.setdefault("terms", LABELLED)
        quotes.setdefault("terms", facts.get("state", ""))
    area, area_sure = _area(facts, authority, title, given.area)
    taken("area", area, area_sure)
    amount, money_wrong = _amount(facts, parts, sure, quotes)
    audience = parts.get(Part.AUDIENCE, "")
    taken("audience", audience, LABELLED if audience else 0)
    defects = (*given.defects, *_defects(given, title, whole, issued_on), *money_wrong, validity.wrong)
    return PolicyReading(
        key=given.key or _key(number, title),
        title=title,
        parts=kept,
        document_number=number,
        authority=authority,
        area=area,
        domain=facts.get("domain", ""),
        url=facts.get("url", ""),
        issued_on=issued_on,
        amount_fen=amount,
        terms=terms,
        place=given.place,
        sure=sure,
        quotes=quotes,
        defects=tuple(dict.fromkeys(filter(None, defects))),
    )


def _number(facts: Mapping[str, str], title: str, whole: str) -> tuple[str, int, str]:
    said = facts.get("document_number", "")
    if said:
        numbers = document_numbers(said)
        return "、".join(numbers) or said, LABELLED if numbers else SHOWN, said
    near = document_numbers(f"{title}\n{whole[:200]}")
    lines = {line.strip().strip("（）()") for line in whole[:400].splitlines()}
    alone = [number for number in near if any(document_numbers(line) == [number] and len(line) < 30 for line in lines)]
    return (alone[0], SHOWN, alone[0]) if alone else ("", 0, "")


def _authority(facts: Mapping[str, str], whole: str) -> tuple[str, int, str]:
    said = facts.get("authority", "")
    if said:
        return said[:200], LABELLED, said
    signed = signed_by(whole)
    return signed, SHOWN, signed


def _area(facts: Mapping[str, str], authority: str, title: str, of_file: str) -> tuple[str, int]:
    labelled = area_in(facts.get("area", ""))
    if labelled:
        return labelled, LABELLED
    found = area_in(authority, title)
    if found or not of_file:
        return found, SHOWN if found else 0
    district = next((name for said in (facts.get("area", ""), authority, title) if (name := district_in(said))), "")
    return (f"{of_file}/{district}", SHOWN) if district and not of_file.endswith(district) else (of_file, GUESSED)


def _validity(
    facts: Mapping[str, str], parts: Mapping[str, str], issued_on: date | None, *, is_running: bool
) -> Validity:
    """Return when a policy is in force: by its label, else by the sentences of a running text that speak of itself."""
    ends_said = facts.get("ends_on", "")
    if ends_said:
        day = day_said(ends_said) or day_said(_day_first(ends_said))
        if day is None:
            return Validity(quote=ends_said, wrong="end_unreadable")
        if issued_on and day < issued_on:
            return Validity(quote=ends_said, wrong="end_before_start")
        return Validity(Ending.DATED, None, day, ends_said, LABELLED)
    labelled = validity_of(parts.get(Part.SCHEDULE, ""), issued_on)
    if labelled.ending != Ending.UNKNOWN or labelled.wrong or not is_running:
        return labelled
    found = labelled
    for sentence in _SENTENCES.findall("\n".join(parts.get(part, "") for part in _RUNNING_PARTS)):
        if not _OF_ITSELF.search(sentence) or _OF_OTHERS.search(sentence):
            continue
        said = validity_of(sentence, issued_on)
        if said.ending != Ending.UNKNOWN or said.wrong:
            opens = said.opens_on or found.opens_on
            return Validity(said.ending, opens, said.ends_on, said.quote, said.sure, said.wrong)
        found = said if said.opens_on and not found.opens_on else found
    return found


def _day_first(said: str) -> str:
    """Return a day written 31/12/2026 with its year first."""
    return re.sub(r"\b(\d{1,2})[/.-](\d{1,2})[/.-]((?:19|20)\d\d)\b", r"\3-\2-\1", said)


def _amount(
    facts: Mapping[str, str], parts: Mapping[str, str], sure: dict[str, int], quotes: dict[str, str]
) -> tuple[int | None, tuple[str, ...]]:
    said = facts.get("amount_said", "")
    found = most_support(said)
    if found is None:
        for part in _MONEY_PARTS:
            text = parts.get(part, "")
            found = most_support(text)
            if found is not None:
                said = text
                break
    if found is None:
        return None, ("amount_unreadable",) if parts.get(Part.AMOUNT) or facts.get("amount_said") else ()
    sure["amount_fen"] = found.sure
    quotes["amount_fen"] = _around(said, found.start, found.end)
    return found.fen, ()


def _around(text: str, start: int, end: int) -> str:
    first = max((text.rfind(mark, 0, start) for mark in "。；\n"), default=-1) + 1
    stops = [at for mark in "。；\n" if (at := text.find(mark, end)) >= 0]
    return text[max(first, start - 80) : min([*stops, end + 40])].strip()


def _defects(given: Given, title: str, whole: str, issued_on: date | None) -> Sequence[str]:
    found = [] if whole.strip() else ["no_text"]
    if any(_FOR_COMMENT.search(said[:120]) for said in (title, *(text for _, text in given.parts))):
        found.append("for_comment")
    if one_line(given.facts.get("issued_on", "")).lower() not in _NONE_SAID and issued_on is None:
        found.append("issued_unreadable")
    return found


def is_cut(text: str) -> bool:
    """Tell whether a long running text stops in the middle of a sentence, as crawled ones do.

    >>> is_cut("本办法自发布之日起施行。" * 100 + "在实施过程"), is_cut("本办法自发布之日起施行。" * 100)
    (True, False)
    """
    return len(text) >= _CUT_FROM and not _FINISHED.search(text)


def _with_state(terms: Terms, said: str, given: Given) -> Terms:
    """Return the terms with what a table says of the state in one word, where it does not say the day."""
    if said in {"archived", "closed"}:
        return replace(terms, archived_on=given.known_on) if terms.ends_on is None else terms
    if said == "used_up":
        return replace(terms, used_up_on=given.known_on)
    if said == "permanent" and terms.ending == Ending.UNKNOWN:
        return replace(terms, ending=Ending.PERMANENT)
    return terms


def _key(number: str, title: str) -> str:
    return (number or title)[:120] or "unnamed"


DEFECT_CODES = (
    "no_text", "text_cut", "for_comment", "issued_unreadable", "amount_unreadable", "end_unreadable",
    "end_before_start", "broken_encoding", "mixed_encoding", "ocr", "same_number", "nearly_same",
)  # fmt: skip
