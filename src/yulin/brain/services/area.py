"""What the brain writes: the runs over all firms, and the trace of a list that leaves the house."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import polars as pl
from django.db import transaction

from yulin.atlas.selectors import district_of_firms, firm_count, last_statement_id, said_in_parts
from yulin.brain.adapters.area_tables import drop_table, keep_table
from yulin.brain.core.area import assessed, counted, facts_table
from yulin.brain.core.effect import Move, counts_of, decides, moves_of_part, needed_facts
from yulin.brain.errors import EffectNotComputedError
from yulin.brain.models import AreaRun, EffectRun
from yulin.brain.selectors.area import Area, AreaFirm, area_packs, firms_of, is_old, latest_run, listed_rows
from yulin.brain.selectors.effect import MovedFirm, effect_is_old, effect_run, moved_firms, sees_firms
from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.kit.tasks import defer
from yulin.people.core.actors import Actor
from yulin.people.errors import NotAllowedError
from yulin.people.services import record_audit
from yulin.rules.core.pack import Pack
from yulin.rules.errors import UnknownPackError
from yulin.rules.selectors import LawVersion, asked_version

KEPT_RUNS = 3
KEPT_EFFECTS = 40  # pairs of versions
STALLED = timedelta(minutes=2)  # without progress: asked for again
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
        answers = _with_districts(_assessed_in_parts(packs, on, computed_at))
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
            table=keep_table("area", answers),
        )
        record_audit(
            actor=actor,
            action="brain.compute_area",
            subject=("area", run.pk),
            facts={"on": on.isoformat(), "firms": answers.height, "titles": len(packs)},
        )
        _forget_old_runs()
    return run


def _assessed_in_parts(packs: Sequence[Pack], on: date, known_at: datetime) -> pl.DataFrame:
    """Return the answers of all firms; the facts of some are in memory at a time."""
    tables = (facts_table(part.said, packs[0].vocabulary, on) for part in said_in_parts(on=on, known_at=known_at))
    answers = [assessed(packs, table, on) for table in tables]
    none = facts_table([], packs[0].vocabulary, on)
    return pl.concat(answers or [assessed(packs, none, on)], how="diagonal_relaxed")


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


def ask_for_effect(*, old: LawVersion, new: LawVersion, on: date) -> EffectRun | None:
    """Return the run for two versions; where its result is old, or there is none, a new one is put into the queue once.

    None where a law decides nothing of a firm.
    Effects: at most one run that waits, and one task.
    """
    if not decides(old.pack) or not decides(new.pack):
        return None
    now = clock.now()
    with transaction.atomic():
        run, is_new = EffectRun.objects.select_for_update().get_or_create(
            old_version=old.pack.version,
            new_version=new.pack.version,
            defaults={"old_key": old.key, "new_key": new.key, "asked_at": now, "moved_at": now},
        )
        rests = run.computed_at is not None and run.moved_at <= run.computed_at
        if is_new or (effect_is_old(run, on=on) and (rests or now - run.moved_at > STALLED)):
            run.old_key, run.new_key, run.asked_at, run.moved_at = old.key, new.key, now, now
            run.firms_done, run.firms_total = 0, firm_count()
            run.save()
            defer("brain.compute_effect", once_as=f"brain.compute_effect:{run.pk}", run_id=run.pk)
    return run


def compute_effect(*, actor: Actor, run_id: int, on: date) -> EffectRun | None:
    """Assess all firms under both versions of a run, some at a time, and keep answers and counts.

    A run whose draft was saved anew meanwhile is given up: nobody can ask for its text any more. What is not old stays.
    Effects: the progress after each part; at the end one table in the storage, the run's result and an audit row in one
    transaction; the table before it and the runs not asked for longest go.
    """
    run = EffectRun.objects.filter(pk=run_id).first()
    if run is None or not effect_is_old(run, on=on):
        return run
    packs = _packs_of(actor, run)
    if packs is None:
        _forget(run)
        return None
    with scope(EVERYTHING):
        last, computed_at, found = last_statement_id(), clock.now(), []
        for part in said_in_parts(on=on, known_at=computed_at, facts=needed_facts(*packs)):
            found.append(moves_of_part(*packs, part.firms, part.said, on))
            done = sum(each.height for each in found)
            EffectRun.objects.filter(pk=run.pk).update(firms_done=done, moved_at=clock.now())
    answers = pl.concat(found) if found else moves_of_part(*packs, [], [], on)
    return _keep_effect(actor, run.pk, answers, on=on, computed_at=computed_at, last_statement=last)


def _packs_of(actor: Actor, run: EffectRun) -> tuple[Pack, Pack] | None:
    """Return both versions of a run; None where one of the texts is there no more."""
    try:
        old, new = (asked_version(actor, key).pack for key in (run.old_key, run.new_key))
    except UnknownPackError:
        return None
    return (old, new) if (old.version, new.version) == (run.old_version, run.new_version) else None


@transaction.atomic
def _keep_effect(actor: Actor, run_id: int, answers: pl.DataFrame, **facts: Any) -> EffectRun:
    run = EffectRun.objects.select_for_update().get(pk=run_id)
    before = run.table
    for name, value in facts.items():
        setattr(run, name, value)
    run.firms_done = run.firms_total = answers.height
    run.moves, run.table = counts_of(answers), keep_table("effect", answers)
    run.moved_at = run.computed_at or run.moved_at
    run.save()
    if before:
        transaction.on_commit(lambda: drop_table(before))
    record_audit(
        actor=actor,
        action="brain.compute_effect",
        subject=("effect", run.pk),
        facts={"old": run.old_key, "new": run.new_key, "on": facts["on"].isoformat(), "firms": answers.height},
    )
    for old in EffectRun.objects.exclude(pk=run.pk)[KEPT_EFFECTS - 1 :]:
        _forget(old)
    return run


def _forget(run: EffectRun) -> None:
    table = run.table
    run.delete()
    if table:
        transaction.on_commit(lambda: drop_table(table))


def export_moved_firms(
    *, actor: Actor, packs: tuple[Pack, Pack], move: str, file_format: str
) -> list[tuple[Move, MovedFirm]]:
    """Return the firms that a change of law moves, for a file; `move` narrows it to one kind of move.

    Raises: PEOPLE.NOT_ALLOWED, BRAIN.EFFECT.NOT_COMPUTED.
    Effects: an audit row that says which list was taken, by whom, and how many firms it held.
    """
    if not sees_firms(actor):
        raise NotAllowedError(action="export_moved_firms", role=str(actor.role))
    old, new = packs
    run = effect_run(old, new)
    if run is None or run.computed_at is None:
        raise EffectNotComputedError(old=old.id, new=new.id)
    firms = list(moved_firms(actor, run, old, new, move=move))
    facts = {"old": old.version, "new": new.version, "move": move, "format": file_format, "firms": len(firms)}
    with transaction.atomic():
        record_audit(actor=actor, action="brain.export_effect", subject=("law", new.id), facts=facts)
    return firms
