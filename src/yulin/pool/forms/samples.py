"""The forms of a sample audit: a finding, the conclusion. They decide nothing."""

from __future__ import annotations

from django import forms

from yulin.base.text import Text
from yulin.kit.speech import say_later
from yulin.pool.forms.claims import FenField


class FindingForm(forms.Form):
    """What was found in one claim."""

    line = forms.IntegerField(widget=forms.HiddenInput)
    error = FenField(Text("差错金额（元）", "Error (CNY)"), is_needed=True)
    finding = forms.CharField(label=say_later(Text("审计发现", "Finding")), max_length=1_000)


class ConclusionForm(forms.Form):
    """What follows from the sample."""

    conclusion = forms.CharField(
        label=say_later(Text("结论", "Conclusion")), max_length=1_000, widget=forms.Textarea(attrs={"rows": 3})
    )
