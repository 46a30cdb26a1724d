"""What of a firm's facts leaves in a file, and how each line of it is marked.

A value whose class lies above the level of the asker's role leaves as `***`; numbers of people never leave whole.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from yulin.atlas.core.masking import masked
from yulin.atlas.core.portrait import PortraitSection
from yulin.base.text import Text

MASK = "***"
HIGHEST = 3


@dataclass(frozen=True)
class Classification:
    """The level of each class of facts, and up to which level each role takes values out."""

    levels: Mapping[str, int]
    roles: Mapping[str, int]
    take_within_days: int

    def opens(self, role: str, group: str) -> bool:
        """Tell whether a role takes values of a class out; a class without a level has the highest, a role none.

        >>> rules = Classification({"basics": 1}, {"clerk": 2}, 7)
        >>> rules.opens("clerk", "basics"), rules.opens("clerk", "unheard"), rules.opens("bank", "basics")
        (True, False, False)
        """
        return self.levels.get(group, HIGHEST) <= self.roles.get(role, 0)


@dataclass(frozen=True)
class ExportLine:
    """One fact of one firm as it leaves."""

    firm_code: str
    firm_name: str
    group: Text
    label: Text
    value: Text
    source: str
    valid_from: str
    is_contested: bool
    is_masked: bool


def lines_of(
    firm: tuple[str, str],
    sections: Iterable[PortraitSection],
    contested: frozenset[str],
    rules: Classification,
    role: str,
) -> list[ExportLine]:
    """Return a firm's lines as a role takes them out; `firm` is code and name."""
    found = []
    for section in sections:
        is_open = rules.opens(role, section.group)
        for line in section.lines:
            value = Text(masked(line.value.zh), masked(line.value.en)) if is_open else Text(MASK, MASK)
            source, since = line.said.source, line.said.valid_from.isoformat()
            is_contested = line.fact in contested
            found.append(ExportLine(*firm, section.title, line.label, value, source, since, is_contested, not is_open))
    return found


def watermark(request: int, taker: str, at: datetime) -> str:
    """Return the mark of each page and line: request, who, when.

    >>> from datetime import UTC
    >>> watermark(7, "陈示例", datetime(2022, 1, 19, 1, 2, tzinfo=UTC))
    'EX7 · 陈示例 · 2022-01-19 01:02 UTC'
    """
    return f"EX{request} · {taker} · {at:%Y-%m-%d %H:%M} UTC"
