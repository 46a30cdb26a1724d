"""What reviewers write: a screening, points, a vote, an outcome, an appeal, its answer, what is known of an expert."""

from __future__ import annotations

from typing import Any

from django import forms

from yulin.base.errors import YulinError
from yulin.base.money import parse_fen
from yulin.base.text import Text
from yulin.brain.adapters.application_terms import application_terms
from yulin.brain.core.application_states import AppStep
from yulin.brain.core.call_forms import Criterion
from yulin.brain.core.review import Vote
from yulin.brain.models import Expert
from yulin.brain.selectors.reviews import VOTES
from yulin.brain.services._applications import Why
from yulin.brain.services.experts import ExpertFacts
from yulin.brain.services.reviewing import Outcome
from yulin.kit.speech import say, say_later
from yulin.people.enums import Role
from yulin.people.selectors import people_in_role

_SCREENINGS = (
    (AppStep.ACCEPT, Text("受理", "Take it on")),
    (AppStep.RETURN, Text("退回补正", "Return it to be completed")),
    (AppStep.REFUSE, Text("不予受理", "Do not take it on")),
)


def _words(zh: str, en: str, most: int = 1000, *, required: bool = False, rows: int = 2) -> forms.CharField:
    return forms.CharField(
        label=say_later(Text(zh, en)), max_length=most, required=required, widget=forms.Textarea({"rows": rows})
    )


def _choices(zh: str, en: str) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(label=say_later(Text(zh, en)), required=False, widget=forms.CheckboxSelectMultiple)


def _fill(field: forms.Field, options: list[tuple[str, str]]) -> None:
    assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
    field.choices = options


