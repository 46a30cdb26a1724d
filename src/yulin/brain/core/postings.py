"""Texts by the characters and pairs of characters that they hold, as columns: made, joined, and ranked by BM25.

A gram is a number: of a character its code point, of a pair both. `Postings` say of each gram which texts hold it, and
how often. Invariants: grams rise; within a gram the places of texts rise; what is joined ranks as what is made at once.

Of a long question the rare grams choose who is weighed and the frequent ones only weigh: postings are gone through
whole, the rarest grams first, up to `_LOOKED_AT` of them or until enough texts are found; those that lead by these are
looked up in the rest. What that leaves out of a million clauses is said in docs/performance.md; of fewer postings, and
of few texts that may be shown, nothing is left out.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from yulin.brain.core.passages import folded

K1, B = 1.2, 0.75
_LOOKED_AT = 250_000
_WEIGHED = 8  # so many texts for each that is wanted are looked up in the frequent grams
_FEW = 200  # so few groups are looked up in every gram
_FREQUENT = 8  # a gram that one text in so many holds is spread out, a byte a text,
_SPREAD_FROM = 10_000  # in a part of so many texts
_MOST_COUNTED = 255  # in a byte; so many or more
_LARGEST_TABLE = 1 << 24
_BITS = 21  # of a code point, and of a place in what is made at once
_JOINED_AT_ONCE = 4_000_000  # postings

Array = NDArray[Any]
Make = Callable[[str, Any, int], Array]

COLUMNS: Mapping[str, Any] = {
    "grams": np.uint64,
    "starts": np.uint64,
    "texts": np.uint32,
    "counts": np.uint16,
    "numbers": np.int64,
    "groups": np.int64,
    "lengths": np.uint32,
    "spread": np.uint8,
}


@dataclass(frozen=True)
class Postings:
    """Which texts hold which gram: `texts[starts[i]:starts[i + 1]]` are the places of those that hold `grams[i]`.

    `counts` stand beside `texts`; a place is one in `numbers`, `groups` and `lengths` (grams of the whole text).
    `spread` says once more of each frequent gram, one after the other, how often each text holds it.
    """

    grams: Array
    starts: Array
    texts: Array
    counts: Array
    numbers: Array
    groups: Array
    lengths: Array
    spread: Array

    def stretches(self, grams: Array) -> list[slice]:
        """Return where the postings of each gram stand; nowhere where no text holds it."""
        if not len(self.grams):
            return [slice(0, 0)] * len(grams)
        at = np.minimum(np.searchsorted(self.grams, grams), len(self.grams) - 1)
        ends = self.starts[at + (self.grams[at] == grams)]
        return [slice(first, last) for first, last in zip(self.starts[at].tolist(), ends.tolist(), strict=True)]


@dataclass(frozen=True)
class Part:
    """Some postings and which of their texts still stand."""

    postings: Postings
    stands: Array


@dataclass(frozen=True)
class Ranked:
    """Texts found, best first: number, group and score of each."""

    numbers: Array
    groups: Array
    scores: Array


def gram_numbers(grams: Sequence[str]) -> Array:
    """Return the numbers of characters and of pairs.

    >>> gram_numbers(["a", "ab"]).tolist() == [97, (98 << 21) + 98]
    True
    """
    return np.array(
        [ord(gram) if len(gram) == 1 else ((ord(gram[0]) + 1) << _BITS) + ord(gram[1]) for gram in grams], np.uint64
    )


def postings_of(rows: Sequence[tuple[int, int, str]]) -> Postings:
    """Return the postings of texts (number, group, words): so many as fit in memory, fewer than two million.

    >>> made = postings_of([(7, 0, "贷款"), (8, 0, "款")])
    >>> [made.texts[one].tolist() for one in made.stretches(gram_numbers(["款", "贷款", "息"]))]
    [[0, 1], [0], []]
    """
    said = [folded(text) for _, _, text in rows]
    sizes = np.fromiter(map(len, said), np.int64, len(said))
    codes = np.frombuffer("".join(said).encode("utf-32-le", "surrogatepass"), np.uint32).astype(np.uint64)
    places = np.repeat(np.arange(len(said), dtype=np.uint64), sizes)
    is_pair = places[1:] == places[:-1]
    pairs = (((codes[:-1] + np.uint64(1)) << np.uint64(_BITS)) + codes[1:])[is_pair]
    grams = np.concatenate([codes, pairs])
    # Gram and place are sorted as one number; where one repeats, the text holds the gram more than once.
    held = np.sort((grams << np.uint64(_BITS)) + np.concatenate([places, places[1:][is_pair]]))
    first = np.flatnonzero(_is_new(held))
    keys = held[first] >> np.uint64(_BITS)
    begin = np.flatnonzero(_is_new(keys))
    starts = np.append(begin, len(keys)).astype(np.uint64)
    texts = (held[first] & np.uint64((1 << _BITS) - 1)).astype(np.uint32)
    counts = np.minimum(np.diff(np.append(first, len(held))), np.iinfo(np.uint16).max).astype(np.uint16)
    return Postings(
        grams=keys[begin],
        starts=starts,
        texts=texts,
        counts=counts,
        numbers=np.fromiter((number for number, _, _ in rows), np.int64, len(rows)),
        groups=np.fromiter((group for _, group, _ in rows), np.int64, len(rows)),
        lengths=np.maximum(2 * sizes - 1, 0).astype(np.uint32),
        spread=_spread(in_memory, starts, texts, counts, len(rows)),
    )


def _is_new(values: Array) -> Array:
    """Tell of each of some sorted values whether it differs from the one before."""
    return np.append(np.ones(min(len(values), 1), dtype=bool), values[1:] != values[:-1])


def _frequent(starts: Array, many: int) -> list[slice]:
    """Return where the postings of grams stand that one in so many of `many` texts holds."""
    if many < _SPREAD_FROM:
        return []
    held = np.flatnonzero(np.diff(starts.astype(np.int64)) * _FREQUENT > many)
    return [slice(int(starts[gram]), int(starts[gram + 1])) for gram in held]


def _spread(make: Make, starts: Array, texts: Array, counts: Array, many: int) -> Array:
    """Return how often each of `many` texts holds each frequent gram."""
    places = _frequent(starts, many)
    column = make("spread", np.uint8, many * len(places))
    for row, place in enumerate(places):
        held = column[row * many : (row + 1) * many]
        held[:] = 0
        held[texts[place]] = np.minimum(counts[place], _MOST_COUNTED)
    return column


def in_memory(_name: str, kind: Any, size: int) -> Array:
    """Return an empty column."""
    return np.empty(size, dtype=kind)


def joined(parts: Sequence[Part], make: Make = in_memory) -> Postings:
    """Return one part made of what stands of several; `make` gives the columns to be filled."""
    grams = np.unique(np.concatenate([one.postings.grams for one in parts]))
    sizes = np.zeros(len(grams), np.int64)
    for one in parts:
        for at, kept, _, _ in _stretches(one, grams):
            sizes[at] += kept
    held = np.flatnonzero(sizes)
    new = {
        "grams": _filled(make, "grams", grams[held]),
        "starts": _filled(make, "starts", np.append(0, np.cumsum(sizes[held]))),
    }
    new |= {name: make(name, COLUMNS[name], int(sizes.sum())) for name in ("texts", "counts")}
    free, before = np.cumsum(sizes) - sizes, 0
    for one in parts:
        moved = (np.cumsum(one.stands) - 1 + before).astype(np.uint32)
        for at, kept, texts, counts in _stretches(one, grams):
            into = np.repeat(free[at] - (np.cumsum(kept) - kept), kept) + np.arange(len(texts))
            new["texts"][into], new["counts"][into] = moved[texts], counts
            free[at] += kept
        before += int(one.stands.sum())
    for name in ("numbers", "groups", "lengths"):
        new[name] = _filled(make, name, np.concatenate([getattr(one.postings, name)[one.stands] for one in parts]))
    spread = _spread(make, new["starts"], new["texts"], new["counts"], len(new["numbers"]))
    return Postings(**new, spread=spread)


def _filled(make: Make, name: str, values: Array) -> Array:
    column = make(name, COLUMNS[name], len(values))
    column[:] = values
    return column


def _stretches(part: Part, grams: Array) -> Iterator[tuple[Array, Array, Array, Array]]:
    """Yield the postings of texts that stand, some grams at a time.

    Each time: where the grams stand among `grams`, how many postings each has; texts and counts of all these.
    """
    postings, first = part.postings, 0
    starts = postings.starts.astype(np.int64)
    while first < len(postings.grams):
        last = int(np.searchsorted(starts, starts[first] + _JOINED_AT_ONCE, side="right")) - 1
        last = min(max(last, first + 1), len(postings.grams))
        texts, counts = (column[starts[first] : starts[last]] for column in (postings.texts, postings.counts))
        stands = part.stands[texts]
        kept = np.add.reduceat(stands, starts[first:last] - starts[first], dtype=np.int64)
        yield np.searchsorted(grams, postings.grams[first:last]), kept, texts[stands], counts[stands]
        first = last


class Groups:
    """The groups that may be shown; whether one is among them is one look at a table.

    >>> Groups(np.array([2, 5])).hold(np.array([0, 2, 3, 5, 9])).tolist()
    [False, True, False, True, False]
    """

    def __init__(self, numbers: Array) -> None:
        self.numbers = numbers
        last = int(numbers.max()) if len(numbers) else 0
        self._table = np.zeros(last + 2, dtype=bool) if last < _LARGEST_TABLE else None
        if self._table is not None:
            self._table[numbers] = True

    def __len__(self) -> int:
        return len(self.numbers)

    def hold(self, groups: Array) -> Array:
        """Tell of each of some groups whether it is among these."""
        if self._table is None:
            return np.isin(groups, self.numbers)
        return self._table.take(groups, mode="clip")


@dataclass(frozen=True)
class Weighed:
    """Where the postings of a gram stand in a part, and what one of them weighs."""

    places: slice
    weight: float


class Ranking:
    """Some parts asked together: what is rare, and how long texts are, is said over all of them."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self.parts = parts
        self.texts = sum(len(one.postings.numbers) for one in parts)
        self.standing = sum(int(one.stands.sum()) for one in parts)
        length = sum(int(one.postings.lengths.sum(dtype=np.int64)) for one in parts) / max(self.texts, 1)
        self._bends = [(K1 * (1 - B + B * one.postings.lengths / max(length, 1))).astype(np.float32) for one in parts]
        self._spread = [_rows_spread(one.postings) for one in parts]

    def held_by(self, grams: Sequence[str]) -> list[int]:
        """Return how many texts hold each gram; one that is gone counts until its part is joined."""
        return self._stretches(grams)[1]

    def _stretches(self, grams: Sequence[str]) -> tuple[list[list[slice]], list[int]]:
        numbers = gram_numbers(grams)
        places = [one.postings.stretches(numbers) for one in self.parts]
        return places, [sum(part[n].stop - part[n].start for part in places) for n in range(len(grams))]

    def best(self, grams: Sequence[str], limit: int, groups: Groups | None = None) -> Ranked:
        """Return the texts that hold most of the grams by BM25, best first; of some groups alone where they are named.

        >>> rank = Ranking([Part(postings_of([(7, 0, "贷款贴息"), (8, 1, "贷款")]), np.ones(2, bool))])
        >>> rank.best(["贴", "款"], 5).numbers.tolist(), rank.best(["款"], 5, Groups(np.array([1]))).numbers.tolist()
        ([7, 8], [8])
        """
        asked = list(dict.fromkeys(grams))
        places, held = self._stretches(asked)
        order = sorted((many, gram, n) for n, (gram, many) in enumerate(zip(asked, held, strict=True)) if many)
        weights = [math.log(1 + (self.texts - many + 0.5) / (many + 0.5)) for many, _, _ in order]
        found = [
            self._best_of(
                at, [Weighed(part[n], weight) for (_, _, n), weight in zip(order, weights, strict=True)], limit, groups
            )
            for at, part in enumerate(places)
        ]
        if not found:
            return Ranked(*[np.zeros(0)] * 3)
        numbers, of, scores = (np.concatenate(column) for column in zip(*found, strict=True))
        first = np.lexsort((numbers, -scores))[:limit]
        return Ranked(numbers[first], of[first], scores[first])

    def _best_of(self, at: int, rest: list[Weighed], limit: int, groups: Groups | None) -> tuple[Array, Array, Array]:
        postings, stands = self.parts[at].postings, self.parts[at].stands
        scores, found = np.zeros(len(postings.numbers), np.float32), np.zeros(0, np.int64)
        if groups is not None and len(groups) <= _FEW:
            found = np.flatnonzero(stands & groups.hold(postings.groups))
        looked_at, most = 0, _LOOKED_AT * len(postings.numbers) // max(self.texts, 1)
        while rest and len(found) < limit:
            while rest and looked_at <= most:
                one = rest.pop(0)
                texts = postings.texts[one.places]
                bends = self._bends[at].take(texts, mode="clip")
                np.add.at(scores, texts, _impact(postings.counts[one.places], bends, one.weight))
                looked_at += len(texts)
            found, most = np.flatnonzero(scores > 0), 4 * most
            may_be = stands[found] if groups is None else stands[found] & groups.hold(postings.groups[found])
            found = found[may_be]
        if rest:
            if looked_at:
                found = found[_most(scores[found], limit * _WEIGHED)]
            self._look_up(at, rest, found, scores)
        found = found[scores[found] > 0]
        found = found[_most(scores[found], limit)]
        return postings.numbers[found], postings.groups[found], scores[found]

    def _look_up(self, at: int, rest: Sequence[Weighed], found: Array, scores: Array) -> None:
        """Add what some grams weigh to the scores of the texts found, whose places rise."""
        places, bends = found.astype(np.uint32), self._bends[at][found]
        held = scores[found]
        for one in rest:
            if one.places.start < one.places.stop:
                held += _impact(self._counts(at, one.places, places), bends, one.weight)
        scores[found] = held

    def _counts(self, at: int, stretch: slice, places: Array) -> Array:
        """Return how often texts, whose places rise, hold the gram whose postings are a stretch."""
        spread, postings = self._spread[at].get(stretch.start), self.parts[at].postings
        if spread is not None and (counts := spread[places]).max(initial=0) < _MOST_COUNTED:
            return counts
        texts = postings.texts[stretch]
        where = np.minimum(np.searchsorted(texts, places), len(texts) - 1)
        return np.where(texts[where] == places, postings.counts[stretch][where], 0)


def _rows_spread(postings: Postings) -> dict[int, Array]:
    """Return what is spread out of each frequent gram, by where its postings begin."""
    many = len(postings.numbers)
    places = _frequent(postings.starts, many)
    return {place.start: postings.spread[row * many : (row + 1) * many] for row, place in enumerate(places)}


def _impact(counts: Array, bends: Array, weight: float) -> Array:
    often = counts.astype(np.float32)
    return np.float32(weight * (K1 + 1)) * often / (often + bends)


def _most(values: Array, many: int) -> Array:
    """Return where the highest values stand, in rising order, with all that equal the least of them."""
    if len(values) <= many:
        return np.arange(len(values))
    return np.flatnonzero(values >= np.partition(values, len(values) - many)[len(values) - many])
