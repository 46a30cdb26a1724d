"""A policy of the library: its parts, where it applies, and its state on a day.

State follows from what the version says and the day alone. A policy whose end nobody could read has an unknown end; it
is never closed for that, and never permanent. A day on which a policy ends is its last (24:00 local).

Invariant: among the variants of one policy that apply at a place, one that is live is put before one that is not,
so an expired local variant never hides the general one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from yulin.base.dates import day_text
from yulin.base.text import Text


class Ending(StrEnum):
    """How a policy ends: on a day, never, or nobody can tell."""

    DATED = "dated"
    PERMANENT = "permanent"
    UNKNOWN = "unknown"


class PolicyState(StrEnum):
    """Where a policy stands on a day."""

    OPEN = "open"
    PERMANENT = "permanent"
    UNKNOWN_END = "unknown_end"
    AHEAD = "ahead"
    USED_UP = "used_up"
    CLOSED = "closed"
    ARCHIVED = "archived"


LIVE = frozenset({PolicyState.OPEN, PolicyState.PERMANENT, PolicyState.UNKNOWN_END})

STATE_NAMES: dict[str, tuple[str, Text]] = {
    PolicyState.OPEN: ("ok", Text("开放", "Open")),
    PolicyState.PERMANENT: ("ok", Text("长期有效", "Permanent")),
    PolicyState.UNKNOWN_END: ("unk", Text("截止不明", "End unknown")),
    PolicyState.AHEAD: ("idle", Text("尚未开始", "Not yet open")),
    PolicyState.USED_UP: ("bad", Text("额度用完", "Budget used up")),
    PolicyState.CLOSED: ("idle", Text("已截止", "Closed")),
    PolicyState.ARCHIVED: ("idle", Text("已归档", "Archived")),
}


class Part(StrEnum):
    """The parts of a policy's text; those of the common exchange form of aid schemes have places of their own."""

    PURPOSE = "purpose"
    BASIS = "basis"
    TOOLS = "tools"
    OPERATIONS = "operations"
    AMOUNT = "amount"
    AUDIENCE = "audience"
    CONDITIONS = "conditions"
    PROCESS = "process"
    FORMS = "forms"
    SCHEDULE = "schedule"
    CONTACT = "contact"
    VALIDATION = "validation"
    STAFF = "staff"
    PROJECT_LENGTH = "project_length"
    FIRM_AGE = "firm_age"
    PROJECTS = "projects"
    PROFILES = "profiles"
    NATURES = "natures"
    TERRITORIES = "territories"
    FUNDERS = "funders"
    SOURCES = "sources"
    BODY = "body"


PART_NAMES: dict[str, Text] = {
    Part.PURPOSE: Text("事项", "Purpose"),
    Part.BASIS: Text("依据文件", "Basis"),
    Part.TOOLS: Text("支持方式", "Kind of support"),
    Part.OPERATIONS: Text("支持内容", "What is supported"),
    Part.AMOUNT: Text("支持标准", "Amount"),
    Part.AUDIENCE: Text("支持对象", "Audience"),
    Part.CONDITIONS: Text("条件要求", "Conditions"),
    Part.PROCESS: Text("办理流程", "Process"),
    Part.FORMS: Text("申报材料", "Forms"),
    Part.SCHEDULE: Text("时间安排", "Schedule"),
    Part.CONTACT: Text("联系方式", "Contact"),
    Part.VALIDATION: Text("核验情况", "Validation"),
    Part.STAFF: Text("人员规模", "Staff"),
    Part.PROJECT_LENGTH: Text("项目周期", "Project length"),
    Part.FIRM_AGE: Text("成立年限", "Age of the firm"),
    Part.PROJECTS: Text("项目类型", "Projects"),
    Part.PROFILES: Text("适用人群", "Profiles"),
    Part.NATURES: Text("支持性质", "Nature of the aid"),
    Part.TERRITORIES: Text("适用地区", "Territories"),
    Part.FUNDERS: Text("出资单位", "Funders"),
    Part.SOURCES: Text("信息来源", "Sources"),
    Part.BODY: Text("正文", "Text"),
}


AUDIENCES: dict[str, tuple[Text, str]] = {
    "sme": (Text("中小微企业", "Small firms"), "中小|小微|小型|微型"),
    "tech": (Text("科技企业", "Technology firms"), "科技企业|科技型|高新技术|技术先进|创新型|创新主体"),
    "special": (Text("专精特新", "Specialised firms"), "专精特新|小巨人|单项冠军|瞪羚|独角兽"),
    "institute": (
        Text("高校院所", "Universities and institutes"),
        "高校|高等院校|高等学校|科研机构|研究机构|院所|事业单位",
    ),
    "carrier": (Text("园区与孵化器", "Parks and incubators"), "园区|孵化|众创|产业园|基地|载体|平台|楼宇|集群"),
    "finance": (Text("金融机构", "Financial institutions"), "银行|担保|保险|投资机构|租赁|保理|典当|基金"),
    "person": (Text("团队与个人", "Teams and persons"), "团队|个人|人才|农民|职工|创业者"),
}
"""Kinds of audience that a reader can choose, with the words by which a policy's own audience shows it."""


