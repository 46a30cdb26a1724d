"""A source as a contract: who owns it, under which licence it is used, and what each column of its files means.

The contract is data (YAML), so that a new source is a new file, never new code. It is checked when it is read: a wrong
one stops loudly and says where.

Invariant: a contract names each fact once, and its key and name among its columns.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from yulin.atlas.core.reading import MappingReader
from yulin.atlas.enums import FieldType
from yulin.atlas.errors import ContractError
from yulin.base.text import Text

_LONGEST_TEXT = 2_000
_WHOLE_BP = 10_000


@dataclass(frozen=True)
class SourceField:
    """One fact: the column it stands in, its type, the rules its values keep, its class (else the source's first)."""

    fact: str
    column: str
    type: FieldType
    label: Text
    is_required: bool = False
    is_served: bool = False
    longest: int = _LONGEST_TEXT
    lowest: int | None = None
    highest: int | None = None
    may_be_in_future: bool = True
    group: str = ""


@dataclass(frozen=True)
class SourceContract:
    """What a source promises of its files. `priority`: the smaller is believed first."""

    id: str
    title: Text
    owner: str
    licence: str
    classes: tuple[str, ...]
    schedule: str
    priority: int
    confidence_bp: int
    subject_column: str
    identifier_scheme: str
    key: tuple[str, ...]
    name_column: str
    registered_column: str | None
    missing: tuple[str, ...]
    fields: tuple[SourceField, ...]
    content_hash: str

    @property
    def columns(self) -> tuple[str, ...]:
        """Return every column that the contract reads, each once."""
        used = (self.subject_column, self.name_column, *self.key, *(field.column for field in self.fields))
        return tuple(dict.fromkeys(column for column in (*used, self.registered_column) if column))

    @property
    def needed_columns(self) -> frozenset[str]:
        """Return the columns without which a file is not this source's."""
        required = {field.column for field in self.fields if field.is_required}
        return frozenset(
            {self.subject_column, *self.key, *required} | ({self.name_column} if self.name_column else set())
        )


def read_contract(content: Any, where: str) -> SourceContract:
    """Return the contract that a YAML mapping says. **Raises**: `ATLAS.SOURCE.CONTRACT`."""
    reader = MappingReader(content, where, ContractError)
    subject = reader.part("subject")
    fields = tuple(_field(name, reader.of("fields", name)) for name in reader.part("fields").content)
    contract = SourceContract(
        id=reader.text("id"),
        title=reader.words("title"),
        owner=reader.text("owner"),
        licence=reader.text("licence"),
        classes=tuple(reader.texts("classes")),
        schedule=reader.text("schedule"),
        priority=reader.number("priority", 1, 99),
        confidence_bp=reader.number("confidence_bp", 0, _WHOLE_BP),
        subject_column=subject.text("column"),
        identifier_scheme=subject.text("scheme"),
        key=tuple(reader.texts("key", [subject.text("column")])),
        name_column=reader.text("name", ""),
        registered_column=reader.text("registered_on", "") or None,
        missing=tuple(reader.texts("missing", [])),
        fields=fields,
        content_hash=hashlib.sha256(
            json.dumps(content, ensure_ascii=False, sort_keys=True, default=str).encode()
        ).hexdigest(),
    )
    reader.close()
    columns = {field.column for field in fields}
    if contract.registered_column and contract.registered_column not in columns:
        raise ContractError(where=where, at="registered_on", needed=Text("某个字段的列", "the column of a field"))
    return contract


def _field(fact: str, reader: MappingReader) -> SourceField:
    kind = reader.text("type")
    if kind not in set(FieldType):
        raise ContractError(
            where=reader.where, at=f"{reader.at}type", needed=Text(" | ".join(FieldType), " | ".join(FieldType))
        )
    field = SourceField(
        fact=fact,
        column=reader.text("column"),
        type=FieldType(kind),
        label=reader.words("label"),
        is_required=reader.flag("required"),
        is_served=reader.flag("serve"),
        longest=reader.number("longest", 1, 1_000_000, _LONGEST_TEXT),
        lowest=reader.number("lowest", -(10**17), 10**17, 0) if "lowest" in reader.content else None,
        highest=reader.number("highest", -(10**17), 10**17, 0) if "highest" in reader.content else None,
        may_be_in_future=not reader.flag("not_in_future"),
        group=reader.text("group", ""),
    )
    reader.close()
    return field
