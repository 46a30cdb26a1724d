"""A sheet to a typed table: every mapped column read by the reader of its kind, every problem kept with its cell.

The table holds every row that is not blank, also refused ones (their bad cells are null); `valid` holds those that
reading refuses for nothing. Row numbers are the sheet's own. Totals below the table (合计) are not rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from yulin.base.text import Text
from yulin.exchange.core.amounts import read_amounts
from yulin.exchange.core.cells import RawColumn, raw_column, shown
from yulin.exchange.core.choices import purpose_classes, read_choices, read_flags
from yulin.exchange.core.codes import read_firm_codes, read_number_texts
from yulin.exchange.core.columns import ColumnMapping, Unit, check_mapping, guess_mapping, known_heads
from yulin.exchange.core.counts import read_counts, read_districts
from yulin.exchange.core.days import add_months, read_days
from yulin.exchange.core.fields import CellKind, Field, FileForm
from yulin.exchange.core.rates import read_rates
from yulin.exchange.core.reasons import REASONS
from yulin.exchange.core.sheets import Cell, Head, Sheet, find_head, head_clash, is_blank, plain_head
from yulin.exchange.core.verdicts import column_letters, join_findings, no_findings, refused_rows
from yulin.exchange.errors import FileEmptyError, MergedHeadError

_LONGEST_TEXT = 400
_TOTALS = frozenset({"合计", "总计", "小计", "总额", "total", "grandtotal"})
_DTYPES: dict[CellKind, pl.DataType] = {
    CellKind.AMOUNT: pl.Int64(),
    CellKind.AMOUNT_OR_ZERO: pl.Int64(),
    CellKind.RATE: pl.Int64(),
    CellKind.COUNT: pl.Int64(),
    CellKind.DATE: pl.Date(),
    CellKind.FLAG: pl.Boolean(),
}


@dataclass(frozen=True)
class TypedFile:
    """A file read by a mapping: the typed table, the findings on its cells, and what concerns the file as a whole."""

    form: FileForm
    mapping: ColumnMapping
    head: Head
    sheet_name: str
    table: pl.DataFrame
    findings: pl.DataFrame
    remarks: tuple[Text, ...] = ()

    @property
    def row_count(self) -> int:
        """How many rows the file holds; blank rows and totals are not counted."""
        return self.table.height

    @property
    def valid(self) -> pl.DataFrame:
        """The rows of the table that reading refuses for nothing."""
        refused = refused_rows(self.findings, REASONS)
        return self.table.filter(~pl.col("row").is_in(refused.implode())) if refused.len() else self.table

    @property
    def letters(self) -> dict[str, str]:
        """The column letters of every mapped field, so that a later finding can name its cell."""
        return {c.field: column_letters(i) for i, c in enumerate(self.mapping.columns) if c.field}


@dataclass(frozen=True)
class _Column:
    field: Field
    unit: Unit | None
    position: int
    cells: Sequence[Cell]
    raw: RawColumn


def head_of(sheet: Sheet, form: FileForm) -> Head:
    """Return the head row of `sheet`.

    Raises: FILE.EMPTY, FILE.HEAD.MERGED.
    """
    head = find_head(sheet, known_heads(form))
    if head is None or all(is_blank_row(row) for row in sheet.rows[head.row + 1 :]):
        raise FileEmptyError(sheet.file_name)
    clash = head_clash(sheet, head)
    if clash is not None:
        raise MergedHeadError(sheet.file_name, str(clash))
    return head


def is_blank_row(row: Sequence[Cell]) -> bool:
    """Tell whether a row holds nothing but blanks."""
    return all(is_blank(cell) for cell in row)


def type_sheet(sheet: Sheet, form: FileForm, mapping: ColumnMapping | None = None) -> TypedFile:
    """Return `sheet` as a typed table with its findings; without a mapping, by the guess from its heads.

    Raises: FILE.EMPTY, FILE.HEAD.MERGED, FILE.MAPPING.CLASH, FILE.MAPPING.INCOMPLETE.
    """
    head = head_of(sheet, form)
    mapping = mapping or guess_mapping(head, form)
    check_mapping(mapping, form, sheet.file_name)
    indexes, totals = _data_rows(sheet, head, mapping)
    if not indexes:
        raise FileEmptyError(sheet.file_name)
    numbers = pl.Series("row", indexes, dtype=pl.UInt32) + 1
    columns = _columns(sheet, form, mapping, indexes)
    values: dict[str, pl.Series] = {}
    found: list[pl.DataFrame] = []
    for column in columns:
        typed, extra = _read(column, form, mapping)
        spoiled = _spoiled(sheet, column.position, indexes, numbers)
        typed = _with_empty_and_spoiled(typed, column, form, spoiled)
        values[column.field.name] = typed.get_column("value")
        values.update(extra)
        found.append(_findings_of(typed, column, numbers))
    table, on_dates = _completed(pl.DataFrame({"row": numbers, **values}), form, mapping)
    on_cells = join_findings(found)
    explained = on_cells.filter(pl.col("field").is_in(["due_on", "term_months"])).get_column("row")
    is_explained = (pl.col("code") == "FILE.CELL.EMPTY") & pl.col("row").is_in(explained.implode())
    findings = join_findings([on_cells, on_dates.filter(~is_explained)])
    return TypedFile(form, mapping, head, sheet.name, table, findings, (*sheet.remarks, *totals))


def _data_rows(sheet: Sheet, head: Head, mapping: ColumnMapping) -> tuple[list[int], tuple[Text, ...]]:
    number_at = mapping.position_of("loan_number")
    indexes, totals = [], []
    for index in range(head.row + 1, len(sheet.rows)):
        row = sheet.rows[index]
        first = next((cell for cell in row if not is_blank(cell)), None)
        if first is None:
            continue
        is_numbered = number_at is not None and not is_blank(row[number_at])
        if not is_numbered and isinstance(first, str) and plain_head(first) in _TOTALS:
            totals.append(index + 1)
        else:
            indexes.append(index)
    remark = Text("第%(rows)s行是合计，不作为借据。", "Row %(rows)s is a total and no loan.")
    return indexes, (remark.with_values(rows=", ".join(map(str, totals))),) if totals else ()


def _columns(sheet: Sheet, form: FileForm, mapping: ColumnMapping, indexes: list[int]) -> list[_Column]:
    by_position = list(zip(*(sheet.rows[index] for index in indexes), strict=True))
    columns = []
    for position, choice in enumerate(mapping.columns):
        if choice.field:
            cells = by_position[position]
            columns.append(_Column(form.fields[choice.field], choice.unit, position, cells, raw_column(cells)))
    return columns


def _read(column: _Column, form: FileForm, mapping: ColumnMapping) -> tuple[pl.DataFrame, dict[str, pl.Series]]:
    kind, raw = column.field.kind, column.raw
    if kind in (CellKind.AMOUNT, CellKind.AMOUNT_OR_ZERO):
        is_amount = kind is CellKind.AMOUNT
        unit = column.unit or Unit.YUAN
        return read_amounts(
            raw, unit, may_be_zero=not is_amount, warns_of_small=is_amount and form.currency == "CNY"
        ), {}
    if kind is CellKind.RATE:
        return read_rates(raw, column.unit or Unit.PERCENT), {}
    if kind is CellKind.DATE:
        return read_days(raw, mapping.date_form), {}
    if kind is CellKind.FIRM_CODE:
        typed, original = read_firm_codes(raw)
        return typed, {f"{column.field.name}_original": original}
    if kind is CellKind.NUMBER_TEXT:
        return read_number_texts(raw), {}
    if kind is CellKind.COUNT:
        return read_counts(raw), {}
    if kind is CellKind.DISTRICT:
        return read_districts(raw), {}
    return _read_words(column), {}


def _read_words(column: _Column) -> pl.DataFrame:
    texts = column.raw.as_text()
    needed: str | None = None
    if column.field.kind is CellKind.CHOICE:
        values, codes = read_choices(texts, column.field.choices)
        needed = column.field.name
    elif column.field.kind is CellKind.FLAG:
        values, codes = read_flags(texts)
    else:
        too_long = pl.when(pl.col("text").str.len_chars() > _LONGEST_TEXT).then(pl.lit("FILE.CELL.TOO_LONG"))
        values, codes = texts, pl.DataFrame({"text": texts}).select(too_long).to_series()
        needed = str(_LONGEST_TEXT)
    nothing = pl.lit(None, dtype=pl.String)
    return pl.DataFrame({"value": values, "code": codes}).with_columns(
        found=nothing, needed=pl.lit(needed, dtype=pl.String)
    )


def _spoiled(sheet: Sheet, position: int, indexes: list[int], numbers: pl.Series) -> pl.DataFrame | None:
    """Return, a line a row, the code of cells with a formula or under merged cells; None where there are none."""
    formulas = {row for row, column in sheet.formulas if column == position}
    merged = {
        row: str(cells)
        for cells in sheet.merged
        if cells.left <= position <= cells.right
        for row in range(cells.top, min(cells.bottom, len(sheet.rows) - 1) + 1)
        if (row, position) != (cells.top, cells.left)
    }
    if not formulas and not merged:
        return None
    codes = ["FILE.CELL.FORMULA" if i in formulas else "FILE.CELL.MERGED" if i in merged else None for i in indexes]
    found = [merged.get(i) for i in indexes]
    return pl.DataFrame(
        {"row": numbers, "spoiled": codes, "range": found}, schema_overrides={"spoiled": pl.String, "range": pl.String}
    )


def _with_empty_and_spoiled(
    typed: pl.DataFrame, column: _Column, form: FileForm, spoiled: pl.DataFrame | None
) -> pl.DataFrame:
    if column.field.name in (*form.required, *form.filled):
        is_empty = ~column.raw.is_present
        typed = typed.with_columns(
            code=pl.when(is_empty).then(pl.lit("FILE.CELL.EMPTY")).otherwise("code"),
            needed=pl.when(is_empty).then(pl.lit(column.field.name)).otherwise("needed"),
        )
    if spoiled is None:
        return typed
    is_spoiled = pl.col("spoiled").is_not_null()
    return typed.hstack(spoiled.select("spoiled", "range")).select(
        value=pl.when(~is_spoiled).then("value"),
        code=pl.coalesce("spoiled", "code"),
        found=pl.when(is_spoiled).then("range").otherwise("found"),
        needed="needed",
    )


def _findings_of(typed: pl.DataFrame, column: _Column, numbers: pl.Series) -> pl.DataFrame:
    letters = column_letters(column.position)
    lines = typed.select(
        pl.lit(numbers).alias("row"),
        pl.concat_str(pl.lit(letters), pl.lit(numbers).cast(pl.String)).alias("cell"),
        pl.lit(column.field.name).alias("field"),
        "code",
        "found",
        "needed",
        pl.int_range(pl.len()).alias("at"),
    ).filter(pl.col("code").is_not_null())
    if lines.is_empty():
        return no_findings()
    quoted = pl.Series("quoted", [shown(column.cells[at]) for at in lines.get_column("at")], dtype=pl.String)
    return lines.with_columns(found=pl.coalesce("found", pl.lit(quoted))).drop("at")


def _completed(table: pl.DataFrame, form: FileForm, mapping: ColumnMapping) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return the table with every column of the form and due dates worked out from terms, and findings on dates."""
    absent = [field for field in form.fields.values() if field.name not in table.columns and not field.is_fact]
    table = table.with_columns(
        pl.lit(None, dtype=_DTYPES.get(field.kind, pl.String())).alias(field.name) for field in absent
    )
    if "disbursed_on" not in form.fields:
        return table, no_findings()
    if "firm_code_original" not in table.columns:
        table = table.with_columns(firm_code_original=pl.lit(None, dtype=pl.String))
    worked_out = add_months(table.get_column("disbursed_on"), table.get_column("term_months"))
    table = table.with_columns(
        due_on=pl.coalesce("due_on", pl.lit(worked_out)),
        mode=pl.col("mode").fill_null("bank"),
        purpose_class=purpose_classes(table.get_column("purpose")),
        identifier_scheme=pl.lit(form.identifier_scheme),
        identifier=pl.col("firm_code" if form.identifier_scheme == "USCC" else "loan_number"),
    ).with_columns(firm_name=pl.coalesce("firm_name", "identifier"))
    return table, _findings_on_dates(table, mapping)


def _findings_on_dates(table: pl.DataFrame, mapping: ColumnMapping) -> pl.DataFrame:
    position = mapping.position_of("due_on")
    term_at = mapping.position_of("term_months")
    at = position if position is not None else term_at
    letters = column_letters(at or 0)
    is_missing = pl.col("due_on").is_null() & pl.col("disbursed_on").is_not_null()
    is_before = pl.col("due_on") <= pl.col("disbursed_on")
    return table.filter(is_missing | is_before).select(
        "row",
        cell=pl.concat_str(pl.lit(letters), pl.col("row").cast(pl.String)),
        field=pl.lit("due_on"),
        code=pl.when(is_before).then(pl.lit("FILE.DATE.ORDER")).otherwise(pl.lit("FILE.CELL.EMPTY")),
        found=pl.col("due_on").cast(pl.String),
        needed=pl.when(is_before).then(pl.col("disbursed_on").cast(pl.String)).otherwise(pl.lit("due_on")),
    )