@dataclass(frozen=True)
class Terms:
    """What decides a policy's state: its days, and the days on which its budget ran out or it was put away."""

    ending: str = Ending.UNKNOWN
    opens_on: date | None = None
    ends_on: date | None = None
    used_up_on: date | None = None
    archived_on: date | None = None


def state_of(terms: Terms, today: date) -> PolicyState:
    """Return where a policy stands on a day.

    >>> state_of(Terms(Ending.DATED, ends_on=date(2026, 3, 31)), date(2026, 3, 31)).value
    'open'
    >>> state_of(Terms(), date(2026, 4, 1)).value
    'unknown_end'
    """
    if terms.archived_on is not None and terms.archived_on <= today:
        return PolicyState.ARCHIVED
    if terms.used_up_on is not None and terms.used_up_on <= today:
        return PolicyState.USED_UP
    if terms.ending == Ending.DATED and terms.ends_on is not None and terms.ends_on < today:
        return PolicyState.CLOSED
    if terms.opens_on is not None and today < terms.opens_on:
        return PolicyState.AHEAD
    if terms.ending == Ending.PERMANENT:
        return PolicyState.PERMANENT
    if terms.ending == Ending.DATED and terms.ends_on is not None:
        return PolicyState.OPEN
    return PolicyState.UNKNOWN_END


def why_state(terms: Terms, today: date) -> Text:
    """Say from which day, or from which lack of one, a policy's state follows."""
    state = state_of(terms, today)
    said = {
        PolicyState.ARCHIVED: (terms.archived_on, "%(day)s归档", "put away on %(day)s"),
        PolicyState.USED_UP: (terms.used_up_on, "%(day)s额度用完", "its budget ran out on %(day)s"),
        PolicyState.CLOSED: (terms.ends_on, "%(day)s 24:00截止", "it ended on %(day)s at 24:00"),
        PolicyState.AHEAD: (terms.opens_on, "%(day)s起", "it begins on %(day)s"),
        PolicyState.OPEN: (terms.ends_on, "至%(day)s 24:00", "until %(day)s, 24:00"),
        PolicyState.PERMANENT: (None, "文件写明长期有效", "the document says that it has no end"),
        PolicyState.UNKNOWN_END: (None, "文件没有可读出的截止日", "no end could be read in the document"),
    }
    day, zh, en = said[state]
    return Text(zh, en).with_values(day=day_text(day) if day else "")


@dataclass(frozen=True)
class Variant:
    """One variant of a policy: where it applies (`""`: everywhere; `广东/广州/黄埔区`: there) and its terms."""

    number: int
    area: str
    terms: Terms


def covers(area: str, place: str) -> bool:
    """Tell whether what applies in an area applies at a place in it.

    >>> covers("广东/广州", "广东/广州/黄埔区"), covers("广东/广州/黄埔区", "广东/广州"), covers("", "北京")
    (True, False, True)
    """
    return not area or place == area or place.startswith(f"{area}/")


def leading_variant(variants: Iterable[Variant], place: str, today: date) -> Variant | None:
    """Return the variant that speaks for a policy at a place: a live one before others, the nearest among equals."""
    here = [one for one in variants if covers(one.area, place)]
    return max(here, key=lambda one: (state_of(one.terms, today) in LIVE, len(one.area), -one.number), default=None)


def places_over(place: str) -> list[str]:
    """Return the areas whose policies apply at a place: everywhere, and each division that holds it.

    >>> places_over("广东/广州/黄埔区")
    ['', '广东', '广东/广州', '广东/广州/黄埔区']
    """
    steps = place.split("/") if place else []
    return ["", *("/".join(steps[: count + 1]) for count in range(len(steps)))]


@dataclass(frozen=True)
class Placed:
    """A part with its place in the whole text."""

    part: str
    start: int
    end: int


def whole_text(parts: Sequence[tuple[str, str]]) -> tuple[str, tuple[Placed, ...]]:
    """Return parts as one text, and where each stands in it.

    >>> whole_text([("purpose", "甲"), ("conditions", "乙")])[0].split(chr(10))
    ['甲', '乙']
    """
    said, placed, at = [], [], 0
    for part, text in parts:
        said.append(text)
        placed.append(Placed(part, at, at + len(text)))
        at += len(text) + 1
    return "\n".join(said), tuple(placed)
