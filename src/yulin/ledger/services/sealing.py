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

_NEXT = "SELECT * FROM ledger_next_to_seal(%s)"


@dataclass(frozen=True)
class _Sealable:
    """What can be sealed now, and what the next seal must know of this moment."""

    next_transaction: int
    all_below: int
    seen_id: int
    settled: int
    first_id: int | None
    last_id: int | None
    due_count: int
    ids: list[int] | None  # where some between the first and the last are not among them

    @property
    def ranges(self) -> list[tuple[int, int]]:
        """The numbers of these, both ends of each range included."""
        if self.first_id is None or self.last_id is None:
            return []
        return [(self.first_id, self.last_id)] if self.ids is None else ranges_of(self.ids)

    @property
    def all_below_after(self) -> int:
        """Up to which number every transfer is sealed or never came to be, once these are sealed."""
        is_full = self.due_count == BATCH
        decided = min(self.settled, self.last_id or 0) if is_full else self.settled
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
        cursor.execute(_NEXT, [BATCH])
        sealable = _Sealable(*cursor.fetchone())
    ranges = sealable.ranges
    if not ranges:
        return 0
    last = Seal.objects.order_by("-pk").only("pk", "seal_hash").first()
    previous = last.seal_hash if last else GENESIS
    seal_hash, marked = _sealed(previous, ranges)
    Seal.objects.create(
        pk=last.pk + 1 if last else 1,
        previous_hash=previous,
        seal_hash=seal_hash,
        transfer_count=sealable.due_count,
        first_ids=[first for first, _ in ranges],
        last_ids=[final for _, final in ranges],
        marks=marked,
        all_below=sealable.all_below_after,
        seen_id=sealable.seen_id,
        next_transaction=sealable.next_transaction,
    )
    return sealable.due_count


def _sealed(previous: str, ranges: list[tuple[int, int]]) -> tuple[str, bytes]:
    lines = standing_lines(ranges)
    return seal(previous, [b"".join(lines)]), marks(lines)
