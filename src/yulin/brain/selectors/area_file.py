"""What a file of an area holds, column by column: the firms of a list, or only counts for who may not see firms."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from yulin.base.text import Text
from yulin.brain.core.check_up import bare_name
from yulin.brain.core.shown import requirement_text
from yulin.brain.selectors.area import FEW, Area, AreaFirm
from yulin.pool.core.names import district_name
from yulin.pool.core.words import cited_clause, joined

FIRM_HEADS = (
    Text("企业", "Firm"),
    Text("统一社会信用代码", "USCC"),
    Text("区", "District"),
    Text("资质", "Title"),
    Text("结论", "Standing"),
    Text("得分", "Points"),
    Text("事项", "Requirement"),
    Text("条款", "Clause"),
    Text("差额", "Lacking"),
    Text("所差事实", "Fact lacking"),
    Text("所差数量", "Amount lacking"),
    Text("单位", "Unit"),
    Text("最省途径", "Cheapest way"),
    Text("截至", "As of"),
)
COUNT_HEADS = (Text("资质", "Title"), Text("结论", "Standing"), Text("事项", "Requirement"), Text("企业数", "Firms"))
_UNITS = {
    "money": Text("元", "CNY"),
    "ratio": Text("个百分点", "percentage points"),
    "persons": Text("人", "persons"),
    "items": Text("项", "items"),
    "points": Text("分", "points"),
    "days": Text("天", "days"),
    "months": Text("个月", "months"),
}
_STANDINGS = {
    "met": Text("可认定", "Qualifies"),
    "near": Text("差一步", "Near"),
    "unknown": Text("未定", "Open"),
    "not_met": Text("未达到", "Does not qualify"),
}


def firm_cells(area: Area, firm: AreaFirm) -> list[Any]:
    """Return one firm's line of the file."""
    vocabulary, on = area.opened.pack.vocabulary, area.run.on
    asked = joined([requirement_text(each, vocabulary, on) for each in firm.requirements], "；", "; ")
    clauses = dict.fromkeys(cited_clause(each.row.clause) for each in firm.requirements)
    return [
        firm.name,
        firm.identifier,
        district_name(firm.district_code),
        area.opened.pack.title,
        _STANDINGS[area.query.standing],
        firm.row.points,
        asked,
        joined(clauses, "；", "; "),
        firm.lack.text,
        *_amount(area, firm),
        firm.way,
        area.run.computed_at.astimezone().replace(tzinfo=None, microsecond=0).isoformat(" "),
    ]


def _amount(area: Area, firm: AreaFirm) -> list[Any]:
    """Return fact, amount and unit of what is lacking: money in yuan, shares in percentage points."""
    fact = area.opened.pack.vocabulary.find(bare_name(firm.lack.fact)) if firm.lack.fact else None
    if fact is None or firm.lack.more is None:
        return [None, None, None]
    kind, more = fact.type.kind, firm.lack.more
    amount = more / 100 if kind in {"money", "ratio"} and fact.scale in {1, 10_000} else more
    return [fact.label, amount, _UNITS.get(kind) or _UNITS.get(fact.type.unit) or Text("", "")]


def count_rows(area: Area) -> Iterator[list[Any]]:
    """Yield the counts of the opened title: by standing, then by requirement."""
    title, counts = area.opened.pack.title, area.opened.counts
    for name, said in _STANDINGS.items():
        yield [title, said, None, said_count(getattr(counts, name))]
    for group in area.groups:
        yield [title, _STANDINGS[area.query.standing], group.text, said_count(group.firms)]


def said_count(firms: int) -> int | str:
    """Return a count as those may read it who may not see the firms.

    >>> said_count(4), said_count(0), said_count(5)
    ('<5', 0, 5)
    """
    return f"<{FEW}" if 0 < firms < FEW else firms
