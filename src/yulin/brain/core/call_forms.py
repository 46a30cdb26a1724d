"""Forms as data: what a call asks for, field by field, which papers, by which criteria experts score.

A field has a kind, a label in both languages, bounds, and the fact of the portrait from which it is pre-filled. What a
person writes is read by the field alone, and kept as plain JSON: money as fen, a day as text, text as it was written.

Invariant: what is kept reads back as the same words; an empty field is empty, never nought.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from yulin.base.dates import day_text
from yulin.base.errors import YulinError
from yulin.base.money import parse_fen, wan_text, yuan_text
from yulin.base.text import Text
from yulin.brain.errors import ApplicationValueError, CallFormError

MOST_TEXT, MOST_LONG, MOST_FIELDS = 300, 20_000, 60
_OF_YEAR = re.compile(r"^(.+)_(\d{4})$")
_YES, _NO = Text("是", "Yes"), Text("否", "No")


class FieldKind(StrEnum):
    """What a field holds."""

    TEXT = "text"
    LONG = "long"
    MONEY = "money"
    COUNT = "count"
    DAY = "day"
    YES_NO = "yes_no"
    CHOICE = "choice"


FIELD_KINDS: dict[FieldKind, Text] = {
    FieldKind.TEXT: Text("一行文字", "One line"),
    FieldKind.LONG: Text("长文字", "Long text"),
    FieldKind.MONEY: Text("金额（元）", "Amount (CNY)"),
    FieldKind.COUNT: Text("数目", "Number"),
    FieldKind.DAY: Text("日期", "Day"),
    FieldKind.YES_NO: Text("是否", "Yes or no"),
    FieldKind.CHOICE: Text("选项", "Choice"),
}


@dataclass(frozen=True)
class FormField:
    """One field; bounds are fen, a number, or characters of a text; `asks` marks the amount that is applied for."""

    id: str
    kind: FieldKind
    label: Text
    is_required: bool = False
    unit: Text | None = None
    least: int | None = None
    most: int | None = None
    choices: tuple[tuple[str, Text], ...] = ()
    fact: str = ""
    asks: bool = False


@dataclass(frozen=True)
class Paper:
    """One kind of attachment."""

    id: str
    label: Text
    is_required: bool = False


@dataclass(frozen=True)
class Criterion:
    """One criterion of the experts, with the most points that it gives."""

    id: str
    label: Text
    most: int


@dataclass(frozen=True)
class CallForm:
    """What a call asks of an application, and of its experts."""

    fields: tuple[FormField, ...]
    papers: tuple[Paper, ...] = ()
    criteria: tuple[Criterion, ...] = ()

    def field(self, field_id: str) -> FormField | None:
        """Return a field by its id."""
        return next((one for one in self.fields if one.id == field_id), None)

    @property
    def asked(self) -> FormField | None:
        """The field that holds the amount applied for."""
        return next((one for one in self.fields if one.asks), None)

    @property
    def most_points(self) -> int:
        """The points of all criteria."""
        return sum(one.most for one in self.criteria)


def read_form(said: Mapping[str, Any]) -> CallForm:
    """Return a form from plain data. **Raises**: `BRAIN.CALL.FORM` with what does not hold."""
    form = CallForm(
        tuple(_field(one) for one in said.get("fields", ())),
        tuple(Paper(str(one["id"]), _text(one), bool(one.get("is_required"))) for one in said.get("papers", ())),
        tuple(Criterion(str(one["id"]), _text(one), int(one["most"])) for one in said.get("criteria", ())),
    )
    _check(form)
    return form


def plain_form(form: CallForm) -> dict[str, Any]:
    """Return a form as plain data, that `read_form` reads back."""
    return {
        "fields": [_plain_field(one) for one in form.fields],
        "papers": [{"id": one.id, **_words(one.label), "is_required": one.is_required} for one in form.papers],
        "criteria": [{"id": one.id, **_words(one.label), "most": one.most} for one in form.criteria],
    }


def read_value(field: FormField, said: str) -> Any:
    """Return what a person wrote in a field as it is kept; an empty one is None.

    **Raises**: `BRAIN.APPLICATION.VALUE`.

    >>> read_value(FormField("a", FieldKind.MONEY, Text("金额", "Amount")), "12.5万元")
    12500000
    """
    kept = said.replace("\r\n", "\n").strip()
    if not kept:
        return None
    if field.kind in {FieldKind.TEXT, FieldKind.LONG}:
        most = field.most or (MOST_TEXT if field.kind is FieldKind.TEXT else MOST_LONG)
        if len(kept) > most:
            raise _refused(
                field, Text("%(n)s字", "%(n)s {n:character|characters}").with_values(n=len(kept)), _at_most(field, most)
            )
        return kept
    if field.kind is FieldKind.YES_NO:
        return _one_of(field, kept, {"yes": True, "no": False})
    if field.kind is FieldKind.CHOICE:
        return _one_of(field, kept, {code: code for code, _ in field.choices})
    if field.kind is FieldKind.DAY:
        return _day(field, kept)
    return _bounded(field, _amount(field, kept) if field.kind is FieldKind.MONEY else _count(field, kept), kept)


def written(field: FormField, value: Any) -> str:
    """Return a kept value as it stands in its field."""
    if value is None:
        return ""
    if field.kind is FieldKind.MONEY:
        return yuan_text(int(value)).replace(",", "")
    if field.kind is FieldKind.YES_NO:
        return "yes" if value else "no"
    return str(value)


def shown(field: FormField, value: Any) -> Text:
    """Return a kept value as people read it; what is empty as a dash."""
    if value is None:
        return Text("—", "—")
    if field.kind is FieldKind.MONEY:
        return Text(f"{wan_text(int(value))}万元", f"CNY {yuan_text(int(value))}")
    if field.kind is FieldKind.DAY:
        return day_text(date.fromisoformat(value))
    if field.kind is FieldKind.YES_NO:
        return _YES if value else _NO
    if field.kind is FieldKind.CHOICE:
        return dict(field.choices).get(str(value), Text(str(value), str(value)))
    unit = field.unit
    said = f"{value:,}" if field.kind is FieldKind.COUNT else str(value)
    return Text(f"{said}{unit.zh}", f"{said} {unit.en}") if unit else Text(said, said)


def missing(form: CallForm, values: Mapping[str, Any], papers: Iterable[str]) -> list[tuple[str, Text]]:
    """Return what an application still lacks, each with the id of its field or paper, in the order of the form."""
    held = set(papers)
    lacking = [(one.id, one.label) for one in form.fields if one.is_required and values.get(one.id) is None]
    return lacking + [(one.id, one.label) for one in form.papers if one.is_required and one.id not in held]


def fact_in(known: Sequence[str], fact: str) -> str | None:
    """Return under which name a fact is known: its own, else that of the latest year.

    >>> fact_in(["revenue_2019", "revenue_2020"], "revenue")
    'revenue_2020'
    """
    if fact in known:
        return fact
    years = [name for name in known if (found := _OF_YEAR.match(name)) and found[1] == fact]
    return max(years, default=None)


def _field(said: Mapping[str, Any]) -> FormField:
    try:
        kind = FieldKind(said["kind"])
    except ValueError as error:
        raise CallFormError(found=str(said["kind"])) from error
    unit = Text(said["unit_zh"], said.get("unit_en") or said["unit_zh"]) if said.get("unit_zh") else None
    choices = tuple((str(one["code"]), _text(one)) for one in said.get("choices", ()))
    return FormField(
        str(said["id"]), kind, _text(said), bool(said.get("is_required")), unit, said.get("least"), said.get("most"),
        choices, str(said.get("fact") or ""), bool(said.get("asks")),
    )  # fmt: skip


def _plain_field(one: FormField) -> dict[str, Any]:
    plain: dict[str, Any] = {"id": one.id, "kind": one.kind.value, **_words(one.label), "is_required": one.is_required}
    if one.unit:
        plain |= {"unit_zh": one.unit.zh, "unit_en": one.unit.en}
    plain |= {key: value for key, value in (("least", one.least), ("most", one.most)) if value is not None}
    if one.choices:
        plain["choices"] = [{"code": code, **_words(label)} for code, label in one.choices]
    return plain | ({"fact": one.fact} if one.fact else {}) | ({"asks": True} if one.asks else {})


def _check(form: CallForm) -> None:
    every: list[FormField | Paper | Criterion] = [*form.fields, *form.papers, *form.criteria]
    ids = [one.id for one in every]
    if len(set(ids)) < len(ids) or not all(ids):
        raise CallFormError(found="id")
    if not 0 < len(form.fields) <= MOST_FIELDS:
        raise CallFormError(found=str(len(form.fields)))
    for one in every:
        if not one.label.zh.strip() or not one.label.en.strip():
            raise CallFormError(found=one.label.zh or one.label.en or one.id)
    for field in form.fields:
        if field.least is not None and field.most is not None and field.most < field.least:
            raise CallFormError(found=field.label.zh)
        if (field.kind is FieldKind.CHOICE) != bool(field.choices) or (field.asks and field.kind != FieldKind.MONEY):
            raise CallFormError(found=field.label.zh)
    if sum(one.asks for one in form.fields) > 1 or any(each.most < 1 for each in form.criteria):
        raise CallFormError(found="asks" if sum(one.asks for one in form.fields) > 1 else "criteria")


def _text(said: Mapping[str, Any]) -> Text:
    zh = str(said.get("zh") or "")
    return Text(zh, str(said.get("en") or "") or zh)


def _words(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}


def _one_of(field: FormField, said: str, choices: Mapping[str, Any]) -> Any:
    if said not in choices:
        raise _refused(field, Text(said, said), Text("所列选项之一", "one of the choices"))
    return choices[said]


def _day(field: FormField, said: str) -> str:
    try:
        return date.fromisoformat(said).isoformat()
    except ValueError as error:
        raise _refused(field, Text(said, said), Text("日期，如2022-01-31", "a day such as 2022-01-31")) from error


def _amount(field: FormField, said: str) -> int:
    try:
        return parse_fen(said).fen
    except YulinError as error:
        needed = Text("金额，如1200000或120万元", "an amount in yuan such as 1200000")
        raise _refused(field, Text(said[:60], said[:60]), needed) from error


def _count(field: FormField, said: str) -> int:
    plain = said.replace(",", "").replace("，", "")
    if not plain.isascii() or not plain.isdecimal() or len(plain) > 15:
        raise _refused(field, Text(said[:60], said[:60]), Text("整数", "a whole number"))
    return int(plain)


def _bounded(field: FormField, value: int, said: str) -> int:
    if value < (field.least or 0):
        least = shown(field, field.least or 0)
        raise _refused(field, Text(said, said), Text(f"至少{least.zh}", f"at least {least.en}"))
    if field.most is not None and value > field.most:
        raise _refused(field, Text(said, said), _at_most(field, field.most))
    return value


def _at_most(field: FormField, most: int) -> Text:
    if field.kind in {FieldKind.TEXT, FieldKind.LONG}:
        return Text("至多%(n)s字", "at most %(n)s {n:character|characters}").with_values(n=most)
    bound = shown(field, most)
    return Text(f"至多{bound.zh}", f"at most {bound.en}")


def _refused(field: FormField, found: Text, needed: Text) -> ApplicationValueError:
    return ApplicationValueError(field=field.label, found=found, needed=needed)
