"""Forms of payments: accounts, a batch, the bank's return file, an order that was not paid. They decide nothing."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.validators import RegexValidator

from yulin.base.text import Text
from yulin.exchange.adapters.bank_tables import ENCODINGS, FIELD_NAMES, NEEDED_ORDER_FIELDS, plain_table
from yulin.exchange.adapters.payment_files import (
    ANSWER_FIELDS,
    COMMON_TABLE,
    NEEDED_ANSWER_FIELDS,
    ORDER_FIELDS,
    BankTable,
)
from yulin.kit.speech import say, say_later

_DAY = {"type": "date"}
_LAST = 100  # behind every place that can be given


def _digits(pattern: str, said: Text) -> RegexValidator:
    return RegexValidator(pattern, say_later(said))


class AccountForm(forms.Form):
    """An organisation's account."""

    organisation = forms.ChoiceField(label=say_later(Text("机构", "Organisation")))
    currency = forms.ChoiceField(label=say_later(Text("币种", "Currency")))
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

    def __init__(
        self, *args: Any, organisations: Sequence[tuple[int, Text]], currencies: Sequence[str], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["currency"].choices = [(one, one) for one in currencies]  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["currency"].required = len(currencies) > 1
        if len(currencies) == 1:
            self.fields["currency"].widget = forms.HiddenInput()
        self.fields["organisation"].choices = [(str(pk), say(name)) for pk, name in organisations]  # type: ignore[attr-defined]  # a ChoiceField


class BankTableForm(forms.Form):
    """How the bank that pays calls the columns of its own table, in which order, and which words it answers with."""

    name = forms.CharField(label=say_later(Text("格式名称", "Name of the table")), max_length=60)
    encoding = forms.ChoiceField(label=say_later(Text("编码", "Encoding")))
    paid = forms.CharField(label=say_later(Text("表示成功的用词", "Words for paid")), max_length=200)
    failed = forms.CharField(label=say_later(Text("表示失败的用词", "Words for failed")), max_length=200)

    def __init__(self, *args: Any, table: BankTable, **kwargs: Any) -> None:
        places = {field: place for place, field in enumerate(table.orders, start=1)}
        words = plain_table(table)
        initial: dict[str, Any] = {"name": "" if table is COMMON_TABLE else table.name, "encoding": table.encoding}
        initial |= {key: "，".join(words[key]) for key in ("paid", "failed")}
        initial |= {f"order-{field}": head for field, head in table.orders.items()}
        initial |= {f"place-{field}": place for field, place in places.items()}
        initial |= {f"answer-{field}": head for field, head in table.answers.items()}
        kwargs["initial"] = initial
        super().__init__(*args, **kwargs)
        self.fields["encoding"].choices = [(key, say(name)) for key, name in ENCODINGS.items()]  # type: ignore[attr-defined]  # a ChoiceField
        for field in ORDER_FIELDS:
            self.fields[f"order-{field}"] = _head(field, is_needed=field in NEEDED_ORDER_FIELDS)
            self.fields[f"place-{field}"] = forms.IntegerField(
                label=say(Text(f"{FIELD_NAMES[field].zh}：次序", f"{FIELD_NAMES[field].en}: place")),
                required=False, min_value=1, max_value=99,
            )  # fmt: skip
        for field in ANSWER_FIELDS:
            self.fields[f"answer-{field}"] = _head(field, is_needed=field in NEEDED_ANSWER_FIELDS)

    @property
    def order_rows(self) -> list[tuple[forms.BoundField, forms.BoundField]]:
        """Each column of the file that is sent, with its place."""
        return [(self[f"order-{one}"], self[f"place-{one}"]) for one in ORDER_FIELDS]

    @property
    def answer_heads(self) -> list[forms.BoundField]:
        """Each column of the file that comes back."""
        return [self[f"answer-{one}"] for one in ANSWER_FIELDS]

    def said(self) -> dict[str, Any]:
        """Return the table as it was filled in; columns without a place stand last, in the order of the form."""
        given = self.cleaned_data
        placed = sorted(ORDER_FIELDS, key=lambda one: given[f"place-{one}"] or _LAST)
        return {
            "name": given["name"],
            "encoding": given["encoding"],
            "orders": [[one, given[f"order-{one}"]] for one in placed],
            "answers": [[one, given[f"answer-{one}"]] for one in ANSWER_FIELDS],
            "paid": _split(given["paid"]),
            "failed": _split(given["failed"]),
        }


def _head(field: str, *, is_needed: bool) -> forms.CharField:
    return forms.CharField(label=say(FIELD_NAMES[field]), max_length=40, required=is_needed)


def _split(words: str) -> list[str]:
    return [word for part in re.split(r"[,，、;；\n]", words) if (word := part.strip())]


class BatchForm(forms.Form):
    """A batch of everything that waits under one scheme."""

    scheme = forms.ChoiceField(label=say_later(Text("方案", "Scheme")))
    execute_on = forms.DateField(
        label=say_later(Text("付款日", "To be paid on")), widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d")
    )

    def __init__(self, *args: Any, schemes: Mapping[str, Text], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scheme"].choices = [(key, say(name)) for key, name in schemes.items()]  # type: ignore[attr-defined]  # a ChoiceField


class PayableBatchForm(BatchForm):
    """A batch of everything that waits of one source of money of another area."""

    scheme = forms.ChoiceField(label=say_later(Text("款项", "What is paid")))


class AnswerForm(forms.Form):
    """The bank's return file."""

    file = forms.FileField(
        label=say_later(Text("回盘文件（pain.002或银行表格）", "Return file (pain.002 or the bank's table)"))
    )


class UnpaidForm(forms.Form):
    """On what an unanswered order is held to be unpaid."""

    note = forms.CharField(label=say_later(Text("依据", "Evidence")), max_length=300)


class VoidForm(UnpaidForm):
    """Why a batch is void before it is sent."""

    note = forms.CharField(label=say_later(Text("理由", "Reason")), max_length=300)
