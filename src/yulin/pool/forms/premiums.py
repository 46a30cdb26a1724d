"""What an insurer took in premiums under a scheme, in yuan; why a subsidy is undone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from yulin.base.text import Text
from yulin.kit.speech import say, say_later
from yulin.pool.forms.claims import FenField


class PremiumForm(forms.Form):
    """The premiums of the year under one scheme."""

    scheme = forms.ChoiceField(label=say_later(Text("方案", "Scheme")))
    premium = FenField(Text("年度保费收入（元）", "Premiums of the year (CNY)"), is_needed=True)

    def __init__(self, *args: Any, schemes: Sequence[tuple[str, Text]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scheme"].choices = [(key, say(name)) for key, name in schemes]  # type: ignore[attr-defined]  # a ChoiceField


class SubsidyUndoForm(forms.Form):
    """Why a subsidy is undone."""

    reason = forms.CharField(
        label=say_later(Text("撤销理由", "Why it is undone")), max_length=300, widget=forms.Textarea(attrs={"rows": 2})
    )
