"""Find the full name that a short or written name means, among many.

A short name keeps the telling characters of the full one in their order: a division may shrink to one character (粤,
沪) or vanish, form and industry may vanish, the brand may lose some characters. So the best alignment in order counts:
each shared character for how telling it is, more when it follows the one before (within one part), less out of order;
what the full name has beside, above all in its brand, counts against it. A trade in the short name counts less: people
say what a firm does in their own word (云衡机器人), its registered name in another (云衡科技有限公司).

Property: the very same name scores 1 and is found first; width, brackets, traditional characters change nothing.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import numpy as np
import polars as pl
from numpy.typing import NDArray

from yulin.atlas.core.name_folding import fold_name, fold_names, without_brackets
from yulin.atlas.core.name_index import NameIndex
from yulin.atlas.core.name_parts import BRANCH, BRAND, DIVISION, FORM, GROUP, INDUSTRY, NameParts, parts_of
from yulin.base.divisions import division_letters, province_of

_MARKS = (BRAND, DIVISION, GROUP, FORM, INDUSTRY, BRANCH)
# What a stock exchange puts before or behind a short name; stripped when a name of two characters is left.
_LISTING = re.compile(r"^(?:退市|\*?s?\*?st|pt|xd|xr|dr|s(?=[^a-z0-9]))|(?:退市?|-?[uwv]|[ab]股?|股份)$")
_BY_SHARES = "股份"
_TINY = 1e-6
_LONE_LATIN = 0.15
_ALMOST = 0.999  # only the very same name scores 1
_FLOOR = 0.3  # even the most frequent character tells something


@dataclass(frozen=True)
class SearchWeights:
    """How much each kind of agreement counts; chosen by cross-validation (`bench/bench_names.py`)."""

    following: float = 0.72
    out_of_order: float = 0.5
    letter: float = 0.8
    division: float = 0.6
    form_in_query: float = 0.7
    trade_in_query: float = 0.8
    beside: float = 0.25
    listed: float = 0.05
    beside_by_part: tuple[float, ...] = field(default=(1.0, 0.45, 0.6, 0.05, 0.6, 1.0))
    candidates: int = 100


@dataclass(frozen=True)
class Hit:
    """One name found: its position in the list, and how well it agrees (0–1)."""

    position: int
    score: float


class NameSearch:
    """Full names, searchable by any short or written name."""

    def __init__(self, names: Sequence[str] | pl.Series, weights: SearchWeights | None = None) -> None:
        self.weights = weights or SearchWeights()
        self._folded = fold_names(pl.Series(names, dtype=pl.String))
        self._index = NameIndex(self._folded)
        self._parts = lru_cache(maxsize=200_000)(self._parts_at)

    def __len__(self) -> int:
        return len(self._folded)

    def find(self, query: str, top: int = 10) -> list[Hit]:
        """Return the names that agree best with a query, the best first; ties in the order of the list."""
        whole, text = fold_name(query), short_text(query)
        if not text:
            return []
        positions = self._index.candidates(text, self.weights.candidates)
        if not len(positions):
            return []
        scores = self._scores(text, positions, text != without_brackets(whole))
        for at, position in enumerate(positions):
            if self._folded[position] == whole:
                scores[at] = 1.0
        order = np.lexsort((positions, -scores))[:top]
        return [Hit(int(positions[at]), round(float(scores[at]), 4)) for at in order if scores[at] > 0]

    def _parts_at(self, position: int) -> tuple[NDArray[np.int8], NameParts]:
        parts = parts_of(self._folded[position])
        marks = [_MARKS.index(m) for c, m in zip(parts.folded, parts.marks, strict=True) if c not in "()"]
        return np.array(marks, np.int8), parts

    def _scores(self, text: str, positions: NDArray[np.int32], is_listed: bool) -> NDArray[np.float64]:
        letters, telling = self._index.rows(positions)
        marks = np.zeros(letters.shape, np.int8)
        divisions: list[tuple[str, ...]] = []
        for row, position in enumerate(positions):
            own, parts = self._parts(int(position))
            marks[row, : len(own)] = own
            divisions.append(parts.divisions)
        table = _Table(letters, telling, marks, divisions)
        weights = self._query_weights(text)
        alignment = _Alignment(table, self.weights)
        for at, letter in enumerate(text):
            alignment.take(letter, float(weights[at]), text[at - 1] if at else "")
        scores = alignment.agreed(float(weights.sum()))
        scores -= self.weights.beside * _beside(alignment.held, table, self.weights)
        if is_listed:
            scores -= self.weights.listed * self._are_not_by_shares(positions)
        return np.clip(scores, 0.0, _ALMOST)

    def _are_not_by_shares(self, positions: NDArray[np.int32]) -> NDArray[np.float64]:
        """Return 1 for each name that is no company limited by shares: only such are listed."""
        return np.array([_BY_SHARES not in self._folded[at] for at in positions], float)

    def _query_weights(self, text: str) -> NDArray[np.float64]:
        weights = np.maximum(self._index.query_weights(text), _FLOOR).astype(np.float64)
        marks = without_bracket_marks(parts_of(text))
        weights[np.array([mark in (FORM, GROUP) for mark in marks])] *= self.weights.form_in_query
        weights[np.array([mark == INDUSTRY for mark in marks])] *= self.weights.trade_in_query
        return weights


@dataclass(frozen=True)
class _Table:
    """Candidates as rectangles: characters, how telling they are, the part each belongs to; and their divisions."""

    letters: NDArray[np.int64]
    telling: NDArray[np.float32]
    marks: NDArray[np.int8]
    divisions: list[tuple[str, ...]]


def short_text(query: str) -> str:
    """Return a query folded, without brackets and without what an exchange adds to short names.

    >>> short_text("*ST明科"), short_text("粤电力Ａ"), short_text("（深圳）华强股份有限公司")
    ('明科', '粤电力', '深圳华强股份有限公司')
    """
    folded = without_brackets(fold_name(query))
    starred = re.sub(r"^\W+", "", folded)
    while len(shorter := _LISTING.sub("", starred)) >= 2 and shorter != starred:
        starred = shorter
    return starred


def without_bracket_marks(parts: NameParts) -> str:
    """Return the marks of a name's characters other than brackets."""
    return "".join(m for c, m in zip(parts.folded, parts.marks, strict=True) if c not in "()")


