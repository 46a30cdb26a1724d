"""Words of the pages of approved projects: levels, states, and why a row of a list was refused."""

from __future__ import annotations

from django import template

from yulin.base.text import Text
from yulin.brain.core.overlap import Side
from yulin.brain.core.projects import FIELD_NAMES, LEVEL_NAMES, STATUS_NAMES

register = template.Library()
_AROUND = 40
"""How many characters of a text are shown before and after what is common; the rest is left out."""

_FAULTS = {
    "no_title": Text("没有项目名称", "no title"),
    "no_unit": Text("没有承担单位", "no unit"),
    "unit_code": Text("统一社会信用代码不对", "no valid USCC"),
    "amount": Text("金额无法读出", "the amount cannot be read"),
    "amount_unit": Text(
        "金额没有写明单位（万元或元）",
        "the amount has no unit: not in the head, the cell or the form",
    ),
    "amount_negative": Text("金额小于零", "the amount is below zero"),
    "level": Text("级别无法识别", "an unknown level"),
    "year": Text("年度不是四位年份", "the year is no year of four digits"),
    "status": Text("状态无法识别", "an unknown status"),
    "day": Text("日期无法读出", "a day cannot be read"),
    "period_order": Text("结束日期早于开始日期", "it ends before it starts"),
    "too_long": Text("内容太长", "the cell is too long"),
    "double": Text("与本清单另一行是同一项目，内容不同", "another row of this list says otherwise of the same project"),
}


@register.filter
def project_level(level: str) -> Text:
    """Name a level; one that is not said is unknown."""
    return LEVEL_NAMES.get(level, Text("级别不明", "Level unknown"))


@register.filter
def project_status(status: str) -> tuple[str, Text]:
    """Say where a project stands, as a verdict."""
    return STATUS_NAMES.get(status, ("idle", Text("状态不明", "Status unknown")))


@register.filter
def row_fault(code: str) -> Text:
    """Say why a row was refused."""
    return _FAULTS.get(code, Text(code, code))


@register.filter
def project_field(name: str) -> Text:
    """Name a field of a list."""
    return FIELD_NAMES.get(name, Text(name, name))


@register.filter
def around(side: Side) -> list[tuple[str, bool]]:
    """Return a text's marked pieces with a little of what stands around them."""
    last = len(side.pieces) - 1
    return [
        (piece if is_common else _shortened(piece, is_first=place == 0, is_last=place == last), is_common)
        for place, (piece, is_common) in enumerate(side.pieces)
    ]


def _shortened(piece: str, *, is_first: bool, is_last: bool) -> str:
    if is_first and is_last:
        return piece if len(piece) <= 4 * _AROUND else f"{piece[: 4 * _AROUND]}…"
    before = "" if is_first else piece[:_AROUND]
    after = "" if is_last else piece[-_AROUND:]
    return piece if len(piece) <= 2 * _AROUND else f"{before}…{after}"
