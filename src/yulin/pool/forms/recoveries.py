"""Forms of money that comes back: they parse and shape, they decide nothing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms

from yulin.base.errors import YulinError
from yulin.base.money import parse_fen
from yulin.base.text import Text
from yulin.kit.speech import say, say_later
from yulin.pool.core.recoveries import SOURCE_NAMES
from yulin.pool.enums import RecoverySource
from yulin.pool.services.recoveries.enter_recovery import Received
from yulin.pool.services.recoveries.file_certificate import Certified


class YuanField(forms.CharField):
    """An amount in yuan with its fen, as a statement prints it; the clean value is integer fen."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 30)
        super().__init__(widget=forms.TextInput(attrs={"class": "yl-num", "inputmode": "decimal"}), **kwargs)

    def clean(self, value: Any) -> int | None:
        """Return the amount in fen, or None where nothing was written."""
        text = super().clean(value)
        if not text:
            return None
        try:
            return parse_fen(text, "yuan").fen
        except YulinError as error:
            raise forms.ValidationError(say(error.message)) from error


def _day() -> forms.DateInput:
    return forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")


class RecoveryForm(forms.Form):
    """One receipt as the bank's statement shows it."""

    value_on = forms.DateField(label=say_later(Text("到账日", "Value date")), widget=_day())
    gross = YuanField(label=say_later(Text("到账金额（元）", "Received (CNY)")))
    cost = YuanField(
        label=say_later(Text("追偿费用（元）", "Costs of recovery (CNY)")),
        required=False,
        help_text=say_later(
            Text("诉讼、执行、评估等费用，先于分配扣除", "Court, enforcement, appraisal: taken off before sharing")
        ),
    )
    source = forms.ChoiceField(label=say_later(Text("来源", "Source")))
    reference = forms.CharField(
        label=say_later(Text("流水号", "Statement reference")),
        max_length=80,
        help_text=say_later(Text("同一流水号只登记一次", "A reference is entered once")),
    )
    note = forms.CharField(label=say_later(Text("说明", "Note")), max_length=300, required=False)

    def __init__(self, *args: Any, hands: Sequence[Text] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if hands:  # the claimant, and the new owner of its debt
            choices = [(key, say(name)) for key, name in zip(("owner", "claimant"), reversed(hands), strict=True)]
            self.fields["hand"] = forms.ChoiceField(label=say_later(Text("收款方", "Received by")), choices=choices)
        # The price of an assigned debt is booked by its assignment, never by hand.
        sources = [(key.value, say(name)) for key, name in SOURCE_NAMES.items() if key != RecoverySource.SALE]
        self.fields["source"].choices = sources  # type: ignore[attr-defined]  # a ChoiceField

    def received(self) -> Received:
        """Return the receipt that the form says."""
        given = self.cleaned_data
        return Received(
            value_on=given["value_on"],
            gross_fen=given["gross"],
            cost_fen=given["cost"] or 0,
            reference=given["reference"].strip(),
            source=RecoverySource(given["source"]),
            note=given["note"],
            by_owner=given.get("hand") == "owner",
        )


class ReceiptForm(forms.Form):
    """Money that changed hands on a debt: when, how much, by which receipt."""

    on = forms.DateField(label=say_later(Text("上缴日", "Remitted on")), widget=_day())
    amount = YuanField(label=say_later(Text("金额（元）", "Amount (CNY)")))
    reference = forms.CharField(label=say_later(Text("回单号", "Receipt number")), max_length=80)


class RemittanceForm(ReceiptForm):
    """What came in from the bank on a debt, or from one of its `holders`, where others hold money too."""

    def __init__(self, *args: Any, holders: Sequence[tuple[int | None, Text]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if any(one is not None for one, _ in holders):
            choices = [(str(one or ""), say(name)) for one, name in holders]
            label = say_later(Text("上缴方", "Remitted by"))
            self.fields["holder"] = forms.ChoiceField(label=label, choices=choices, required=False)

    def holder_id(self) -> int | None:
        """Return who remits, where it is not the claimant."""
        return int(self.cleaned_data.get("holder") or 0) or None


class RefundForm(ReceiptForm):
    """What was given back to a bank of its own part, where it remits all."""

    on = forms.DateField(label=say_later(Text("返还日", "Refunded on")), widget=_day())


class CertificateForm(forms.Form):
    """An auditor's certificate on one year's recoveries."""

    year = forms.ChoiceField(label=say_later(Text("方案与年度", "Scheme and year")))
    auditor_name = forms.CharField(label=say_later(Text("会计师事务所", "Auditor")), max_length=120)
    signed_on = forms.DateField(label=say_later(Text("出具日", "Signed on")), widget=_day())
    received = YuanField(label=say_later(Text("证明的到账金额（元）", "Received, as certified (CNY)")))
    remitted = YuanField(label=say_later(Text("证明的上缴金额（元）", "Remitted, as certified (CNY)")))
    file = forms.FileField(label=say_later(Text("审计证明", "The certificate")))

    def __init__(self, *args: Any, years: list[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = years  # type: ignore[attr-defined]  # a ChoiceField

    def key(self) -> tuple[str, date]:
        """Return the scheme and the last day of the year that the certificate is about."""
        scheme_id, _, day = self.cleaned_data["year"].rpartition(":")
        return scheme_id, date.fromisoformat(day)

    def certified(self) -> Certified:
        """Return what the form says was certified."""
        given = self.cleaned_data
        return Certified(
            given["auditor_name"], given["signed_on"], given["received"], given["remitted"], given["file"].name,
            given["file"],
        )  # fmt: skip


class WriteOffForm(forms.Form):
    """Clause and reason for the end of a debt's pursuit."""

    clause = forms.CharField(label=say_later(Text("条款", "Clause")), max_length=200)
    reason = forms.CharField(
        label=say_later(Text("理由", "Reason")), max_length=500, widget=forms.Textarea(attrs={"rows": 2})
    )


class NoteForm(forms.Form):
    """Why an entry is taken back."""

    note = forms.CharField(label=say_later(Text("理由", "Reason")), max_length=300)
