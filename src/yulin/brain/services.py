"""What the brain writes: the runs over all firms, and the trace of a list that leaves the house."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import date
from typing import Any

import polars as pl
from django.db import transaction

from yulin.atlas.selectors import district_of_firms, last_statement_id, said_in_area
from yulin.brain.adapters.area_tables import drop_table, keep_table
from yulin.brain.core.area import assessed, counted, facts_table
from yulin.brain.core.effect import Move
from yulin.brain.models import AreaRun
from yulin.brain.selectors.area import Area, AreaFirm, area_packs, firms_of, is_old, latest_run, listed_rows
from yulin.brain.selectors.effect import MovedFirm, moved_firms, sees_firms
from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.kit.tasks import defer
from yulin.people.core.actors import Actor
from yulin.people.errors import NotAllowedError
from yulin.people.services import record_audit
from yulin.rules.core.pack import Pack

KEPT_RUNS = 3
_AT_ONCE = 500  # firms of an export read together


def ask_for_area(*, on: date) -> AreaRun | None:
    """Return the last run over all firms; where it is old, a new one is put into the queue once.

    Effects: at most one task.
    """
    run = latest_run()
    if is_old(run, on=on):
        defer("brain.compute_area", once_as="brain.compute_area")
    return run


def compute_area(*, actor: Actor, on: date) -> AreaRun:
    """Assess all firms under every title in force on a day, and keep answers and counts; what is not old is returned.

    Effects: one table in the storage, one run, its audit row; the oldest runs and their tables go.
    """
    kept = latest_run()
    if kept is not None and not is_old(kept, on=on):
        return kept
    with transaction.atomic(), scope(EVERYTHING):
        last, computed_at, packs = last_statement_id(), clock.now(), area_packs(on)
        said = said_in_area(None, on=on, known_at=computed_at)
        firms = facts_table(said, packs[0].vocabulary, on)
        answers = _with_districts(assessed(packs, firms, on))
        by_title = counted(packs, answers)
        run = AreaRun.objects.create(
            on=on,
            computed_at=computed_at,
            last_statement=last,
            packs={pack.id: pack.version for pack in packs},
            firms=dict(answers.group_by("district_code").len().sort("district_code").iter_rows()),
            titles={
                title: {code: one.as_json() for code, one in districts.items()} for title, districts in by_title.items()
            },
            table=keep_table(uuid.uuid4().hex, answers),
        )
        record_audit(
            actor=actor,
            action="brain.compute_area",
            subject=("area", run.pk),
            facts={"on": on.isoformat(), "firms": answers.height, "titles": len(packs)},
        )
        _forget_old_runs()
    return run


def _with_districts(answers: pl.DataFrame) -> pl.DataFrame:
    districts = pl.DataFrame(
        list(district_of_firms()), schema={"firm_id": pl.Int64, "district_code": pl.String}, orient="row"
    )
    found = answers.join(districts, on="firm_id", how="left", maintain_order="left")
    return found.with_columns(pl.col("district_code").fill_null(""))


def _forget_old_runs() -> None:
    for old in AreaRun.objects.order_by("-computed_at")[KEPT_RUNS:]:
        table = old.table
        old.delete()
        transaction.on_commit(lambda name=table: drop_table(name))  # type: ignore[misc]  # the name of this turn


def export_firms(*, actor: Actor, area: Area, file_format: str) -> Iterator[AreaFirm]:
    """Return the whole list for a file.

    Effects: an audit row that says which list was taken, by whom, and how many firms it held.
    """
    rows = listed_rows(area)
    _record_export(actor, area, file_format, firms=len(rows))
    return (firm for start in range(0, len(rows), _AT_ONCE) for firm in firms_of(area, rows[start : start + _AT_ONCE]))


def export_counts(*, actor: Actor, area: Area, file_format: str) -> None:
    """Leave the trace of counts that are taken without the firms.

    Effects: an audit row.
    """
    _record_export(actor, area, file_format, firms=0)


def _record_export(actor: Actor, area: Area, file_format: str, **facts: Any) -> None:
    with transaction.atomic():
        record_audit(
            actor=actor,
            action="brain.export_area",
            subject=("area", area.run.pk),
            facts={
                "title": area.opened.pack.id,
                "standing": area.query.standing,
                "requirement": area.query.requirement,
                "district": area.district_code,
                "format": file_format,
                **facts,
            },
        )


def export_moved_firms(
    *, actor: Actor, packs: tuple[Pack, Pack], on: date, move: str, file_format: str
) -> list[tuple[Move, MovedFirm]]:
    """Return the firms that a change of law moves, for a file; `move` narrows it to one kind of move.

    Raises: PEOPLE.NOT_ALLOWED.
    Effects: an audit row that says which list was taken, by whom, and how many firms it held.
    """
    if not sees_firms(actor):
        raise NotAllowedError(action="export_moved_firms", role=str(actor.role))
    old, new = packs
    firms = list(moved_firms(actor, old, new, on=on, move=move))
    facts = {"old": old.version, "new": new.version, "move": move, "format": file_format, "firms": len(firms)}
    with transaction.atomic():
        record_audit(actor=actor, action="brain.export_effect", subject=("law", new.id), facts=facts)
    return firms
