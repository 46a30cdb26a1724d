"""What is written of benefits paid without an application: a batch's terms, the answer to an objection."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from yulin.base.errors import YulinError
from yulin.base.money import parse_fen
from yulin.base.text import Text
from yulin.brain.core.awards import PayeeAccount, Rhythm
from yulin.brain.core.call_forms import FieldKind, FormField
from yulin.brain.forms.policies import CheckForm
from yulin.brain.forms.reviews import AppealAnswerForm
from yulin.brain.services.awarding import BatchTerms
from yulin.kit.speech import say, say_later

_YES, _NO = Text("是", "yes"), Text("否", "no")
_RHYTHMS = (
    (Rhythm.YEAR, Text("每年一次", "Once a year")),
    (Rhythm.ONCE, Text("只兑付一次", "Once and for all")),
)


class BatchForm(forms.Form):
    """The policy of a batch and its terms."""

    policy = forms.ChoiceField(label=say_later(Text("政策", "Policy")))
    on = forms.DateField(
        label=say_later(Text("事实之日", "Day of the facts")),
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )
    rhythm = forms.ChoiceField(
        label=say_later(Text("兑付频次", "How often a firm is paid")),
        choices=[(one.value, say_later(name)) for one, name in _RHYTHMS],
    )
    budget = forms.CharField(label=say_later(Text("批次资金（元）", "The batch's money (CNY)")), max_length=40)
    notice_workdays = forms.IntegerField(
        label=say_later(Text("公示工作日", "Working days of public notice")), min_value=1, max_value=60, initial=5
    )

    def __init__(self, *args: Any, policies: Sequence[tuple[int, str]], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].initial = today
        field = self.fields["policy"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = [(str(pk), title) for pk, title in policies]

    def clean_budget(self) -> int:
        """Read the amount."""
        try:
            fen = parse_fen(self.cleaned_data["budget"].strip()).fen
        except YulinError as refusal:
            raise forms.ValidationError(say(refusal.message)) from refusal
        if fen <= 0:
            raise forms.ValidationError(say(Text("须大于0。", "It is above 0.")))
        return fen

    @property
    def terms(self) -> BatchTerms:
        """What was written."""
        said = self.cleaned_data
        return BatchTerms(said["on"], Rhythm(said["rhythm"]), said["budget"], said["notice_workdays"])


class PayeeForm(forms.Form):
    """The account to which a firm wants its award paid."""

    name = forms.CharField(label=say_later(Text("户名", "Holder")), max_length=140)
    account = forms.CharField(label=say_later(Text("账号", "Account number")), max_length=40)
    bank_code = forms.CharField(
        label=say_later(Text("联行号", "Bank code")), max_length=14,
        help_text=say_later(Text("开户行的12位行号", "the 12 digits of the branch")),
    )  # fmt: skip

    @property
    def payee(self) -> PayeeAccount:
        """What was written, without blanks."""
        said = self.cleaned_data
        account, bank_code = ("".join(said[name].split()) for name in ("account", "bank_code"))
        return PayeeAccount(said["name"].strip(), account, bank_code)


class AwardAnswerForm(AppealAnswerForm):
    """The answer to an objection against one firm of a public notice."""

    verdict = forms.ChoiceField(
        label=say_later(Text("结论", "Verdict")),
        choices=[
            ("rejected", say_later(Text("不成立", "Rejected"))),
            ("upheld", say_later(Text("成立，移出名单", "Upheld: taken out of the list"))),
        ],
    )


class ClaimForm(forms.Form):
    """The facts that are missing of a firm, each in its own kind, and their proof."""

    def __init__(self, *args: Any, asked: Sequence[FormField], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = asked
        for one in asked:
            self.fields[one.id] = _field_of(one)
        self.fields["paper"] = forms.FileField(label=say_later(Text("证明材料", "Proof")))

    @property
    def said(self) -> dict[str, str]:
        """What was written of each fact."""
        return {one.id: str(self.cleaned_data.get(one.id) or "") for one in self.asked}


def _field_of(one: FormField) -> forms.Field:
    choices = [("yes", _YES), ("no", _NO)] if one.kind is FieldKind.YES_NO else list(one.choices)
    if choices:
        spoken = [("", "—"), *((code, say_later(text)) for code, text in choices)]
        return forms.ChoiceField(label=say_later(one.label), choices=spoken)
    if one.kind is FieldKind.DAY:
        widget: forms.Widget = forms.DateInput({"type": "date"}, format="%Y-%m-%d")
        return forms.CharField(label=say_later(one.label), widget=widget)
    unit = Text("（元）", " (CNY)") if one.kind is FieldKind.MONEY else Text("", "")
    label = Text(f"{one.label.zh}{unit.zh}", f"{one.label.en}{unit.en}")
    return forms.CharField(label=say_later(label), max_length=40)


class VerifyForm(CheckForm):
    """Whether what a firm says of itself is right."""

    verdict = forms.ChoiceField(
        label=say_later(Text("核实结论", "Verdict")),
        choices=[
            ("right", say_later(Text("属实，列入下一批名单", "Right: the next list holds it"))),
            ("return", say_later(Text("退回补正", "Return it"))),
        ],
    )
