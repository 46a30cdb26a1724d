"""Files of sources read in batches of text rows, in bounded memory: CSV, XLSX, JSON, Parquet, digital invoices.

BODS statements are JSON; digital invoices are XML, alone, in a zip or an OFD. What a file is, its first bytes decide. A
line or object that cannot be read is set apart with its number and what it holds; the rest goes on. A file that ends
before its time stops with the number of rows that were good.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice
from pathlib import Path
from typing import Any

import polars as pl

from yulin.atlas.adapters.einvoices import COLUMNS as EINVOICE_COLUMNS
from yulin.atlas.adapters.einvoices import einvoice_rows, holds_einvoices
from yulin.atlas.core.bods import holdings_in, is_bods
from yulin.atlas.enums import Problem
from yulin.atlas.errors import EInvoiceUnreadableError, SourceFileError
from yulin.base.text import Text
from yulin.exchange.adapters.bounds import DEFAULT_BOUNDS
from yulin.exchange.adapters.files import names_another_kind, read_path

_PARQUET, _ARCHIVE = b"PAR1", b"PK"
_MARK = b"\xef\xbb\xbf"
_SAMPLE = 1 << 20
_LONGEST_CELL = 32 << 20  # beyond it a quote was never closed
_LONGEST_JSON = 512 << 20
_DELIMITERS = ",\t;|"
_WIDE_MARKS = (b"\xff\xfe", b"\xfe\xff")
_WIDE, _UTF8, _GB18030 = "utf-16", "utf-8", "gb18030"
_OTHER = {_UTF8: _GB18030, _GB18030: _UTF8}
_IS_XML = Text(
    "这是XML或网页，需要CSV、XLSX、JSON、Parquet或数电票（XML、zip、OFD）",
    "it is XML or a web page; needed is CSV, XLSX, JSON, Parquet or digital invoices (XML, zip, OFD)",
)


@dataclass(frozen=True)
class Batch:
    """Rows as text with their own numbers (`row`), and what could not be read as a row: number, why, what it holds.

    `needed`: what a row of the file had to be for each problem, such as how many columns wide.
    """

    rows: pl.DataFrame
    unreadable: list[tuple[int, Problem, str]] = field(default_factory=list)
    needed: Mapping[Problem, str] = field(default_factory=dict)


def read_batches(path: Path, size: int) -> Iterator[Batch]:
    """Yield a file in batches of so many rows. **Raises**: `ATLAS.SOURCE.FILE`, the FILE.* codes of a workbook."""
    with path.open("rb") as content:
        start = content.read(_SAMPLE)
    if not start.strip():
        raise SourceFileError(file=path.name, why=Text("文件是空的", "it is empty"))
    if start.startswith(_PARQUET):
        return _parquet(path, size)
    if holds_einvoices(path, start):
        return _einvoices(path, size)
    if start.startswith(_ARCHIVE) or names_another_kind(start):
        return _workbook(path, size)  # which refuses other kinds by their names
    if start.removeprefix(_MARK).lstrip()[:1] == b"<":
        raise SourceFileError(file=path.name, why=_IS_XML)
    if start.removeprefix(_MARK).lstrip()[:1] in {b"[", b"{"}:
        return _json(path, size, start)
    return _csv(path, size, start)


def _frame(rows: Sequence[Sequence[str | None]], names: Sequence[str], numbers: Sequence[int]) -> pl.DataFrame:
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(names)
    table = pl.DataFrame(dict(zip(names, columns, strict=True)), schema=dict.fromkeys(names, pl.String))
    return table.insert_column(0, pl.Series("row", numbers, pl.UInt32))


def _parquet(path: Path, size: int) -> Iterator[Batch]:
    read = 0
    try:
        names = list(pl.read_parquet_schema(path))
        count = pl.scan_parquet(path).select(pl.len()).collect().item()
        table = pl.scan_parquet(path).select(_as_text(name) for name in names)
        for first in range(0, max(count, 1), size):  # a table without a row still shows its columns
            rows = table.slice(first, size).collect()
            numbers = pl.int_range(first + 1, first + rows.height + 1, dtype=pl.UInt32, eager=True).alias("row")
            yield Batch(rows.insert_column(0, numbers))
            read += rows.height
    except (pl.exceptions.PolarsError, OSError) as error:
        raise SourceFileError(file=path.name, why=_broken(error), rows_taken=read) from error


def _as_text(name: str) -> pl.Expr:
    return pl.col(name).cast(pl.String, strict=False).alias(name)


def _broken(error: Exception) -> Text:
    return Text("Parquet不完整或已损坏（%(why)s）", "the Parquet is cut short or damaged (%(why)s)").with_values(
        why=str(error).splitlines()[0][:120]
    )


def _workbook(path: Path, size: int) -> Iterator[Batch]:
    sheet = read_path(path, DEFAULT_BOUNDS)
    rows = [[_cell(cell) for cell in row] for row in sheet.rows]
    head = next((at for at, row in enumerate(rows) if sum(cell != "" for cell in row) > 1), None)
    if head is None:
        raise SourceFileError(file=path.name, why=Text("没有表头", "it has no head"))
    numbered = ((at + 1, row) for at, row in enumerate(rows) if at > head and any(row))
    return _in_batches(numbered, _named(rows[head]), size, path.name)


def _cell(cell: Any) -> str:
    """Return a cell as text: whole numbers without a point, days in ISO form."""
    if cell is None:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if hasattr(cell, "isoformat"):
        return str(cell.isoformat()).removesuffix("T00:00:00")
    return str(cell)


def _einvoices(path: Path, size: int) -> Iterator[Batch]:
    rows = einvoice_rows(path)
    try:
        while some := list(islice(rows, size)):
            good = [(place, row) for place, row in some if isinstance(row, list)]
            apart = [(place, Problem.NO_INVOICE, _why(row)) for place, row in some if not isinstance(row, list)]
            yield Batch(_frame([row for _, row in good], EINVOICE_COLUMNS, [place for place, _ in good]), apart)
    except EInvoiceUnreadableError as error:
        raise SourceFileError(file=path.name, why=error.facts["where"]) from error


def _why(error: EInvoiceUnreadableError) -> str:
    """Return which file of an archive cannot be read and why, as its quarantine keeps it."""
    where: Text = error.facts["where"]
    return f"{error.facts['name']}：{where.zh} / {where.en}"


def _csv(path: Path, size: int, start: bytes) -> Iterator[Batch]:
    encoding = _encoding(start)
    csv.field_size_limit(_LONGEST_CELL)
    unreadable: list[tuple[int, Problem, str]] = []
    lines = _wide(path) if encoding == _WIDE else _decoded(path, encoding, unreadable)
    try:
        first = next(lines)
    except StopIteration:
        raise SourceFileError(file=path.name, why=Text("没有可读的行", "no line of it can be read")) from None
    delimiter = max(_DELIMITERS, key=first.count)
    names = _named(next(csv.reader([first], delimiter=delimiter)))
    reader = csv.reader(lines, delimiter=delimiter)
    return _in_batches(_numbered(reader, path.name), names, size, path.name, (unreadable, encoding))


def _numbered(reader: Any, file: str) -> Iterator[tuple[int, list[str]]]:
    read = 0
    try:
        for row in reader:
            # The head was line 1 and was read apart; a row of several lines has the number of its last.
            if row:
                yield reader.line_num + 1, row
                read += 1
    except csv.Error as error:
        why = Text(
            "第%(line)s行起引号没有闭合或单元格过大", "from line %(line)s on a quote is open or a cell too large"
        )
        raise SourceFileError(file=file, why=why.with_values(line=reader.line_num + 1), rows_taken=read) from error


def _decoded(path: Path, encoding: str, unreadable: list[tuple[int, Problem, str]]) -> Iterator[str]:
    """Yield the lines that are in the file's encoding; a line in another one is blank, and set apart."""
    with path.open("rb") as content:
        for number, line in enumerate(content, 1):
            plain = line.removeprefix(_MARK) if number == 1 else line
            try:
                yield plain.decode(encoding)
            except UnicodeDecodeError:
                unreadable.append((number, Problem.ENCODING, _in_any(plain, _OTHER[encoding])))
                yield "\n"


