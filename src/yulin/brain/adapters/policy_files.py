"""Files of policies as readings: PDF, DOCX, HTML, text, JSON and CSV, by the layout named or the one that fits.

Each policy that a file holds becomes one reading; what is no policy (a page that is not there, a list of names) is left
out and named. Nothing is dropped silently.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from yulin.base.text import Text
from yulin.brain.adapters.documents_read import Line, ReadText, decoded, docx_text, html_text, pdf_text
from yulin.brain.adapters.policy_profiles import CARDS, EXCHANGE, PORTAL, RUNNING, profile_named, shipped_profiles
from yulin.brain.core.policies import Part
from yulin.brain.core.policy_reading import Given, PolicyReading, is_cut, read_policy
from yulin.brain.core.profiles import FACTS, Profile, Record, document_in, facts_in, headed, no_policy, records_of
from yulin.brain.core.tidy import joined_lines, one_line, unflattened
from yulin.brain.errors import PolicyFileError
from yulin.exchange.adapters.bounds import upload_bounds
from yulin.exchange.adapters.csv_files import read_csv

_PARTS = frozenset(str(part) for part in Part)
_ONE_LINE = frozenset({"basis", "authority", "document_number", "issued_on", "tools", "purpose"})
_NARROW = frozenset({"audience", "schedule", "contact"})
_YES = frozenset({"1", "oui", "yes", "true", "是", "vrai", "x"})
_TABLE_ENDINGS = frozenset({"csv", "tsv"})


@dataclass(frozen=True)
class How:
    """How a file is read: its layout (empty: the one that fits), where it applies, and the day of its source."""

    profile: str = ""
    area: str = ""
    known_on: date | None = None


@dataclass(frozen=True)
class LeftOut:
    """What a file holds that is no policy: its title and why."""

    title: str
    why: str


@dataclass(frozen=True)
class PolicyFile:
    """What a file holds: its form, the layout it was read by, its policies, and what was left out."""

    form: str
    profile: str
    readings: tuple[PolicyReading, ...]
    left_out: tuple[LeftOut, ...] = ()
    pages: int = 0


@dataclass(frozen=True)
class _Found:
    """What a layout found in a file."""

    profile: str
    given: Sequence[Given]
    left_out: Sequence[LeftOut] = ()
    pages: int = 0


_AS_FITS = How()


def read_policy_file(name: str, content: bytes, how: How = _AS_FITS) -> PolicyFile:
    """Return the policies of a file. Raises: BRAIN.POLICY.FILE, BRAIN.POLICY.PROFILE, and those of tables."""
    form = form_of(name, content)
    found = _found(form, name, content, profile_named(how.profile) if how.profile else None)
    given = (replace(one, area=how.area, known_on=how.known_on) for one in _unique(found.given))
    return PolicyFile(form, found.profile, tuple(map(read_policy, given)), tuple(found.left_out), found.pages)


def read_scanned(name: str, pages: Sequence[str], how: How = _AS_FITS) -> PolicyReading:
    """Return the policy that the pages of a scanned document say, as a program read them."""
    lines = tuple(Line(line, number) for number, page in enumerate(pages, 1) for line in page.splitlines())
    found = _document(name, ReadText(lines, pages=len(pages)), profile_named(RUNNING))
    return read_policy(replace(found.given[0], area=how.area, known_on=how.known_on))


def form_of(name: str, content: bytes) -> str:
    """Return what form a file has, by what it begins with, else by its name. Raises: BRAIN.POLICY.FILE."""
    head, ending = content[:1_000].lstrip(b"\xef\xbb\xbf \r\n\t"), name.rpartition(".")[2].lower()
    if b"%PDF-" in content[:1_024]:
        return "pdf"
    if head.startswith(b"PK"):
        if ending != "docx":
            why = Text("压缩包或表格不能作为政策文件读取", "an archive or a workbook is not read as a policy")
            raise PolicyFileError(name=name, why=why)
        return "docx"
    if not head or (b"\x00" in head and not content.startswith((b"\xff\xfe", b"\xfe\xff"))):
        why = Text("文件为空，或不是文本", "it is empty, or no text")
        raise PolicyFileError(name=name, why=why)
    if head[:1] in {b"[", b"{"}:
        return "json"
    if head[:200].lower().startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<div")):
        return "html"
    if ending in _TABLE_ENDINGS:
        return "csv"
    return "html" if ending in {"html", "htm"} else "txt"


def _found(form: str, name: str, content: bytes, chosen: Profile | None) -> _Found:
    if form == "pdf":
        return _document(name, pdf_text(content, name), chosen)
    if form == "docx":
        return _document(name, docx_text(content, name), chosen)
    if form == "csv":
        return _table(name, content, chosen)
    text, defects = decoded(content)
    if form == "html":
        return _page(name, html_text(text), chosen, defects)
    if form == "json":
        return _items(name, text, chosen, defects)
    lines = tuple(Line(line) for line in unflattened(text).splitlines())
    return _document(name, ReadText(lines, defects=defects), chosen)


def _document(name: str, read: ReadText, chosen: Profile | None) -> _Found:
    cards = chosen or profile_named(CARDS)
    records = records_of([line.text for line in read.lines], cards)
    if len(records) > 1 or (records and chosen is not None):
        return _Found(cards.id, list(_carded(read, records)), pages=read.pages)
    profile = chosen or profile_named(RUNNING)
    text = read.paragraphs() if read.has_text else ""
    given = Given(
        key="",
        title=read.title or _first_title(text) or _stem(name),
        parts=headed(text, profile.headings),
        facts=facts_in(text, profile),
        place=_pages(1, read.pages) if read.pages else "",
        defects=(*read.defects, *(("text_cut",) if is_cut(text) else ())),
        is_running=True,
    )
    return _Found(profile.id, [given], pages=read.pages)


def _carded(read: ReadText, records: Sequence[Record]) -> Iterator[Given]:
    sections = {section: place for place, section in enumerate(dict.fromkeys(one.section for one in records), 1)}
    full = read.full
    for one in records:
        said = {
            part: one_line(value) if part in _ONE_LINE else joined_lines(value.split("\n"), _width_of(part, full))
            for part, value in one.values.items()
        }
        yield Given(
            key=f"{sections[one.section]}-{one.number}",
            title=one.title,
            parts=[(part, value) for part, value in said.items() if part in _PARTS],
            facts={name: value for name, value in said.items() if name in FACTS} | {"domain": one.section},
            place=_pages(read.lines[one.first_line].page, read.lines[one.last_line].page),
            defects=read.defects,
        )


def _width_of(part: str, full: int) -> int:
    """Return how wide a full line of a part is; in the narrow cells of a table every line is."""
    return 0 if part in _NARROW else full


def _pages(first: int, last: int) -> str:
    if not first:
        return ""
    return str(first) if first == last else f"{first}–{last}"


def _page(name: str, read: ReadText, chosen: Profile | None, defects: tuple[str, ...]) -> _Found:
    profile = chosen or profile_named(PORTAL)
    page = unflattened("\n".join(line.text for line in read.lines))
    title = read.title or _stem(name)
    why = no_policy(title, page, profile)
    if why:
        return _Found(profile.id, (), (LeftOut(title, why),))
    return _Found(profile.id, [_of_page(Given("", title, [("body", page)], defects=defects), profile)])


def _of_page(given: Given, profile: Profile) -> Given:
    """Return a page's document with its facts; those that the page itself labels go before what a crawler kept."""
    page = "\n".join(said for part, said in given.parts if part == "body")
    body = unflattened(document_in(page, profile))
    others = [(part, said) for part, said in given.parts if part != "body"]
    return replace(
        given,
        parts=[*headed(body, profile.headings), *others],
        facts={**given.facts, **facts_in(page, profile)},
        defects=(*given.defects, *(("text_cut",) if is_cut(body) else ())),
        is_running=True,
    )


