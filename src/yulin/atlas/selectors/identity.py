"""Every read of rows without a code: what waits for a person, what was judged, and both on a firm's page for staff."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from yulin.atlas.models import Candidate, IdentityJudgement


def _standing() -> QuerySet[Any]:
    """Return candidates with what stands of each: the latest judgement, of two of one instant the one apart."""
    latest = IdentityJudgement.objects.filter(candidate=OuterRef("pk")).order_by("-judged_at", "is_same", "-pk")
    said = {
        f"standing_{name}": Subquery(latest.values(name)[:1])
        for name in ("is_same", "reason", "judged_at", "judged_by_name")
    }
    return Candidate.objects.annotate(**said).select_related("firm", "receipt__source")


def open_candidates() -> QuerySet[Candidate]:
    """Return what waits for a person, the likeliest first; a row that is judged one firm waits no longer."""
    settled = _standing().filter(receipt=OuterRef("receipt"), row=OuterRef("row"), standing_is_same=True)
    waiting = _standing().filter(standing_is_same__isnull=True).exclude(Exists(settled))
    return waiting.order_by("-points", "receipt_id", "row", "pk")


def judged_candidates() -> QuerySet[Candidate]:
    """Return what was judged, the latest first."""
    return _standing().filter(standing_is_same__isnull=False).order_by(F("standing_judged_at").desc(), "-pk")


def candidates_beside(firm_id: int) -> QuerySet[Candidate]:
    """Return the rows that may be a firm or were judged to be it; those judged another are left out."""
    beside = _standing().filter(Q(standing_is_same__isnull=True) | Q(standing_is_same=True), firm_id=firm_id)
    return beside.order_by(F("standing_is_same").desc(nulls_last=True), "-points", "pk")


def one_firm_of(candidate: Candidate) -> Candidate | None:
    """Return the candidate of the same row that stands as one firm, if any."""
    of_row = _standing().filter(receipt_id=candidate.receipt_id, row=candidate.row, standing_is_same=True)
    return of_row.first()
