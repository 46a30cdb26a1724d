"""What persons state of firms by hand: what waits for another, what counts, and why on the portrait."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.db.models import QuerySet

from yulin.atlas.core.access import Access
from yulin.atlas.errors.hand_edits import HandEditNotFoundError
from yulin.atlas.models import Firm, HandEdit, HandEditDecision
from yulin.atlas.selectors.rights import reads_on_duty
from yulin.base.text import Text
from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.rules.adapters.shipped import shipped_vocabulary

_FIRST_YEAR = 2000
_WHY = Text(
    "手工录入：%(reason)s；凭据《%(document)s》SHA-256 %(hash)s…；%(by)s录入，%(checker)s复核",
    "Stated by hand: %(reason)s; document “%(document)s”, SHA-256 %(hash)s…; stated by %(by)s, approved by %(checker)s",
)
_WHY_IN_SHORT = Text("手工录入，凭据在案，经两人办理", "Stated by hand on a document that is kept, by two persons")


def facts_by_hand() -> Mapping[str, Text]:
    """Return what can be stated by hand, by its name in files: no adverse record, which has a procedure of its own."""
    this_year = clock.business_date().year
    found: dict[str, Text] = {}
    for fact in shipped_vocabulary().facts.values():
        if fact.is_adverse:
            continue
        if not fact.is_by_year:
            found[fact.alias] = fact.label
            continue
        for year in range(this_year, _FIRST_YEAR, -1):
            found[f"{fact.alias}_{year}"] = Text(f"{year}年{fact.label.zh}", f"{fact.label.en} {year}")
    return found


def hand_edits(*, is_waiting: bool, firm_id: int | None = None) -> QuerySet[HandEdit]:
    """Return what waits for another person, the oldest first, or what was decided, the latest first."""
    rows = HandEdit.objects.select_related("firm", "decision", "end").filter(decision__isnull=is_waiting)
    if firm_id is not None:
        rows = rows.filter(firm=firm_id)
    return rows.order_by("pk" if is_waiting else "-decision__decided_at")


def hand_edit(edit_id: int) -> HandEdit:
    """Return what was stated by hand. Raises: `ATLAS.HAND_EDIT.NOT_FOUND`."""
    found = HandEdit.objects.filter(pk=edit_id).first()
    if found is None:
        raise HandEditNotFoundError(edit=edit_id)
    return found


def cause_of(edit: HandEdit) -> str:
    """Return what the statement of a hand edit has as its original text."""
    return f"hand-edit:{edit.pk}"


def why_by_hand(firm: Firm, access: Access, known_at: datetime) -> Mapping[str, Text]:
    """Return why values that were stated by hand are said of a firm, by the original text of their statements.

    Who stated them and on which document is read by those of duty and the firm itself.
    """
    with scope(EVERYTHING):  # who may read the value reads why it is said
        decided = HandEditDecision.objects.filter(edit__firm=firm, is_approved=True, decided_at__lte=known_at)
        rows = list(decided.select_related("edit"))
    if not reads_on_duty(access):
        return {cause_of(one.edit): _WHY_IN_SHORT for one in rows}
    return {
        cause_of(one.edit): _WHY.with_values(
            reason=one.edit.reason,
            document=one.edit.document_name,
            hash=one.edit.document_sha256[:12],
            by=one.edit.stated_by_name,
            checker=one.decided_by_name,
        )
        for one in rows
    }
