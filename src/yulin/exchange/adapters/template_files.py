"""The empty file that a bank fills in: one head a field, codes formatted as text so that no digit is lost."""

from __future__ import annotations

from typing import IO

import xlsxwriter

from yulin.base.text import Text
from yulin.exchange.core.choices import members_in_words
from yulin.exchange.core.fields import CellKind, Field, FileForm

_AS_TEXT = (CellKind.TEXT, CellKind.FIRM_CODE, CellKind.NUMBER_TEXT, CellKind.DISTRICT, CellKind.CHOICE)
_LAST_ROW = 100_000
_LEFT_OUT = frozenset({"term_months"})
_NOTES = (
    Text("每行一笔借据；不要合并单元格，不要写公式。", "One loan a row; merge no cells, write no formulas."),
    Text(
        "统一社会信用代码、借据编号、合同编号必须是文本。", "Codes and numbers of loans and contracts have to be text."
    ),
    Text("金额单位：元，可写到分；日期如2021-07-05。", "Amounts in CNY, to the cent; dates such as 2021-07-05."),
    Text("加粗的列必填，其余可留空。", "Columns in bold must be filled; others may stay empty."),
    Text("重传同一文件不会重复入库。", "Uploading the same file again enrols nothing twice."),
)


def write_template(target: IO[bytes], form: FileForm, title: Text, language: str) -> None:
    """Write the template of a scheme: a sheet to fill in and a sheet of notes."""
    with xlsxwriter.Workbook(target, {"strings_to_formulas": False}) as book:
        page = book.add_worksheet(Text("放款明细", "Loans").in_language(language))
        formats = {
            "must": book.add_format({"bold": True, "bottom": 1}),
            "may": book.add_format({"bottom": 1}),
            "text": book.add_format({"num_format": "@"}),
            "day": book.add_format({"num_format": "yyyy-mm-dd"}),
            "money": book.add_format({"num_format": "#,##0.00"}),
        }
        for column, field in enumerate(template_fields(form)):
            must = field.name in (*form.required, *form.filled, "due_on")
            _write_column(page, column, field, formats, must=must, language=language, currency=form.currency)
        page.freeze_panes(1, 0)
        notes = book.add_worksheet(Text("填写说明", "Notes").in_language(language))
        notes.set_column(0, 0, 80)
        for row, note in enumerate((title, *_NOTES)):
            notes.write_string(row, 0, note.in_currency(form.currency).in_language(language))


def template_fields(form: FileForm) -> list[Field]:
    """Return the fields of a template in their order."""
    is_dollar = form.identifier_scheme != "USCC"
    return [
        field
        for field in form.fields.values()
        if field.name not in _LEFT_OUT and not (is_dollar and field.name == "firm_code")
    ]


def _write_column(  # noqa: PLR0913 - one column has that many sides
    page: xlsxwriter.worksheet.Worksheet,
    column: int,
    field: Field,
    formats: dict[str, object],
    *,
    must: bool,
    language: str,
    currency: str,
) -> None:
    page.write_string(0, column, head_text(field, language, currency), formats["must" if must else "may"])
    kind = "text" if field.kind in _AS_TEXT else "day" if field.kind is CellKind.DATE else ""
    kind = "money" if field.kind in (CellKind.AMOUNT, CellKind.AMOUNT_OR_ZERO) else kind
    page.set_column(column, column, 20 if kind else 14, formats.get(kind))
    if field.kind is CellKind.CHOICE:
        words = [word.in_language(language) for word in members_in_words(field.choices)]
        if len(",".join(words)) < 255:
            page.data_validation(
                1, column, _LAST_ROW, column, {"validate": "list", "source": words, "error_type": "warning"}
            )


def head_text(field: Field, language: str, currency: str = "CNY") -> str:
    """Return the head of a field with its unit, which reading the file understands again."""
    label = field.label.in_language(language)
    if field.kind in (CellKind.AMOUNT, CellKind.AMOUNT_OR_ZERO):
        unit = "元" if language.startswith("zh") and currency == "CNY" else currency
        return f"{label}（{unit}）" if language.startswith("zh") else f"{label} ({unit})"
    if field.kind is CellKind.RATE:
        return f"{label}（%）" if language.startswith("zh") else f"{label} (%)"
    return label
