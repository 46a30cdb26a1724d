"""Whether the ledger holds: totals, holds and the chain recomputed from the transfers, in one snapshot.

Transfers stream by in windows of seals, so that memory does not grow with the book.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from django.db import connection, transaction

from yulin.base.money import yuan_text
from yulin.base.text import Text
from yulin.kit.row_security import EVERYTHING, scope
from yulin.ledger.adapters.lines import number_of, numbered_lines, standing_lines
from yulin.ledger.core.chain import GENESIS, ChainBreak, SealedBatch, Sealing, changed_transfer
from yulin.ledger.models import Seal, Transfer

_WINDOW = 50_000  # transfers

_TOTALS = """
SELECT a.code, a.posted_fen, COALESCE(x.posted, 0)::bigint, a.held_out_fen, COALESCE(x.held_out, 0)::bigint,
       a.held_in_fen, COALESCE(x.held_in, 0)::bigint
FROM ledger_account AS a LEFT JOIN (
  SELECT leg.account_id, sum(leg.posted) AS posted, sum(leg.held_out) AS held_out, sum(leg.held_in) AS held_in
  FROM (
    SELECT debit_id AS account_id, -sum(amount_fen * s.posted) AS posted, sum(amount_fen * s.held) AS held_out,
           0::numeric AS held_in
    FROM ledger_transfer JOIN (VALUES ('posted', 1, 0), ('hold', 0, 1), ('post', 1, -1), ('void', 0, -1),
      ('expiry', 0, -1), ('reversal', 1, 0)) AS s(kind, posted, held) USING (kind) GROUP BY debit_id
    UNION ALL
    SELECT credit_id, sum(amount_fen * s.posted), 0, sum(amount_fen * s.held)
    FROM ledger_transfer JOIN (VALUES ('posted', 1, 0), ('hold', 0, 1), ('post', 1, -1), ('void', 0, -1),
      ('expiry', 0, -1), ('reversal', 1, 0)) AS s(kind, posted, held) USING (kind) GROUP BY credit_id
  ) AS leg GROUP BY leg.account_id
) AS x ON x.account_id = a.id
WHERE (a.posted_fen, a.held_out_fen, a.held_in_fen)
   IS DISTINCT FROM (COALESCE(x.posted, 0), COALESCE(x.held_out, 0), COALESCE(x.held_in, 0))
ORDER BY a.code LIMIT 1
"""
_HOLDS = """
SELECT COALESCE(t.key, '#' || h.transfer_id), h.rest_fen,
  CASE WHEN t.kind = 'hold' THEN t.amount_fen ELSE 0 END - COALESCE(taken.amount, 0)::bigint
FROM ledger_hold AS h
FULL JOIN (SELECT * FROM ledger_transfer WHERE kind = 'hold') AS t ON t.id = h.transfer_id
LEFT JOIN (
  SELECT refers_to_id, sum(amount_fen) AS amount FROM ledger_transfer
  WHERE refers_to_id IS NOT NULL AND kind IN ('post', 'void', 'expiry') GROUP BY refers_to_id
) AS taken ON taken.refers_to_id = t.id
WHERE h.rest_fen IS DISTINCT FROM CASE WHEN t.kind = 'hold' THEN t.amount_fen ELSE 0 END - COALESCE(taken.amount, 0)
ORDER BY t.id LIMIT 1
"""
_STRANGERS = """
SELECT t.id FROM ledger_transfer AS t
WHERE NOT EXISTS (SELECT FROM ledger_account AS a WHERE a.id = t.debit_id)
   OR NOT EXISTS (SELECT FROM ledger_account AS a WHERE a.id = t.credit_id)
   OR t.amount_fen <= 0 OR t.debit_id = t.credit_id
