"""The form of an audit pack: one loan, one claim, or one year."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.kit.speech import say, say_later
from yulin.pool.core.audit_pack.scope import PackScope


class AuditPackForm(forms.Form):
    """What the pack is about; one of the first three."""

    loan = forms.CharField(
        label=say_later(Text("借据号或确认编号", "Loan or confirmation number")), max_length=80, required=False
    )
    claim = forms.CharField(label=say_later(Text("补偿申请编号", "Number of a claim")), max_length=40, required=False)
    year = forms.IntegerField(
        label=say_later(Text("年度", "Year")),
        help_text=say_later(Text("当年确认、申请或回收的贷款", "loans confirmed, claimed or recovered in it")),
        min_value=1990,
        max_value=2100,
        required=False,
        widget=forms.NumberInput(attrs={"class": "yl-num"}),
    )
    scheme = forms.ChoiceField(
        label=say_later(Text("只要某一方案（随年度）", "Of one scheme only (with a year)")), required=False
    )
    with_documents = forms.BooleanField(
        label=say_later(Text("附上申请材料", "Put the claims' papers in")), required=False
    )

    def __init__(self, *args: Any, schemes: Mapping[str, Text], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", say(Text("全部方案", "All schemes"))), *((key, say(name)) for key, name in schemes.items())]
        self.fields["scheme"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField

    def clean(self) -> dict[str, Any]:
        """Refuse what is not one thing, in the words of the error."""
        cleaned: dict[str, Any] = super().clean() or {}
        if not self.errors:
            try:
                self.scope()
            except YulinError as error:
                message = error.message
                self.add_error(None, say(message) if isinstance(message, Text) else message)
        return cleaned

    def scope(self) -> PackScope:
        """Return what is asked."""
        asked = self.cleaned_data
        return PackScope(
            loan=asked["loan"].strip(),
            claim=asked["claim"].strip(),
            year=asked["year"],
            scheme=asked["scheme"].strip(),
            with_documents=asked["with_documents"],
        )
