"""The public form for objections and opinions on what is published."""

from __future__ import annotations

from dataclasses import dataclass

from django import forms

from yulin.base.text import Text
from yulin.kit.speech import say_later


@dataclass(frozen=True)
class ObjectionText:
    """What somebody objects to, in whose name, and how to reach that person."""

    about: str
    words: str
    name: str
    contact: str


class ObjectionForm(forms.Form):
    """Objections and opinions: what it is about, what is wrong, who says so and how to reach that person."""

    about = forms.CharField(
        label=say_later(Text("关于", "About")),
        help_text=say_later(
            Text("确认编号、企业名称、名单月份或数字名称", "a confirmation number, a firm, a month's list or a figure")
        ),
        max_length=120,
    )
    words = forms.CharField(
        label=say_later(Text("意见或异议", "What is wrong")),
        help_text=say_later(
            Text("写明事实与依据，不超过2,000字", "the facts and your source, at most 2,000 characters")
        ),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    name = forms.CharField(label=say_later(Text("姓名或单位", "Your name or organisation")), max_length=80)
    contact = forms.CharField(label=say_later(Text("电话或邮箱", "Telephone or e-mail")), max_length=120)
    # A field that people do not see and machines fill in.
    address = forms.CharField(
        required=False, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off", "aria-label": "-"})
    )

    def text(self) -> ObjectionText:
        """Return the objection as the service takes it."""
        return ObjectionText(*(self.cleaned_data[name] for name in ("about", "words", "name", "contact")))
