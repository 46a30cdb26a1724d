"""A source as a contract: who owns it, under which licence it is used, and what each column of its files means.

The contract is data (YAML), so that a new source is a new file, never new code. It is checked when it is read: a wrong
one stops loudly and says where.

Invariant: a contract names each fact once, and its key and name among its columns.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from yulin.atlas.core.particulars import FORMS, ParticularField
from yulin.atlas.core.reading import MappingReader
from yulin.atlas.enums import FieldType, ParticularKind
from yulin.atlas.errors import ContractError
from yulin.base.text import Text

_LONGEST_TEXT = 2_000
_WHOLE_BP = 10_000
_TEXTS_ONLY = Text("仅用于文字字段", "a field of type text: only texts have it")


@dataclass(frozen=True)
class SourceField:
    """One fact: the column it stands in, its type, the rules its values keep, its class (else the source's first).

    `pattern`: what a whole text has to match, and `form` what that is in words; `one_of`: the only texts it may be.
    """

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
    pattern: str = ""
    form: Text | None = None
    one_of: tuple[str, ...] = ()


@dataclass(frozen=True)
class PullShape:
    """How a source's API gives its rows: where they lie in an answer (keys joined by points), and how pages are asked.

    Where it answers and by which token is never in a contract.
    """

    rows_at: str
    page_parameter: str
    size_parameter: str
    page_rows: int


@dataclass(frozen=True)
class NamingShape:
    """What a source's names say of a firm's history.

    `is_current`: its name column is what firms are called, and another name in a later file renames them. `former`: the
    column of a name that the firm bore, until the day of the column `until`.
    """

    is_current: bool
    former: str
    until: str


@dataclass(frozen=True)
class SourceContract:
    """What a source promises of its files. `priority`: the smaller is believed first.

    `may_lack_code`: the source often names a firm without its code; such a row waits for a person, breaking no promise.

    With `particular` each row is one of a firm's many things of that kind: told apart by the `key`, valid from the day
    of `begins_column` to that of `ends_column`; `says` is what all rows of the source say alike.
    """

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
    particular: ParticularKind | None = None
    says: Mapping[str, str] = field(default_factory=dict)
    begins_column: str | None = None
    ends_column: str | None = None
    pull: PullShape | None = None
    naming: NamingShape | None = None
    may_lack_code: bool = False

    @property
    def columns(self) -> tuple[str, ...]:
        """Return every column that the contract reads, each once."""
        used = (self.subject_column, self.name_column, *self.key, *(one.column for one in self.fields))
        return tuple(dict.fromkeys(column for column in (*used, self.registered_column) if column))

    @property
    def needed_columns(self) -> frozenset[str]:
        """Return the columns without which a file is not this source's; a list of things needs no firms' names."""
        required = {one.column for one in self.fields if one.is_required}
        named = {self.name_column} if self.name_column and self.particular is None else set()
        return frozenset({self.subject_column, *self.key, *required} | named)


def read_contract(content: Any, where: str) -> SourceContract:
    """Return the contract that a YAML mapping says. **Raises**: `ATLAS.SOURCE.CONTRACT`."""
    reader = MappingReader(content, where, ContractError)
    subject = reader.part("subject")
    kind = _particular(reader)
    form = FORMS[kind].fields if kind else {}
    fields = tuple(_field(name, reader.of("fields", name), form.get(name)) for name in reader.part("fields").content)
    says = reader.part("says") if "says" in reader.content else None
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
        particular=kind,
        says={name: says.text(name) for name in says.content} if says else {},
        begins_column=reader.text("begins", "") or None,
        ends_column=reader.text("ends", "") or None,
        pull=_pull(reader.part("pull")) if "pull" in reader.content else None,
        naming=_naming(reader.part("names"), {one.column for one in fields}) if "names" in reader.content else None,
        may_lack_code=subject.flag("optional"),
    )
    reader.close()
    if contract.may_lack_code and not contract.name_column:
        needed = Text("name：代码可缺的行须有名称", "name: a row that may lack its code has to name its firm")
        raise ContractError(where=where, at="subject.optional", needed=needed)
    columns = {one.column for one in fields}
    _check_particular(contract, columns, where)
    if contract.registered_column and contract.registered_column not in columns:
        raise ContractError(where=where, at="registered_on", needed=Text("某个字段的列", "the column of a field"))
    return contract


def _pull(reader: MappingReader) -> PullShape:
    shape = PullShape(
        rows_at=reader.text("rows", ""),
        page_parameter=reader.text("page", "page"),
        size_parameter=reader.text("size", "size"),
        page_rows=reader.number("page_rows", 1, 10_000, 500),
    )
    reader.close()
    return shape


def _naming(reader: MappingReader, columns: set[str]) -> NamingShape:
    shape = NamingShape(reader.flag("current"), reader.text("former", ""), reader.text("until", ""))
    for at, column in (("former", shape.former), ("until", shape.until)):
        if column and column not in columns:
            reader.refuse(at, Text("某个字段的列", "the column of a field"))
    reader.close()
    return shape


def _particular(reader: MappingReader) -> ParticularKind | None:
    kind = reader.text("particular", "")
    if kind and kind not in set(ParticularKind):
        reader.refuse("particular", Text(" | ".join(ParticularKind), " | ".join(ParticularKind)))
    return ParticularKind(kind) if kind else None


def _check_particular(contract: SourceContract, columns: set[str], where: str) -> None:
    """Refuse fields that the kind does not have, and keys and days that stand in no field's column."""
    days = [column for column in (contract.begins_column, contract.ends_column) if column]
    if contract.particular is None:
        if days or contract.says:
            needed = Text("particular：起止与says只属于明细", "particular: only its rows begin, end and say alike")
            raise ContractError(where=where, at="begins", needed=needed)
        return
    known = FORMS[contract.particular].fields
    for name in (*(one.fact for one in contract.fields), *contract.says):
        if name not in known:
            raise ContractError(where=where, at=f"fields.{name}", needed=Text(" | ".join(known), " | ".join(known)))
    for column in (*days, *(each for each in contract.key if each != contract.subject_column)):
        if column not in columns:
            raise ContractError(where=where, at=column, needed=Text("某个字段的列", "the column of a field"))


def _field(fact: str, reader: MappingReader, form: ParticularField | None = None) -> SourceField:
    kind = reader.text("type", form.type.value if form else None)
    if kind not in set(FieldType):
        raise ContractError(
            where=reader.where, at=f"{reader.at}type", needed=Text(" | ".join(FieldType), " | ".join(FieldType))
        )
    found = SourceField(
        fact=fact,
        column=reader.text("column"),
        type=FieldType(kind),
        label=form.label if form and "label" not in reader.content else reader.words("label"),
        is_required=reader.flag("required"),
        is_served=reader.flag("serve"),
        longest=reader.number("longest", 1, 1_000_000, _LONGEST_TEXT),
        lowest=reader.number("lowest", -(10**17), 10**17, 0) if "lowest" in reader.content else None,
        highest=reader.number("highest", -(10**17), 10**17, 0) if "highest" in reader.content else None,
        may_be_in_future=not reader.flag("not_in_future"),
        group=reader.text("group", ""),
        pattern=_pattern(reader, kind),
        form=reader.words("form") if reader.content.get("pattern") else None,
        one_of=tuple(_listed(reader, kind)),
    )
    reader.close()
    if found.highest is not None and (found.lowest or 0) > found.highest:
        reader.refuse(
            "highest", Text("不小于lowest（未写即0）的数", "no less than lowest, which is 0 where it is not said")
        )
    return found


def _pattern(reader: MappingReader, kind: str) -> str:
    pattern = reader.text("pattern", "")
    if pattern and kind != FieldType.TEXT:
        reader.refuse("pattern", _TEXTS_ONLY)
    try:
        pl.Series([""]).str.contains(f"^(?:{pattern})$")
    except pl.exceptions.ComputeError:
        reader.refuse("pattern", Text("可识读的正则表达式", "a regular expression that can be read"))
    return pattern


def _listed(reader: MappingReader, kind: str) -> list[str]:
    listed = reader.texts("one_of", [])
    if listed and kind != FieldType.TEXT:
        reader.refuse("one_of", _TEXTS_ONLY)
    return listed
