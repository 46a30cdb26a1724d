"""The sealer lays a hash chain behind the writers, in the order in which transfers are known to have come.

A transfer is sealed once its transaction is older than every running one: then no earlier companion can still appear.
One whose transaction number this cluster has not given out came with a restored backup. Writers never wait for it.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection, transaction

from yulin.kit.row_security import EVERYTHING, scope
from yulin.ledger.adapters.lines import standing_lines
from yulin.ledger.core.chain import GENESIS, marks, ranges_of, seal
from yulin.ledger.models import Seal

BATCH = 20_000
_SEALER_LOCK = 0x59554C02  # one sealer at a time, whoever runs it

# `settled`: a number seen when transaction n was the next to be given out is decided once all before n have ended.
_SEALABLE = """
WITH clock AS MATERIALIZED (
  SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS oldest_running,
         pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS next_transaction
), last AS (
  SELECT COALESCE((SELECT all_below FROM ledger_seal ORDER BY id DESC LIMIT 1), 0) AS all_below
), recent AS (
  SELECT range_agg(int8range(r.first_id, r.last_id, '[]')) AS ids
  FROM last, ledger_seal AS s, unnest(s.first_ids, s.last_ids) AS r(first_id, last_id)
  WHERE s.id > (SELECT COALESCE(max(p.id), 0) FROM ledger_seal AS p WHERE p.seen_id <= last.all_below)
    AND r.last_id > last.all_below
)
SELECT clock.next_transaction, last.all_below,
  COALESCE((SELECT max(id) FROM ledger_transfer), 0) AS seen_id,
  COALESCE((SELECT max(s.seen_id) FROM ledger_seal AS s
            WHERE s.next_transaction <= clock.oldest_running AND s.seen_id > last.all_below), 0) AS settled,
  ARRAY(
    SELECT t.id FROM ledger_transfer AS t
    WHERE t.id > last.all_below
      AND (t.transaction < clock.oldest_running OR t.transaction >= clock.next_transaction)
      AND (recent.ids IS NULL OR NOT recent.ids @> t.id)
    ORDER BY t.id LIMIT %(batch)s
  ) AS ids
FROM clock, last, recent
"""


@dataclass(frozen=True)
class _Sealable:
    """What can be sealed now, and what the next seal must know of this moment."""

    next_transaction: int
    all_below: int
    seen_id: int
    settled: int
    ids: list[int]

    @property
    def all_below_after(self) -> int:
        """Up to which number every transfer is sealed or never came to be, once these are sealed."""
        decided = self.settled if len(self.ids) < BATCH else min(self.settled, self.ids[-1])
        return max(self.all_below, decided)


def seal_transfers() -> int:
    """Seal what can be sealed, batch by batch, and return how many transfers were sealed.

    Effects: one `Seal` a batch, each in a transaction of its own. Nothing when another sealer is at work.
    """
    sealed = 0
    with scope(EVERYTHING):
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
        cursor.execute(_SEALABLE, {"batch": BATCH})
        sealable = _Sealable(*cursor.fetchone())
    if not sealable.ids:
        return 0
    last = Seal.objects.order_by("-pk").only("pk", "seal_hash").first()
    previous = last.seal_hash if last else GENESIS
    ranges = ranges_of(sealable.ids)
    seal_hash, marked = _sealed(previous, ranges)
    Seal.objects.create(
        pk=last.pk + 1 if last else 1,
        previous_hash=previous,
        seal_hash=seal_hash,
        transfer_count=len(sealable.ids),
        first_ids=[first for first, _ in ranges],
        last_ids=[final for _, final in ranges],
        marks=marked,
        all_below=sealable.all_below_after,
        seen_id=sealable.seen_id,
        next_transaction=sealable.next_transaction,
    )
    return len(sealable.ids)


def _sealed(previous: str, ranges: list[tuple[int, int]]) -> tuple[str, bytes]:
    lines = standing_lines(ranges)
    return seal(previous, [b"".join(lines)]), marks(lines)
