"""Forms of money that comes back: they parse and shape, they decide nothing."""

from __future__ import annotations

from typing import Any

from django import forms

from yulin.base.errors import YulinError
from yulin.base.money import parse_fen
from yulin.base.text import Text
from yulin.kit.speech import say, say_later
from yulin.pool.core.recoveries import SOURCE_NAMES
from yulin.pool.enums import RecoverySource
from yulin.pool.services.recoveries.enter_recovery import Received


class YuanField(forms.CharField):
    """An amount in yuan with its fen, as a statement prints it; the clean value is integer fen."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 30)
        super().__init__(widget=forms.TextInput(attrs={"class": "yl-num", "inputmode": "decimal"}), **kwargs)

    def clean(self, value: Any) -> int | None:
        """Return the amount in fen, or None where nothing was written."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_fen(text, "yuan").fen
        except YulinError as error:
            raise forms.ValidationError(say(error.message)) from error


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class RecoveryForm(forms.Form):
    """One receipt as the bank's statement shows it."""

    value_on = forms.DateField(label=say_later(Text("到账日", "Value date")), widget=_day())
    gross = YuanField(label=say_later(Text("到账金额（元）", "Received (CNY)")))
    cost = YuanField(
        label=say_later(Text("追偿费用（元）", "Costs of recovery (CNY)")),
        required=False,
        help_text=say_later(
            Text("诉讼、执行、评估等费用，先于分配扣除", "Court, enforcement, appraisal: taken off before sharing")
        ),
    )
    source = forms.ChoiceField(label=say_later(Text("来源", "Source")))
    reference = forms.CharField(
        label=say_later(Text("流水号", "Statement reference")),
        max_length=80,
        help_text=say_later(Text("同一流水号只登记一次", "A reference is entered once")),
    )
    note = forms.CharField(label=say_later(Text("说明", "Note")), max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # The price of an assigned debt is booked by its assignment, never by hand.
        sources = [(key.value, say(name)) for key, name in SOURCE_NAMES.items() if key != RecoverySource.SALE]
        self.fields["source"].choices = sources  # type: ignore[attr-defined]  # a ChoiceField

    def received(self) -> Received:
        """Return the receipt that the form says."""
        given = self.cleaned_data
        return Received(
            value_on=given["value_on"],
            gross_fen=given["gross"],
            cost_fen=given["cost"] or 0,
            reference=given["reference"].strip(),
            source=RecoverySource(given["source"]),
            note=given["note"],
        )


class RemittanceForm(forms.Form):
    """What came in from the bank on a debt."""

    on = forms.DateField(label=say_later(Text("上缴日", "Remitted on")), widget=_day())
    amount = YuanField(label=say_later(Text("金额（元）", "Amount (CNY)")))
    reference = forms.CharField(label=say_later(Text("回单号", "Receipt number")), max_length=80)


class WriteOffForm(forms.Form):
    """Clause and reason for the end of a debt's pursuit."""

    clause = forms.CharField(label=say_later(Text("条款", "Clause")), max_length=200)
    reason = forms.CharField(
        label=say_later(Text("理由", "Reason")), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class NoteForm(forms.Form):
    """Why an entry is taken back."""

    note = forms.CharField(label=say_later(Text("理由", "Reason")), max_length=300)
