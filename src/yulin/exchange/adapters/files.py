"""One door for files from outside: what a file is, is decided by its first bytes, never by its name."""

from __future__ import annotations

from pathlib import Path

from yulin.base.text import Text
from yulin.exchange.adapters.bounds import DEFAULT_BOUNDS, Bounds
from yulin.exchange.adapters.csv_files import read_csv
from yulin.exchange.adapters.xlsx_files import read_xlsx
from yulin.exchange.core.sheets import Sheet
from yulin.exchange.errors import (
    EncryptedWorkbookError,
    FileEmptyError,
    FileTooLargeError,
    NotAWorkbookError,
    OldWorkbookError,
)

_ARCHIVE = (b"PK\x03\x04", b"PK\x05\x06")
_COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_KNOWN = (
    (b"%PDF", Text("PDF", "a PDF")),
    (b"\x89PNG", Text("图片", "a picture")),
    (b"\xff\xd8\xff", Text("图片", "a picture")),
    (b"Rar!", Text("RAR压缩包", "a RAR archive")),
    (b"7z\xbc\xaf", Text("7z压缩包", "a 7z archive")),
    (b"\x1f\x8b", Text("gzip压缩包", "a gzip archive")),
)


def names_another_kind(start: bytes) -> bool:
    """Tell whether a file's first bytes are those of a kind that `read_bytes` refuses by its name."""
    return start.startswith((_COMPOUND, *(mark for mark, _ in _KNOWN)))


def read_path(path: Path, bounds: Bounds = DEFAULT_BOUNDS) -> Sheet:
    """Return the sheet of the file at `path`; its size is looked at before its content.

    Raises: the FILE.* codes of `read_bytes`.
    """
    size = path.stat().st_size
    if size > bounds.file_bytes:
        raise FileTooLargeError(path.name, size, bounds.file_bytes)
    return read_bytes(path.read_bytes(), path.name, bounds)


def read_bytes(content: bytes, file_name: str, bounds: Bounds = DEFAULT_BOUNDS) -> Sheet:
    """Return the first sheet of an XLSX workbook, or a delimited text, that holds anything.

    Raises: FILE.EMPTY, FILE.TOO_LARGE, FILE.UNPACKS_TOO_LARGE, FILE.TOO_MANY_CELLS, FILE.NOT_A_WORKBOOK,
    FILE.OLD_WORKBOOK, FILE.ENCRYPTED, FILE.DAMAGED, FILE.ENCODING.
    """
    if len(content) > bounds.file_bytes:
        raise FileTooLargeError(file_name, len(content), bounds.file_bytes)
    if not content.strip(b"\x00\t\r\n \xef\xbb\xbf"):
        raise FileEmptyError(file_name)
    if content.startswith(_ARCHIVE):
        return read_xlsx(content, file_name, bounds)
    if content.startswith(_COMPOUND):
        raise EncryptedWorkbookError(file_name) if _ENCRYPTED in content else OldWorkbookError(file_name)
    for start, kind in _KNOWN:
        if content.startswith(start):
            raise NotAWorkbookError(file_name, kind)
    if file_name.lower().endswith((".xlsx", ".xlsm")):
        raise NotAWorkbookError(file_name, Text("纯文本或其他内容", "plain text or something else"))
    return read_csv(content, file_name, bounds)
