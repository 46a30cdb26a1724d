"""What every answer carries (the content policy), and what every refusal becomes (a page that says what to do)."""

from __future__ import annotations

import logging
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.gzip import GZipMiddleware

from yulin.base.errors import YulinError
from yulin.base.text import OWN_CURRENCY
from yulin.kit import problems
from yulin.kit.errors import UnreadableRequestError, UploadTooLargeError
from yulin.kit.limits import upload_limit_bytes
from yulin.kit.speech import speaking

_log = logging.getLogger("yulin.refusals")

_POLICY = {
    "default-src": "'self'",
    "script-src": "'self'",
    "style-src": "'self'",
    "style-src-attr": "'unsafe-inline'",  # custom properties carry the numbers of bars: style="--p:50"
    "img-src": "'self' data:",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}


def content_policy(*, frame_ancestors: str = _POLICY["frame-ancestors"]) -> str:
    """Return the policy, with the pages that may frame the answer: none, unless a page names them itself."""
    return "; ".join(f"{what} {where}" for what, where in {**_POLICY, "frame-ancestors": frame_ancestors}.items())


CONTENT_POLICY = content_policy()

_COMPRESSED = frozenset({"text/html", "application/json", "application/problem+json", "application/jsonl", "text/csv"})

# A file that is somewhat too large is read to its end, so that the browser shows the page that says so.
_FAR_BEYOND = 8

Answer = Callable[[HttpRequest], HttpResponse]


class ContentPolicyMiddleware:
    """Send the content policy with every answer that has none of its own."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with the policy."""
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", CONTENT_POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        return response


class CompressionMiddleware(GZipMiddleware):
    """Send pages and JSON compressed; files are what they are (workbooks and PDFs are compressed already)."""

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        """Compress text."""
        kind = response.headers.get("Content-Type", "").partition(";")[0]
        if kind not in _COMPRESSED:
            return response
        return super().process_response(request, response)


class CurrencyMiddleware:
    """Begin every answer in yuan; a view that is about one scheme goes on in that scheme's currency."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; what the view spoke ends with it."""
        with speaking(OWN_CURRENCY):
            return self.get_response(request)


class RefusalMiddleware:
    """Turn a `YulinError` that no view caught into the error page (or problem+json) with its code."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer; a body far beyond what any upload may hold is refused before it is read."""
        length = request.META.get("CONTENT_LENGTH") or "0"
        limit_bytes = upload_limit_bytes()
        if length.isdigit() and int(length) > _FAR_BEYOND * limit_bytes:
            return problems.refusal(
                request, UploadTooLargeError(name=request.path, found_bytes=int(length), limit_bytes=limit_bytes)
            )
        if _holds_nul(request):
            return problems.refusal(request, UnreadableRequestError())
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the page for what Yulin refuses; anything else is a fault and goes on."""
        if not isinstance(exception, YulinError):
            return None
        _log.info("refused", extra={"code": exception.code, "path": request.path, "facts": str(exception.facts)})
        return problems.refusal(request, exception)


def _holds_nul(request: HttpRequest) -> bool:
    """Tell whether a text of the request holds the character NUL, which no database keeps and nobody types."""
    if request.content_type == "application/json" and b"\\u0000" in request.body:
        return True
    forms = (text for form in (request.GET, request.POST) for name, texts in form.lists() for text in (name, *texts))
    return any("\0" in text for text in (request.path_info, *forms))
