"""The forms of a filing's page: the manager's decision, and the facts that a bank adds."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django import forms

from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.kit.speech import say, say_later
from yulin.pool.core.names import DISTRICTS
from yulin.pool.core.questions import read_fact
from yulin.rules.core.vocabulary import Vocabulary

DECISIONS = (
    ("confirm", Text("确认备案", "Confirm")),
    ("condition", Text("附条件确认（写条件与最后一天）", "Confirm under a condition (say which, until when)")),
    ("ask", Text("退回银行补充（写要补的事实）", "Ask the bank (say what is needed)")),
    ("refuse", Text("不予备案（选条款、写理由）", "Refuse (choose the clause, give the reason)")),
)


class DecisionForm(forms.Form):
    """What the manager decides on a filing, why, and under which clause."""

    decision = forms.ChoiceField(
        label=say_later(Text("决定", "Decision")),
        choices=[(key, say_later(name)) for key, name in DECISIONS],
        widget=forms.RadioSelect,
    )
    clause = forms.ChoiceField(label=say_later(Text("条款", "Clause")), required=False)
    note = forms.CharField(
        label=say_later(Text("理由、条件或要补充的事实", "Reason, condition, or what is asked")),
        max_length=300,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    until = forms.DateField(
        label=say_later(Text("条件的最后一天", "Last day of the condition")),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, clauses: Sequence[tuple[str, Text]] = (), only: Collection[str] = (), **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        decision = self.fields["decision"]
        decision.choices = [(key, say(name)) for key, name in DECISIONS if not only or key in only]  # type: ignore[attr-defined]  # a ChoiceField
        choice = self.fields["clause"]
        choice.choices = [("", "—"), *((key, say(name)) for key, name in clauses)]  # type: ignore[attr-defined]  # a ChoiceField


class RevokeForm(forms.Form):
    """Why an enrolment is revoked, and under which clause."""

    clause = forms.ChoiceField(label=say_later(Text("条款", "Clause")))
    note = forms.CharField(
        label=say_later(Text("理由", "Reason")), max_length=300, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *args: Any, clauses: Sequence[tuple[str, Text]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", "—"), *((key, say(name)) for key, name in clauses)]
        self.fields["clause"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField


class CloseForm(forms.Form):
    """On which day a loan was paid back, and what shows it."""

    on = forms.DateField(
        label=say_later(Text("结清日", "Paid back on")),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    note = forms.CharField(label=say_later(Text("凭证或说明", "Voucher or note")), max_length=300)


class ActivateForm(forms.Form):
    """What shows that the money was lent."""

    note = forms.CharField(label=say_later(Text("放款凭证或说明", "Voucher or note")), max_length=300)


class ReopenForm(forms.Form):
    """Why a loan was closed by mistake."""

    note = forms.CharField(label=say_later(Text("误结清的原因与凭证", "Why it was closed by mistake")), max_length=300)


class DistrictForm(forms.Form):
    """The firm's district at filing, and what shows it."""

    district_code = forms.ChoiceField(label=say_later(Text("备案时注册地区划", "District at filing")))
    note = forms.CharField(
        label=say_later(Text("依据（营业执照、登记档案）", "What shows it (licence, register)")), max_length=300
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "district_%s", **kwargs})
        choices = [("", "—"), *((code, say(name)) for code, name in DISTRICTS.items())]
        self.fields["district_code"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField


class GuarantorForm(forms.Form):
    """The guarantor of a loan that names none, its share by contract, and what shows it."""

    guarantor_id = forms.TypedChoiceField(label=say_later(Text("担保机构", "Guarantor")), coerce=int)
    share = forms.DecimalField(
        label=say_later(Text("担保比例（%）", "Guaranteed share (%)")), min_value=0, max_value=100, decimal_places=2
    )
    note = forms.CharField(label=say_later(Text("依据（担保合同）", "What shows it (contract)")), max_length=300)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, guarantors: Sequence[tuple[str, Text]] = (), **kwargs: Any) -> None:
        super().__init__(*args, **{"auto_id": "guarantor_%s", **kwargs})
        choices = [("", "—"), *((key, say(name)) for key, name in guarantors)]
        self.fields["guarantor_id"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField

    def named(self) -> dict[str, Any]:
        """Return what the service takes."""
        given = self.cleaned_data
        return {
            "guarantor_id": given["guarantor_id"], "share_bp": int(given["share"] * 100), "note": given["note"],
            "version": given["version"],
        }  # fmt: skip


class MissingFactsForm(forms.Form):
    """One field for each fact that a filing lacks."""

    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, missing: Sequence[str], vocabulary: Vocabulary, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._vocabulary = vocabulary
        for name in missing:
            fact = vocabulary.find(name)
            if fact is None:
                continue
            label = say(fact.label)
            if fact.type.kind in {"bool", "member"}:
                yes_no = [("yes", say(Text("是", "Yes"))), ("no", say(Text("否", "No")))]
                members = vocabulary.lists[fact.type.unit].members if fact.type.kind == "member" else {}
                options = yes_no if fact.type.kind == "bool" else [(key, say(word)) for key, word in members.items()]
                field: forms.Field = forms.ChoiceField(label=label, required=False, choices=[("", "—"), *options])
            else:
                field = forms.CharField(label=label, required=False, max_length=60)
            self.fields[f"fact-{name}"] = field

    def facts(self) -> Mapping[str, Any]:
        """Return the facts that were filled in, by their public names."""
        found: dict[str, Any] = {}
        for key, text in self.cleaned_data.items():
            name = key.removeprefix("fact-")
            fact = self._vocabulary.find(name) if key.startswith("fact-") else None
            if fact is not None and text:
                found[name] = read_fact(fact, text)
        return found

    def clean(self) -> dict[str, Any]:
        """Refuse a fact that cannot be read."""
        cleaned = super().clean() or {}
        try:
            self.facts()
        except (ValueError, YulinError) as error:
            raise forms.ValidationError(str(error)) from error
        return cleaned
