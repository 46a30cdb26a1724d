"""Who is asking: each request gets its actor, and the database the reach of that actor's rows."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from yulin.kit import row_security
from yulin.people.adapters.requests import actor_of
from yulin.people.core.actors import row_scope


class ActorMiddleware:
    """Set `request.actor` and bind row-level security to it for the time of the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer within the reach of the actor."""
        request.actor = actor_of(request)  # type: ignore[attr-defined]  # set for every view
        with row_security.scope(row_scope(request.actor)):  # type: ignore[attr-defined]
            return self.get_response(request)
