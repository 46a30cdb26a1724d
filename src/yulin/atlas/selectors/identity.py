"""Every read of rows without a code: what waits for a person, what was judged, and both on a firm's page for staff."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery

from yulin.atlas.core.access import Access
from yulin.atlas.models import Candidate, Firm, IdentityJudgement
from yulin.atlas.selectors.rights import reads_on_duty
from yulin.base.text import Text
from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope


def _standing() -> QuerySet[Any]:
    """Return candidates with what stands of each: the latest judgement, of two of one instant the one apart."""
    latest = IdentityJudgement.objects.filter(candidate=OuterRef("pk")).order_by("-judged_at", "is_same", "-pk")
    said = {
        f"standing_{name}": Subquery(latest.values(name)[:1])
        for name in ("is_same", "reason", "judged_at", "judged_by_name", "brought")
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


def judged_one_firm(firm_id: int, source_id: int) -> QuerySet[Candidate]:
    """Return the rows of a source that stand as a firm, by file and row."""
    own = _standing().filter(firm_id=firm_id, receipt__source_id=source_id, standing_is_same=True)
    return own.order_by("receipt_id", "row")


_JUDGED = Text(
    "原始行（%(file)s第%(row)s行）没有代码，%(day)s经人工核实为本企业",
    "Its row (row %(row)s of %(file)s) carries no code; judged this firm on %(day)s",
)
_JUDGED_BY = Text("%(judged)s：%(reason)s（%(by)s）", "%(judged)s: %(reason)s (%(by)s)")


def why_of_this_firm(firm: Firm, access: Access, known_at: datetime) -> Mapping[tuple[int, int], Text]:
    """Return why rows without a code are said of a firm, by file and row, as known at an instant.

    Who judged and why is read by those of duty and the firm itself; a partner reads that a person judged, and when.
    """
    with scope(EVERYTHING):  # who may read the statement reads why it is said of this firm
        judged = IdentityJudgement.objects.filter(candidate__firm=firm, is_same=True, judged_at__lte=known_at)
        rows = list(judged.select_related("candidate__receipt").order_by("judged_at", "pk"))
    found = {}
    for one in rows:
        of = one.candidate
        day = clock.date_in_zone(one.judged_at).isoformat()
        said = _JUDGED.with_values(file=of.receipt.file_name, row=of.row, day=day)
        if reads_on_duty(access):
            said = _JUDGED_BY.with_values(judged=said, reason=one.reason, by=one.judged_by_name)
        found[of.receipt_id, of.row] = said
    return found
