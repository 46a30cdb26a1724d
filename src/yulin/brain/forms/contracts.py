"""What is written of a grant's contract: its milestones, a report, what is said of it, a payment."""

from __future__ import annotations

from typing import Any

from django import forms

from yulin.base.errors import YulinError
from yulin.base.money import parse_fen, yuan_text
from yulin.base.text import Text
from yulin.brain.core.contracts import Planned
from yulin.brain.models import GrantContract
from yulin.kit.speech import say, say_later

_ROWS = 4


def _day(zh: str, en: str, *, required: bool = True) -> forms.DateField:
    return forms.DateField(
        label=say_later(Text(zh, en)), required=required, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )


class MilestoneRow(forms.Form):
    """One milestone; a row without a name is left out."""

    is_all_optional = True
    title = forms.CharField(label=say_later(Text("节点", "Milestone")), max_length=200, required=False)
    due_on = _day("期限", "Due on", required=False)
    amount = forms.CharField(label=say_later(Text("金额（元）", "Amount (CNY)")), max_length=40, required=False)

    def clean_amount(self) -> int | None:
        """Read the amount."""
        said = self.cleaned_data["amount"].strip()
        try:
            return parse_fen(said).fen if said else None
        except YulinError as refusal:
            raise forms.ValidationError(say(refusal.message)) from refusal

    def clean(self) -> dict[str, Any]:
        """Ask for day and amount of a milestone that has a name."""
        cleaned = super().clean() or {}
        for name in ("due_on", "amount"):
            if cleaned.get("title") and not cleaned.get(name) and name not in self.errors:
                self.add_error(name, say(Text("写明期限和金额。", "Say by when and how much.")))
        return cleaned


def milestone_rows(data: Any = None, *, contract: GrantContract | None = None) -> Any:
    """Return the milestones of a contract as a table to write in."""
    initial = [
        {"title": one.title, "due_on": one.due_on, "amount": yuan_text(one.amount_fen).replace(",", "")}
        for one in (contract.milestones.all() if contract else ())
    ]
    return forms.formset_factory(MilestoneRow, extra=max(_ROWS - len(initial), 1), max_num=12)(
        data, prefix="milestones", initial=initial
    )


def planned_of(rows: Any) -> list[Planned]:
    """Return the milestones that valid rows make."""
    return [Planned(row["title"], row["due_on"], row["amount"]) for row in rows.cleaned_data if row.get("title")]


class ReportForm(forms.Form):
    """What a firm reports of a milestone."""

    report = forms.CharField(
        label=say_later(Text("完成情况", "What was reached")), max_length=4000, widget=forms.Textarea({"rows": 3})
    )


class JudgementForm(forms.Form):
    """What is said of a report."""

    verdict = forms.ChoiceField(
        label=say_later(Text("验收意见", "Verdict")),
        choices=[
            ("accept", say_later(Text("通过", "Accept it"))),
            ("return", say_later(Text("退回", "Return it"))),
        ],
    )
    reason = forms.CharField(
        label=say_later(Text("退回理由", "Why it is returned")), max_length=600, required=False,
        widget=forms.Textarea({"rows": 2}),
    )  # fmt: skip


class PaymentForm(forms.Form):
    """What the bank says of a payment."""

    on = _day("付款日", "Paid on")
    reference = forms.CharField(label=say_later(Text("银行流水号", "The bank's reference")), max_length=60)
