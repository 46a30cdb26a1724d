"""Confirmation letters and settlement sheets as files."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_safe

from yulin.kit.clock import business_date
from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.pool.selectors.settlement_sheets import signed_sheet
from yulin.pool.services.letters import confirmation_letter, confirmation_letters, settlement_sheet


@require_safe
@needs(Action.SEE_ENROLMENTS)
def letter(request: HttpRequest, enrolment_id: int) -> HttpResponse:
    """Give the letter of one confirmed enrolment."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the guard
    content = confirmation_letter(actor=actor, enrolment_id=enrolment_id, verify_url=_verify_url(request))
    return _pdf(content, f"yulin-letter-{enrolment_id}.pdf")


@require_safe
@needs(Action.SEE_ENROLMENTS)
def upload_letters(request: HttpRequest, upload_id: int) -> HttpResponse:
    """Give the letters of all confirmed enrolments of one upload in one file; `?part=2` for the rest of a long one."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the guard
    asked = request.GET.get("part", "1")
    part = int(asked) if asked.isdecimal() and 0 < int(asked) < 1_000_000 else 1
    content = confirmation_letters(actor=actor, upload_id=upload_id, verify_url=_verify_url(request), part=part)
    return _pdf(content, f"yulin-letters-{upload_id}-{part}.pdf")


@require_safe
@needs(Action.SEE_CLAIMS)
def sheet(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Give the signed settlement sheet of one claim on paper."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the guard
    today = business_date()
    content = settlement_sheet(actor=actor, claim_id=claim_id, verify_url=_verify_url(request), today=today)
    return _pdf(content, f"yulin-settlement-{claim_id}.pdf")


@require_safe
@needs(Action.SEE_CLAIMS)
def sheet_data(request: HttpRequest, claim_id: int) -> HttpResponse:
    """Give the signed settlement sheet of one claim as data, with its signature and the key that proves it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the guard
    response = JsonResponse(signed_sheet(actor, claim_id), json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = f'attachment; filename="yulin-settlement-{claim_id}.json"'
    return response


def _verify_url(request: HttpRequest) -> str:
    """Return the public address under which a code is verified; a letter names the Chinese page."""
    with translation.override("zh-hans"):
        return request.build_absolute_uri(reverse("pool:verify"))


def _pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response
