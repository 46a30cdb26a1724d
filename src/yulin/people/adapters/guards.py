"""The guard of every page that is not public: `@needs(Action.X)`.

Nobody signed in is sent to sign in and back; a role without the right gets the page that says so (403).
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar, cast

from allauth.mfa.utils import is_mfa_enabled
from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.people.selectors import the_book

View = TypeVar("View", bound=Callable[..., Any])


def needs(*actions: Action) -> Callable[[View], View]:
    """Guard a view: the actor's role must include one of `actions`. Sets `request.actor`."""

    def guard(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path(), reverse("account_login"))
            actor: Actor = request.actor  # type: ignore[attr-defined]  # set by ActorMiddleware
            if not any(actor.may(action) for action in actions):
                raise PermissionDenied
            if settings.YULIN_REQUIRE_SECOND_STEP and not _has_second_step(request):
                return redirect("mfa_activate_totp")
            return cast("HttpResponse", view(request, *args, **kwargs))

        guarded.needed_actions = actions  # type: ignore[attr-defined]  # read by the role × URL test
        return cast("View", guarded)

    return guard


def _has_second_step(request: HttpRequest) -> bool:
    if not request.session.get("has_second_step"):
        request.session["has_second_step"] = the_book().is_demo or is_mfa_enabled(request.user)
    return bool(request.session["has_second_step"])
