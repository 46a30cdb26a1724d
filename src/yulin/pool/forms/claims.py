"""Forms of claims: what a bank states, what a reviewer notes, what the authority decides. They decide nothing.

Amounts are in yuan.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from yulin.base.errors import YulinError
from yulin.base.money import parse_fen, yuan_text
from yulin.base.text import Text
from yulin.kit.speech import say, say_later
from yulin.pool.core.claims.checklist import DiligenceAnswer, Statement, proof_kind
from yulin.pool.core.claims.deciding import ITEM_NAMES, Deduction
from yulin.pool.core.claims.guarantee import GuaranteePayment
from yulin.pool.core.claims.opening import condition_word
from yulin.pool.services.claims.open_claim import Asked
from yulin.pool.services.claims.papers import PaperFile
from yulin.rules.core.scheme import DOCUMENT_CASES, DOCUMENT_CHECKS, Provision

_DAY = {"type": "date"}
_YES_NO = (("", "—"), ("yes", say_later(Text("是", "Yes"))), ("no", say_later(Text("否", "No"))))


def _day(label: Text, *, is_needed: bool = False) -> forms.DateField:
    return forms.DateField(
        label=say_later(label), required=is_needed, widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d")
    )


def _words(label: Text, longest: int, *, rows: int = 0, is_needed: bool = False) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
    return forms.CharField(label=say_later(label), max_length=longest, required=is_needed, widget=widget)


class FenField(forms.Field):
    """An amount in yuan, read to the fen; 万 and 亿 behind the number are understood."""

    def __init__(self, label: Text, *, is_needed: bool = False) -> None:
        widget = forms.TextInput(attrs={"class": "yl-num", "inputmode": "decimal"})
        super().__init__(label=say_later(label), required=is_needed, widget=widget)

    def to_python(self, value: Any) -> Any:
        """Return fen, or None of nothing."""
        text = str(value or "").strip()
        if not text:
            return None
        try:
            return parse_fen(text).fen
        except YulinError as error:
            raise forms.ValidationError(say(error.message)) from error

    def prepare_value(self, value: Any) -> Any:
        """Show fen as yuan."""
        return yuan_text(value).replace(",", "") if isinstance(value, int) else value


class OpenForm(forms.Form):
    """What a claimant states when it opens a claim; the principal comes from the returns."""

    defaulted_on = _day(Text("违约日（以月报为准）", "Day of default (as the returns show)"), is_needed=True)
    interest = FenField(Text("利息（元）", "Interest (CNY)"))
    cost = FenField(Text("费用（元）", "Costs (CNY)"))
    recovered = FenField(Text("申请前已回收（元）", "Recovered before the claim (CNY)"))

    def __init__(
        self,
        *args: Any,
        conditions: Sequence[Provision] = (),
        is_guarantors: bool = False,
        days_at_most: int | None = None,
        asks_npa: bool = False,
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        if asks_npa:
            npa = Text("不良认定日应收本息（元）", "Owed when the class turned bad, with interest (CNY)")
            self.fields = {
                "defaulted_on": self.fields.pop("defaulted_on"), "npa": FenField(npa, is_needed=True), **self.fields,
            }  # fmt: skip
        self.conditions = tuple(one.id for one in conditions)
        if days_at_most is not None:
            label = Text("利息的计息天数（最多计%(n)s天）", "Days of that interest (at most %(n)s {n:day|days} count)")
            days = forms.IntegerField(label=say(label.with_values(n=days_at_most)), min_value=1, required=False)
            self.fields = {
                "defaulted_on": self.fields.pop("defaulted_on"),
                "interest": self.fields.pop("interest"),
                "interest_days": days,
                **self.fields,
            }
        if is_guarantors:
            paid = FenField(Text("代偿金额（元）", "Paid to the bank (CNY)"), is_needed=True)
            paid_on = _day(Text("代偿日", "Paid on"), is_needed=True)
            self.fields = {"paid": paid, "paid_on": paid_on, **self.fields}
            for name in ("interest", "interest_days", "cost"):
                self.fields.pop(name, None)
            self.fields["recovered"].label = say(Text("代偿后已收回（元）", "Got back since (CNY)"))
        for one in conditions:
            self.fields[f"event-{one.id}"] = _day(condition_word(one), is_needed=True)

    def asked(self) -> Asked:
        """Return what is stated."""
        given = self.cleaned_data
        return Asked(
            stated_default_on=given["defaulted_on"],
            declared={name: given[f"event-{name}"] for name in self.conditions},
            interest_fen=given.get("interest") or 0,
            interest_days=given.get("interest_days"),
            cost_fen=given.get("cost") or 0,
            npa_fen=given.get("npa"),
            recovered_fen=given["recovered"] or 0,
            payment=GuaranteePayment(given["paid"], given["paid_on"]) if "paid" in given else None,
        )


class StatementForm(forms.Form):
    """The bank's form of a claim, with one answer to each case of non-diligence; kept in part, whole when submitted."""

    is_all_optional = True
    is_declared = forms.BooleanField(
        label=say_later(Text("声明：所报属实，愿承担责任", "We declare that what we state is true")), required=False
    )
    default_reason = _words(Text("违约原因", "Reason of the default"), 500, rows=2)
    is_fraud = forms.ChoiceField(
        label=say_later(Text("是否恶意逃废债或欺诈", "Wilful default or fraud")), required=False, choices=_YES_NO
    )
    legal_action_on = _day(Text("起诉或仲裁日", "Legal action begun on"))
    suit_number = _words(Text("案号", "Number of the suit"), 80)
    legal_action_note = _words(Text("起诉早于违约的说明", "Why it was begun before the default"), 300)
    possession_on = _day(Text("控制押品之日", "Day of possession of the security"))
    other_public = FenField(
        Text("同一损失已获其他财政补偿（元，没有填0）", "Other public money for the same loss (CNY; 0 if none)")
    )
    other_public_from = _words(Text("来自哪个方案或部门", "From which scheme or body"), 100)
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, cases: Sequence[Provision] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.cases = tuple(one.id for one in cases)
        for one in cases:
            said = one.row.text or Text(one.id, one.id)
            asked = Text(f"是否属于：{said.zh}", f"Is it the case: {said.en}")
            self.fields[f"case-{one.id}"] = forms.ChoiceField(label=say(asked), required=False, choices=_YES_NO)
            proof = Text(f"不属于的证据：{said.zh}", f"Evidence that it is not: {said.en}")
            self.fields[f"proof-{one.id}"] = forms.CharField(label=say(proof), max_length=300, required=False)

    def statement(self) -> Statement:
        """Return what the bank states."""
        given = self.cleaned_data
        return Statement(
            is_declared=given["is_declared"],
            default_reason=given["default_reason"],
            is_fraud=_answer(given["is_fraud"]),
            legal_action_on=given["legal_action_on"],
            legal_action_note=given["legal_action_note"],
            suit_number=given["suit_number"],
            possession_on=given["possession_on"],
            other_public_fen=given["other_public"],
            other_public_from=given["other_public_from"],
        )

    def answers(self) -> dict[str, DiligenceAnswer]:
        """Return the answers that were given."""
        given = self.cleaned_data
        said = {name: _answer(given[f"case-{name}"]) for name in self.cases}
        return {
            name: DiligenceAnswer(is_case, given[f"proof-{name}"])
            for name, is_case in said.items()
            if is_case is not None
        }


