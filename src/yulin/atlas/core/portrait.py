"""A firm's portrait: every fact with the value that counts, and behind it every statement with the reason.

What no source says is not shown as anything: it is absent. A replay of an earlier day shows what counted then, and the
later statements as not yet known.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from yulin.atlas.core.statements import Said, values_on, why_each
from yulin.base.money import wan_text
from yulin.base.text import Text

_WHOLE_BP = 10_000
_BP_DECIMALS = 2
_YES, _NO = Text("是", "Yes"), Text("否", "No")


@dataclass(frozen=True)
class FactShown:
    """How a fact is shown: its label, the kind of its values, the members of its closed list, its class of facts."""

    label: Text
    kind: str
    members: Mapping[str, Text]
    group: str = ""


@dataclass(frozen=True)
class StatementShown:
    """One statement behind a fact, its value in words, and why it counts or not."""

    said: Said
    value: Text
    why: Text


@dataclass(frozen=True)
class PortraitLine:
    """One fact: the value that counts, and every statement about it, the one that counts first."""

    fact: str
    label: Text
    value: Text
    said: Said
    statements: tuple[StatementShown, ...]


@dataclass(frozen=True)
class PortraitSection:
    """The facts of one class, by label."""

    group: str
    title: Text
    lines: tuple[PortraitLine, ...]


def portrait(
    statements: Iterable[Said],
    shown: Callable[[str], FactShown],
    groups: Mapping[str, Text],
    day: date,
    known_by: datetime,
) -> list[PortraitSection]:
    """Return the portrait on a day as known at an instant, by class in the order of `groups`.

    Classes without a fact are left out; a class that is not listed comes last, under its own name. Property: the order
    of the statements does not matter.
    """
    every = list(statements)
    lines: dict[str, list[PortraitLine]] = {group: [] for group in groups}
    for fact, said in sorted(values_on(every, day, known_by).items()):
        form = shown(fact)
        behind = tuple(
            StatementShown(one, value_text(one.value, form), why) for one, why in why_each(every, fact, day, known_by)
        )
        line = PortraitLine(fact, form.label, value_text(said.value, form), said, behind)
        lines.setdefault(form.group, []).append(line)
    return [
        PortraitSection(group, groups.get(group, Text(group, group)), tuple(sorted(found, key=_by_label)))
        for group, found in lines.items()
        if found
    ]


def _by_label(line: PortraitLine) -> tuple[str, str]:
    return line.label.zh, line.fact


def value_text(value: Any, form: FactShown) -> Text:
    """Return a value as people say it; money in 万元.

    >>> value_text(328_461_743, FactShown(Text("营业收入", "Revenue"), "money", {})).en
    'CNY 328.46万'
    """
    if value is None:
        return Text("–", "–")
    if form.kind == "money" and isinstance(value, int):
        return Text(f"{wan_text(value)}万元", f"CNY {wan_text(value)}万")
    if isinstance(value, bool):
        return _YES if value else _NO
    if form.kind == "ratio" and isinstance(value, int):
        percent = f"{value / _WHOLE_BP:.{_BP_DECIMALS}%}"
        return Text(percent, percent)
    if isinstance(value, int):
        return Text(f"{value:,}", f"{value:,}")
    return form.members.get(str(value), Text(str(value), str(value)))
