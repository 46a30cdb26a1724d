"""The form of a filing: of which scheme, with which body, from when to when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms

from yulin.base.text import Text
from yulin.kit.speech import say, say_later
from yulin.pool.core.words import party_word

_DAY = {"type": "date"}


class FilingForm(forms.Form):
    """What is filed with whom; a choice is a scheme and one of its bodies."""

    of = forms.ChoiceField(label=say_later(Text("方案与报送对象", "Scheme and body")))
    since = forms.DateField(label=say_later(Text("从", "From")), widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"))
    until = forms.DateField(label=say_later(Text("至", "To")), widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"))

    def __init__(
        self, *args: Any, bodies: Mapping[str, tuple[Text, tuple[str, ...]]], today: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        choices = [
            (f"{scheme_id}/{party}", f"{say(title)} · {say(party_word(party))}")
            for scheme_id, (title, parties) in bodies.items()
            for party in parties
        ]
        self.fields["of"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField
        start = choices[0][0] if choices else ""
        self.initial = {"of": start, "since": date(today.year, 1, 1), "until": today}

    def asked(self) -> dict[str, Any]:
        """Return what the selector is asked."""
        given = self.cleaned_data
        scheme_id, party = given["of"].split("/")
        return {"scheme_id": scheme_id, "party": party, "first": given["since"], "last": given["until"]}
