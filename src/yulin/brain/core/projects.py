"""Approved projects (立项): what one row of a list says of one, read into plain facts; and what is wrong with a row.

Lists are published by bureaus of every level, each with heads of its own. A row is taken whole or not at all: a cell
that cannot be read keeps the row out, with its code. What a list does not say stays unknown; an amount is never 0
because nothing was said, and an amount without a unit is none.
"""

from __future__ import annotations

import calendar
import hashlib
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from datetime import date, datetime
from enum import StrEnum
from typing import Any, TypeVar

from yulin.base.errors import YulinError
from yulin.base.ids import IdKind, check_id
from yulin.base.money import parse_fen
from yulin.base.text import Text
from yulin.brain.core.passages import folded

_T = TypeVar("_T")


class Level(StrEnum):
    """Whose programme it is."""

    NATIONAL = "national"
    PROVINCE = "province"
    CITY = "city"
    DISTRICT = "district"


class ProjectStatus(StrEnum):
    """Where a project stands, as the list says."""

    APPROVED = "approved"
    RUNNING = "running"
    ACCEPTED = "accepted"
    ENDED = "ended"
    REVOKED = "revoked"


LEVEL_NAMES: Mapping[str, Text] = {
    Level.NATIONAL: Text("国家级", "National"),
    Level.PROVINCE: Text("省级", "Province"),
    Level.CITY: Text("市级", "City"),
    Level.DISTRICT: Text("区县级", "District"),
}
STATUS_NAMES: Mapping[str, tuple[str, Text]] = {
    ProjectStatus.APPROVED: ("ok", Text("已立项", "Approved")),
    ProjectStatus.RUNNING: ("idle", Text("在研", "Running")),
    ProjectStatus.ACCEPTED: ("ok", Text("已验收", "Accepted")),
    ProjectStatus.ENDED: ("bad", Text("已终止", "Ended early")),
    ProjectStatus.REVOKED: ("bad", Text("已撤销", "Revoked")),
}
FIELD_NAMES: Mapping[str, Text] = {
    "number": Text("项目编号", "Project number"),
    "title": Text("项目名称", "Title"),
    "programme": Text("计划类别", "Programme"),
    "level": Text("级别", "Level"),
    "year": Text("立项年度", "Year"),
    "amount": Text("立项金额", "Amount"),
    "unit": Text("承担单位", "Unit"),
    "unit_code": Text("统一社会信用代码", "USCC"),
    "leader": Text("负责人", "Leader"),
    "members": Text("成员", "Members"),
    "status": Text("状态", "Status"),
    "starts_on": Text("开始日期", "Starts"),
    "ends_on": Text("结束日期", "Ends"),
    "period": Text("执行期", "Period"),
    "abstract": Text("项目简介", "Abstract"),
    "authority": Text("立项部门", "Authority"),
    "document": Text("来源文件", "Source document"),
    "url": Text("网址", "Address"),
}
UNITS: Mapping[str, str] = {
    "万元": "wan", "万": "wan", "人民币万元": "wan", "10,000 cny": "wan", "元": "yuan", "人民币元": "yuan",
    "yuan": "yuan", "cny": "yuan", "亿元": "yi",
}  # fmt: skip
"""What stands in the brackets of a head, as a unit of amounts."""
_LEVELS = {
    "国家级": Level.NATIONAL, "国家": Level.NATIONAL, "部级": Level.NATIONAL, "national": Level.NATIONAL,
    "省级": Level.PROVINCE, "省": Level.PROVINCE, "省部级": Level.PROVINCE, "province": Level.PROVINCE,
    "市级": Level.CITY, "市": Level.CITY, "city": Level.CITY,
    "区级": Level.DISTRICT, "区": Level.DISTRICT, "区县级": Level.DISTRICT, "县级": Level.DISTRICT,
    "县": Level.DISTRICT, "district": Level.DISTRICT,
}  # fmt: skip
_STATUSES = {
    "立项": ProjectStatus.APPROVED, "已立项": ProjectStatus.APPROVED, "approved": ProjectStatus.APPROVED,
    "在研": ProjectStatus.RUNNING, "实施中": ProjectStatus.RUNNING, "执行中": ProjectStatus.RUNNING,
    "在建": ProjectStatus.RUNNING, "running": ProjectStatus.RUNNING,
    "验收": ProjectStatus.ACCEPTED, "已验收": ProjectStatus.ACCEPTED, "通过验收": ProjectStatus.ACCEPTED,
    "结题": ProjectStatus.ACCEPTED, "已结题": ProjectStatus.ACCEPTED, "完成": ProjectStatus.ACCEPTED,
    "accepted": ProjectStatus.ACCEPTED,
    "终止": ProjectStatus.ENDED, "已终止": ProjectStatus.ENDED, "ended early": ProjectStatus.ENDED,
    "ended": ProjectStatus.ENDED,
    "撤销": ProjectStatus.REVOKED, "已撤销": ProjectStatus.REVOKED, "撤项": ProjectStatus.REVOKED,
    "revoked": ProjectStatus.REVOKED,
}  # fmt: skip
_UNSAID = frozenset(
    {"", "-", "--", "—", "——", "/", "\\", "无", "不详", "未知", "不明", "待定", "暂无", "n/a", "unknown"}
)
_SHORT = 40  # what says nothing is no longer, blanks and all: an abstract need not be folded for it
_DAY = re.compile(r"(?P<y>(?:19|20)\d\d)\s*[年./-]\s*(?P<m>\d{1,2})(?:\s*[月./-]\s*(?P<d>\d{1,2})(?!\d))?(?:日|月)?")
_YEAR = re.compile(r"((?:19|20)\d\d)(?:\.0)?\s*(?:年度?|计划年度)?")
_PERSON = re.compile(r"([^（()）]+)(?:[（(]([^（()）]+)[)）])?")
_BETWEEN = re.compile(r"[、,，;；\n]")
_ID_NUMBER = re.compile(r"(?<![0-9A-Za-z])\d{17}[0-9Xx](?![0-9A-Za-z])")
_MOST = {"number": 120, "title": 300, "programme": 200, "unit": 300, "leader": 120, "authority": 200, "document": 300,
         "url": 500, "abstract": 20_000, "members": 4_000}  # fmt: skip


