"""What a person writes of the law of stacking."""

from __future__ import annotations

from django import forms

from yulin.base.text import Text
from yulin.kit.speech import say_later


class StackingForm(forms.Form):
    """One text of the law under its name, and why it changes."""

    key = forms.SlugField(
        label=say_later(Text("规则文件", "File")), max_length=60,
        help_text=say_later(Text("小写字母、数字和连字符；用已有的名称即修改该文件", "small letters, digits, hyphens")),
    )  # fmt: skip
    text = forms.CharField(
        label=say_later(Text("内容（YAML）", "Text (YAML)")),
        max_length=200_000,
        help_text=say_later(
            Text(
                "每项政策：title、level、area（区划代码前几位）、titles、amount（如100万；读不出写unknown；由规则给出写bonus）、"
                "document、verified；政策库中的政策以policy（政策页上的编号）代替area和titles，不写amount时用库中的金额。"
                "每条规则：kind（at_most、higher_only、gives_way、cap、needs、bonus）、of、document、verified。",
                "A benefit: title, level, area (first digits of the code), titles, amount (100万; unknown; bonus where "
                "a rule makes it), document, verified; one of the library has policy (the key on its page) in place of "
                "area and titles, and without amount the library's. A rule: kind (at_most, higher_only, gives_way, "
                "cap, needs, bonus), of, document, verified.",
            )
        ),
        widget=forms.Textarea({"rows": 24, "class": "yl-id", "spellcheck": "false"}),
    )
    note = forms.CharField(
        label=say_later(Text("修改说明", "What changes, and why")), max_length=600, widget=forms.Textarea({"rows": 2})
    )
    base = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
