"""A sheet as read: cells by column, with the sheet's own row numbers; and where its head stands.

The head is the row, among the first twenty, in which most cells carry a head that some field knows; rows above it
are titles.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from yulin.base.text import Text
from yulin.exchange.core.verdicts import column_letters

HEAD_SEARCH_ROWS = 20
_BRACKETS = re.compile(r"[(\[{【〔](.*?)[)\]}】〕]")
_NOISE = re.compile(r"[\s_\-:：*·.、,，/\\#\"'“”]+")

Cell = Any
"""None, str, float, int, bool, date, datetime, time or timedelta."""


@dataclass(frozen=True)
class MergedRange:
    """Merged cells, rows and columns counted from 0, both ends inside."""

    top: int
    left: int
    bottom: int
    right: int

    def __str__(self) -> str:
        """Return the range as a spreadsheet writes it, such as A2:B5."""
        return f"{column_letters(self.left)}{self.top + 1}:{column_letters(self.right)}{self.bottom + 1}"


@dataclass(frozen=True)
class Sheet:
    """All cells of one sheet from A1 on; `formulas` holds (row, column) from 0."""

    file_name: str
    name: str
    rows: Sequence[Sequence[Cell]]
    formulas: frozenset[tuple[int, int]] = frozenset()
    merged: tuple[MergedRange, ...] = ()
    remarks: tuple[Text, ...] = ()
    is_text_only: bool = False


@dataclass(frozen=True)
class Head:
    """The head row of a sheet (`row` from 0) and its cells as text."""

    row: int
    names: tuple[str, ...]
    units: tuple[str, ...] = field(default=())


def plain_head(text: object) -> str:
    """Return a head without brackets, blanks, punctuation and case, the form in which heads are compared.

    >>> plain_head(" 发放金额（万元） "), plain_head("Loan_Nr-ChkDgt")
    ('发放金额', 'loannrchkdgt')
    """
    folded = unicodedata.normalize("NFKC", str(text if text is not None else "")).casefold()
    return _NOISE.sub("", _BRACKETS.sub("", folded)).rstrip("%‰")


def head_unit(text: object) -> str:
    """Return what stands in the brackets of a head, or the sign at its end: its unit.

    >>> head_unit("发放金额（万元）"), head_unit("年利率%"), head_unit("用途")
    ('万元', '%', '')
    """
    folded = unicodedata.normalize("NFKC", str(text if text is not None else "")).strip()
    inside = _BRACKETS.findall(folded)
    if inside:
        return str(inside[-1]).strip().removeprefix("单位:").strip()
    return folded[-1] if folded[-1:] in ("%", "‰") else ""


def find_head(sheet: Sheet, known: frozenset[str]) -> Head | None:
    """Return the head row of `sheet`, or None where all its rows are blank.

    `known` holds plain heads. Where no row carries one, the first row that is not blank is the head.
    """
    best: tuple[int, int] | None = None
    for index, row in enumerate(sheet.rows[:HEAD_SEARCH_ROWS]):
        texts = [cell for cell in row if isinstance(cell, str) and cell.strip()]
        if not texts and all(is_blank(cell) for cell in row):
            continue
        score = sum(plain_head(text) in known for text in texts)
        if best is None or score > best[0]:
            best = (score, index)
    if best is None:
        return None
    cells = sheet.rows[best[1]]
    names = tuple("" if is_blank(cell) else unescape(str(cell)).strip() for cell in cells)
    return Head(row=best[1], names=names, units=tuple(head_unit(name) for name in names))


def is_blank(cell: Cell) -> bool:
    """Tell whether a cell holds nothing but blanks."""
    return cell is None or (isinstance(cell, str) and not cell.strip())


_ESCAPE = re.compile(r"_x([0-9A-Fa-f]{4})_")


def unescape(text: str) -> str:
    """Return `text` with the escapes of OOXML strings resolved (BL-14).

    >>> unescape("_x0033_40.00"), unescape("_x005F_x0033_")
    ('340.00', '_x0033_')
    """
    return _ESCAPE.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


def head_clash(sheet: Sheet, head: Head) -> MergedRange | None:
    """Return merged cells that touch the head row, so that a column has no single name; titles above may be merged."""
    for merged in sheet.merged:
        if merged.top <= head.row <= merged.bottom:
            return merged
    return None