def _items(name: str, text: str, chosen: Profile | None, defects: tuple[str, ...]) -> _Found:
    try:
        said = json.loads(text)
    except ValueError as error:
        why = Text("不是有效的JSON：%(error)s", "it is no valid JSON: %(error)s").with_values(error=str(error)[:120])
        raise PolicyFileError(name=name, why=why) from error
    items = said if isinstance(said, list) else next((v for v in said.values() if isinstance(v, list)), [said])
    rows = [{str(key): _as_text(value) for key, value in one.items()} for one in items if isinstance(one, dict)]
    profile = chosen or _fitting(rows[0] if rows else {}, name)
    readings, left_out = [], []
    for number, row in enumerate(rows, 1):
        given = replace(_of_row(row, profile), defects=defects)
        body = "\n".join(text for part, text in given.parts if part == "body")
        reason = no_policy(given.title, body, profile) or ("" if given.title.strip() else "no_title")
        if reason:
            left_out.append(LeftOut(given.title or str(number), reason))
        else:
            readings.append(_of_page(given, profile) if profile.before else given)
    return _Found(profile.id, readings, left_out)


def _as_text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, list):
        return "\n".join(map(_as_text, value))
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _table(name: str, content: bytes, chosen: Profile | None) -> _Found:
    sheet = read_csv(content, name, upload_bounds())
    heads = [str(cell).strip() for cell in sheet.rows[0]] if sheet.rows else []
    profile = chosen or _fitting(dict.fromkeys(heads, ""), name)
    readings, left_out = [], []
    for number, cells in enumerate(sheet.rows[1:], 2):
        row = {head: str(cell or "") for head, cell in zip(heads, cells, strict=False)}
        given = _of_row(row, profile)
        if given.title.strip():
            readings.append(given)
        elif any(value.strip() for value in row.values()):
            left_out.append(LeftOut(str(number), "no_title"))
    return _Found(profile.id, readings, left_out)


