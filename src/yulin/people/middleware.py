"""Who is asking: each request gets its actor, and the database the reach of that actor's rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase

from yulin.kit import row_security
from yulin.people.adapters.requests import actor_of
from yulin.people.core.actors import row_scope


class ActorMiddleware:
    """Set `request.actor` and bind row-level security to it for the time of the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer within the reach of the actor, also when the answer is written bit by bit."""
        request.actor = actor_of(request)  # type: ignore[attr-defined]  # set for every view
        reach = row_scope(request.actor)  # type: ignore[attr-defined]
        with row_security.scope(reach):
            response = self.get_response(request)
        if isinstance(response, StreamingHttpResponse) and not isinstance(response, FileResponse):
            response.streaming_content = _within(reach, iter(response))
        return response


def _within(reach: str, parts: Iterator[bytes]) -> Iterator[bytes]:
    with row_security.scope(reach):
        yield from parts
