"""Pages for what went wrong: not found, not allowed, a fault. They say what to do next and never show a traceback."""

from __future__ import annotations

import logging
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from yulin.base.errors import YulinError
from yulin.kit.errors import (
    FaultError,
    FormExpiredError,
    NotAllowedHereError,
    NotFoundError,
    UnreadableRequestError,
)
from yulin.kit.problems import is_machine, problem_response, status_of

_log = logging.getLogger("yulin.kit")


def _page(request: HttpRequest, error: YulinError) -> HttpResponse:
    if is_machine(request):
        return problem_response(error)
    status = status_of(error.code)
    return render(request, "kit/fault.html", {"error": error, "status": status}, status=status)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's
    """Say that there is no such page."""
    return _page(request, NotFoundError())


def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's
    """Say that the role does not include this page."""
    return _page(request, NotAllowedHereError())


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:  # noqa: ARG001 - Django's
    """Say that the request cannot be understood."""
    return _page(request, UnreadableRequestError())


def forged_form(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Say that a form is too old or came from elsewhere."""
    _log.warning("form without a valid token", extra={"path": request.path, "reason": reason})
    return _page(request, FormExpiredError())


def fault(request: HttpRequest, *_: Any) -> HttpResponse:
    """Say that Yulin itself failed. Nothing was half-written; the log has the cause."""
    error = FaultError()
    try:
        return _page(request, error)
    except Exception:  # noqa: BLE001 - whatever failed, the person must be told
        _log.exception("the page that tells of a fault failed too")
        words = f"<p>{error.message}{error.hint}</p><p>{error.envelope('en')['message']}</p>"
        return HttpResponse(f"<!doctype html><meta charset=utf-8><title>500</title>{words}", status=500)
