"""Forms of keep-or-move: what is proposed and why, and what the second person decides."""

from __future__ import annotations

from django import forms

from yulin.base.text import Text
from yulin.kit.speech import say_later
from yulin.pool.core.names import MOVE_RULES

_WORDS = forms.Textarea(attrs={"rows": 3})


class MoveForm(forms.Form):
    """Which rule is proposed for the loans of the replaced scheme, and why."""

    rule = forms.ChoiceField(
        label=say_later(Text("旧贷款", "Old loans")),
        choices=[(key, say_later(name)) for key, name in MOVE_RULES.items()],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=say_later(Text("依据与理由", "Ground and reason")),
        help_text=say_later(Text("写明文件、会议或批复", "name the document, the meeting or the approval")),
        max_length=300,
        widget=_WORDS,
    )


class MoveDecisionForm(forms.Form):
    """Whether a proposal is carried out or turned down."""

    decision = forms.ChoiceField(
        label=say_later(Text("复核意见", "Decision")),
        choices=[
            ("approve", say_later(Text("执行", "Carry it out"))),
            ("refuse", say_later(Text("退回", "Turn it down"))),
        ],
        widget=forms.RadioSelect,
    )
    note = forms.CharField(
        label=say_later(Text("说明（退回须写明理由）", "Note (a reason where it is turned down)")),
        max_length=300,
        required=False,
        widget=_WORDS,
    )
