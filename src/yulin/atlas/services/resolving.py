"""Records of many sources are resolved into entities whose numbers are kept: each run adds what has changed, and why.

New records are taken in beside those known; what a person judged before counts again. A number never goes: merged, it
leads on; parted, it says from which. Runs take turns.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.db.models import Max

from yulin.atlas.core.entities import Judgement, Resolution, Tie, ordered, resolve
from yulin.atlas.core.entity_ids import Numbered, number_entities
from yulin.atlas.core.identity import FirmRecord, Reason
from yulin.atlas.enums import EntityChangeKind
from yulin.atlas.errors import JudgementReasonError, RecordPairNotFoundError
from yulin.atlas.models import EntityChange, EntityJudgement, EntityPair, EntityPlace, EntityRecord, EntityRun
from yulin.atlas.selectors.entities import latest_places, latest_records
from yulin.kit import clock
from yulin.kit.tasks import defer
from yulin.people.core.actors import Actor
from yulin.people.services import record_audit

_LOCK = 0x59554C07  # one run at a time
_AT_ONCE = 5_000
_TOLD = ("former_codes", "former_names", "founded_on", "representative", "address")


@dataclass(frozen=True)
class RecordsFile:
    """From where records come: the file's name and its hash."""

    name: str = ""
    sha256: str = ""


@transaction.atomic
def resolve_records(
    *,
    actor: Actor,
    records: Sequence[FirmRecord] = (),
    judgements: Sequence[Judgement] = (),
    file: RecordsFile = RecordsFile(),
) -> EntityRun:
    """Resolve new records with all that are known, and keep what has changed; the same again changes nothing.

    A record of a known key takes the place of the earlier one. Effects: one `EntityRun` with its records, places,
    changes and pairs; new judgements; audit row.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
    _keep_judgements(judgements)
    known = {key: _record(key, *told) for key, told in latest_records().items()}
    fresh = [one for one in records if known.get(one.key) != one]
    known |= {one.key: one for one in fresh}
    before = latest_places()
    found = resolve(known.values(), _judgements())
    first_free = (EntityPlace.objects.aggregate(last=Max("number"))["last"] or 0) + 1
    numbered = number_entities(found.entities, {key: place[0] for key, place in before.items()}, first_free)
    run = EntityRun.objects.create(
        file_name=file.name[:255],
        file_sha256=file.sha256,
        records=len(known),
        entities=len(found.entities),
        possible=len(found.possible),
        run_by_name=actor.name[:120],
    )
    _keep_records(run, fresh)
    _keep_places(run, found, numbered, before)
    _keep_changes(run, numbered)
    _keep_pairs(run, found.possible)
    facts = {
        "file": file.name, "new_records": len(fresh), "records": run.records, "entities": run.entities,
        "possible": run.possible, "merged": len(numbered.merged), "parted": len(numbered.parted),
    }  # fmt: skip
    record_audit(actor=actor, action="atlas.resolve_records", subject=("entity_run", run.pk), facts=facts)
    return run


@transaction.atomic
def judge_records(*, actor: Actor, pair: tuple[str, str], is_same: bool, reason: str) -> EntityJudgement:
    """Keep what a person found of two records; entities follow in the background. A later judgement takes it back.

    Raises: `ATLAS.ENTITY.PAIR`; `ATLAS.IDENTITY.REASON` (none is given).
    Effects: one `EntityJudgement`; one task; audit row.
    """
    left, right = ordered(*pair)
    known = EntityRecord.objects.filter(key__in=[left, right]).values("key").distinct().count()
    if left == right or known < 2:
        raise RecordPairNotFoundError(left=left, right=right)
    if not reason.strip():
        raise JudgementReasonError
    made = EntityJudgement.objects.create(
        left=left,
        right=right,
        is_same=is_same,
        reason=reason.strip()[:300],
        judged_at=clock.now(),
        judged_by_name=actor.name[:120],
    )
    facts = {"left": left, "right": right, "same": is_same}
    record_audit(actor=actor, action="atlas.judge_records", subject=("entity_judgement", made.pk), facts=facts)
    defer("atlas.resolve_records", once_as="atlas.resolve_records")
    return made


def _record(key: str, name: str, code: str, told: Mapping[str, Any]) -> FirmRecord:
    founded_on = told.get("founded_on")
    return FirmRecord(
        key,
        name,
        code,
        tuple(told.get("former_codes", ())),
        tuple(told.get("former_names", ())),
        date.fromisoformat(founded_on) if founded_on else None,
        told.get("representative", ""),
        told.get("address", ""),
    )


def _told(record: FirmRecord) -> dict[str, Any]:
    told = {
        "former_codes": list(record.former_codes),
        "former_names": list(record.former_names),
        "founded_on": record.founded_on.isoformat() if record.founded_on else "",
        "representative": record.representative,
        "address": record.address,
    }
    return {name: told[name] for name in _TOLD if told[name]}


def _judgements() -> list[Judgement]:
    return [
        Judgement(one.left, one.right, one.is_same, one.judged_at, one.judged_by_name, one.reason)
        for one in EntityJudgement.objects.all()
    ]


def _keep_judgements(judgements: Iterable[Judgement]) -> None:
    EntityJudgement.objects.bulk_create(
        (
            EntityJudgement(
                left=one.pair[0],
                right=one.pair[1],
                is_same=one.is_same,
                reason=one.reason[:300],
                judged_at=one.judged_at,
                judged_by_name=one.judged_by[:120],
            )
            for one in judgements
        ),
        batch_size=_AT_ONCE,
        ignore_conflicts=True,  # the same file again
    )


def _keep_records(run: EntityRun, records: Iterable[FirmRecord]) -> None:
    rows = (EntityRecord(run=run, key=one.key, name=one.name, code=one.code, content=_told(one)) for one in records)
    EntityRecord.objects.bulk_create(rows, batch_size=_AT_ONCE)


def _keep_places(
    run: EntityRun, found: Resolution, numbered: Numbered, before: Mapping[str, tuple[int, str, Any]]
) -> None:
    """Keep the place of each record that bears another number than before, or is tied otherwise."""
    rows = []
    for entity in found.entities:
        for key in entity:
            steps = found.how(entity[0], key)
            last = steps[-1] if steps else None
            other = next((each for each in last.pair if each != key), "") if last else ""
            place = (numbered.number_of[key], other, _spoken(last.decision.reasons if last else ()))
            if before.get(key) != place:
                rows.append(EntityPlace(run=run, key=key, number=place[0], tied_to=place[1], reasons=place[2]))
    EntityPlace.objects.bulk_create(rows, batch_size=_AT_ONCE)


def _keep_changes(run: EntityRun, numbered: Numbered) -> None:
    changes = [(EntityChangeKind.MERGED, *each) for each in numbered.merged.items()]
    changes += [(EntityChangeKind.PARTED, *each) for each in numbered.parted.items()]
    EntityChange.objects.bulk_create(
        (EntityChange(run=run, kind=kind, number=number, other=other) for kind, number, other in changes),
        batch_size=_AT_ONCE,
    )


def _keep_pairs(run: EntityRun, possible: Iterable[Tie]) -> None:
    rows = (
        EntityPair(
            run=run,
            left=tie.pair[0],
            right=tie.pair[1],
            points=tie.decision.points,
            reasons=_spoken(tie.decision.reasons),
        )
        for tie in possible
    )
    EntityPair.objects.bulk_create(rows, batch_size=_AT_ONCE)


def _spoken(reasons: Iterable[Reason]) -> list[list[str]]:
    return [[reason.sentence.zh, reason.sentence.en] for reason in reasons]