def _in_any(line: bytes, encoding: str) -> str:
    """Return a line in another encoding if it can be read in it, so that a person sees what it says; else its bytes."""
    try:
        return line.decode(encoding).rstrip("\r\n")
    except UnicodeDecodeError:
        return line.rstrip(b"\r\n").decode("ascii", "backslashreplace")


def _wide(path: Path) -> Iterator[str]:
    """Yield the lines of a UTF-16 text, as spreadsheets export them; a wrong byte ends it, as no line is sure then."""
    read = 0
    try:
        with path.open(encoding=_WIDE, newline="") as content:
            for read, line in enumerate(content, 1):  # noqa: B007 - told in the error
                yield line
    except UnicodeError as error:
        why = Text("第%(line)s行后不是UTF-16", "behind line %(line)s it is no UTF-16").with_values(line=read)
        raise SourceFileError(file=path.name, why=why, rows_taken=max(read - 1, 0)) from error


def _encoding(start: bytes) -> str:
    """Return the encoding in which more of the first lines can be read."""
    if start.startswith(_WIDE_MARKS):
        return _WIDE
    if start.startswith(_MARK):
        return _UTF8
    lines = [line for line in start.split(b"\n")[:-1] or [start] if not line.isascii()]
    readable = {name: sum(map(_reads(name), lines)) for name in _OTHER}
    return _UTF8 if readable[_UTF8] * 2 >= len(lines) else _GB18030


