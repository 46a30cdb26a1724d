"""What a reader of portraits asks for, and what a firm says about who may read its own."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms

from yulin.atlas.core.corrections import unit_of_field, written
from yulin.atlas.core.particulars import FORMS
from yulin.atlas.core.questions import ANSWERS
from yulin.atlas.core.usage_bill import Prices
from yulin.atlas.enums import FieldType, ParticularKind
from yulin.atlas.selectors.hand_edits import facts_by_hand
from yulin.atlas.selectors.rights import possible_partners
from yulin.atlas.services.consenting import NewConsent
from yulin.atlas.services.exporting import NewExport
from yulin.atlas.services.hand_editing import NewHandEdit
from yulin.atlas.services.objecting import Verdict
from yulin.atlas.services.outlets import MOST_PRICE, NewOutlet
from yulin.atlas.services.repairing import NewRecord
from yulin.base.text import Text
from yulin.kit.speech import say, say_later
from yulin.rules.adapters.shipped import shipped_vocabulary


def _day(label: Text, *, required: bool = False) -> forms.DateField:
    return forms.DateField(
        label=say_later(label), required=required, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d")
    )


class ReplayForm(forms.Form):
    """The day whose facts count, and the end of the day by which they were known."""

    on = _day(Text("事实日", "Facts of"))
    known_on = _day(Text("按此日日终已知", "As known at the end of"))


class ReasonForm(forms.Form):
    """Why a value is wrong."""

    reason = forms.CharField(
        label=say_later(Text("理由", "Why it is wrong")),
        max_length=1000,
        widget=forms.Textarea,
        help_text=say_later(Text("写明正确的值与凭据", "Say what is right and what proves it")),
    )


class NoteForm(forms.Form):
    """What the firm lets stand beside a value that was left as it was."""

    text = forms.CharField(label=say_later(Text("企业说明", "Your words")), max_length=300, widget=forms.Textarea)


class DecisionForm(forms.Form):
    """What is decided of an objection, and why."""

    verdict = forms.ChoiceField(
        label=say_later(Text("决定", "Decision")),
        choices=[
            ("", "–"),
            ("upheld", say_later(Text("异议成立，更正", "Upheld: correct it"))),
            ("rejected", say_later(Text("异议不成立，维持", "Rejected: leave it"))),
        ],
    )
    value = forms.CharField(label=say_later(Text("更正值", "The right value")), max_length=300, required=False)
    reasons = forms.CharField(label=say_later(Text("决定理由", "Reasons")), max_length=1000, widget=forms.Textarea)

    @property
    def asked(self) -> Verdict:
        """Return the verdict that a valid form holds."""
        found = self.cleaned_data
        return Verdict(found["verdict"] == "upheld", found["reasons"], found["value"])


class ParticularDecisionForm(forms.Form):
    """What is decided of an objection to one of a firm's things: corrected field by field, no such thing, or left."""

    verdict = forms.ChoiceField(
        label=say_later(Text("决定", "Decision")),
        choices=[
            ("", "–"),
            ("upheld", say_later(Text("异议成立，按下列内容更正", "Upheld: it reads as below"))),
            ("removed", say_later(Text("异议成立，并无此项", "Upheld: there is no such thing"))),
            ("rejected", say_later(Text("异议不成立，维持", "Rejected: leave it"))),
        ],
    )
    reasons = forms.CharField(label=say_later(Text("决定理由", "Reasons")), max_length=1000, widget=forms.Textarea)

    def __init__(self, kind: ParticularKind, value: Mapping[str, Any], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.of_thing = list(FORMS[kind].fields)
        for name, form in FORMS[kind].fields.items():
            words = form.words.get(value.get(name, ""))
            self.fields[name] = forms.CharField(
                label=say(form.label),
                max_length=300,
                required=False,
                initial=say(words) if words else written(form, value.get(name)),
                help_text="" if form.type is FieldType.TEXT else say(unit_of_field(form)),
            )

    @property
    def thing(self) -> list[forms.BoundField]:
        """Return the fields of the thing itself."""
        return [self[name] for name in self.of_thing]

    @property
    def asked(self) -> Verdict:
        """Return the verdict that a valid form holds."""
        found = self.cleaned_data
        fields = {name: found[name] for name in self.of_thing} if found["verdict"] == "upheld" else {}
        return Verdict(found["verdict"] in {"upheld", "removed"}, found["reasons"], fields=fields)


class RecordForm(forms.Form):
    """A decision against a firm, as its document says it."""

    firm_code = forms.CharField(label=say_later(Text("统一社会信用代码", "USCC")), max_length=60)
    fact = forms.ChoiceField(label=say_later(Text("记录", "Record")))
    grade = forms.ChoiceField(label=say_later(Text("失信程度", "Grade")), required=False)
    decided_on = _day(Text("文书作出日", "Decided on"), required=True)
    document = forms.CharField(label=say_later(Text("文书", "Document")), max_length=200)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        vocabulary = shipped_vocabulary()
        adverse = [fact for fact in vocabulary.facts.values() if fact.is_adverse]
        grades = vocabulary.lists["dishonesty_grade"].members
        self.fields["fact"].choices = [(fact.alias, say(fact.label)) for fact in adverse]  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["grade"].choices = [  # type: ignore[attr-defined]  # a ChoiceField
            ("", say(Text("未知", "Unknown"))),
            *((key, say(name)) for key, name in grades.items()),
        ]

    @property
    def asked(self) -> NewRecord:
        """Return the record that a valid form holds."""
        found = self.cleaned_data
        return NewRecord(
            found["firm_code"].strip(), found["fact"], found["grade"], found["decided_on"], found["document"]
        )


class EvidenceForm(forms.Form):
    """What a firm says when it asks for repair; both points have to be so."""

    is_corrected = forms.BooleanField(
        label=say_later(Text("行为已纠正、义务已履行", "Conduct is corrected, duties are fulfilled")),
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
    has_promise = forms.BooleanField(
        label=say_later(Text("已公开作出信用承诺", "The credit promise is given in public")),
        widget=forms.CheckboxInput(attrs={"class": "form-check-input"}),
    )
    evidence = forms.CharField(label=say_later(Text("凭据", "Proof")), max_length=1000, widget=forms.Textarea)


class RepairForm(forms.Form):
    """What is decided on a request for repair, and why."""

    verdict = forms.ChoiceField(
        label=say_later(Text("决定", "Decision")),
        choices=[
            ("", "–"),
            ("granted", say_later(Text("准予修复", "Grant it"))),
            ("refused", say_later(Text("不予修复", "Refuse it"))),
        ],
    )
    reasons = forms.CharField(label=say_later(Text("决定理由", "Reasons")), max_length=1000, widget=forms.Textarea)


class ConsentForm(forms.Form):
    """To whom a firm opens which classes of facts, for what, up to which day."""

    organisation = forms.TypedChoiceField(label=say_later(Text("授权给", "Open to")), coerce=int)
    classes = forms.MultipleChoiceField(
        label=say_later(Text("事实类别", "Classes of facts")), widget=forms.CheckboxSelectMultiple
    )
    purpose = forms.CharField(
        label=say_later(Text("用途", "Purpose")),
        max_length=200,
        help_text=say_later(Text("例如：申请流动资金贷款", "For example: applying for a working-capital loan")),
    )
    valid_until = _day(Text("有效至（当日不含）", "Until (that day not included)"), required=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        partners = [(one.pk, say(one.short_name)) for one in possible_partners()]
        groups = [(group, say(name)) for group, name in shipped_vocabulary().groups.items()]
        self.fields["organisation"].choices = [("", "–"), *partners]  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["classes"].choices = groups  # type: ignore[attr-defined]  # a ChoiceField

    @property
    def asked(self) -> NewConsent:
        """Return the consent that a valid form asks for."""
        found = self.cleaned_data
        return NewConsent(found["organisation"], frozenset(found["classes"]), found["purpose"], found["valid_until"])


class JudgementForm(forms.Form):
    """What a judgement of identity rests on."""

    reason = forms.CharField(
        label=say_later(Text("所据", "What it rests on")),
        max_length=300,
        widget=forms.TextInput(
            {"placeholder": say_later(Text("如：执照、年报、电话核实", "A licence, a yearly report, a call"))}
        ),
    )


def _price(label: Text) -> forms.DecimalField:
    return forms.DecimalField(
        label=say_later(label), required=False, min_value=0, max_value=MOST_PRICE // 100, decimal_places=2,
        help_text=say_later(Text("不填则免费", "free if left out")),
    )  # fmt: skip


def _fen(yuan: Decimal | None) -> int:
    return int((yuan or Decimal(0)) * 100)


class OutletForm(forms.Form):
    """The terms on which a partner's own system shows portraits."""

    organisation = forms.TypedChoiceField(label=say_later(Text("合作机构", "Partner")), coerce=int)
    facts = forms.MultipleChoiceField(
        label=say_later(Text("可展示的事实", "Facts it may show")), widget=forms.CheckboxSelectMultiple
    )
    origins = forms.CharField(
        label=say_later(Text("可嵌入的来源，每行一个", "Origins that may frame it, one a line")),
        max_length=2000,
        required=False,
        widget=forms.Textarea,
        help_text=say_later(
            Text("如https://bank.example；不填则仅可用链接", "Such as https://bank.example; none: links only")
        ),
    )
    per_minute = forms.IntegerField(label=say_later(Text("每分钟次数上限", "Requests a minute")))
    feed_url = forms.CharField(
        label=say_later(Text("变更推送地址", "Address for news of changes")),
        max_length=500,
        required=False,
    )
    look_price = _price(Text("每次展示价格（元）", "One look costs (CNY)"))
    news_price = _price(Text("每次变更价格（元）", "News of one firm costs (CNY)"))
    free_a_month = forms.IntegerField(
        label=say_later(Text("每月免费次数", "Free a month")), required=False, min_value=0, max_value=MOST_PRICE
    )
    reason = forms.CharField(label=say_later(Text("事由", "Reason")), max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        partners = [(one.pk, say(one.short_name)) for one in possible_partners()]
        facts = [(fact.alias, say(fact.label)) for fact in shipped_vocabulary().facts.values()]
        self.fields["organisation"].choices = [("", "–"), *partners]  # type: ignore[attr-defined]  # a ChoiceField
        self.fields["facts"].choices = facts  # type: ignore[attr-defined]  # a ChoiceField

    @property
    def fact_boxes(self) -> list[tuple[Text, list[Any]]]:
        """Return the boxes of facts by their class."""
        vocabulary = shipped_vocabulary()
        groups = {fact.alias: fact.group for fact in vocabulary.facts.values()}
        boxes: dict[str, list[Any]] = {group: [] for group in vocabulary.groups}
        for box in self["facts"]:
            boxes.setdefault(groups[str(box.data["value"])], []).append(box)
        return [(vocabulary.groups[group], found) for group, found in boxes.items() if found]

    @property
    def asked(self) -> NewOutlet:
        """Return the terms that a valid form asks for."""
        found = self.cleaned_data
        return NewOutlet(
            found["organisation"],
            frozenset(found["facts"]),
            found["origins"].split(),
            found["per_minute"],
            found["reason"],
            found["feed_url"],
            Prices(_fen(found["look_price"]), _fen(found["news_price"]), found["free_a_month"] or 0),
        )


class DecisionByAnotherForm(forms.Form):
    """What another person decides: to approve it, or to turn it down with the reason."""

    verdict = forms.ChoiceField(
        label=say_later(Text("决定", "Decision")),
        choices=[
            ("", "–"),
            ("approved", say_later(Text("批准", "Approve"))),
            ("refused", say_later(Text("退回", "Turn down"))),
        ],
    )
    reasons = forms.CharField(
        label=say_later(Text("理由（退回时必填）", "Reasons (needed to turn it down)")),
        max_length=300,
        required=False,
        widget=forms.Textarea,
    )


class HandEditForm(forms.Form):
    """A value that a person states of a firm, from when to when, why, and the document that shows it."""

    fact = forms.ChoiceField(label=say_later(Text("事实", "Fact")))
    value = forms.CharField(
        label=say_later(Text("值", "Value")),
        max_length=300,
        help_text=say_later(
            Text(
                "金额写元或万元，比例写百分数，日期如2021-12-31，是否题写是或否",
                "amounts in yuan or 万, shares in percent, days such as 2021-12-31, yes or no",
            )
        ),
    )
    valid_from = _day(Text("自何日起", "Valid from"), required=True)
    valid_until = _day(Text("至何日止（不含）", "Until (not included)"))
    reason = forms.CharField(label=say_later(Text("理由", "Why")), max_length=300, widget=forms.Textarea)
    file = forms.FileField(label=say_later(Text("凭据文件", "Document that shows it")))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = sorted((say(label), fact) for fact, label in facts_by_hand().items())
        self.fields["fact"].choices = [("", "–"), *((fact, label) for label, fact in named)]  # type: ignore[attr-defined]  # a ChoiceField

    def asked(self, firm_id: int) -> NewHandEdit:
        """Return what a valid form states."""
        given = self.cleaned_data
        return NewHandEdit(
            firm_id,
            given["fact"],
            given["value"],
            given["valid_from"],
            given["valid_until"],
            given["reason"],
            given["file"],
            given["file"].name,
        )


class ExportForm(forms.Form):
    """Which firms' facts leave as a file, and what for."""

    codes = forms.CharField(
        label=say_later(Text("企业代码，每行一个", "Codes of firms, one a line")),
        max_length=10_000,
        widget=forms.Textarea,
    )
    classes = forms.MultipleChoiceField(
        label=say_later(Text("事实类别", "Classes of facts")), widget=forms.CheckboxSelectMultiple
    )
    purpose = forms.CharField(label=say_later(Text("用途", "Purpose")), max_length=300)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        groups = [(group, say(name)) for group, name in shipped_vocabulary().groups.items() if group != ANSWERS]
        self.fields["classes"].choices = groups  # type: ignore[attr-defined]  # a ChoiceField

    @property
    def asked(self) -> NewExport:
        """Return the request that a valid form holds."""
        found = self.cleaned_data
        return NewExport(found["codes"].split(), frozenset(found["classes"]), found["purpose"])


class RetentionReasonForm(forms.Form):
    """Why a rule on retention is put in force."""

    reason = forms.CharField(
        label=say_later(Text("理由", "Why")),
        max_length=300,
        widget=forms.Textarea,
        help_text=say_later(Text("如：已核对条文与试算", "for instance: article and dry run were checked")),
    )


class HoldForm(forms.Form):
    """Which firm is held, and why."""

    firm_code = forms.CharField(label=say_later(Text("统一社会信用代码", "USCC")), max_length=60)
    reason = forms.CharField(label=say_later(Text("理由", "Why")), max_length=300, widget=forms.Textarea)
