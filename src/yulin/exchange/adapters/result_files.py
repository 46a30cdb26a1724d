"""The file that a bank gets back: its own columns as it sent them, and behind them what became of each row."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import IO

import xlsxwriter

from yulin.exchange.core.sheets import Cell, Head, Sheet

RowOutcome = Sequence[str]
"""The words behind one row: verdict, codes, sentences, confirmation number."""


def write_result(
    target: IO[bytes], sheet: Sheet, head: Head, added: Sequence[str], outcomes: Mapping[int, RowOutcome]
) -> None:
    """Write the rows of `sheet` from its head on with the words of each row; row by row, in constant memory.

    Texts are written as texts, so that no cell becomes a formula.
    """
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "remove_timezone": True}
    with xlsxwriter.Workbook(target, options) as book:
        page = book.add_worksheet(sheet.name[:31].translate(str.maketrans("[]:*?/\\", "_______")) or "Sheet1")
        bold, day = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd"})
        page.freeze_panes(head.row + 1, 0)
        width = max(len(head.names), 1)
        for index in range(head.row, len(sheet.rows)):
            is_head = index == head.row
            for column, cell in enumerate(sheet.rows[index]):
                _write(page, (index, column), cell, bold if is_head else None, day)
            words = added if is_head else outcomes.get(index + 1, ())
            for offset, word in enumerate(words):
                page.write_string(index, width + offset, word, bold if is_head else None)


def _write(page: xlsxwriter.worksheet.Worksheet, at: tuple[int, int], cell: Cell, form: object, day: object) -> None:
    row, column = at
    if cell is None or cell == "":
        return
    if isinstance(cell, bool):
        page.write_boolean(row, column, cell)
    elif isinstance(cell, int | float):
        page.write_number(row, column, cell, form)
    elif isinstance(cell, dt.date):
        page.write_datetime(row, column, cell, day)
    else:
        page.write_string(row, column, str(cell), form)
