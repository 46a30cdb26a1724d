"""Forms of people's pages: they parse and shape, they decide nothing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib.auth.password_validation import validate_password

from yulin.base.text import Text
from yulin.kit.speech import say_later
from yulin.people.core.rights import ROLE_NAMES, ROLES_OF_KIND
from yulin.people.enums import OrganisationKind


class CalendarDayForm(forms.Form):
    """One day of the calendar."""

    day = forms.DateField(
        label=say_later(Text("日期", "Day")), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    is_workday = forms.TypedChoiceField(
        label=say_later(Text("是否工作日", "Working day")),
        coerce=lambda word: word == "yes",
        choices=[("yes", say_later(Text("工作日", "Working day"))), ("no", say_later(Text("休息日", "Day off")))],
    )
    note = forms.CharField(
        label=say_later(Text("说明或文号", "Note or document number")), max_length=200, required=False
    )


class FirstPasswordForm(forms.Form):
    """A password that the organisation's manager hands out."""

    password = forms.CharField(
        label=say_later(Text("新密码", "New password")),
        help_text=say_later(Text("至少10位；本人登录后修改。", "At least ten signs; the person changes it later.")),
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        validators=[validate_password],
    )


class NewPersonForm(FirstPasswordForm):
    """A person who joins the organisation, in one of its roles."""

    username = forms.SlugField(label=say_later(Text("登录名", "Sign-in name")), max_length=60)
    name = forms.CharField(label=say_later(Text("姓名", "Name")), max_length=60)
    role = forms.ChoiceField(label=say_later(Text("角色", "Role")))
    field_order = ("username", "name", "role", "password")

    def __init__(self, *args: Any, kind: OrganisationKind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(role), say_later(ROLE_NAMES[role])) for role in ROLES_OF_KIND[kind]]
        self.fields["role"].choices = choices  # type: ignore[attr-defined]  # a ChoiceField
