"""Confirmation letters as files: of one enrolment, or of everything that one upload enrolled."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_safe

from yulin.people.adapters.guards import needs
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.pool.services.letters import confirmation_letter, confirmation_letters


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


def _verify_url(request: HttpRequest) -> str:
    """Return the public address under which a code is verified; a letter names the Chinese page."""
    with translation.override("zh-hans"):
        return request.build_absolute_uri(reverse("pool:verify"))


def _pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}"'
    return response
