"""Refusals as HTTP: problem+json for machines (RFC 9457), an error page for people, with the same code.

Invariant: this is the only place that maps an error code to an HTTP status.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import translation

from yulin.base.errors import YulinError
from yulin.kit.speech import spoken_currency

# The longest prefix decides; what is not named is a request that cannot be carried out as it stands.
STATUS_OF_CODE: dict[str, int] = {
    "": 422,
    "PEOPLE.NOT_ALLOWED": 403,
    "PEOPLE.NOT_SIGNED_IN": 401,
    "PEOPLE.CLIENT.REFUSED": 401,
    "PEOPLE.DEMO.NOT_A_DEMO_BOOK": 404,
    "PEOPLE.ORGANISATION.NOT_FOUND": 404,
    "KIT.NOT_FOUND": 404,
    "RULES.DRAFT.UNKNOWN": 404,
    "RULES.DRAFT.STALE": 409,
    "RULES.DRAFT.STATE": 409,
    "KIT.BAD_REQUEST.UNREADABLE": 400,
    "KIT.FORM.EXPIRED": 403,
    "KIT.FAULT": 500,
    "KIT.IDEMPOTENCY": 409,
    "KIT.CHANGED_MEANWHILE": 409,
    "KIT.DOCUMENT.NOT_FOUND": 404,
    "KIT.UPLOAD.TOO_LARGE": 413,
    "KIT.POSTGRES": 503,
    "BRAIN.CALL.NOT_FOUND": 404,
    "BRAIN.CALL.STATE": 409,
    "BRAIN.CALL.SHUT": 409,
    "BRAIN.APPLICATION.NOT_FOUND": 404,
    "BRAIN.APPLICATION.STATE": 409,
    "BRAIN.APPLICATION.ONCE": 409,
    "BRAIN.REVIEW.SAME_PERSON": 403,
    "BRAIN.AWARD.NOT_FOUND": 404,
    "BRAIN.AWARD.STATE": 409,
    "BRAIN.POLICY.NOT_FOUND": 404,
    "BRAIN.SEARCH.NOT_FOUND": 404,
    "BRAIN.POLICY.STALE": 409,
    "BRAIN.POLICY.STATE": 409,
    "BRAIN.POLICY.CORRECTION": 409,
    "ATLAS.FIRM.NOT_FOUND": 404,
    "ATLAS.IDENTITY.NOT_FOUND": 404,
    "ATLAS.ENTITY.NOT_FOUND": 404,
    "ATLAS.ENTITY.PAIR": 404,
    "ATLAS.CONSENT.MISSING": 403,
    "ATLAS.CONSENT.NOT_FOUND": 404,
    "ATLAS.OBJECTION.NOT_FOUND": 404,
    "ATLAS.OBJECTION.NOTHING_KNOWN": 404,
    "ATLAS.OBJECTION.OPEN": 409,
    "ATLAS.OBJECTION.DECIDED": 409,
    "ATLAS.QUESTION.UNKNOWN": 404,
    "ATLAS.RECALL.NOT_FOUND": 404,
    "ATLAS.HAND_EDIT.NOT_FOUND": 404,
    "ATLAS.HAND_EDIT.SAME_HANDS": 403,
    "ATLAS.HAND_EDIT.DECIDED": 409,
    "ATLAS.EXPORT.NOT_FOUND": 404,
    "ATLAS.EXPORT.SAME_HANDS": 403,
    "ATLAS.EXPORT.CLOSED": 403,
    "ATLAS.EXPORT.DECIDED": 409,
    "ATLAS.RETENTION.NOT_FOUND": 404,
    "ATLAS.RETENTION.NOT_FOUND_ORDER": 404,
    "ATLAS.RETENTION.HOLD_NOT_FOUND": 404,
    "ATLAS.RETENTION.SAME_HANDS": 403,
    "ATLAS.RETENTION.DECIDED": 409,
    "ATLAS.RETENTION.CHANGED": 409,
    "ATLAS.OUTLET.NOT_FOUND": 404,
    "ATLAS.OUTLET.MISSING": 403,
    "ATLAS.OUTLET.SAME_HANDS": 403,
    "ATLAS.OUTLET.DECIDED": 409,
    "ATLAS.OUTLET.TOO_MANY": 429,
    "ATLAS.LINK.NOT_FOUND": 404,
    "ATLAS.LINK.OVER": 410,
    "ATLAS.LINK.AUDIENCE": 403,
    "ATLAS.RECORD.NOT_FOUND": 404,
    "ATLAS.REPAIR.DECIDED": 409,
    "LEDGER.ACCOUNT.NOT_FOUND": 404,
    "LEDGER.TRANSFER.NOT_FOUND": 404,
    "POOL.ASSIGNMENT.NOT_FOUND": 404,
    "POOL.AUDIT_PACK.NOT_FOUND": 404,
    "POOL.ASSIGNMENT.CHANGED": 409,
    "BRAIN.FIRM.NOT_FOUND": 404,
    "POOL.ENROLMENT.NOT_FOUND": 404,
    "POOL.ANSWER.NOT_FOUND": 404,
    "POOL.MOVE.NOT_FOUND": 404,
    "POOL.CLAIM.NOT_FOUND": 404,
    "POOL.CLAIM.CHANGED": 409,
    "POOL.PAYOUT.NOT_FOUND": 404,
    "POOL.FEE.NOT_FOUND": 404,
    "POOL.FEE.CHANGED": 409,
    "POOL.FEE.UNDONE": 409,
    "POOL.SUBSIDY.NOT_FOUND": 404,
    "POOL.SUBSIDY.CHANGED": 409,
    "POOL.SUBSIDY.TWICE": 409,
    "POOL.SUBSIDY.STATE": 409,
    "POOL.RECOVERY.NOT_FOUND": 404,
    "POOL.BREAKER.NOT_FOUND": 404,
    "POOL.PARTNERSHIP.NOT_FOUND": 404,
    "POOL.PRODUCT.NOT_FOUND": 404,
    "RULES.PACK.UNKNOWN": 404,
    "EXCHANGE.MESSAGE.NOT_FOUND": 404,
    "EXCHANGE.MESSAGE.NOT_DEAD": 409,
    "FILE.UPLOAD.NOT_FOUND": 404,
    "FILE.UPLOAD.STATE": 409,
    "FILE.TOO_LARGE": 413,
}


def status_of(code: str) -> int:
    """Return the HTTP status of an error code, by its longest named prefix.

    >>> status_of("KIT.IDEMPOTENCY.CONFLICT"), status_of("POOL.LIMIT.LOAN")
    (409, 422)
    """
    parts = code.split(".")
    for length in range(len(parts), -1, -1):
        status = STATUS_OF_CODE.get(".".join(parts[:length]))
        if status is not None:
            return status
    return 422


def problem(error: YulinError, *, status: int | None = None) -> dict[str, Any]:
    """Return the problem+json body of an error, in the language of the request and the currency that it is about."""
    envelope = error.envelope(translation.get_language() or "zh-hans", spoken_currency())
    return {
        "type": f"/docs/errors#{error.code}",
        "title": envelope["message"],
        "status": status or status_of(error.code),
        "code": error.code,
        "hint": envelope["hint"],
        "facts": {key: _plain(value) for key, value in error.facts.items()},
    }


def problem_response(error: YulinError, *, status: int | None = None) -> HttpResponse:
    """Return the answer that a machine gets."""
    body = problem(error, status=status)
    answer = JsonResponse(
        body, status=body["status"], content_type="application/problem+json", json_dumps_params={"ensure_ascii": False}
    )
    if "retry_after" in error.facts:
        answer["Retry-After"] = str(error.facts["retry_after"])
    return answer


def refusal(request: HttpRequest, error: YulinError) -> HttpResponse:
    """Return the page, or the problem+json for an API path, of what Yulin refused."""
    if is_machine(request):
        return problem_response(error)
    status = status_of(error.code)
    return render(request, "kit/refusal.html", {"error": error, "status": status}, status=status)


def is_machine(request: HttpRequest) -> bool:
    """Tell whether the caller is a program: the API's paths, or one that asks for JSON."""
    return request.path.startswith("/api/") or "json" in request.headers.get("Accept", "").partition(",")[0]


def _plain(value: Any) -> Any:
    return value if isinstance(value, str | int | float | bool | list | dict) or value is None else str(value)
