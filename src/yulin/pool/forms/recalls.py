"""Forms of compensation that is asked back: they parse and shape, they decide nothing."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from yulin.base.text import Text
from yulin.kit.speech import say_later
from yulin.pool.forms.recoveries import YuanField
from yulin.pool.services.claims.recalling import Asking

_PPM_PER_PERCENT = 10_000


class RecallForm(forms.Form):
    """What is asked back, at what rate, under which clause and why."""

    principal = YuanField(label=say_later(Text("追回金额（元）", "Amount asked back (CNY)")))
    rate = forms.DecimalField(
        label=say_later(Text("年利率（%）", "Rate a year (%)")),
        min_value=Decimal(0),
        max_value=Decimal(36),
        max_digits=6,
        decimal_places=4,
        help_text=say_later(
            Text(
                "自每笔拨付之日起按日单利；一年的天数按方案，未写明的为365天",
                "simple, by days from each payment; the year is the scheme's, of 365 days where it says nothing",
            )
        ),
        widget=forms.TextInput(attrs={"class": "yl-num", "inputmode": "decimal"}),
    )
    clause = forms.CharField(label=say_later(Text("条款", "Clause")), max_length=200)
    reason = forms.CharField(
        label=say_later(Text("理由", "Reason")), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )

    def asking(self) -> Asking:
        """Return what the form asks back."""
        given: dict[str, Any] = self.cleaned_data
        return Asking(given["principal"], int(given["rate"] * _PPM_PER_PERCENT), given["clause"], given["reason"])