def _reads(encoding: str) -> Any:
    def reads(line: bytes) -> bool:
        try:
            line.decode(encoding)
        except UnicodeDecodeError:
            return False
        return True

    return reads


def _named(cells: Sequence[str]) -> list[str]:
    """Return the names of a head, each once: a second column of a name gets its place behind it."""
    names: list[str] = []
    for at, cell in enumerate(cells, 1):
        name = cell.strip().removeprefix("\ufeff") or f"#{at}"
        names.append(name if name not in names and name != "row" else f"{name}#{at}")
    return names


def _in_batches(
    numbered: Iterator[tuple[int, list[str]]],
    names: list[str],
    size: int,
    file: str,
    text: tuple[list[tuple[int, Problem, str]], str] | None = None,
) -> Iterator[Batch]:
    """Yield rows in batches; `text`: lines of a text that could not be decoded, and the encoding of the others."""
    unreadable, encoding = text or ([], "")
    width, read, is_first = len(names), 0, True
    needed = {Problem.WRONG_WIDTH: str(width), Problem.ENCODING: encoding}
    while True:
        try:
            some = list(islice(numbered, size))
        except SourceFileError as error:
            raise SourceFileError(file=file, why=error.facts["why"], rows_taken=read) from error
        wrong = [(number, Problem.WRONG_WIDTH, _joined(row)) for number, row in some if len(row) != width]
        right = [(number, row) for number, row in some if len(row) == width]
        apart, unreadable[:] = [*unreadable, *wrong], []
        if not some and not apart and not is_first:
            return
        yield Batch(_frame([row for _, row in right], names, [number for number, _ in right]), apart, needed)
        read, is_first = read + len(right), False
        if len(some) < size:
            return


def _joined(row: list[str]) -> str:
    return json.dumps(row, ensure_ascii=False)


def _json(path: Path, size: int, start: bytes) -> Iterator[Batch]:
    objects = _json_list(path) if start.removeprefix(_MARK).lstrip()[:1] == b"[" else _json_lines(path)
    first = next(objects, None)
    objects = chain([first] if first else [], objects)
    if first and is_bods(first[1]):
        objects = holdings_in(objects)  # a relationship names records that stand anywhere in the file
    read = 0
    while some := list(islice(objects, size)):
        good = [(number, value) for number, value in some if isinstance(value, dict)]
        apart = [
            (number, Problem.UNREADABLE, _sound(str(value))) for number, value in some if not isinstance(value, dict)
        ]
        keys = list(dict.fromkeys(name for _, value in good for name in value))
        rows = [[_json_cell(value.get(key)) for key in keys] for _, value in good]
        yield Batch(_frame(rows, _named(list(map(_sound, keys))), [number for number, _ in good]), apart)
        read += len(good)


def _json_list(path: Path) -> Iterator[tuple[int, Any]]:
    if path.stat().st_size > _LONGEST_JSON:
        raise SourceFileError(
            file=path.name,
            why=Text("JSON列表过大，请改用一行一个对象", "the JSON list is too large; give an object a line"),
        )
    try:
        yield from enumerate(_loads(path.read_text(encoding="utf-8-sig")), 1)
    except (ValueError, RecursionError) as error:
        raise SourceFileError(file=path.name, why=Text("不是完整的JSON", "it is no whole JSON")) from error


def _json_lines(path: Path) -> Iterator[tuple[int, Any]]:
    with path.open("rb") as content:
        for number, line in enumerate(content, 1):
            if line.strip():
                try:
                    yield number, _loads(line.decode("utf-8-sig"))
                except (ValueError, RecursionError):
                    yield number, line.decode("utf-8", "replace")


def _loads(text: str) -> Any:
    return json.loads(text, object_pairs_hook=_object)


def _object(pairs: list[tuple[str, Any]]) -> Any:
    """Return an object; one that says two things under one name is none, and stays as it was written."""
    said = dict(pairs)
    if all(said[name] == value for name, value in pairs):
        return said
    return ", ".join(json.dumps({name: value}, ensure_ascii=False) for name, value in pairs)


def _sound(text: str) -> str:
    """Return a text without half characters, which JSON can write and no table can hold."""
    return text.encode("utf-8", "replace").decode()


def _json_cell(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, str):
        return _sound(value)
    if isinstance(value, bool | dict | list):
        return json.dumps(value, ensure_ascii=False)
    return _cell(value)
