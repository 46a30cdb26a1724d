"""A portrait on paper: the same lines as on the screen, marked with who took it and when."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from yulin.atlas.core.panels import Panel, is_contested
from yulin.atlas.core.portrait import PortraitSection
from yulin.atlas.core.statements import Said
from yulin.base.text import Text

_ROWS_ON_PAPER = 40


@dataclass(frozen=True)
class PortraitLetter:
    """What stands on the paper: the firm, the days, the lines, and how each source is called."""

    firm_name: str
    firm_code: str
    on: date
    known_at: datetime
    sections: Iterable[PortraitSection]
    panels: Iterable[Panel]
    source_name: Callable[[str], Text]
    contested: frozenset[str]


def letter_facts(letter: PortraitLetter, *, reader: str, at: datetime, is_english: bool) -> dict[str, Any]:
    """Return the facts that the template of the portrait's PDF reads, in one language."""

    def say(text: Text) -> str:
        return text.in_language("en" if is_english else "zh-hans")

    return {
        "language": "en" if is_english else "zh",
        "firm": {"name": letter.firm_name, "code": letter.firm_code},
        "on": letter.on.isoformat(),
        "known_at": f"{letter.known_at:%Y-%m-%d %H:%M} UTC",
        "mark": f"{reader} · {at:%Y-%m-%d %H:%M} UTC",
        "sections": [
            {
                "title": say(section.title),
                "lines": [
                    {
                        "label": say(line.label),
                        "value": say(line.value),
                        "is_contested": line.fact in letter.contested,
                        "source": say(letter.source_name(line.said.source)),
                        "since": line.said.valid_from.isoformat(),
                    }
                    for line in section.lines
                ],
            }
            for section in letter.sections
        ],
        "panels": [_panel(panel, letter.source_name, say) for panel in letter.panels],
    }


def _panel(panel: Panel, source_name: Callable[[str], Text], say: Callable[[Text], str]) -> dict[str, Any]:
    def sources(rests_on: Iterable[Said]) -> str:
        return "、".join(say(source_name(code)) for code in sorted({one.source for one in rests_on}))

    return {
        "title": say(panel.title),
        "note": say(panel.note),
        "alarms": [{"says": say(one.sentence), "is_contested": is_contested(one.rests_on)} for one in panel.alarms],
        "figures": [
            {
                "label": say(one.label),
                "value": say(one.says),
                "source": sources(one.rests_on),
                "count": len(one.rests_on),
                "is_contested": is_contested(one.rests_on),
            }
            for one in panel.figures
        ],
        "tables": [
            {
                "title": say(table.title),
                "heads": [say(head) for head in table.heads],
                "rows": [
                    {"cells": [say(cell) for cell in row.cells], "is_contested": is_contested(row.rests_on)}
                    for row in table.rows[:_ROWS_ON_PAPER]
                ],
                "left_out": max(0, len(table.rows) - _ROWS_ON_PAPER),
            }
            for table in panel.tables
        ],
    }
