"""Forms of a layer's budget and capacity: they parse and shape, they decide nothing."""

from __future__ import annotations

from uuid import uuid4

from django import forms

from yulin.base.text import Text
from yulin.kit.speech import say_later
from yulin.pool.forms.recoveries import YuanField


class BudgetForm(forms.Form):
    """What a layer may pay in the year, or what was put into its pot in all."""

    budget = YuanField(
        label=say_later(Text("预算合计（元）", "Budget in all (CNY)")),
        help_text=say_later(Text("写设定后的总额，不是增减额", "The whole sum after the change, not the change")),
    )


class CapacityForm(forms.Form):
    """What a layer may promise in all."""

    capacity = YuanField(
        label=say_later(Text("备案额度合计（元）", "Capacity in all (CNY)")),
        help_text=say_later(Text("在册贷款按全损应承担的份额占用", "Used by each loan's share of a full loss")),
    )


class RollInForm(forms.Form):
    """Interest that goes into a pot together with what came back."""

    interest = YuanField(label=say_later(Text("利息（元）", "Interest (CNY)")), required=False)
    # Made once for each page that is shown: pressing twice is one intention.
    key = forms.CharField(widget=forms.HiddenInput, max_length=64, initial=lambda: uuid4().hex)
