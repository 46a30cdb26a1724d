"""The hash chain over transfers: each seal is SHA-256 over the hash of the seal before it and its lines in order.

A line is one transfer as text: the fields of `FIELDS` with a tab between, the end of the line a newline, nothing
written as backslash-N, and backslash, tab, newline, carriage return and the other four control characters that
PostgreSQL's COPY escapes written with a backslash. So the database writes the lines itself, and anyone recomputes them
from an export.

Invariant: a changed, removed, added or moved transfer breaks the seal that covers it and no earlier one.
"""

from __future__ import annotations

import hashlib
import json
import struct
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

GENESIS = "0" * 64
MARK_BYTES = 4
FIELDS = (
    "id",
    "key",
    "group",
    "kind",
    "debit",
    "credit",
    "amount_fen",
    "refers_to",
    "value_on",
    "booked_at",
    "expires_on",
    "reason",
    "actor_user_id",
    "actor_organisation_id",
    "facts",
)
_ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r", "\b": "\\b", "\f": "\\f", "\v": "\\v"})


@dataclass(frozen=True)
class SealedBatch:
    """One seal as it is kept: its number, the hash before it, its own, the numbers it covers, and their marks."""

    number: int
    previous_hash: str
    seal_hash: str
    ranges: Sequence[tuple[int, int]]
    marks: bytes

    def ids(self) -> Iterator[int]:
        """Give the numbers of the transfers that the seal covers, in order."""
        for first, last in self.ranges:
            yield from range(first, last + 1)


@dataclass(frozen=True)
class ChainBreak:
    """The first place where the chain does not hold: the seal, what is wrong with it, and which transfer it is."""

    number: int
    reason: str
    transfer_id: int | None = None


def line_of(transfer: Mapping[str, Any]) -> bytes:
    r"""Return a transfer's line; `facts` are as PostgreSQL writes jsonb, all else as the fields' types say.

    >>> line_of(dict.fromkeys(FIELDS) | {"id": 1, "key": "a\tb"})
    b'1\ta\\tb\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\t\\N\n'
    """
    return ("\t".join(as_field(transfer[name]) for name in FIELDS) + "\n").encode()


def as_field(value: Any) -> str:
    """Return one value as a line has it."""
    if value is None:
        return "\\N"
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        value = facts_text(value)
    return str(value).translate(_ESCAPES)


def facts_text(facts: Mapping[str, Any]) -> str:
    """Return facts as PostgreSQL writes jsonb: keys by length, then by bytes; a blank after comma and colon.

    >>> facts_text({"bb": 1, "c": [True, None], "a": "入库"})
    '{"a": "入库", "c": [true, null], "bb": 1}'
    """
    return json.dumps(_ordered(facts), ensure_ascii=False, separators=(", ", ": "))


def _ordered(value: Any) -> Any:
    if isinstance(value, Mapping):
        names = sorted(value, key=lambda name: (len(name.encode()), name.encode()))
        return {name: _ordered(value[name]) for name in names}
    return [_ordered(one) for one in value] if isinstance(value, list | tuple) else value


class Sealing:
    """The hash of one seal, while its lines come by."""

    def __init__(self, previous_hash: str) -> None:
        self._digest = hashlib.sha256(bytes.fromhex(previous_hash))

    def add(self, lines: bytes) -> None:
        """Take lines in; a block may end in the middle of one."""
        self._digest.update(lines)

    def seal_hash(self) -> str:
        """Return the hash over everything taken in."""
        return self._digest.hexdigest()


def seal(previous_hash: str, lines: Iterable[bytes]) -> str:
    """Return the hash of a seal over lines, given the hash of the seal before it (`GENESIS` for the first)."""
    sealing = Sealing(previous_hash)
    for line in lines:
        sealing.add(line)
    return sealing.seal_hash()


def mark(line: bytes) -> bytes:
    """Return the four bytes by which a changed line is found. They prove nothing; the seal's hash does."""
    return zlib.crc32(line).to_bytes(MARK_BYTES, "big")


def marks(lines: Sequence[bytes]) -> bytes:
    """Return the marks of lines, one after the other.

    >>> marks([b"a", b"b"]) == mark(b"a") + mark(b"b")
    True
    """
    return struct.pack(f">{len(lines)}I", *map(zlib.crc32, lines))


def ranges_of(ids: Sequence[int]) -> list[tuple[int, int]]:
    """Return ascending numbers as ranges, both ends included.

    >>> ranges_of([1, 2, 3, 7]), ranges_of([4, 5])
    ([(1, 3), (7, 7)], [(4, 5)])
    """
    if ids and ids[-1] - ids[0] == len(ids) - 1:
        return [(ids[0], ids[-1])]
    ranges: list[tuple[int, int]] = []
    for one in ids:
        if ranges and ranges[-1][1] == one - 1:
            ranges[-1] = (ranges[-1][0], one)
        else:
            ranges.append((one, one))
    return ranges


def changed_transfer(batch: SealedBatch, lines: Iterable[tuple[int, bytes]]) -> int | None:
    """Return the number of the first transfer of a broken seal that is missing or not what was sealed.

    `lines` are what stands now under the seal's numbers, each with its number.
    """
    standing = dict(lines)
    for place, number in enumerate(batch.ids()):
        expected = batch.marks[place * MARK_BYTES : (place + 1) * MARK_BYTES]
        if number not in standing or mark(standing[number]) != expected:
            return number
    return None
