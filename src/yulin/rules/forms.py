"""Forms of drafts: the text, and what the second person decides."""

from __future__ import annotations

from django import forms

from yulin.base.text import Text
from yulin.kit.speech import say, say_later
from yulin.rules.core.entries import MOST_BYTES


class DraftTextForm(forms.Form):
    """The files of a draft as they were written, and the save that they are based on."""

    lock = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    law = forms.CharField(label="pack.yaml", strip=False, max_length=MOST_BYTES, required=False)
    cases = forms.CharField(label="cases.yaml", strip=False, max_length=MOST_BYTES, required=False)

    def texts(self) -> dict[str, str]:
        """Return the files by name, with the line ends of the house."""
        return {
            name: str(self.cleaned_data.get(field) or "").replace("\r\n", "\n").replace("\r", "\n")
            for name, field in (("pack.yaml", "law"), ("cases.yaml", "cases"))
        }


class DraftDecisionForm(forms.Form):
    """Whether a submitted draft becomes law, with the days that the approval states, or goes back with a reason."""

    decision = forms.ChoiceField(
        label=say_later(Text("复核意见", "Decision")),
        choices=[
            ("publish", say_later(Text("发布", "Publish"))),
            ("return", say_later(Text("退回", "Return"))),
        ],
        widget=forms.RadioSelect,
    )
    first = forms.DateField(
        label=say_later(Text("施行日", "In force from")),
        help_text=say_later(Text("按批复填写，须与文本一致", "as the approval says; it must be that of the text")),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    until = forms.DateField(
        label=say_later(Text("失效日", "In force until")),
        help_text=say_later(Text("当日不含；未定则留空", "that day not included; empty if open")),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    reason = forms.CharField(
        label=say_later(Text("退回理由", "Reason for the return")),
        max_length=600,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def clean(self) -> dict[str, object]:
        """Ask for the first day where the draft is to become law."""
        found = super().clean() or {}
        if found.get("decision") == "publish" and not found.get("first") and "first" not in self.errors:
            self.add_error("first", say(Text("请填写施行日。", "Give the first day.")))
        return found
