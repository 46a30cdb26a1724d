"""What the address of a statement asks for: days, and on which day it was known."""

from __future__ import annotations

from django import forms

from yulin.base.text import Text
from yulin.kit.speech import say_later


def _day(label: Text) -> forms.DateField:
    return forms.DateField(
        label=say_later(label), required=False, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )


class PeriodForm(forms.Form):
    """The value dates of a statement, both ends included as people say them."""

    since = _day(Text("起息日自", "Value date from"))
    last = _day(Text("起息日至（含）", "To (included)"))


class BalanceForm(forms.Form):
    """A balance at the end of a value date, as known at the end of another day."""

    on = _day(Text("起息日（日终）", "Value date (end of day)"))
    known_on = _day(Text("按此日日终已知", "As known at the end of"))
