"""The period of fees that are looked at or charged, and why one is undone."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from django import forms

from yulin.base.text import Text
from yulin.kit.speech import say, say_later
from yulin.pool.services.charge_fees import FeePeriod


class FeePeriodForm(forms.Form):
    """Which fees: of which scheme, whose day lies from when to when."""

    scheme = forms.ChoiceField(label=say_later(Text("方案", "Scheme")))
    since = forms.DateField(
        label=say_later(Text("起计日从", "Due from")), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=say_later(Text("起计日至", "Due to")), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, schemes: Mapping[str, Text], today: date, **kwargs: Any) -> None:
        start = {"scheme": next(iter(schemes), ""), "since": date(today.year, 1, 1), "until": today}
        super().__init__(*args, **kwargs)
        self.initial = start
        self.fields["scheme"].choices = [(key, say(name)) for key, name in schemes.items()]  # type: ignore[attr-defined]  # a ChoiceField

    def period(self) -> FeePeriod:
        """Return the period that was asked for."""
        given = self.cleaned_data
        return FeePeriod(given["scheme"], given["since"], given["until"])

    def query(self) -> str:
        """Return the period as a part of an address."""
        given = self.period()
        return urlencode({"scheme": given.scheme_id, "since": given.since, "until": given.until})


class FeeUndoForm(forms.Form):
    """Why a charge was wrong."""

    reason = forms.CharField(
        label=say_later(Text("撤销理由", "Why it was wrong")), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
