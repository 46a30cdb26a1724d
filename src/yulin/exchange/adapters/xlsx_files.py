"""XLSX workbooks: calamine reads the cells, a streamed scan of the same XML finds what it hides.

calamine shows a formula as its last value and allocates a sheet as one block, so the scan comes first: it bounds
rows and columns, finds the cells with formulas, and by unpacking every part under count it refuses archives that
unpack to more than they claim.
"""

from __future__ import annotations

import html
import re
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO
from pathlib import PurePosixPath

import python_calamine

from yulin.base.text import Text
from yulin.exchange.adapters.bounds import Bounds
from yulin.exchange.core.sheets import Cell, MergedRange, Sheet, is_blank
from yulin.exchange.errors import (
    ArchiveBombError,
    DamagedFileError,
    EncryptedWorkbookError,
    FileEmptyError,
    NotAWorkbookError,
    TooManyCellsError,
)

_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    python_calamine.CalamineError,
    EOFError,
    NotImplementedError,
    OSError,
    KeyError,
)
_CHUNK = 4 << 20
_OVERLAP = 4096
_RATIO_FROM_BYTES = 10_000_000
_FORMULA = re.compile(rb'<c\b[^>]*?\br="([A-Z]{1,3})(\d{1,7})"[^>]*>\s*<f\b')
_ROW = re.compile(rb'<row [^>]*?\br="(\d+)"')
_FAR_COLUMN = re.compile(rb' r="([A-Z]{2,3})\d')
_NARROW = 26


def read_xlsx(content: bytes, file_name: str, bounds: Bounds) -> Sheet:
    """Return the first visible sheet that holds anything.

    Raises: FILE.NOT_A_WORKBOOK, FILE.DAMAGED, FILE.UNPACKS_TOO_LARGE, FILE.TOO_MANY_CELLS, FILE.ENCRYPTED, FILE.EMPTY.
    """
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            _check_parts(archive, file_name, bounds)
            formulas = _by_sheet_name(archive, _scan_parts(archive, file_name, bounds))
        with python_calamine.CalamineWorkbook.from_filelike(BytesIO(content)) as workbook:
            return _first_filled_sheet(workbook, file_name, formulas)
    except python_calamine.PasswordError as error:
        raise EncryptedWorkbookError(file_name) from error
    except _BROKEN as error:
        raise DamagedFileError(file_name, type(error).__name__) from error


def _check_parts(archive: zipfile.ZipFile, file_name: str, bounds: Bounds) -> None:
    names = set(archive.namelist())
    if "xl/workbook.xml" not in names:
        raise NotAWorkbookError(file_name, _archive_kind(names))
    if any(part.flag_bits & 1 for part in archive.infolist()):
        raise EncryptedWorkbookError(file_name)
    unpacked = sum(part.file_size for part in archive.infolist())
    packed = sum(part.compress_size for part in archive.infolist())
    is_swollen = unpacked > _RATIO_FROM_BYTES and unpacked > packed * bounds.unpacked_ratio
    if unpacked > bounds.unpacked_bytes or is_swollen:
        raise ArchiveBombError(file_name, unpacked, bounds.unpacked_bytes)


def _archive_kind(names: set[str]) -> Text:
    if "xl/workbook.bin" in names:
        return Text("XLSB工作簿", "an XLSB workbook")
    if "content.xml" in names:
        return Text("ODS表格", "an ODS spreadsheet")
    if "word/document.xml" in names:
        return Text("Word文档", "a Word document")
    return Text("其他压缩包", "some other archive")


def _scan_parts(archive: zipfile.ZipFile, file_name: str, bounds: Bounds) -> dict[str, frozenset[tuple[int, int]]]:
    """Unpack every part under count; return the formula cells of each sheet's part.

    A part that unpacks to more than its claimed size fails its checksum, because zipfile stops at the claim.
    """
    formulas = {}
    for part in archive.infolist():
        if part.filename.startswith("xl/worksheets/") and PurePosixPath(part.filename).suffix == ".xml":
            formulas[part.filename] = _scan_sheet(archive, part, file_name, bounds)
        elif part.filename.endswith((".xml", ".rels")):
            for _ in _chunks(archive, part):
                pass
    return formulas


