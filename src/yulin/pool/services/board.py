"""Keep the headline figures of a day, computed by one pass over the book, so that the board reads one row."""

from __future__ import annotations

from datetime import date

from django.db import transaction

from yulin.kit.clock import now
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor
from yulin.people.services import record_audit
from yulin.pool.models import BoardSnapshot
from yulin.pool.selectors.board import board_figures

BOARD_GROUP = "gz-credit"


def snapshot_board(*, actor: Actor, as_of: date, scheme_group: str = BOARD_GROUP) -> BoardSnapshot:
    """Compute the figures of `scheme_group` on `as_of` and keep them; the same figures again are not kept twice.

    Effects: a row of the snapshot when a figure changed, an audit entry with both values of what changed.
    """
    with transaction.atomic(), scope(EVERYTHING):
        figures = board_figures(scheme_group=scheme_group, as_of=as_of).as_json()
        kept = (
            BoardSnapshot.objects.filter(scheme_group=scheme_group, as_of=as_of)
            .order_by("-computed_at")
            .select_for_update()
            .first()
        )
        if kept is not None and kept.figures == figures:
            return kept
        snapshot = BoardSnapshot.objects.create(
            scheme_group=scheme_group, as_of=as_of, computed_at=now(), figures=figures
        )
        record_audit(
            actor=actor,
            action="pool.snapshot_board",
            subject=("board", snapshot.pk),
            facts={"as_of": as_of.isoformat(), "changed": _changes(kept.figures if kept else {}, figures)},
        )
    return snapshot


def _changes(before: dict[str, object], after: dict[str, object]) -> dict[str, list[object]]:
    """Return the plain figures that differ, each with its old and its new value."""
    plain = {name for name, value in after.items() if isinstance(value, int)}
    return {name: [before.get(name), after[name]] for name in sorted(plain) if before.get(name) != after[name]}