ORDER BY t.id LIMIT 1
"""


@dataclass(frozen=True)
class WrongTotal:
    """The first account whose totals are not the sum of its transfers: what it carries, what they make."""

    account: str
    posted_fen: int
    posted_needed_fen: int
    held_out_fen: int
    held_out_needed_fen: int
    held_in_fen: int
    held_in_needed_fen: int


@dataclass(frozen=True)
class WrongHold:
    """The first hold of which another amount is left than its transfers leave; None: it has no such record."""

    key: str
    rest_fen: int | None
    rest_needed_fen: int


@dataclass(frozen=True)
class Verification:
    """What was looked at, and the first break of each kind."""

    transfer_count: int
    sealed_count: int
    last_seal: int
    last_hash: str
    chain_break: ChainBreak | None
    wrong_total: WrongTotal | None
    wrong_hold: WrongHold | None
    impossible_transfer: int | None

    @property
    def holds(self) -> bool:
        """Whether all of it holds."""
        return not (self.chain_break or self.wrong_total or self.wrong_hold or self.impossible_transfer)

    @property
    def unsealed_count(self) -> int:
        """How many transfers no seal covers yet."""
        return max(self.transfer_count - self.sealed_count, 0)

    def problems(self) -> list[Text]:
        """Return the first break of each kind in words; none where all of it holds."""
        found = []
        if self.chain_break:
            found.append(_said_of_chain(self.chain_break))
        if self.impossible_transfer:
            number = self.impossible_transfer
            found.append(Text(f"第{number}号分录不可能成立。", f"Transfer no. {number} is impossible."))
        if self.wrong_total:
            found.append(_said_of_total(self.wrong_total))
        if self.wrong_hold:
            rest, needed = self.wrong_hold.rest_fen, self.wrong_hold.rest_needed_fen
            stands = Text("无记录", "no record") if rest is None else Text(yuan_text(rest), yuan_text(rest))
            said = Text(
                "冻结%(key)s余额为%(stands)s，按分录应为%(needed)s元。",
                "Of hold %(key)s is left: %(stands)s; its transfers leave %(needed)s yuan.",
            )
            found.append(said.with_values(key=self.wrong_hold.key, stands=stands, needed=yuan_text(needed)))
        return found

    def as_json(self) -> dict[str, Any]:
        """Return all of it as plain values."""
        return asdict(self) | {"holds": self.holds, "unsealed_count": self.unsealed_count}


def _said_of_chain(broken: ChainBreak) -> Text:
    if broken.transfer_id is None:
        return Text(
            f"第{broken.number}号封存不成立（{broken.reason}）。", f"Seal {broken.number} fails ({broken.reason})."
        )
    return Text(
        f"第{broken.number}号封存不成立：第{broken.transfer_id}号分录被改动或缺失。",
        f"Seal {broken.number} fails: transfer no. {broken.transfer_id} was changed or is missing.",
    )


def _said_of_total(wrong: WrongTotal) -> Text:
    pairs = (
        (Text("余额", "balance"), wrong.posted_fen, wrong.posted_needed_fen),
        (Text("冻结（待付）", "held out"), wrong.held_out_fen, wrong.held_out_needed_fen),
        (Text("冻结（待收）", "held in"), wrong.held_in_fen, wrong.held_in_needed_fen),
    )
    what, stands, needed = next(pair for pair in pairs if pair[1] != pair[2])
    return Text(
        "账户%(account)s的%(what)s为%(stands)s元，按分录应为%(needed)s元。",
        "Account %(account)s carries %(what)s %(stands)s; its transfers make %(needed)s yuan.",
    ).with_values(account=wrong.account, what=what, stands=yuan_text(stands), needed=yuan_text(needed))


def verify() -> Verification:
    """Recompute the totals of every account, what is left of every hold, and the chain, as they stand together now."""
    with scope(EVERYTHING), transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        last = Seal.objects.order_by("-pk").only("pk", "seal_hash").first()
        broken = _chain_break()
        total, hold, stranger = _first(_TOTALS), _first(_HOLDS), _first(_STRANGERS)
        return Verification(
            transfer_count=Transfer.objects.count(),
            sealed_count=_sealed_count(),
            last_seal=last.pk if last else 0,
            last_hash=last.seal_hash if last else GENESIS,
            chain_break=broken,
            wrong_total=WrongTotal(*total) if total else None,
            wrong_hold=WrongHold(*hold) if hold else None,
            impossible_transfer=int(stranger[0]) if stranger else None,
        )


def sealed_batches() -> Iterator[SealedBatch]:
    """Give the seals in order, as the chain check needs them."""
    for kept in Seal.objects.order_by("pk").iterator(chunk_size=200):
        ranges = list(zip(kept.first_ids, kept.last_ids, strict=True))
        yield SealedBatch(kept.pk, kept.previous_hash, kept.seal_hash, ranges, bytes(kept.marks))


def _first(query: str) -> tuple[Any, ...] | None:
    with connection.cursor() as cursor:
        cursor.execute(query)
        found: tuple[Any, ...] | None = cursor.fetchone()
        return found


def _sealed_count() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT COALESCE(sum(transfer_count), 0) FROM ledger_seal")
        return int(cursor.fetchone()[0])


def _chain_break() -> ChainBreak | None:
    previous, expected = GENESIS, 1
    for window in _windows(sealed_batches()):
        hashes = _hashes(window)
        for batch in window:
            if batch.number != expected:
                return ChainBreak(expected, "missing")
            if batch.previous_hash != previous:
                return ChainBreak(batch.number, "previous")
            if hashes[batch.number] != batch.seal_hash:
                return ChainBreak(batch.number, "transfers", changed_transfer(batch, numbered_lines(batch.ranges)))
            previous, expected = batch.seal_hash, expected + 1
    return None


def _windows(batches: Iterator[SealedBatch]) -> Iterator[list[SealedBatch]]:
    window: list[SealedBatch] = []
    size = 0
    for batch in batches:
        window.append(batch)
        size += sum(last - first + 1 for first, last in batch.ranges)
        if size >= _WINDOW:
            yield window
            window, size = [], 0
    if window:
        yield window


def _hashes(window: Sequence[SealedBatch]) -> dict[int, str]:
    """Return the hash that each seal of a window should have, from one pass over the transfers under all of them."""
    sealings = {batch.number: Sealing(batch.previous_hash) for batch in window}
    spans = sorted((first, last, batch.number) for batch in window for first, last in batch.ranges)
    lines = standing_lines([(first, last) for first, last, _ in spans])
    if len(lines) == sum(last - first + 1 for first, last, _ in spans):  # all stand: each range is a run of lines
        place = 0
        for first, last, number in spans:
            sealings[number].add(b"".join(lines[place : place + last - first + 1]))
            place += last - first + 1
    else:
        seal_of = {one: batch.number for batch in window for one in batch.ids()}
        for line in lines:
            sealings[seal_of[number_of(line)]].add(line)
    return {number: sealing.seal_hash() for number, sealing in sealings.items()}
