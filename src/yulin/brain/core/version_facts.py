"""What two versions of a policy say otherwise beside their text: its facts, by name, as they were and as they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from yulin.base.text import Text
from yulin.brain.core.policies import Ending


class FactKind(StrEnum):
    """How a fact is shown."""

    WORDS = "words"
    PLACE = "place"
    DAY = "day"
    MONEY = "money"


FACTS: Mapping[str, tuple[Text, FactKind]] = {
    "title": (Text("名称", "Title"), FactKind.WORDS),
    "document_number": (Text("发文字号", "Document number"), FactKind.WORDS),
    "authority": (Text("发文机构", "Authority"), FactKind.WORDS),
    "area": (Text("适用地区", "Area"), FactKind.PLACE),
    "general": (Text("一般政策", "General policy"), FactKind.WORDS),
    "domain": (Text("领域", "Domain"), FactKind.WORDS),
    "amount_fen": (Text("最高支持金额", "Most that is paid"), FactKind.MONEY),
    "issued_on": (Text("发布日期", "Issued on"), FactKind.DAY),
    "opens_on": (Text("开始日期", "Begins on"), FactKind.DAY),
    "ending": (Text("截止方式", "How it ends"), FactKind.WORDS),
    "ends_on": (Text("截止日期", "Ends on"), FactKind.DAY),
    "used_up_on": (Text("额度用完日期", "Budget used up on"), FactKind.DAY),
    "archived_on": (Text("归档日期", "Archived on"), FactKind.DAY),
    "url": (Text("原文网址", "Address of the original"), FactKind.WORDS),
}
"""Every fact of a version by its name, in the order in which differences are listed."""
_ENDINGS: Mapping[str, Text] = {
    Ending.DATED: Text("有截止日", "on a day"),
    Ending.PERMANENT: Text("长期有效", "never"),
    Ending.UNKNOWN: Text("不明", "unknown"),
}


@dataclass(frozen=True)
class FactChanged:
    """A fact that differs; None where a version does not say it. Words are a text, or a `Text` in two languages."""

    name: Text
    kind: FactKind
    was: Any
    now: Any


def facts_changed(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[FactChanged]:
    """Return the facts in which two versions differ; what neither says is the same.

    >>> [(one.name.en, one.was, one.now) for one in facts_changed({"amount_fen": 100}, {"amount_fen": 200, "url": ""})]
    [('Most that is paid', 100, 200)]
    """
    pairs = ((name, _said(name, before), _said(name, now)) for name in FACTS)
    return [FactChanged(*FACTS[name], was, is_now) for name, was, is_now in pairs if was != is_now]


def _said(name: str, facts: Mapping[str, Any]) -> Any:
    value = facts.get(name)
    if name == "ending":
        return _ENDINGS.get(value) if value else None
    return value if value != "" or FACTS[name][1] is FactKind.PLACE else None
