"""A corrected value as a person writes it, read as a value of the fact's kind.

Money is in yuan where no unit is written, a share in percent; nothing is rounded.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from yulin.atlas.core.particulars import FORMS, ParticularField, last_day_meant
from yulin.atlas.core.portrait import FactShown
from yulin.atlas.enums import FieldType, ParticularKind
from yulin.atlas.errors import CorrectionUnreadableError
from yulin.base.errors import YulinError
from yulin.base.money import parse_fen
from yulin.base.text import Text

_PERCENT_BP = 100
_YES, _NO = frozenset({"是", "yes", "true"}), frozenset({"否", "no", "false"})
_UNIT = {
    "money": Text("金额（元，可写万元）", "an amount in yuan (or with 万)"),
    "ratio": Text("百分比，如3.25", "a percentage, such as 3.25"),
    "bool": Text("是或否", "yes or no"),
    "date": Text("日期，如2021-12-31", "a day, such as 2021-12-31"),
    "member": Text("所列选项之一", "one of the list"),
    "text": Text("文字", "a text"),
}
_WHOLE = Text("整数", "a whole number")
_PPM_DECIMALS = 4  # a percent is 10,000 millionths
_FIELD_UNIT = {
    FieldType.MONEY: _UNIT["money"],
    FieldType.RATIO: Text("百分比，如33.3333", "a percentage, such as 33.3333"),
    FieldType.BOOL: _UNIT["bool"],
    FieldType.DATE: Text("日期或月份，如2021-12-31、2021-12", "a day or a month, such as 2021-12-31 or 2021-12"),
    FieldType.COUNT: _WHOLE,
    FieldType.TEXT: _UNIT["text"],
}


def unit_of(form: FactShown) -> Text:
    """Return what a person has to write."""
    return _UNIT.get(form.kind, _WHOLE)


def unit_of_field(field: ParticularField) -> Text:
    """Return what a person has to write in one field of a particular."""
    return _FIELD_UNIT[field.type]


def written(field: ParticularField, value: Any) -> str:
    """Return a field's value as a person would write it; `read_particular` reads it back unchanged.

    >>> written(FORMS[ParticularKind.HOLDING].fields["share_ppm"], 333_333)
    '33.3333'
    """
    if value is None:
        return ""
    if field.type is FieldType.MONEY:
        return f"{Decimal(value).scaleb(-2):f}"
    if field.type is FieldType.RATIO:
        return f"{Decimal(value).scaleb(-_PPM_DECIMALS).normalize():f}"
    if isinstance(value, bool):
        return "是" if value else "否"
    return str(value)


def read_particular(fields: Mapping[str, str], kind: ParticularKind, was: Mapping[str, Any]) -> dict[str, Any]:
    """Return a particular with its fields as a person has written them; an empty one has no value.

    What is kept of it beside its fields stays.

    **Raises**: `ATLAS.OBJECTION.VALUE`.
    """
    forms = FORMS[kind].fields
    found = {name: kept for name, kept in was.items() if name not in forms}
    for name, form in forms.items():
        text = fields.get(name, "").strip()
        if not text:
            continue
        try:
            value = _read_field(text, form)
        except (ValueError, ArithmeticError, YulinError) as error:
            raise CorrectionUnreadableError(found=text, needed=unit_of_field(form)) from error
        if value is None:
            raise CorrectionUnreadableError(found=text, needed=unit_of_field(form))
        found[name] = value
    return found


def _read_field(text: str, form: ParticularField) -> int | bool | str | None:
    if form.type is FieldType.RATIO:
        ppm = Decimal(text.removesuffix("%")).scaleb(_PPM_DECIMALS)
        return int(ppm) if ppm == int(ppm) else None
    if form.type is FieldType.DATE:
        last_day_meant(text)
        return text
    if form.type is FieldType.TEXT:
        return next((key for key, name in form.words.items() if text in {name.zh, name.en}), text)
    return _read(text, FactShown(form.label, form.type.value, {}))


def read_value(text: str, form: FactShown) -> int | bool | str:
    """Return the value that a person has written.

    **Raises**: `ATLAS.OBJECTION.VALUE`.

    >>> read_value("3.25", FactShown(Text("", ""), "ratio", {}))
    325
    """
    written = text.strip()
    try:
        found = _read(written, form)
    except (ValueError, ArithmeticError, YulinError) as error:
        raise CorrectionUnreadableError(found=written, needed=unit_of(form)) from error
    if found is None or found == "":
        raise CorrectionUnreadableError(found=written, needed=unit_of(form))
    return found


def _read(written: str, form: FactShown) -> int | bool | str | None:
    if form.kind == "money":
        return parse_fen(written).fen
    if form.kind == "bool":
        return True if written.lower() in _YES else False if written.lower() in _NO else None
    if form.kind == "date":
        return date.fromisoformat(written).isoformat()
    if form.kind == "member" or form.members:
        return next((key for key, name in form.members.items() if written in {key, name.zh, name.en}), None)
    if form.kind == "text":
        return written
    if form.kind == "ratio":
        bp = Decimal(written.removesuffix("%")) * _PERCENT_BP
        return int(bp) if bp == int(bp) else None
    return int(json.loads(written)) if written.lstrip("-").isdigit() else None
