"""What a command reads: text in the encodings that bureaus and banks write, tables with named columns."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from yulin.base.errors import InputShapeError
from yulin.base.text import Text

_ENCODINGS = ("utf-8-sig", "gb18030")


def text_encoding(path: Path) -> str:
    """Return the encoding of a text file: UTF-8, else GB18030. **Raises**: `BASE.INPUT.SHAPE`."""
    for encoding in _ENCODINGS:
        try:
            with path.open(encoding=encoding) as lines:
                for _ in lines:
                    pass
        except UnicodeDecodeError:
            continue
        return encoding
    raise InputShapeError(found=str(path), needed=Text("UTF-8或GB18030的文本", "text in UTF-8 or GB18030"))


def csv_rows(path: Path, needed: Sequence[str]) -> Iterator[dict[str, str]]:
    """Yield the rows of a CSV file by column, `needed` columns always there. **Raises**: `BASE.INPUT.SHAPE`."""
    with path.open(encoding=text_encoding(path), newline="") as lines:
        table = csv.DictReader(lines, restval="")
        absent = [column for column in needed if column not in (table.fieldnames or ())]
        if absent:
            raise InputShapeError(
                found=f"{path}: {', '.join(table.fieldnames or ()) or '–'}",
                needed=Text("列：%(columns)s", "the columns %(columns)s").with_values(columns=", ".join(absent)),
            )
        for row in table:
            yield {column: (value or "").strip() for column, value in row.items() if isinstance(column, str)}
