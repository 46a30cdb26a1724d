"""What sources said, kept in an order by which one firm's statements are found at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from django.db import transaction

from yulin.atlas.adapters.statement_files import sorted_by_subject
from yulin.atlas.enums import ReceiptState
from yulin.atlas.models import Receipt
from yulin.people.core.actors import Actor
from yulin.people.services import record_audit

LEAST_ROWS = 200_000  # fewer are found quickly where they are


@dataclass(frozen=True)
class Sorted:
    """What was put in order: files and statements."""

    files: int
    rows: int


def sort_statements(
    *, actor: Actor, least_rows: int = LEAST_ROWS, tell: Callable[[int, int], None] = lambda _done, _of: None
) -> Sorted | None:
    """Put the statements of files that were taken in whole into the order of firms; None where too few are new.

    Cut off, it goes on where it was; done twice, the second finds nothing to do. Nothing that is read changes.
    Effects: a run in the lake; one audit row.
    """
    whole = Receipt.objects.filter(state=str(ReceiptState.DONE), batches_done__gt=0).order_by("pk")
    keys = list(whole.values_list("source__code", "file_sha256", "contract_hash"))
    run = sorted_by_subject(keys, least_rows=least_rows, tell=tell)
    if run is None:
        return None
    facts = {"run": run.folder.name, "files": len(run.files), "rows": run.rows}
    with transaction.atomic():
        record_audit(actor=actor, action="atlas.sort_statements", subject=("lake", run.folder.name), facts=facts)
    return Sorted(len(run.files), run.rows)
