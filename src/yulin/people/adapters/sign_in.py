"""Sign-in by name and password with TOTP (allauth). Nobody can open an account from outside."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from yulin.people.models import User


class ClosedDoorAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth carries no types
    """Accounts are made by an organisation's manager, never by a form that anybody can reach."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:  # noqa: ARG002 - allauth names it
        """Return False."""
        return False


def display_name(user: User) -> str:
    """Return how allauth's pages call a person."""
    return user.name or user.username
