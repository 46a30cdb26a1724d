"""Sign-in by name and password with TOTP (allauth). Nobody can open an account from outside.

Each sign-in leaves an audit row; each failed one a line in the log, without the name that was tried.
"""

from __future__ import annotations

import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.forms import LoginForm
from django.http import HttpRequest, HttpResponse

from yulin.base.text import Text
from yulin.kit import clock
from yulin.kit.speech import say_later
from yulin.people.core.actors import PUBLIC_ACTOR
from yulin.people.models import User
from yulin.people.selectors import actor_for
from yulin.people.services import record_audit

_log = logging.getLogger("yulin.people")


class ClosedDoorAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth carries no types
    """Accounts are made by an organisation's manager, never by a form that anybody can reach."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth names it
        """Return False."""
        return False

    def post_login(self, request: HttpRequest, user: User, **kwargs: Any) -> HttpResponse:
        """Leave the audit row of a sign-in and go on to where allauth leads."""
        actor = actor_for(user, on=clock.business_date()) or PUBLIC_ACTOR
        record_audit(actor=actor, action="people.sign_in", subject=("user", user.pk))
        answer: HttpResponse = super().post_login(request, user, **kwargs)
        return answer

    def authentication_failed(self, request: HttpRequest, **_credentials: Any) -> None:
        """Leave a line in the log."""
        _log.warning("sign-in failed", extra={"from": request.META.get("REMOTE_ADDR", "")})


class SignInForm(LoginForm):  # type: ignore[misc]  # allauth carries no types
    """Name and password in our words; a forgotten password is reset by the organisation's manager."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = {"login": Text("登录名", "Sign-in name"), "password": Text("密码", "Password")}
        for name, word in words.items():
            one = self.fields[name]
            one.label, one.help_text = say_later(word), ""
            one.widget.attrs.pop("placeholder", None)


def display_name(user: User) -> str:
    """Return how allauth's pages call a person."""
    return user.name or user.username
