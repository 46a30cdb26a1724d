"""Delimited text: UTF-8 (with or without mark), UTF-16 with mark, GB18030; comma, tab, semicolon or bar.

GB18030 gives some meaning to almost any bytes, so a text is believed to be GB18030 only where its characters are
those that people write. `="9153…"`, the habit that keeps digits in a CSV, is text; any other cell that starts with =
is a formula.
"""

from __future__ import annotations

import csv
import io
import re

from yulin.base.text import Text
from yulin.exchange.adapters.bounds import Bounds
from yulin.exchange.core.sheets import Sheet
from yulin.exchange.errors import EncodingError, NotAWorkbookError, TooManyCellsError

_DELIMITERS = ",\t;|"
_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_QUOTED_FORMULA = re.compile(r'^="(.*)"$', re.DOTALL)
_UNUSUAL = re.compile(r"[\ue000-\uf8ff\ufffd\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
_HAN = re.compile(r"[\u3400-\u9fff]")
_SAMPLE = 200_000


def read_csv(content: bytes, file_name: str, bounds: Bounds) -> Sheet:
    """Return the text as a sheet of text cells, every row as wide as the widest.

    Raises: FILE.ENCODING, FILE.NOT_A_WORKBOOK, FILE.TOO_MANY_CELLS.
    """
    text = _decoded(content, file_name)
    if text.lstrip()[:200].lower().startswith(("<html", "<!doctype html", "<table", "<?xml")):
        raise NotAWorkbookError(file_name, Text("网页或XML", "a web page or XML"))
    rows: list[list[str]] = []
    formulas: set[tuple[int, int]] = set()
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text)):
        if len(rows) >= bounds.rows or len(row) > bounds.columns:
            raise TooManyCellsError(file_name, bounds.rows, bounds.columns)
        if any(cell[:1] == "=" for cell in row):
            row = _unquoted(row, len(rows), formulas)  # noqa: PLW2901 - the row as read
        rows.append(row)
    width = max(map(len, rows), default=0)
    for row in rows:
        if len(row) < width:
            row.extend([""] * (width - len(row)))
    return Sheet(file_name, "CSV", rows, frozenset(formulas), is_text_only=True)


def _unquoted(row: list[str], index: int, formulas: set[tuple[int, int]]) -> list[str]:
    cells = []
    for position, cell in enumerate(row):
        quoted = _QUOTED_FORMULA.match(cell)
        if quoted is None and cell[:1] == "=" and len(cell) > 1:
            formulas.add((index, position))
        cells.append(quoted[1] if quoted else cell)
    return cells


def _decoded(content: bytes, file_name: str) -> str:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _strict(content, encoding, file_name)
    if b"\x00" in content[:_SAMPLE]:
        raise EncodingError(file_name, Text("内容不是文本", "its bytes are no text"))
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError as error:
        furthest = error.start
    try:
        text = content.decode("gb18030")
    except UnicodeDecodeError as error:
        raise _unreadable(content, max(furthest, error.start), file_name) from error
    if _looks_wrong(text[:_SAMPLE]):
        raise EncodingError(file_name, Text("按GB18030读出的是乱码", "read as GB18030 it makes no words"))
    return text


def _strict(content: bytes, encoding: str, file_name: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError as error:
        raise _unreadable(content, error.start, file_name) from error


def _unreadable(content: bytes, position: int, file_name: str) -> EncodingError:
    line = content[:position].count(b"\n") + 1
    where = Text("第%(line)s行有无法解读的字节", "line %(line)s holds bytes that cannot be read")
    return EncodingError(file_name, where.with_values(line=line))


def _looks_wrong(text: str) -> bool:
    if _UNUSUAL.search(text):
        return True
    han = _HAN.findall(text)
    common = sum(1 for character in han if _is_common(character))
    return not han or common < 0.9 * len(han)


def _is_common(character: str) -> bool:
    try:
        return bool(character.encode("gb2312"))
    except UnicodeEncodeError:
        return False


def _delimiter(text: str) -> str:
    lines = [line for line in text[:_SAMPLE].splitlines() if line.strip()][:5]
    best = max(_DELIMITERS, key=lambda delimiter: min((line.count(delimiter) for line in lines), default=0))
    return best if any(best in line for line in lines) else ","
