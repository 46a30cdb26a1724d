"""The forms of a visit, of a joint meeting and of the event that makes an instalment due; they decide nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from yulin.base.text import Text
from yulin.kit.speech import say, say_later
from yulin.pool.core.claims.visits import ListedExpert
from yulin.pool.services.claims.instalments import Stated
from yulin.pool.services.claims.meetings import Member, Minutes

_MOST_MEMBERS = 40


def _day(label: Text) -> forms.DateField:
    return forms.DateField(label=say_later(label), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))


class MeetingForm(forms.Form):
    """The minutes of a joint meeting."""

    held_on = _day(Text("会议日", "Held on"))
    agenda = forms.CharField(label=say_later(Text("议题", "Agenda")), max_length=300)
    members = forms.CharField(
        label=say_later(Text("参会人", "Members")),
        help_text=say_later(Text("每行一人：姓名，单位", "one a line: name, organisation")),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    opinion = forms.CharField(
        label=say_later(Text("会议意见", "Opinion")), max_length=1_000, widget=forms.Textarea(attrs={"rows": 3})
    )
    file = forms.FileField(label=say_later(Text("会议纪要", "Minutes")))
    version = forms.IntegerField(widget=forms.HiddenInput)

    def clean_members(self) -> list[Member]:
        """Read one member a line; a member without an organisation is not known to be of another house."""
        found = []
        for line in self.cleaned_data["members"].splitlines():
            name, _, house = line.replace("，", ",").partition(",")
            if not line.strip():
                continue
            if not name.strip() or not house.strip():
                raise forms.ValidationError(
                    say(Text("每行写姓名和单位，以逗号分开。", "Give name, organisation in each line."))
                )
            found.append(Member(name.strip()[:80], house.strip()[:120]))
        if len(found) > _MOST_MEMBERS:
            raise forms.ValidationError(say(Text("参会人过多。", "Too many members.")))
        return found

    def minutes(self) -> Minutes:
        """Return what the form says."""
        given = self.cleaned_data
        return Minutes(
            given["held_on"], given["agenda"], given["members"], given["opinion"], given["file"].name, given["file"]
        )


class VisitForm(forms.Form):
    """An expert's visit: who of the register, when, what was found."""

    expert = forms.ChoiceField(label=say_later(Text("走访专家", "Expert")))
    visit_on = _day(Text("走访日", "Day of the visit"))
    note = forms.CharField(
        label=say_later(Text("走访结论", "What was found")), max_length=1_000, widget=forms.Textarea(attrs={"rows": 3})
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, experts: Sequence[ListedExpert] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.number, _expert_label(one)) for one in experts]
        self.fields["expert"].choices = [("", "—"), *choices]  # type: ignore[attr-defined]  # a ChoiceField
        self.has_experts = bool(choices)


def _expert_label(one: ListedExpert) -> str:
    return " · ".join(part for part in (one.name, one.house, one.fields, one.number) if part)


class InstalmentEventForm(forms.Form):
    """An event that makes an instalment due, with its paper."""

    instalment = forms.IntegerField(widget=forms.HiddenInput)
    event = forms.ChoiceField(label=say_later(Text("事件", "Event")))
    on = _day(Text("事件日", "Its day"))
    note = forms.CharField(label=say_later(Text("说明", "What shows it")), max_length=500)
    file = forms.FileField(label=say_later(Text("证明文件", "Evidence")))
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, choices: Sequence[tuple[str, Text]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["event"].choices = [(key, say(name)) for key, name in choices]  # type: ignore[attr-defined]  # a ChoiceField

    def stated(self) -> Stated:
        """Return what the form says."""
        given = self.cleaned_data
        return Stated(
            given["instalment"], given["event"], given["on"], given["note"], given["file"].name, given["file"]
        )
