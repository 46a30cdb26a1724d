"""The hash chain over the audit trail: each seal covers its entries and the seal before it.

A seal is SHA-256 over the previous seal's hash and the hashes of its entries in order; an entry's hash is SHA-256 over
its canonical JSON (sorted keys, no blanks, UTF-8). Anyone with the exported lines can recompute it.

Invariant: changing, removing, adding or reordering one sealed entry breaks the seal that covers it and no earlier one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

GENESIS = "0" * 64


@dataclass(frozen=True)
class SealedBatch:
    """One seal as it is kept: its number, the hash before it, its own hash, and the entries that it covers."""

    number: int
    previous_hash: str
    seal_hash: str
    entries: Sequence[Mapping[str, Any]]


@dataclass(frozen=True)
class ChainBreak:
    """The first place where the chain does not hold, and why."""

    number: int
    reason: str


def entry_hash(entry: Mapping[str, Any]) -> str:
    """Return the hash of one entry.

    >>> entry_hash({"b": 1, "a": "入库"}) == entry_hash({"a": "入库", "b": 1})
    True
    """
    line = json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(line.encode()).hexdigest()


def seal(previous_hash: str, entry_hashes: Iterable[str]) -> str:
    """Return the hash of a seal over entries, given the hash of the seal before it (`GENESIS` for the first)."""
    digest = hashlib.sha256(bytes.fromhex(previous_hash))
    for one in entry_hashes:
        digest.update(bytes.fromhex(one))
    return digest.hexdigest()


def read_export(lines: Iterable[Mapping[str, Any]]) -> Iterator[SealedBatch]:
    """Return the batches of an exported trail, where a seal follows its entries; the unsealed tail is left out."""
    entries: list[Mapping[str, Any]] = []
    for line in lines:
        if "seal_hash" in line:
            yield SealedBatch(line["seal"], line["previous_hash"], line["seal_hash"], entries)
            entries = []
        elif line["seal"] is not None:
            entries.append(line["entry"])


def first_break(batches: Iterable[SealedBatch]) -> ChainBreak | None:
    """Return the first break of the chain, or None when every seal holds. `batches` come in order of their numbers."""
    previous = GENESIS
    for number, batch in enumerate(batches, start=1):
        if batch.number != number:
            return ChainBreak(number, "missing")
        if batch.previous_hash != previous:
            return ChainBreak(number, "previous")
        if batch.seal_hash != seal(previous, (entry_hash(entry) for entry in batch.entries)):
            return ChainBreak(number, "entries")
        previous = batch.seal_hash
    return None
