"""The reviews of a call taken as a file, and the trace of who took it."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from yulin.brain.models import Call
from yulin.brain.selectors.review_sheet import oversees_reviews, sheet_rows
from yulin.people.core.actors import Actor
from yulin.people.errors import NotAllowedError
from yulin.people.services import record_audit


@transaction.atomic
def export_reviews(*, actor: Actor, call: Call, file_format: str) -> list[list[Any]]:
    """Return the reviews of a call for a file. Raises: PEOPLE.NOT_ALLOWED.

    Effects: an audit row that says which call's reviews were taken, by whom, and how many lines they are.
    """
    if not oversees_reviews(actor):
        raise NotAllowedError(action="export_reviews", role=str(actor.role))
    rows = list(sheet_rows(actor, call))
    facts = {"call": call.number, "format": file_format, "lines": len(rows)}
    record_audit(actor=actor, action="brain.export_reviews", subject=("call", call.pk), facts=facts)
    return rows
