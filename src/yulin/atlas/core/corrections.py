"""A corrected value as a person writes it, read as a value of the fact's kind.

Money is in yuan where no unit is written, a share in percent; nothing is rounded.
"""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal

from yulin.atlas.core.portrait import FactShown
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


def unit_of(form: FactShown) -> Text:
    """Return what a person has to write."""
    return _UNIT.get(form.kind, _WHOLE)


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
