"""Lists of approved projects as rows by field: XLSX, CSV and JSON, with heads that data know or that a person names."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from ruamel.yaml import YAML

from yulin.base.text import Text
from yulin.brain.core.projects import FIELD_NAMES, UNITS, personal_id_in
from yulin.brain.errors import ProjectColumnsError, ProjectFileError, ProjectPersonalIdError
from yulin.exchange.adapters.bounds import upload_bounds
from yulin.exchange.adapters.files import read_bytes
from yulin.exchange.core.sheets import Sheet, find_head, is_blank, plain_head

_JSON = (b"[", b"{")


@dataclass(frozen=True)
class ProjectSheet:
    """A list as read: its form, which field stands in which column, the unit that its amounts are in, its rows."""

    form: str
    columns: Mapping[int, str]
    amount_unit: str
    sheet: Sheet
    first_row: int

    def rows(self) -> Iterator[tuple[int, Mapping[str, Any]]]:
        """Yield each row that says anything: its number in the file, and its cells by field."""
        for number, cells in enumerate(self.sheet.rows[self.first_row :], self.first_row + 1):
            if not all(map(is_blank, cells)):
                yield number, {name: cells[place] for place, name in self.columns.items() if place < len(cells)}


@cache
def known_columns() -> Mapping[str, str]:
    """Return the field that each known head names, by plain head."""
    said = YAML(typ="safe").load(files("yulin.brain").joinpath("project_columns.yaml").read_text(encoding="utf-8"))
    return {plain_head(head): name for name, heads in said["columns"].items() for head in (name, *heads)}


def read_columns(said: str) -> dict[str, str]:
    """Return a column map from its lines, `head=field`, by plain head. Raises: `BRAIN.PROJECT.COLUMNS`."""
    needed = "、".join(FIELD_NAMES)
    named = {plain_head(name.zh): key for key, name in FIELD_NAMES.items()} | {key: key for key in FIELD_NAMES}
    found = {}
    for line in filter(None, map(str.strip, said.replace("＝", "=").splitlines())):
        head, _, name = line.partition("=")
        name = name.strip()
        if not head.strip() or (name not in named and plain_head(name) not in named):
            raise ProjectColumnsError(found=line[:80], needed=needed)
        found[plain_head(head)] = named.get(name) or named[plain_head(name)]
    return found


def read_project_file(name: str, content: bytes, columns: str = "") -> ProjectSheet:
    """Return a list of projects; its rows are read one by one afterwards.

    Raises: `BRAIN.PROJECT.FILE`, `BRAIN.PROJECT.COLUMNS`, `BRAIN.PROJECT.PERSONAL_ID`, and those of tables (`FILE.*`).
    """
    own = read_columns(columns)
    known = {**known_columns(), **own}
    is_json = content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(_JSON)
    sheet = _json_sheet(name, content) if is_json else read_bytes(content, name, upload_bounds())
    head = find_head(sheet, frozenset(known))
    if head is None:
        raise ProjectFileError(name=name, why=Text("没有内容", "it holds nothing"))
    taken = _columns(head.names, known, own, name)
    units = [UNITS.get(unit.casefold(), "") for place, unit in enumerate(head.units) if taken.get(place) == "amount"]
    _check_people(sheet, head.row, head.names)
    form = "json" if is_json else ("csv" if sheet.is_text_only else "xlsx")
    return ProjectSheet(form, taken, units[0] if units else "", sheet, head.row + 1)


def _columns(heads: tuple[str, ...], known: Mapping[str, str], own: Mapping[str, str], name: str) -> dict[int, str]:
    """Return the field of each column; what a person named goes before what is known of itself."""
    plain = {place: plain_head(head) for place, head in enumerate(heads) if head}
    named = {place: own[head] for place, head in plain.items() if head in own}
    taken = dict(named)
    for place, head in plain.items():
        field = known.get(head)
        if field is None or place in taken or field in named.values():
            continue
        twice = next((heads[other] for other, held in taken.items() if held == field), None)
        if twice is not None:
            found = f"{twice} = {heads[place]} = {field}"
            raise ProjectColumnsError(found=found, needed="、".join(FIELD_NAMES))
        taken[place] = field
    missing = [FIELD_NAMES[field] for field in ("title", "unit") if field not in taken.values()]
    if missing:
        why = Text("没有“%(column)s”列，现有：%(found)s", "no column for “%(column)s”; found: %(found)s")
        raise ProjectFileError(
            name=name, why=why.with_values(column=missing[0], found="、".join(filter(None, heads))[:200] or "–")
        )
    return taken


def _check_people(sheet: Sheet, head_row: int, heads: tuple[str, ...]) -> None:
    for number, cells in enumerate(sheet.rows, 1):
        if number == head_row + 1:
            continue
        named = {
            (heads[place] if place < len(heads) else "") or str(place + 1): cell for place, cell in enumerate(cells)
        }
        column = personal_id_in(named)
        if column:
            raise ProjectPersonalIdError(row=number, column=column)


def _json_sheet(name: str, content: bytes) -> Sheet:
    """Return the objects of a JSON list as a sheet; its heads are their keys, in the order of their first use."""
    try:
        said = json.loads(content.decode("utf-8-sig"))
    except (UnicodeDecodeError, ValueError) as error:
        raise ProjectFileError(name=name, why=Text("不是JSON", "it is no JSON")) from error
    items = next((value for value in said.values() if isinstance(value, list)), []) if isinstance(said, dict) else said
    if not items or not all(isinstance(one, dict) for one in items):
        raise ProjectFileError(name=name, why=Text("不是对象的列表", "it is no list of objects"))
    heads = list(dict.fromkeys(str(key) for one in items for key in one))
    rows = [[_cell(one.get(head)) for head in heads] for one in items]
    return Sheet(name, "JSON", [heads, *rows], is_text_only=True)


def _cell(value: Any) -> Any:
    if isinstance(value, list):
        return "、".join(str(_cell(one)) for one in value)
    if isinstance(value, dict):
        return f"{value.get('name', '')}（{value['unit']}）" if value.get("unit") else str(value.get("name", ""))
    return (
        value if value is None or (isinstance(value, str | int | float) and not isinstance(value, bool)) else str(value)
    )
