"""On which day, and as known when, a portrait is asked for."""

from __future__ import annotations

from django import forms

from yulin.base.text import Text
from yulin.kit.speech import say_later


def _day(label: Text) -> forms.DateField:
    return forms.DateField(
        label=say_later(label), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )


class ReplayForm(forms.Form):
    """The day whose facts count, and the end of the day by which they were known."""

    on = _day(Text("事实日", "Facts of"))
    known_on = _day(Text("按此日日终已知", "As known at the end of"))
