"""The audit row of every write, and the sealer that lays a hash chain behind the writers.

The sealer takes only entries whose transaction can have no earlier companion still being written, so that a seal never
has to be opened again. Writers never wait for it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection, transaction

from yulin.people.core.actors import Actor
from yulin.people.core.audit_chain import GENESIS, entry_hash, seal
from yulin.people.models import AuditEntry, AuditSeal, SealedAuditEntry

BATCH = 5_000
_SEALER_LOCK = 0x59554C01  # one sealer at a time, whoever runs it

# An entry may be sealed when its transaction is older than every running one, or when its number was not given out
# by this cluster yet: then it came with a restored backup. Below the last seal's bound everything is sealed; a bound
# that this cluster has not reached is a restored one and says nothing.
_SEALABLE = """
WITH clock AS (
  SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS oldest_running,
         pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS not_given_out
), bound AS (
  SELECT CASE WHEN %(bound)s <= not_given_out THEN %(bound)s ELSE 0 END AS lowest FROM clock
)
SELECT clock.oldest_running, bound.lowest, ARRAY(
  SELECT entry.id FROM people_auditentry AS entry
  WHERE entry.transaction >= bound.lowest
    AND (entry.transaction < clock.oldest_running OR entry.transaction >= clock.not_given_out)
    AND NOT EXISTS (SELECT FROM people_sealedauditentry AS sealed WHERE sealed.entry_id = entry.id)
  ORDER BY entry.id LIMIT %(batch)s
) FROM clock, bound
"""


def record_audit(
    *, actor: Actor, action: str, subject: tuple[str, str | int], facts: Mapping[str, Any] | None = None
) -> int:
    """Write the audit row of a write, in the caller's transaction, and return its number.

    Effects: one `AuditEntry`. `facts` must be plain JSON: numbers, texts, lists, dicts.
    """
    entry = AuditEntry.objects.create(
        actor_user_id=actor.user_id,
        actor_organisation_id=actor.organisation_id,
        actor_role=str(actor.role),
        actor_name=actor.name,
        action=action,
        subject_kind=subject[0],
        subject_id=str(subject[1]),
        facts=dict(facts or {}),
    )
    return entry.pk


def seal_audit_trail() -> int:
    """Seal what can be sealed, batch by batch, and return how many entries were sealed.

    Effects: one `AuditSeal` a batch and a `SealedAuditEntry` per entry. Nothing when another sealer is at work.
    """
    sealed = 0
    while count := _seal_batch():
        sealed += count
        if count < BATCH:
            break
    return sealed


@transaction.atomic
def _seal_batch() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [_SEALER_LOCK])
        if not cursor.fetchone()[0]:
            return 0
        last = AuditSeal.objects.order_by("-pk").first()
        cursor.execute(_SEALABLE, {"bound": last.complete_below if last else 0, "batch": BATCH})
        oldest_running, lowest, ids = cursor.fetchone()
    if not ids:
        return 0
    entries = AuditEntry.objects.filter(pk__in=ids).order_by("pk")
    previous = last.seal_hash if last else GENESIS
    made = AuditSeal.objects.create(
        pk=last.pk + 1 if last else 1,
        previous_hash=previous,
        seal_hash=seal(previous, (entry_hash(entry.as_line()) for entry in entries)),
        entry_count=len(ids),
        complete_below=oldest_running if len(ids) < BATCH else lowest,
    )
    SealedAuditEntry.objects.bulk_create(
        SealedAuditEntry(entry_id=pk, seal=made, place=place) for place, pk in enumerate(ids, start=1)
    )
    return len(ids)