def _chunks(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    with archive.open(part) as stream:
        while chunk := stream.read(_CHUNK):
            yield chunk


def _scan_sheet(
    archive: zipfile.ZipFile, part: zipfile.ZipInfo, file_name: str, bounds: Bounds
) -> frozenset[tuple[int, int]]:
    formulas: set[tuple[int, int]] = set()
    rows, row_tags, cell_tags, columns, tail = 0, 0, 0, _NARROW, b""
    for chunk in _chunks(archive, part):
        row_tags, cell_tags = row_tags + chunk.count(b"<row"), cell_tags + chunk.count(b"<c")
        text = _evenly_written(tail + chunk)
        rows = max(rows, row_tags, max(map(int, _ROW.findall(text)), default=0))
        columns = max(columns, max((_column_index(far) + 1 for far in set(_FAR_COLUMN.findall(text))), default=0))
        if rows > bounds.rows or columns > bounds.columns or max(rows * columns, cell_tags) > bounds.cells:
            raise TooManyCellsError(file_name, bounds.rows, bounds.columns)
        if b"<f" in text:
            formulas.update((int(row) - 1, _column_index(letters)) for letters, row in _FORMULA.findall(text))
        tail = text[-_OVERLAP:]
    return frozenset(formulas)


def _evenly_written(xml: bytes) -> bytes:
    """Return the XML with attributes in double quotes after single spaces, as nearly every program writes them."""
    if b"r='" in xml:
        xml = xml.replace(b"'", b'"')
    if b'\nr="' in xml or b'\tr="' in xml or b'\rr="' in xml:
        xml = xml.translate(bytes.maketrans(b"\n\t\r", b"   "))
    return xml


def _column_index(letters: bytes) -> int:
    index = 0
    for letter in letters:
        index = index * 26 + letter - 64
    return index - 1


def _by_sheet_name(
    archive: zipfile.ZipFile, by_part: dict[str, frozenset[tuple[int, int]]]
) -> dict[str, frozenset[tuple[int, int]]]:
    """Return the formula cells by the name of the sheet, which the workbook ties to a part by a relation."""
    if not any(by_part.values()):
        return {}
    relations = archive.read("xl/_rels/workbook.xml.rels").decode("utf-8", "replace")
    targets = {
        _attribute(tag, "Id"): _attribute(tag, "Target")
        for tag in re.findall(r"<(?:\w+:)?Relationship\b[^>]*>", relations)
    }
    sheets = re.findall(r"<(?:\w+:)?sheet\b[^>]*>", archive.read("xl/workbook.xml").decode("utf-8", "replace"))
    parts = {html.unescape(_attribute(tag, "name")): targets.get(_attribute(tag, "r:id"), "") for tag in sheets}
    return {name: by_part.get("xl/" + target.removeprefix("/xl/"), frozenset()) for name, target in parts.items()}


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf"\b{re.escape(name)}=[\"']([^\"']*)", tag)
    return found[1] if found else ""


def _first_filled_sheet(
    workbook: python_calamine.CalamineWorkbook, file_name: str, formulas: dict[str, frozenset[tuple[int, int]]]
) -> Sheet:
    chosen: Sheet | None = None
    passed_over: list[str] = []
    for position, meta in enumerate(workbook.sheets_metadata):
        if meta.typ != python_calamine.SheetTypeEnum.WorkSheet:
            continue
        sheet = workbook.get_sheet_by_index(position)
        if meta.visible != python_calamine.SheetVisibleEnum.Visible or chosen is not None:
            passed_over.extend([meta.name] if sheet.total_height else [])
            continue
        rows = _rows(sheet)
        if all(is_blank(cell) for row in rows for cell in row):
            continue
        merged = tuple(MergedRange(*first, *last) for first, last in sheet.merged_cell_ranges or [])
        chosen = Sheet(file_name, meta.name, rows, formulas.get(meta.name, frozenset()), merged)
    if chosen is None:
        raise FileEmptyError(file_name)
    if not passed_over:
        return chosen
    remark = Text(
        "只读取工作表“%(read)s”；未读取：%(others)s。", "Only sheet “%(read)s” was read; not read: %(others)s."
    )
    said = remark.with_values(read=chosen.name, others="、".join(passed_over))
    return Sheet(file_name, chosen.name, chosen.rows, chosen.formulas, chosen.merged, (said,))


def _rows(sheet: python_calamine.CalamineSheet) -> list[list[Cell]]:
    rows: list[list[Cell]] = sheet.to_python(skip_empty_area=False)
    return rows
