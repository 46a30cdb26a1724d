"""What applicants type: one field at a time, a paper, an adviser with rights, why an application is withdrawn."""

from __future__ import annotations

from typing import Any

from django import forms

from yulin.base.text import Text
from yulin.brain.core.call_forms import MOST_LONG, FieldKind, FormField
from yulin.brain.selectors.applications import ATTACH, HELPER_RIGHTS, WRITE, FieldShown, PaperShown
from yulin.kit.speech import say, say_later
from yulin.people.enums import OrganisationKind
from yulin.people.selectors import organisations_of_kind


def field_control(field: FormField) -> forms.Field:
    """Return the control of a field of a call's form; what it may hold is checked by the core."""
    words = say(field.label)
    if field.unit:
        words = say(Text(f"{field.label.zh}（{field.unit.zh}）", f"{field.label.en} ({field.unit.en})"))
    told: dict[str, Any] = {"label": words, "required": field.is_required}
    if field.kind is FieldKind.LONG:
        most = field.most or MOST_LONG
        return forms.CharField(
            **told, strip=False, widget=forms.Textarea({"rows": 8}),
            help_text=say(Text("至多%(n)s字", "at most %(n)s {n:character|characters}").with_values(n=most)),
        )  # fmt: skip
    if field.kind is FieldKind.DAY:
        return forms.CharField(**told, widget=forms.DateInput({"type": "date"}, format="%Y-%m-%d"))
    if field.kind in {FieldKind.YES_NO, FieldKind.CHOICE}:
        yes_no = (("yes", Text("是", "Yes")), ("no", Text("否", "No")))
        options = field.choices if field.kind is FieldKind.CHOICE else yes_no
        choices = [("", say(Text("请选择", "Choose"))), *((code, say(name)) for code, name in options)]
        return forms.ChoiceField(**told, choices=choices)
    hint = ""
    if field.kind is FieldKind.MONEY:
        hint = say(Text("如1200000或120万元", "in yuan, such as 1200000"))
    return forms.CharField(**told, help_text=hint)


class ValueForm(forms.Form):
    """One field of an application with what stands in it."""

    def __init__(self, shown: FieldShown) -> None:
        super().__init__(auto_id=f"f-{shown.field.id}-%s", initial={"value": shown.written})
        self.fields["value"] = field_control(shown.field)
        self.shown = shown

    @property
    def is_long(self) -> bool:
        """Whether it takes the whole width."""
        return self.shown.field.kind is FieldKind.LONG


class PaperForm(forms.Form):
    """A paper to attach."""

    def __init__(self, shown: PaperShown) -> None:
        super().__init__(auto_id=f"p-{shown.paper.id}-%s")
        self.fields["file"] = forms.FileField(
            label=say(Text("选择文件：%(name)s", "Choose a file: %(name)s").with_values(name=shown.paper.label)),
            required=shown.paper.is_required and not shown.held,
        )
        self.shown = shown


class HelperForm(forms.Form):
    """An adviser, and what it may do besides reading."""

    organisation = forms.ChoiceField(label=say_later(Text("服务机构", "Service body")))
    rights = forms.MultipleChoiceField(
        label=say_later(Text("除查看外还可以", "May also")), required=False, widget=forms.CheckboxSelectMultiple,
        choices=[(one, say_later(HELPER_RIGHTS[one])) for one in (WRITE, ATTACH)],
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["organisation"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101 - for the type checker
        field.choices = [(str(one.pk), say(one.name)) for one in organisations_of_kind(OrganisationKind.SERVICE_BODY)]


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(label=say_later(Text("理由", "Why")), max_length=600, widget=forms.Textarea({"rows": 2}))