def _of_row(row: Mapping[str, str], profile: Profile) -> Given:
    facts: dict[str, str] = {}
    parts: list[tuple[str, str]] = []
    for column, name in profile.columns.items():
        said = _without_marks(row.get(column, ""))
        if not said.strip():
            continue
        if name in _PARTS:
            parts.append((name, said))
        elif name not in facts:
            facts[name] = said
    for_whom = "、".join(word for flag, word in profile.flags.items() if row.get(flag, "").strip().lower() in _YES)
    if for_whom:
        parts.append((Part.AUDIENCE.value, for_whom))
    state = facts.pop("state", "").strip().lower()
    if state in profile.states:
        facts["state"] = profile.states[state]
    return Given(one_line(facts.pop("key", ""))[:120], facts.pop("title", ""), parts, facts)


def _without_marks(cell: str) -> str:
    """Return a cell without the HTML that editors leave in it."""
    if "<" not in cell or ">" not in cell:
        return cell
    return "\n".join(line.text for line in html_text(cell).lines)


def _fitting(row: Mapping[str, str], name: str) -> Profile:
    """Return the layout that knows most columns of a table. Raises: BRAIN.POLICY.FILE where none knows its title."""
    profiles = [profile_named(PORTAL), profile_named(EXCHANGE), *shipped_profiles().values()]
    best = max(profiles, key=lambda one: sum(column in row for column in one.columns))
    if not any(best.columns.get(column) == "title" for column in row):
        why = Text("没有已知的标题列，现有：%(columns)s", "no column of a known title; found: %(columns)s")
        raise PolicyFileError(name=name, why=why.with_values(columns="、".join(list(row)[:12]) or "–"))
    return best


def _unique(given: Iterable[Given]) -> Iterator[Given]:
    """Yield what a file gives, with keys that do not repeat within it."""
    seen: dict[str, int] = {}
    for one in given:
        seen[one.key] = seen.get(one.key, 0) + 1
        yield one if not one.key or seen[one.key] == 1 else replace(one, key=f"{one.key}~{seen[one.key]}")


def _first_title(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if 4 <= len(line.strip()) <= 80), "")


def _stem(name: str) -> str:
    return name.rpartition("/")[2].rpartition(".")[0] or name
