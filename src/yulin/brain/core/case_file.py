"""One case file of a firm: what it did and received, whoever keeps it, in one order of days.

Loans, projects, applications, benefits, talent, investment, services and honours stand side by side; each entry says
where it comes from. What the reader may not see is not in it, and nothing is made up where a source has no day.

Invariant: each entry stands once, the latest day first, those without a day at the end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from yulin.base.text import Text


class CaseKind(StrEnum):
    """What an entry is about."""

    CONVERSION = "conversion"
    INVESTMENT = "investment"
    LOAN = "loan"
    SERVICE = "service"
    TALENT = "talent"
    POLICY = "policy"
    HONOUR = "honour"
    EVENT = "event"


KINDS: Mapping[CaseKind, Text] = {
    CaseKind.CONVERSION: Text("立项与转化", "Projects and conversion"),
    CaseKind.INVESTMENT: Text("投资与资本市场", "Investment and capital market"),
    CaseKind.LOAN: Text("科技贷款", "Technology loans"),
    CaseKind.SERVICE: Text("科技服务", "Services"),
    CaseKind.TALENT: Text("人才", "Talent"),
    CaseKind.POLICY: Text("政策申报与兑现", "Applications and support"),
    CaseKind.HONOUR: Text("资质与荣誉", "Titles and honours"),
    CaseKind.EVENT: Text("其他事件", "Other events"),
}
_OF_CAPITAL = ("融资", "上市", "挂牌", "投资", "并购")


@dataclass(frozen=True)
class Entry:
    """One thing: its kind, its day if known, what it is, who tells it, its amount, and where it can be opened."""

    kind: CaseKind
    on: date | None
    title: Text
    told_by: Text
    amount_fen: int | None = None
    path: str = ""


def kind_of_event(what: str) -> CaseKind:
    """Return what an event that a source names in its own words is about.

    >>> kind_of_event("完成股权融资"), kind_of_event("新产品发布")
    (<CaseKind.INVESTMENT: 'investment'>, <CaseKind.EVENT: 'event'>)
    """
    return CaseKind.INVESTMENT if any(word in what for word in _OF_CAPITAL) else CaseKind.EVENT


def in_order(entries: Iterable[Entry]) -> list[Entry]:
    """Return entries, the latest first, those without a day at the end, each once."""
    each = dict.fromkeys(entries)
    return sorted(each, key=lambda one: (one.on is None, -(one.on or date.min).toordinal(), one.kind, one.title.zh))


def how_many(entries: Iterable[Entry]) -> list[tuple[CaseKind, int]]:
    """Return how many entries there are of each kind that has any, in the order of kinds."""
    counts = Counter(one.kind for one in entries)
    return [(kind, counts[kind]) for kind in CaseKind if counts[kind]]
