"""Forms of partner banks and products: they parse and shape, they decide nothing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from yulin.base.errors import YulinError
from yulin.base.money import parse_fen, wan_text
from yulin.base.text import Text
from yulin.kit.speech import say, say_later
from yulin.pool.enums import Security
from yulin.pool.models import Product

_DAY = {"type": "date"}
_NUMBER = {"class": "yl-num", "inputmode": "numeric"}
_TEXTS = ("name_zh", "name_en", "rate_text_zh", "rate_text_en", "audience_zh", "audience_en", "url")
_LONGEST_MONTHS = 600
_LONGEST_DAYS = 365


class PartnershipForm(forms.Form):
    """A bank that takes part in a scheme from a day on."""

    scheme = forms.ChoiceField(label=say_later(Text("方案", "Scheme")))
    bank = forms.ChoiceField(label=say_later(Text("银行", "Bank")))
    unit_name = forms.CharField(
        label=say_later(Text("科技支行或部门", "Technology branch or department")), max_length=200, required=False
    )
    valid_from = forms.DateField(
        label=say_later(Text("合作自", "Partner from")), widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d")
    )
    valid_until = forms.DateField(
        label=say_later(Text("合作至（不含这一天）", "Partner until (not included)")),
        required=False,
        widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"),
    )

    def __init__(
        self, *args: Any, schemes: Mapping[str, Text], banks: Sequence[tuple[int, Text]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["scheme"].choices = [("", "—"), *((key, say(title)) for key, title in schemes.items())]  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["bank"].choices = [("", "—"), *((str(pk), say(name)) for pk, name in banks)]  # type: ignore[attr-defined]


class EndForm(forms.Form):
    """The day from which a bank is no partner any more."""

    on = forms.DateField(
        label=say_later(Text("从这一天起不再合作", "No partner from this day on")),
        widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"),
    )


class ProductForm(forms.Form):
    """A loan product as the public page shows it; amounts in 万元."""

    name_zh = forms.CharField(label=say_later(Text("产品名称", "Name in Chinese")), max_length=120)
    name_en = forms.CharField(label=say_later(Text("英文名称", "Name in English")), max_length=120, required=False)
    max_amount = forms.CharField(
        label=say_later(Text("最高额度（万元）", "Up to (CNY 10,000)")),
        max_length=30,
        required=False,
        widget=forms.TextInput(attrs={"class": "yl-num", "inputmode": "decimal"}),
    )
    max_term_months = forms.IntegerField(
        label=say_later(Text("最长期限（月）", "Longest term (months)")),
        min_value=1,
        max_value=_LONGEST_MONTHS,
        required=False,
        widget=forms.TextInput(attrs=_NUMBER),
    )
    days_to_decide = forms.IntegerField(
        label=say_later(Text("审批时限（天）", "Decided within (days)")),
        min_value=0,
        max_value=_LONGEST_DAYS,
        required=False,
        widget=forms.TextInput(attrs=_NUMBER),
    )
    rate_text_zh = forms.CharField(label=say_later(Text("利率", "Rate in Chinese")), max_length=120, required=False)
    rate_text_en = forms.CharField(label=say_later(Text("英文利率", "Rate in English")), max_length=120, required=False)
    securities = forms.MultipleChoiceField(
        label=say_later(Text("担保方式", "Security")), widget=forms.CheckboxSelectMultiple
    )
    audience_zh = forms.CharField(
        label=say_later(Text("适用企业", "For whom, Chinese")), max_length=300, required=False
    )
    audience_en = forms.CharField(
        label=say_later(Text("英文适用企业", "For whom, English")), max_length=300, required=False
    )
    url = forms.URLField(label=say_later(Text("产品网址", "Web address")), required=False, assume_scheme="https")

    def __init__(self, *args: Any, securities: Mapping[str, Text], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choice: Any = self.fields["securities"]
        choice.choices = [(str(key), say(securities.get(str(key)) or str(key))) for key in Security]

    @staticmethod
    def start_of(product: Product) -> dict[str, Any]:
        """Return what the form shows of a product."""
        shown: dict[str, Any] = {
            name: getattr(product, name) for name in (*_TEXTS, "max_term_months", "days_to_decide")
        }
        if product.max_amount_fen is not None:
            shown["max_amount"] = wan_text(product.max_amount_fen, 6).rstrip("0").rstrip(".")
        return {**shown, "securities": product.securities}

    def clean_max_amount(self) -> int | None:
        """Read the amount into fen."""
        text = self.cleaned_data["max_amount"].strip()
        if not text:
            return None
        try:
            amount = parse_fen(text, unit="wan").fen
        except YulinError as error:
            raise forms.ValidationError(say(error.message)) from error
        if amount <= 0:
            raise forms.ValidationError(say(Text("额度须大于零。", "The amount must be above zero.")))
        return amount

    def values(self) -> dict[str, Any]:
        """Return the product's fields as the service takes them."""
        given = self.cleaned_data
        names = (*_TEXTS, "max_term_months", "days_to_decide", "securities")
        return {**{name: given[name] for name in names}, "max_amount_fen": given["max_amount"]}
