"""An audit pack as a ZIP that is written as it comes: bounded memory, the same book the same bytes.

Entries carry no time of their own, one compression, one order; each file's SHA-256 is taken while it passes.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import zipfile
from collections.abc import Iterable, Sequence
from datetime import UTC, date, datetime
from typing import IO, Any, Self

_EPOCH = (1980, 1, 1, 0, 0, 0)  # the first day that a ZIP can name
_BUFFER_BYTES = 1 << 16
_BOM = "\ufeff"  # so that spreadsheets read Chinese as it is


class PackZip:
    """A pack in the making."""

    def __init__(self, out: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=6)
        self.files: list[dict[str, Any]] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_fault: object) -> None:
        self._zip.close()  # a pack without its manifest recomputes as different

    def add(self, name: str, chunks: Iterable[bytes]) -> int:
        """Write a file from its chunks and return how many there were."""
        digest, size, count = hashlib.sha256(), 0, 0
        with self._zip.open(_entry(name), "w", force_zip64=True) as file:
            for chunk in _gathered(chunks):
                digest.update(chunk[0])
                size += len(chunk[0])
                count += chunk[1]
                file.write(chunk[0])
        self.files.append({"name": name, "sha256": digest.hexdigest(), "bytes": size})
        return count

    def add_table(self, name: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> int:
        """Write a CSV with a head and return how many rows it has."""
        return self.add(name, csv_lines(columns, rows)) - 1

    def add_lines(self, name: str, lines: Iterable[Any]) -> int:
        """Write JSON, one value a line, and return how many."""
        return self.add(name, (json_text(line).encode() + b"\n" for line in lines))

    def seal(self, manifest: dict[str, Any]) -> str:
        """Write the manifest as the last file and return its SHA-256."""
        text = json.dumps({**manifest, "files": self.files}, ensure_ascii=False, indent=1).encode()
        self._zip.writestr(_entry("manifest.json"), text, compresslevel=6)
        return hashlib.sha256(text).hexdigest()


def _entry(name: str) -> zipfile.ZipInfo:
    entry = zipfile.ZipInfo(name, _EPOCH)
    entry.compress_type = zipfile.ZIP_DEFLATED
    entry.create_system = 3
    entry.external_attr = 0o644 << 16
    return entry


def _gathered(chunks: Iterable[bytes]) -> Iterable[tuple[bytes, int]]:
    """Join small chunks, so that a row does not cost a call of the compressor; each with how many it holds."""
    held, size = [], 0
    for chunk in chunks:
        held.append(chunk)
        size += len(chunk)
        if size >= _BUFFER_BYTES:
            yield b"".join(held), len(held)
            held, size = [], 0
    if held:
        yield b"".join(held), len(held)


def csv_lines(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterable[bytes]:
    """Give a CSV line by line, its head first."""
    line = io.StringIO(newline="")
    write = csv.writer(line, lineterminator="\n").writerow
    line.write(_BOM)
    write(columns)
    yield _taken(line)
    for row in rows:
        write([cell(value) for value in row])
        yield _taken(line)


def _taken(line: io.StringIO) -> bytes:
    text = line.getvalue()
    line.seek(0)
    line.truncate()
    return text.encode()


def cell(value: Any) -> str:
    """Return a value as a cell: nothing is empty, days and instants are ISO, lists and objects are JSON.

    >>> cell(None), cell(True), cell(date(2022, 1, 3)), cell({"city": 5000})
    ('', 'true', '2022-01-03', '{"city":5000}')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    if isinstance(value, date):
        return value.isoformat()
    return json_text(value) if isinstance(value, dict | list) else str(value)


def json_text(value: Any) -> str:
    """Return a value as JSON without blanks."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
