"""What a statement is asked for, why a transfer is reversed, and which period is closed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any, cast

from django import forms

from yulin.base.text import Text
from yulin.kit.speech import say, say_later
from yulin.ledger.core.transfers import LONGEST_REASON

_NO_SCHEME = "-"
_NO_SCHEME_NAME = Text("不属于任何方案的账户", "Accounts of no scheme")


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


class ReversalForm(forms.Form):
    """Why a transfer is undone, and on which value date its amount goes back."""

    reason = forms.CharField(
        label=say_later(Text("冲正理由", "Reason")),
        help_text=say_later(Text("写明错在哪里、依据什么", "what was wrong, and on what ground")),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    value_on = forms.DateField(
        label=say_later(Text("起息日", "Value date")), widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )


class ClosingForm(forms.Form):
    """Which scheme's periods are closed, and up to which day."""

    scheme = forms.ChoiceField(label=say_later(Text("方案", "Scheme")))
    closed_until = forms.DateField(
        label=say_later(Text("关账至（不含）", "Close everything before")),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )

    def __init__(self, schemes: Sequence[tuple[str, int, date | None]], *given: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        field = cast("forms.ChoiceField", self.fields["scheme"])
        field.choices = [(scheme or _NO_SCHEME, scheme or say(_NO_SCHEME_NAME)) for scheme, _, _ in schemes]

    def clean_scheme(self) -> str:
        """Return the scheme as accounts name it."""
        chosen: str = self.cleaned_data["scheme"]
        return "" if chosen == _NO_SCHEME else chosen