def statement_start(said: Statement, answers: dict[str, DiligenceAnswer], version: int) -> dict[str, Any]:
    """Return what the form shows at first: what was stated before."""
    return {
        "is_declared": said.is_declared,
        "default_reason": said.default_reason,
        "is_fraud": _shown(said.is_fraud),
        "legal_action_on": said.legal_action_on,
        "legal_action_note": said.legal_action_note,
        "suit_number": said.suit_number,
        "possession_on": said.possession_on,
        "other_public": said.other_public_fen,
        "other_public_from": said.other_public_from,
        "version": version,
        **{f"case-{name}": _shown(one.is_case) for name, one in answers.items()},
        **{f"proof-{name}": one.evidence for name, one in answers.items()},
    }


def _answer(text: str) -> bool | None:
    return {"yes": True, "no": False}.get(text)


def _shown(answer: bool | None) -> str:
    return {True: "yes", False: "no", None: ""}[answer]


class PaperForm(forms.Form):
    """One document with what the bank reads from it; the machine compares it with the loan."""

    kind = forms.ChoiceField(label=say_later(Text("材料", "Paper")))
    file = forms.FileField(label=say_later(Text("文件", "File")))
    amount = FenField(Text("所载金额（元）", "Amount it names (CNY)"))
    name = _words(Text("所载企业名称", "Firm it names"), 200)
    code = _words(Text("所载信用代码", "Code it carries"), 30)
    loan = _words(Text("所载借据号", "Loan it names"), 80)
    dated_on = _day(Text("所载日期", "Day it is dated"))

    def __init__(self, *args: Any, documents: Sequence[Provision] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(one.id, _paper_label(one)) for one in documents]  # type: ignore[attr-defined]  # a ChoiceField

    def paper(self) -> PaperFile:
        """Return the paper."""
        given = self.cleaned_data
        file = given["file"]
        return PaperFile(
            kind=given["kind"],
            file_name=file.name,
            content=file.read(),
            amount_fen=given["amount"],
            name=given["name"],
            code=given["code"],
            loan=given["loan"],
            dated_on=given["dated_on"],
        )


