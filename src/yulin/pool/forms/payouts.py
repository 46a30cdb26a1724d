"""Forms of payments: accounts, a batch, the bank's return file, an order that was not paid. They decide nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.validators import RegexValidator

from yulin.base.text import Text
from yulin.kit.speech import say, say_later

_DAY = {"type": "date"}


def _digits(pattern: str, said: Text) -> RegexValidator:
    return RegexValidator(pattern, say_later(said))


class AccountForm(forms.Form):
    """An organisation's account."""

    organisation = forms.ChoiceField(label=say_later(Text("机构", "Organisation")))
    name = forms.CharField(label=say_later(Text("户名", "Account name")), max_length=140)
    account = forms.CharField(
        label=say_later(Text("账号", "Account")),
        max_length=34,
        validators=[_digits(r"^[A-Za-z0-9\-]{4,34}$", Text("4至34位字母、数字或连字符", "4 to 34 letters or digits"))],
    )
    bank_code = forms.CharField(
        label=say_later(Text("联行号（12位）", "CNAPS number (12 digits)")),
        max_length=12,
        validators=[_digits(r"^\d{12}$", Text("12位数字", "12 digits"))],
    )

    def __init__(self, *args: Any, organisations: Sequence[tuple[int, Text]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["organisation"].choices = [(str(pk), say(name)) for pk, name in organisations]  # type: ignore[attr-defined]  # a ChoiceField


class BatchForm(forms.Form):
    """A batch of everything that waits under one scheme."""

    scheme = forms.ChoiceField(label=say_later(Text("方案", "Scheme")))
    execute_on = forms.DateField(
        label=say_later(Text("付款日", "To be paid on")), widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, schemes: Mapping[str, Text], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scheme"].choices = [(key, say(name)) for key, name in schemes.items()]  # type: ignore[attr-defined]  # a ChoiceField


class AnswerForm(forms.Form):
    """The bank's return file."""

    file = forms.FileField(
        label=say_later(Text("回盘文件（pain.002或银行表格）", "Return file (pain.002 or the bank's table)"))
    )


class UnpaidForm(forms.Form):
    """Why an unanswered order is held to be unpaid, or a batch void."""

    note = forms.CharField(label=say_later(Text("依据", "Evidence")), max_length=300)