class ScreeningForm(forms.Form):
    """The verdict of a screening with labels, usual reasons, words, and the day by which to complete."""

    verdict = forms.ChoiceField(
        label=say_later(Text("结论", "Verdict")),
        choices=[(step.value, say_later(name)) for step, name in _SCREENINGS],
    )
    labels = _choices("标签", "Labels")
    reasons = _choices("常用理由", "Usual reasons")
    note = _words("说明（申报单位可见）", "Words (the applicant reads them)")
    until = forms.DateField(
        label=say_later(Text("补正期限", "To be completed by")), required=False,
        widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        terms = application_terms()
        _fill(self.fields["labels"], [(key, say(text)) for key, text in terms.labels.items()])
        usual = [(key, say(text)) for step in ("return", "refuse") for key, text in terms.reasons[step].items()]
        _fill(self.fields["reasons"], usual)

    def clean(self) -> dict[str, Any]:
        """Ask for a reason against the applicant, and for the day where it is returned."""
        cleaned = super().clean() or {}
        is_against = cleaned.get("verdict") != AppStep.ACCEPT.value
        if is_against and not cleaned.get("reasons") and not (cleaned.get("note") or "").strip():
            self.add_error("note", say(Text("选择常用理由或写明说明。", "Choose a usual reason or write one.")))
        if cleaned.get("verdict") == AppStep.RETURN.value and not cleaned.get("until"):
            self.add_error("until", say(Text("写明补正期限。", "Say by which day.")))
        return cleaned

    @property
    def why(self) -> Why:
        """Labels, reasons and words."""
        said = self.cleaned_data
        return Why(said["labels"], said["reasons"], said["note"])


class ScoreForm(forms.Form):
    """An expert's points by criterion."""

    def __init__(self, criteria: tuple[Criterion, ...], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.criteria = criteria
        for one in criteria:
            label = Text(f"{one.label.zh}（0–{one.most}分）", f"{one.label.en} (0–{one.most})")
            self.fields[f"points-{one.id}"] = forms.IntegerField(label=say(label), min_value=0, max_value=one.most)
        self.fields["words"] = _words("评审意见", "What you say of it", 4000, required=True, rows=5)

    @property
    def points(self) -> dict[str, int]:
        """The points by criterion."""
        return {one.id: self.cleaned_data[f"points-{one.id}"] for one in self.criteria}


class VoteForm(forms.Form):
    """A vote of the panel."""

    vote = forms.ChoiceField(
        label=say_later(Text("表决", "Your vote")),
        choices=[(one.value, say_later(name)) for one, name in VOTES.items()],
    )

    @property
    def chosen(self) -> Vote:
        """The vote."""
        return Vote(self.cleaned_data["vote"])


class OutcomeForm(forms.Form):
    """What is proposed."""

    verdict = forms.ChoiceField(
        label=say_later(Text("拟定结果", "Outcome")),
        choices=[
            ("grant", say_later(Text("予以立项", "Grant it"))),
            ("decline", say_later(Text("不予立项", "Decline it"))),
        ],
    )
    amount = forms.CharField(
        label=say_later(Text("支持金额（元）", "Amount (CNY)")), required=False, max_length=40,
        help_text=say_later(Text("如500000或50万元", "in yuan, such as 500000")),
    )  # fmt: skip
    reasons = _choices("常用理由", "Usual reasons")
    note = _words("说明（写入决定书）", "Words (stand in the letter)")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        usual = application_terms().reasons["decline"]
        _fill(self.fields["reasons"], [(key, say(text)) for key, text in usual.items()])

    def clean_amount(self) -> int | None:
        """Read the amount."""
        said = self.cleaned_data["amount"].strip()
        try:
            return parse_fen(said).fen if said else None
        except YulinError as refusal:
            raise forms.ValidationError(say(refusal.message)) from refusal

    @property
    def outcome(self) -> Outcome:
        """What was proposed."""
        said = self.cleaned_data
        is_granted = said["verdict"] == "grant"
        return Outcome(is_granted, said["amount"] if is_granted else None, Why((), said["reasons"], said["note"]))


class ConfirmForm(forms.Form):
    """What the second person says of an outcome."""

    verdict = forms.ChoiceField(
        label=say_later(Text("复核意见", "Decision")),
        choices=[
            ("confirm", say_later(Text("确认", "Confirm"))),
            ("send_back", say_later(Text("退回", "Send it back"))),
        ],
    )
    reason = _words("退回理由", "Why it is sent back", 600)


class AppealForm(forms.Form):
    """What a firm says against a decision."""

    words = _words("理由与依据", "Why, and what proves it", 2000, required=True, rows=4)


class PublicObjectionForm(AppealForm):
    """What anybody says against a grant under public notice, and how to reach that person."""

    name = forms.CharField(label=say_later(Text("姓名或单位", "Your name or organisation")), max_length=80)
    contact = forms.CharField(label=say_later(Text("电话或邮箱", "Telephone or e-mail")), max_length=120)
    # A field that people do not see and machines fill in.
    address = forms.CharField(
        required=False, widget=forms.TextInput(attrs={"tabindex": "-1", "autocomplete": "off", "aria-label": "-"})
    )


class AppealAnswerForm(forms.Form):
    """The answer to an appeal or objection."""

    verdict = forms.ChoiceField(
        label=say_later(Text("结论", "Verdict")),
        choices=[
            ("rejected", say_later(Text("不成立", "Rejected"))),
            ("upheld", say_later(Text("成立，重新受理", "Upheld: taken up again"))),
        ],
    )
    answer = _words("答复", "Answer", 2000, required=True, rows=3)


class ExpertForm(forms.Form):
    """What is known of an expert."""

    person = forms.ChoiceField(label=say_later(Text("人员", "Person")))
    fields_of_work = forms.CharField(label=say_later(Text("专业领域", "Fields")), required=False, max_length=200)
    employer_name = forms.CharField(label=say_later(Text("任职单位", "Employer")), required=False, max_length=200)
    employer = forms.CharField(
        label=say_later(Text("任职单位代码", "Employer's code")), required=False, max_length=40,
        help_text=say_later(Text("统一社会信用代码，用于回避核对", "its USCC, for the check of conflicts")),
    )  # fmt: skip
    person_code = forms.CharField(
        label=say_later(Text("登记系统中的人员代码", "Code of the person in registers")), required=False, max_length=80,
        help_text=say_later(
            Text("股东登记所用代码；姓名相同不作认定", "as registers of holders use it; a name proves nothing")
        ),
    )  # fmt: skip
    declared = _words("本人申报回避的企业代码", "Firms that the expert has named", 2000)
    told_apart = _words(
        "已核实仅与股东或主要人员同名的企业代码", "Firms where a holder or leader only has the same name", 2000
    )
    is_active = forms.BooleanField(label=say_later(Text("在库", "Can be drawn")), required=False, initial=True)

    def __init__(self, *args: Any, today: Any, expert: Expert | None = None, **kwargs: Any) -> None:
        if expert is not None:
            kwargs["initial"] = _facts_of(expert)
        super().__init__(*args, **kwargs)
        seats = people_in_role(Role.EXPERT, on=today)
        self.seats = {str(one.pk): one for one in seats if expert is None or one.user_id == expert.user_id}
        _fill(self.fields["person"], [(key, one.user.name) for key, one in self.seats.items()])

    @property
    def facts(self) -> ExpertFacts:
        """What was written."""
        said = self.cleaned_data
        return ExpertFacts(
            said["fields_of_work"], said["employer"], said["employer_name"], said["person_code"],
            said["declared"].split(), said["told_apart"].split(), said["is_active"],
        )  # fmt: skip


def _facts_of(expert: Expert) -> dict[str, Any]:
    return {
        "fields_of_work": expert.fields, "employer": expert.employer, "employer_name": expert.employer_name,
        "person_code": expert.person_code, "declared": "\n".join(expert.declared),
        "told_apart": "\n".join(expert.told_apart), "is_active": expert.is_active,
    }  # fmt: skip
