"""A policy's criteria as a person edits them: each row a rule, left to a person, or struck; new rows below."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django import forms
from django.forms import BoundField

from yulin.base.text import Text
from yulin.brain.core.criteria_reading import UNREAD, Criterion
from yulin.kit.speech import say_later

RULE, PERSON, STRUCK = "rule", "person", "struck"
NEW_ROWS = 3
_BY_A_PERSON = 100
_HOW = (
    (RULE, Text("按规则", "By the rule")),
    (PERSON, Text("人工核对", "A person looks")),
    (STRUCK, Text("删去", "Strike out")),
)


class CriteriaForm(forms.Form):
    """The rows of the newest set, and empty ones."""

    base = forms.IntegerField(widget=forms.HiddenInput)
    note = forms.CharField(label=say_later(Text("修改说明", "What was changed")), max_length=600, required=False)

    def __init__(self, data: Any, rows: Sequence[Criterion], number: int) -> None:
        super().__init__(data, initial={"base": number})
        self.rows = [*rows, *([Criterion("", 0, 0, 0, "", UNREAD)] * NEW_ROWS)]
        for place, row in enumerate(self.rows):
            how = RULE if row.that else PERSON if row.quote else STRUCK
            self.fields[f"quote_{place}"] = forms.CharField(
                label=say_later(Text("文件用语", "Words of the document")), max_length=600, required=False,
                initial=row.quote,
            )  # fmt: skip
            self.fields[f"that_{place}"] = forms.CharField(
                label=say_later(Text("规则", "Rule")), max_length=300, required=False, initial=row.that
            )
            self.fields[f"how_{place}"] = forms.ChoiceField(
                label=say_later(Text("如何判定", "Decided how")), initial=how,
                choices=[(key, say_later(name)) for key, name in _HOW],
            )  # fmt: skip

    def lines(self) -> Iterator[tuple[Criterion, BoundField, BoundField, BoundField]]:
        """Yield each row with its three fields."""
        for place, row in enumerate(self.rows):
            yield row, self[f"quote_{place}"], self[f"that_{place}"], self[f"how_{place}"]

    def clean(self) -> dict[str, Any]:
        """Refuse a row that is to be decided by a rule and has none, or that has no words."""
        said = super().clean() or {}
        for place in range(len(self.rows)):
            how = said.get(f"how_{place}", STRUCK)
            if how == RULE and not said.get(f"that_{place}"):
                self.add_error(f"that_{place}", say_later(Text("没有写规则。", "The rule is missing.")))
            if how != STRUCK and not said.get(f"quote_{place}"):
                self.add_error(f"quote_{place}", say_later(Text("没有写文件用语。", "The words are missing.")))
        return said

    @property
    def criteria(self) -> list[Criterion]:
        """What the person made of the rows; the words' place stays where the words do."""
        found = []
        for place, row in enumerate(self.rows):
            how, said = self.cleaned_data[f"how_{place}"], self.cleaned_data[f"quote_{place}"]
            that = self.cleaned_data[f"that_{place}"].strip() if how == RULE else ""
            if how == STRUCK:
                continue
            start, end, clause = (row.start, row.end, row.clause) if said == row.quote else (0, 0, row.clause)
            sure = row.sure if (said, that) == (row.quote, row.that) else _BY_A_PERSON if that else UNREAD
            found.append(Criterion(said, start, end, clause, that, sure))
        return found