@dataclass(frozen=True)
class ProjectReading:
    """What a row says of one approved project; `members` are names, each with its unit where the list names one."""

    title: str
    unit: str
    number: str = ""
    programme: str = ""
    level: str = ""
    year: int | None = None
    amount_fen: int | None = None
    unit_code: str = ""
    leader: str = ""
    members: tuple[tuple[str, str], ...] = ()
    status: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    abstract: str = ""
    authority: str = ""
    document: str = ""
    url: str = ""

    @property
    def key(self) -> str:
        """What tells this project from others: its number under programme and year; without one, title and unit."""
        own = (self.number,) if self.number else (self.title, self.unit)
        parts = [folded(self.programme), str(self.year or ""), *map(folded, own)]
        return hashlib.sha256(json.dumps(parts, ensure_ascii=False).encode()).hexdigest()

    @property
    def content_hash(self) -> str:
        """The hash of everything it says."""
        said = json.dumps(vars(self), ensure_ascii=False, default=str, sort_keys=True)
        return hashlib.sha256(said.encode()).hexdigest()


@dataclass(frozen=True)
class Fault:
    """What keeps a row out: a code, the column and what stands there."""

    code: str
    column: str = ""
    found: str = ""


@dataclass(frozen=True)
class Usual:
    """What holds where a row says nothing itself: a notice often names one programme and year for its whole list."""

    amount_unit: str = ""
    programme: str = ""
    level: str = ""
    year: int | None = None
    authority: str = ""
    document: str = ""
    url: str = ""


@dataclass
class _Row:
    """One row while it is read: its cells by field, and what is wrong so far."""

    cells: Mapping[str, Any]
    faults: list[Fault] = field(default_factory=list)

    def text(self, name: str) -> str:
        """Return a cell as text; what says nothing is empty."""
        cell = self.cells.get(name)
        said = _text(cell)
        if len(said) <= _SHORT and folded(said) in _UNSAID:
            return ""
        most = _MOST.get(name)
        if most is not None and len(said) > most:
            self.faults.append(Fault("too_long", name, f"{len(said)} > {most}"))
        return said

    def read(self, name: str, code: str, how: Callable[[str], _T | None]) -> _T | None:
        """Return what a cell says; one that cannot be read is a fault, an empty one is unknown."""
        said = self.text(name)
        if not said:
            return None
        value = how(said)
        if value is None:
            self.faults.append(Fault(code, name, said[:60]))
        return value


def read_project(cells: Mapping[str, Any], usual: Usual) -> tuple[ProjectReading | None, tuple[Fault, ...]]:
    """Return the project that a row names, or what keeps the row out.

    >>> read_project({"title": "甲", "unit": "乙公司", "amount": "30"}, Usual(amount_unit="wan"))[0].amount_fen
    30000000
    >>> [fault.code for fault in read_project({"title": "甲", "unit": "乙公司", "amount": "30"}, Usual())[1]]
    ['amount_unit']
    """
    row = _Row(cells)
    title, unit = row.text("title"), row.text("unit")
    row.faults += [Fault(f"no_{name}") for name, said in (("title", title), ("unit", unit)) if not said]
    starts_on, ends_on = _days(row)
    leader, told = _leader(row.text("leader"))
    reading = ProjectReading(
        title=" ".join(title.split()), unit="".join(unit.split()), number=row.text("number"),
        programme=row.text("programme") or usual.programme,
        level=row.read("level", "level", lambda said: _LEVELS.get(folded(said))) or usual.level,
        year=row.read("year", "year", _year) or usual.year,
        amount_fen=_amount(row, usual.amount_unit),
        unit_code=row.read("unit_code", "unit_code", _code) or "",
        leader=leader, members=(*told, *people_in(row.text("members"))),
        status=row.read("status", "status", lambda said: _STATUSES.get(_plain(said))) or "",
        starts_on=starts_on, ends_on=ends_on, abstract=row.text("abstract"),
        authority=row.text("authority") or usual.authority, document=row.text("document") or usual.document,
        url=row.text("url") or usual.url,
    )  # fmt: skip
    return (None, tuple(row.faults)) if row.faults else (reading, ())


