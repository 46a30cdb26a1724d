"""The assumptions of a projection, year by year, in the address: amounts in yuan, rates in percent."""

from __future__ import annotations

from typing import Any

from django import forms

from yulin.base.text import Text
from yulin.kit.speech import say, say_later
from yulin.pool.core.projection import PlannedYear
from yulin.pool.forms.claims import FenField

YEARS = 5
_LARGEST_MULTIPLE = 100


class OpeningForm(forms.Form):
    """What the fund opens with."""

    opening = FenField(Text("期初资金（元）", "Opening (CNY)"), is_needed=True)


class YearForm(forms.Form):
    """What is assumed of one year."""

    outstanding = FenField(Text("年末责任余额（元）", "Outstanding at the year's end (CNY)"), is_needed=True)
    claim_rate = forms.DecimalField(
        label=say_later(Text("补偿率（%）", "Claim rate (%)")), min_value=0, max_value=100, decimal_places=2
    )
    interest = FenField(Text("利息（元）", "Interest (CNY)"))
    administration = FenField(Text("管理费用（元）", "Administration (CNY)"))
    paid_in = FenField(Text("注资（元）", "Paid in (CNY)"))
    multiple = forms.IntegerField(
        label=say_later(Text("放大倍数", "Multiple")), min_value=1, max_value=_LARGEST_MULTIPLE
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            field.widget.attrs |= {"aria-label": say(str(field.label)), "class": "form-control yl-num"}

    def year(self) -> PlannedYear:
        """Return the year as it is planned."""
        given = self.cleaned_data
        return PlannedYear(
            interest_fen=given["interest"] or 0,
            outstanding_fen=given["outstanding"],
            multiple=given["multiple"],
            claim_rate_bp=int(given["claim_rate"] * 100),
            administration_fen=given["administration"] or 0,
            paid_in_fen=given["paid_in"] or 0,
        )


YearSet = forms.formset_factory(YearForm, extra=0, min_num=YEARS, max_num=YEARS, validate_min=True, validate_max=True)