class _Alignment:
    """The best alignment of a query with each candidate in order, built up character by character of the query."""

    def __init__(self, table: _Table, by: SearchWeights) -> None:
        count, width = table.letters.shape
        self.table, self.by = table, by
        self.best = np.zeros((count, width + 1))  # up to each place
        self.last = np.zeros((count, width + 1))  # of those that end at each place
        self.shared = np.zeros(count)
        self.held = np.zeros((count, width), bool)
        self._starts = _part_starts(table.marks)
        self._is_division = table.marks == _MARKS.index(DIVISION)
        is_edge = self._is_division[:, :-1] != self._is_division[:, 1:]
        self._is_linked = np.concatenate([np.zeros((count, 1), bool), ~is_edge], axis=1)
        self._after_short = np.zeros((count, width), bool)

    def take(self, letter: str, weight: float, before: str) -> None:
        """Align one more character; a Latin letter counts only as part of a run, a Han character also alone."""
        same, short = self.table.letters == ord(letter), _letter_places(letter, self.table)
        own = np.where(same, np.where(self._is_division, self.by.division, 1.0), short * self.by.letter) * weight
        follows = (self.last[:, :-1] > 0) & (self._is_linked | self._after_short)
        if letter.isascii():
            own = np.where(follows, own, 0.0) if before.isascii() and before else own * _LONE_LATIN
        else:
            self.shared += np.where(same.any(axis=1), weight, 0.0)
        bonus = np.where(follows, self.last[:, :-1] + self.by.following * weight, 0.0)
        if not before:
            bonus = np.where(self._starts | short, self.by.following * weight, 0.0)
        reached = np.where(own > 0, own + np.maximum(self.best[:, :-1], bonus), 0.0)
        self.last[:, 1:] = reached
        self.best = np.maximum(self.best, np.maximum.accumulate(self.last, axis=1))
        self.held |= same
        self._after_short[:, 1:] = short[:, :-1]

    def agreed(self, total: float) -> NDArray[np.float64]:
        """Return how much of a query of this weight each candidate holds: 1 is all of it, in order and unbroken."""
        whole = 1 + self.by.following
        in_order = self.best[:, -1]
        beside_order = np.maximum(self.shared - in_order / whole, 0.0)
        agreed: NDArray[np.float64] = (in_order + self.by.out_of_order * beside_order) / (total * whole)
        return agreed


def _part_starts(marks: NDArray[np.int8]) -> NDArray[np.bool_]:
    """Return the first place of each name and of its brand."""
    starts = np.zeros(marks.shape, bool)
    starts[:, 0] = True
    brand = marks == _MARKS.index(BRAND)
    first = brand.argmax(axis=1)
    starts[np.arange(len(marks)), first] |= brand.any(axis=1)
    return starts


def _letter_places(letter: str, table: _Table) -> NDArray[np.bool_]:
    """Return the last place of each division that the character stands for."""
    places = np.zeros(table.letters.shape, bool)
    names = division_letters().get(letter, frozenset())
    provinces = province_of()
    for row, divisions in enumerate(table.divisions):
        if any(d in names or provinces.get(d) in names or d.startswith(letter) for d in divisions):
            own = np.flatnonzero(table.marks[row] == _MARKS.index(DIVISION))
            places[row, own[-1]] = table.letters[row, own[-1]] != ord(letter)
    return places


def _beside(held: NDArray[np.bool_], table: _Table, by: SearchWeights) -> NDArray[np.float64]:
    """Return the share of each candidate's own telling characters that the query does not hold."""
    value = table.telling * np.array(by.beside_by_part)[table.marks]
    share: NDArray[np.float64] = (value * ~held).sum(axis=1) / (value.sum(axis=1) + _TINY)
    return share