def people_in(said: str) -> tuple[tuple[str, str], ...]:
    """Return the people that a cell names, each with the unit in its brackets, if one stands there.

    >>> people_in("甲某（乙公司）、丙某")
    (('甲某', '乙公司'), ('丙某', ''))
    """
    found = []
    for each in _BETWEEN.split(said):
        person = _PERSON.fullmatch(each.strip())
        if person and person[1].strip():
            found.append((person[1].strip()[:120], (person[2] or "").strip()[:300]))
    return tuple(dict.fromkeys(found))


def personal_id_in(cells: Mapping[str, Any]) -> str:
    """Return the column in which a personal ID number stands, or nothing: such a list is not taken in.

    >>> personal_id_in({"负责人": "甲某 362322198709086409"}), personal_id_in({"代码": "91440112YL0000012M"})
    ('负责人', '')
    """
    for column, cell in cells.items():
        said = _text(cell)
        if len(said) < 18:
            continue
        for one in _ID_NUMBER.findall(said):
            if check_id(one).kind is IdKind.PERSONAL_ID:
                return column
    return ""


def field_names() -> tuple[str, ...]:
    """Return what a column can hold."""
    return tuple(FIELD_NAMES)


def changed_fields(one: ProjectReading, other: ProjectReading) -> tuple[str, ...]:
    """Return the fields in which two readings of a project differ."""
    return tuple(each.name for each in fields(one) if getattr(one, each.name) != getattr(other, each.name))


def _text(cell: Any) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, date) else str(cell).strip()


def _plain(said: str) -> str:
    return " ".join(said.casefold().split())


def _leader(said: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Return the leader's name; one whom the list gives another unit, and any beside the first, stand as members."""
    people = people_in(said)
    if not people:
        return "", ()
    (name, unit), *others = people
    return name, ((((name, unit),) if unit else ()) + tuple(others))


def _year(said: str) -> int | None:
    found = _YEAR.fullmatch(said)
    return int(found[1]) if found else None


def _code(said: str) -> str | None:
    checked = check_id(said)
    return checked.normalised if checked.kind is IdKind.USCC and checked.valid else None


def _amount(row: _Row, unit: str) -> int | None:
    said = row.text("amount")
    if not said:
        return None
    cell = row.cells.get("amount")
    try:
        amount = parse_fen(cell if isinstance(cell, int | float) else said, unit or "yuan")
    except YulinError:
        row.faults.append(Fault("amount", "amount", said[:60]))
        return None
    if not (unit or amount.unit_written):
        row.faults.append(Fault("amount_unit", "amount", said[:60]))
    elif amount.fen < 0:
        row.faults.append(Fault("amount_negative", "amount", said[:60]))
    return amount.fen


def _days(row: _Row) -> tuple[date | None, date | None]:
    """Return the first and the last day; a month named alone is its first day, or as an end its last."""
    starts_on = row.read("starts_on", "day", lambda said: _day(said, is_end=False))
    ends_on = row.read("ends_on", "day", lambda said: _day(said, is_end=True))
    period = row.text("period")
    if period and not (starts_on or ends_on):
        found = [one.group() for one in _DAY.finditer(period)]
        days = (_day(found[0], is_end=False), _day(found[1], is_end=True)) if len(found) == 2 else (None, None)
        if None in days:
            row.faults.append(Fault("day", "period", period[:60]))
        starts_on, ends_on = days
    if starts_on and ends_on and ends_on < starts_on:
        row.faults.append(Fault("period_order", "ends_on", f"{starts_on} > {ends_on}"))
    return starts_on, ends_on


def _day(said: str, *, is_end: bool) -> date | None:
    found = _DAY.fullmatch(said.strip())
    if found is None:
        return None
    year, month = int(found["y"]), int(found["m"])
    if not 1 <= month <= 12:
        return None
    last = calendar.monthrange(year, month)[1]
    day = int(found["d"]) if found["d"] else (last if is_end else 1)
    return date(year, month, day) if 1 <= day <= last else None
