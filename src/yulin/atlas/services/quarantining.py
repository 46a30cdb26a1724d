"""What a file has in quarantine leaves the house as a table for its source, numbers of people masked; it is noted."""

from __future__ import annotations

from django.db import transaction

from yulin.atlas.core.masking import masked
from yulin.atlas.models import Receipt
from yulin.atlas.selectors.quarantine import told_quarantine
from yulin.people.core.actors import Actor
from yulin.people.services import record_audit


@transaction.atomic
def take_quarantine(*, actor: Actor, receipt: Receipt, file_format: str) -> list[tuple[str, ...]]:
    """Return every row and cell of a file in quarantine, in the columns of `TOLD`. Effects: audit row."""
    rows = [tuple(masked(cell) for cell in row) for row in told_quarantine(receipt)]
    facts = {"source": receipt.source.code, "file": receipt.file_name, "rows": len(rows), "format": file_format}
    record_audit(actor=actor, action="atlas.take_quarantine", subject=("receipt", receipt.pk), facts=facts)
    return rows
