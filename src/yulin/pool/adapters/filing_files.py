"""The file that a body behind the guarantors gets, as CSV or as a workbook; the same filing gives the same bytes."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from yulin.base.text import Text
from yulin.kit.lists import harmless
from yulin.pool.core.reguarantee import HEADS, KIND_NAMES, Filing, FilingKind, in_units
from yulin.pool.core.words import party_word

if TYPE_CHECKING:
    import xlsxwriter.worksheet

_SUM_HEADS = (
    Text("类别", "Kind"),
    Text("笔数", "Rows"),
    Text("金额合计", "Amount in all"),
    Text("本机构份额合计", "The body's part in all"),
    Text("说明", "What its day and amount are"),
)


def filing_csv(filing: Filing, language: str) -> bytes:
    """Return the filing as one CSV of all rows, UTF-8 with a mark in front; no text becomes a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(_said(HEADS, language))
    for row in filing.lines():
        writer.writerow(harmless(cell) for cell in _said(row, language))
    return out.getvalue().encode("utf-8-sig")


def filing_xlsx(filing: Filing, language: str) -> bytes:
    """Return the filing as a workbook: what it is with its sums, then a sheet for each kind of row."""
    import xlsxwriter  # noqa: PLC0415 - slow import

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options | {"default_date_format": "yyyy-mm-dd"}) as book:
        # The moment of writing would make each file another one.
        book.set_properties({"created": datetime.combine(filing.last, time(), UTC)})
        bold, money = book.add_format({"bold": True}), book.add_format({"num_format": "#,##0.00"})
        page = book.add_worksheet(_one(Text("汇总", "Summary"), language))
        _write(page, _summary(filing, language), money, bold_row=len(_about(filing)), bold=bold)
        for kind in FilingKind:
            sheet = book.add_worksheet(_one(KIND_NAMES[kind], language))
            sheet.freeze_panes(1, 0)
            rows = (_said(row.cells(filing.currency), language) for row in filing.of(kind))
            _write(sheet, [_said(HEADS, language), *rows], money, bold_row=0, bold=bold)
    return out.getvalue()


def filing_name(filing: Filing, ending: str) -> str:
    """Return what the file is called."""
    return f"yulin-filing-{filing.scheme_id}-{filing.party}-{filing.first}-{filing.last}.{ending}"


def _about(filing: Filing) -> list[tuple[Any, ...]]:
    return [
        (Text("方案", "Scheme"), filing.title, filing.scheme_id),
        (Text("报送对象", "Filed with"), party_word(filing.party), filing.party),
        (Text("期间（含首尾）", "Period, both days counted"), filing.first, filing.last),
        (Text("币种", "Currency"), filing.currency),
    ]


def _summary(filing: Filing, language: str) -> list[list[Any]]:
    sums = [(one.name, one.rows, in_units(one.amount_fen), in_units(one.part_fen), one.meaning) for one in filing.sums]
    return [_said(row, language) for row in (*_about(filing), _SUM_HEADS, *sums)]


def _write(
    page: xlsxwriter.worksheet.Worksheet, rows: Iterable[Sequence[Any]], money: Any, *, bold_row: int, bold: Any
) -> None:
    for number, row in enumerate(rows):
        for column, cell in enumerate(row):
            if isinstance(cell, Decimal):
                page.write_number(number, column, float(cell), money)
            elif cell is not None:
                page.write(number, column, cell, bold if number == bold_row else None)
    page.set_column(0, len(HEADS), 16)


def _said(row: Iterable[Any], language: str) -> list[Any]:
    return [_one(cell, language) for cell in row]


def _one(cell: Any, language: str) -> Any:
    return cell.in_language(language) if isinstance(cell, Text) else cell