def _paper_label(one: Provision) -> str:
    said = say(one.row.text or Text(one.id, one.id))
    if one.id.startswith(proof_kind("")):
        return say(Text(f"证据：{said}", f"Proof: {said}"))
    asked = [DOCUMENT_CASES[one.only]] if one.only else []
    remarks = "，".join(say(remark) for remark in [*asked, *(DOCUMENT_CHECKS[check] for check in one.checks)])
    return f"{said}（{remarks}）" if remarks else said


class NoteForm(forms.Form):
    """A step with its reason."""

    note = _words(Text("意见或理由", "Opinion or reason"), 1_000, rows=3)
    clause = _words(Text("条款", "Clause"), 200)
    version = forms.IntegerField(widget=forms.HiddenInput)


class DeductionForm(forms.Form):
    """One amount that is not covered; an empty row says nothing."""

    item = forms.ChoiceField(
        label=say_later(Text("扣减项目", "Deducted from")),
        required=False,
        choices=[("", "—"), *((key, say_later(name)) for key, name in ITEM_NAMES.items())],
    )
    amount = FenField(Text("扣减金额（元）", "Amount (CNY)"))
    clause = _words(Text("扣减条款", "Clause"), 200)
    reason = _words(Text("扣减理由", "Reason"), 500)

    def clean(self) -> dict[str, Any]:
        """Ask for the whole row once a part of it is filled in."""
        given = super().clean() or {}
        filled = [name for name in ("item", "amount", "clause", "reason") if given.get(name)]
        if filled and len(filled) < len(self.fields):
            message = Text(
                "项目、金额、条款、理由须填齐。", "Give all four of a deduction: item, amount, clause, reason."
            )
            raise forms.ValidationError(say(message))
        return given

    def deduction(self) -> Deduction | None:
        """Return the deduction, or None of an empty row."""
        given = self.cleaned_data
        if not given.get("item"):
            return None
        return Deduction(given["item"], given["amount"], given["clause"], given["reason"])


DeductionSet = forms.formset_factory(DeductionForm, extra=2, max_num=5, absolute_max=5)
