"""Forms of uploads: a file with its scheme, and the columns of a file as a person names them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django import forms
from django.http import QueryDict

from yulin.base.text import Text
from yulin.exchange.core.columns import (
    AMOUNT_UNITS,
    DATE_FORM_TEXTS,
    RATE_UNITS,
    UNIT_TEXTS,
    ColumnChoice,
    ColumnMapping,
    DateForm,
    Unit,
    unit_of_head,
)
from yulin.exchange.core.fields import CellKind, Field, FileForm
from yulin.exchange.core.verdicts import column_letters
from yulin.exchange.enums import UploadMode
from yulin.kit.speech import say

_AMOUNT_KINDS = (CellKind.AMOUNT, CellKind.AMOUNT_OR_ZERO)


class UploadForm(forms.Form):
    """A loan file, the scheme it is filed under, and how strict it is."""

    file = forms.FileField(
        label=Text("文件", "File"),  # type: ignore[arg-type]  # the tag `field` says it in the page's language
        help_text=Text("XLSX或CSV（UTF-8、GB18030）", "XLSX or CSV (UTF-8, GB18030)"),  # type: ignore[arg-type]
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv,.txt"}),
    )
    scheme = forms.ChoiceField(label=Text("方案", "Scheme"))  # type: ignore[arg-type]

    def __init__(self, *args: object, schemes: Sequence[tuple[str, Text]], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        choices = [(scheme_id, say(title)) for scheme_id, title in schemes]
        self.fields["scheme"].choices = choices  # type: ignore[attr-defined]
        no_file = Text("请选择一个文件。", "Choose a file.")
        empty = Text("文件是空的。", "The file is empty.")
        no_scheme = Text("请选择方案。", "Choose a scheme.")
        self.fields["file"].error_messages |= {"required": say(no_file), "empty": say(empty)}
        self.fields["scheme"].error_messages |= {"required": say(no_scheme), "invalid_choice": say(no_scheme)}


@dataclass(frozen=True)
class ColumnLine:
    """One column of a file on the mapping screen: its head, its first cells, what it is read as."""

    position: int
    letters: str
    choice: ColumnChoice
    samples: Sequence[str]
    is_sure: bool

    @property
    def has_unit(self) -> bool:
        """Whether the field that is chosen has a unit."""
        return self.choice.unit is not None


def column_lines(mapping: ColumnMapping, preview: Sequence[Sequence[str]], *, sure_from: int) -> list[ColumnLine]:
    """Return the columns of a file with their first cells."""
    return [
        ColumnLine(
            position,
            column_letters(position),
            choice,
            [row[position] for row in preview if position < len(row) and row[position]][:3],
            is_sure=choice.confidence >= sure_from,
        )
        for position, choice in enumerate(mapping.columns)
        if choice.head or choice.field
    ]


def field_choices(form: FileForm) -> list[tuple[str, Text]]:
    """Return what a column can be read as, required fields first."""
    must = (*form.required, *(name for group in form.any_of for name in group))
    ordered = sorted(form.fields.values(), key=lambda field: field.name not in must)
    return [
        (field.name, Text(f"{field.label.zh}{'＊' if field.name in form.required else ''}", field.label.en))
        for field in ordered
    ]


def unit_choices() -> list[tuple[str, Text]]:
    """Return the units in which amounts and rates may be written."""
    return [(unit.value, UNIT_TEXTS[unit]) for unit in (*AMOUNT_UNITS, *RATE_UNITS)]


def date_form_choices() -> list[tuple[str, Text]]:
    """Return the ways in which a file may write its dates."""
    return [(form.value, text) for form, text in DATE_FORM_TEXTS.items()]


def read_mapping(posted: QueryDict, guess: ColumnMapping, form: FileForm) -> ColumnMapping:
    """Return the columns as a person named them: `field-3`, `unit-3`, `date_form`.

    A unit that the field does not have falls back to the head's own.
    """
    columns = []
    for position, column in enumerate(guess.columns):
        field = form.fields.get(posted.get(f"field-{position}", ""))
        unit = _unit(posted.get(f"unit-{position}", ""), column.head, field) if field else None
        columns.append(ColumnChoice(column.head, field.name if field else None, unit))
    asked = posted.get("date_form", "")
    known = {one.value for one in DateForm}
    return ColumnMapping(tuple(columns), DateForm(asked) if asked in known else guess.date_form)


def _unit(asked: str, head: str, field: Field) -> Unit | None:
    allowed = AMOUNT_UNITS if field.kind in _AMOUNT_KINDS else RATE_UNITS if field.kind is CellKind.RATE else ()
    if asked in {unit.value for unit in allowed}:
        return Unit(asked)
    return unit_of_head(head, field)


def read_mode(posted: QueryDict) -> UploadMode:
    """Return how strict the bank wants the file taken; rows that pass, unless it says otherwise."""
    return UploadMode.WHOLE_FILE if posted.get("mode") == UploadMode.WHOLE_FILE.value else UploadMode.VALID_ROWS
