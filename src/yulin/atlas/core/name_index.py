"""Many folded names laid out for search: which names hold a character or a pair of characters, and how telling each is.

A character tells the more, the fewer names hold it; one that only ever stands in frequent company (科 in 科技) tells as
little as its company. Memory grows with the names, not with the queries: about a tenth of a kilobyte a name.

Invariant: the candidates of a text are the names that share the most telling characters and pairs with it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from yulin.atlas.core.name_folding import without_brackets

_PAIR_SHIFT = 21  # a code point needs 21 bits
_MOST_READ = 200_000  # places of postings looked at for one query, the most telling grams first
_LENGTH_COST = 0.12


@dataclass(frozen=True)
class Postings:
    """For each gram the ascending positions of the names that hold it."""

    grams: NDArray[np.int64]
    starts: NDArray[np.int64]
    names: NDArray[np.int32]

    def of(self, gram: int) -> NDArray[np.int32]:
        """Return the names that hold a gram."""
        at = int(np.searchsorted(self.grams, gram))
        if at == len(self.grams) or self.grams[at] != gram:
            return self.names[:0]
        return self.names[self.starts[at] : self.starts[at + 1]]

    def counts(self, grams: NDArray[np.int64]) -> NDArray[np.int64]:
        """Return how many names hold each of many grams."""
        at = np.minimum(np.searchsorted(self.grams, grams), max(len(self.grams) - 1, 0))
        if not len(self.grams):
            return np.zeros(len(grams), np.int64)
        return np.where(self.grams[at] == grams, self.starts[at + 1] - self.starts[at], 0)


class NameIndex:
    """Folded names (brackets dropped) with their postings; names are known by their position."""

    def __init__(self, folded: Sequence[str]) -> None:
        plain = [without_brackets(name) for name in folded]
        self.count = len(plain)
        self.flat = np.frombuffer("".join(plain).encode("utf-32-le"), np.uint32).astype(np.int64)
        self.ends = np.cumsum([len(name) for name in plain], dtype=np.int64)
        self.lengths = np.diff(self.ends, prepend=0)
        owners = np.repeat(np.arange(self.count, dtype=np.int32), self.lengths)
        pairs = (self.flat[:-1] << _PAIR_SHIFT) | self.flat[1:]
        inside = owners[:-1] == owners[1:]
        self.singles = _postings(self.flat, owners)
        self.pairs = _postings(pairs[inside], owners[:-1][inside])
        self.telling = self._telling(pairs, inside)

    def _telling(self, pairs: NDArray[np.int64], inside: NDArray[np.bool_]) -> NDArray[np.float32]:
        """Return how telling the character at each place is: by itself, but no more than in its company."""
        alone = self.weight(self.singles.counts(self.flat))
        together = np.where(inside, self.weight(self.pairs.counts(pairs)), np.inf).astype(np.float32)
        before = np.concatenate([np.array([np.inf], np.float32), together])[: len(alone)]
        after = np.concatenate([together, np.array([np.inf], np.float32)])[: len(alone)]
        telling: NDArray[np.float32] = np.minimum(alone, np.minimum(before, after))
        return telling

    def weight(self, counts: NDArray[np.int64]) -> NDArray[np.float32]:
        """Return how telling grams are that so many names hold: the logarithm of how rare they are."""
        rarity: NDArray[np.float32] = np.log((self.count + 1) / (counts + 0.5)).astype(np.float32)
        return rarity

    def query_weights(self, text: str) -> NDArray[np.float32]:
        """Return how telling each character of a query is among these names."""
        codes = _codes(text)
        alone = self.weight(self.singles.counts(codes))
        held = self.pairs.counts((codes[:-1] << _PAIR_SHIFT) | codes[1:])
        together = np.where(held > 0, self.weight(held), np.inf).astype(np.float32)
        for places in (slice(0, -1), slice(1, None)):
            alone[places] = np.minimum(alone[places], together)
        return alone

    def candidates(self, text: str, most: int) -> NDArray[np.int32]:
        """Return the positions of the names that share most with a text, at most so many."""
        lists = self._lists(text)
        if not lists:
            return np.empty(0, np.int32)
        found, weights = self._sum(lists)
        weights -= _LENGTH_COST * self.lengths[found]
        if len(found) > most:
            found = found[np.argpartition(-weights, most - 1)[:most]]
        return np.sort(found)

    def _lists(self, text: str) -> list[tuple[float, NDArray[np.int32]]]:
        """Return weight and names of the grams of a text, the most telling first, as far as they are worth reading."""
        codes = _codes(text)
        pairs = np.unique((codes[:-1] << _PAIR_SHIFT) | codes[1:])
        found = [self.pairs.of(int(gram)) for gram in pairs]
        found += [self.singles.of(int(gram)) for gram in np.unique(codes)]
        found = sorted((names for names in found if len(names)), key=len)
        taken: list[tuple[float, NDArray[np.int32]]] = []
        read = 0
        for names in found:
            if taken and read + len(names) > _MOST_READ:
                break
            read += len(names)
            taken.append((float(np.log((self.count + 1) / (len(names) + 0.5))), names))
        return taken

    @staticmethod
    def _sum(lists: list[tuple[float, NDArray[np.int32]]]) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
        names = np.concatenate([names for _, names in lists])
        weights = np.repeat([weight for weight, _ in lists], [len(names) for _, names in lists])
        order = np.argsort(names, kind="stable")
        names, weights = names[order], weights[order]
        starts = np.flatnonzero(np.concatenate([[True], names[1:] != names[:-1]]))
        return names[starts], np.add.reduceat(weights, starts)

    def rows(self, positions: NDArray[np.int32]) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return characters and how telling they are of some names, as rectangles filled up with zeros."""
        lengths = self.lengths[positions]
        width = int(lengths.max(initial=0))
        places = np.arange(width)
        inside = places[None, :] < lengths[:, None]
        at = np.where(inside, (self.ends[positions] - lengths)[:, None] + places, 0)
        return np.where(inside, self.flat[at], 0), np.where(inside, self.telling[at], 0)


def _codes(text: str) -> NDArray[np.int64]:
    return np.frombuffer(text.encode("utf-32-le"), np.uint32).astype(np.int64)


def _postings(grams: NDArray[np.int64], owners: NDArray[np.int32]) -> Postings:
    order = np.argsort(grams, kind="stable")  # owners ascend, so they ascend within each gram
    grams, owners = grams[order], owners[order]
    if len(grams):
        first = np.concatenate([[True], (grams[1:] != grams[:-1]) | (owners[1:] != owners[:-1])])
        grams, owners = grams[first], owners[first]
    starts = np.flatnonzero(np.concatenate([[True], grams[1:] != grams[:-1]])) if len(grams) else np.empty(0, np.int64)
    return Postings(grams[starts], np.append(starts, len(grams)).astype(np.int64), owners)
