"""Who may call the API: a program with a bearer token, or a signed-in person's browser.

The caller becomes the request's actor, with the reach of its rows, before the route runs.
"""

from __future__ import annotations

from typing import Any

from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest
from ninja.security import HttpBearer, SessionAuth

from yulin.kit.row_security import set_scope
from yulin.people.core.actors import Actor, row_scope
from yulin.people.enums import Action, OrganisationKind, Role
from yulin.people.models import ApiClient
from yulin.people.services.clients import TOKEN_SALT, TOKEN_SECONDS


class ClientToken(HttpBearer):
    """A program's bearer token, for routes of one action."""

    def __init__(self, action: Action) -> None:
        super().__init__()
        self.action = action

    def authenticate(self, request: HttpRequest, token: str) -> Actor | None:
        """Return the program as an actor; None where the token is no longer one."""
        try:
            pk = signing.loads(token, salt=TOKEN_SALT, max_age=TOKEN_SECONDS)
        except signing.BadSignature:
            return None
        client = ApiClient.objects.select_related("organisation").filter(pk=pk, is_active=True).first()
        if client is None or not client.organisation.is_active:
            return None
        actor = _actor_of(client)
        if self.action not in client.scopes or not actor.may(self.action):
            raise PermissionDenied
        request.actor = actor  # type: ignore[attr-defined]  # the middleware set the public before
        set_scope(row_scope(actor))
        return actor


class SignedIn(SessionAuth):
    """A signed-in person's browser, for routes of one action; writes need the CSRF token."""

    def __init__(self, action: Action) -> None:
        super().__init__(csrf=True)
        self.action = action

    def _get_key(self, request: HttpRequest) -> str | None:
        # Without a session there is nothing that a forged form could misuse: the caller is told to sign in.
        return super()._get_key(request) if self.param_name in request.COOKIES else None

    def authenticate(self, request: HttpRequest, key: str | None) -> Any:
        """Return the person's actor; None where nobody is signed in."""
        if super().authenticate(request, key) is None:
            return None
        actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the middleware
        if not actor.may(self.action):
            raise PermissionDenied
        return actor


def callers(action: Action) -> list[Any]:
    """Return the ways in which a caller of one action proves who it is."""
    return [ClientToken(action), SignedIn(action)]


def _actor_of(client: ApiClient) -> Actor:
    organisation = client.organisation
    kind = OrganisationKind(organisation.kind)
    district = organisation.district_code if kind == OrganisationKind.DISTRICT else None
    return Actor(None, organisation.pk, kind, Role(client.role), district, client.name)
