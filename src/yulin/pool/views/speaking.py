"""Views about one row of a scheme speak that scheme's currency, their refusals and messages too."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from django.http import HttpRequest, HttpResponse

from yulin.kit.speech import speak_in
from yulin.pool.selectors.currencies import currency_of_row

View = TypeVar("View", bound=Callable[..., Any])


def speaks_of(name: str) -> Callable[[View], View]:
    """Let a view speak the currency of the row that its address names by `name`, a claim by `claim_id`."""

    def speaking(view: View) -> View:
        @wraps(view)
        def spoken(request: HttpRequest, **kwargs: Any) -> HttpResponse:
            speak_in(currency_of_row(name, kwargs[name]))
            return cast("HttpResponse", view(request, **kwargs))

        return cast("View", spoken)

    return speaking
