"""Words on disk: one index a collection, characters and their pairs, ranked by BM25 (`core/postings.py`).

An index is derived from the database and stands in `YULIN_HOME/index/<key>.<form>`; one that is missing, of an older
form, or holds fewer texts than the database says, is built anew. It is some parts, each a folder of columns read where
they lie; `parts.json` names them and which of their texts still stand, and is replaced whole, so that a reader sees a
writing or none of it. What is written is a part of its own; parts are joined as they become many.
Invariant: one writer at a time, whoever runs it (its caller holds a lock).
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import astuple, dataclass, replace
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np

from yulin.brain.core.postings import COLUMNS, Array, Groups, Part, Postings, Ranked, Ranking, joined, postings_of

FORM = 4
"""The form of the index; a higher one where it changes, so that every index is built anew."""
_AT_ONCE = 3_000_000  # characters made a part at once
_LEAST_SHARE = 4  # a part that is not so many times as large as the one after it is joined with it
_NAMES = "parts.json"


@dataclass(frozen=True)
class _Named:
    """A part on disk: its folder, how many texts it holds, and the file that says which still stand, if not all do."""

    folder: str
    texts: int
    stands: str = ""


_OPENED: dict[Path, tuple[tuple[int, int], Ranking]] = {}
"""Each index that this process reads, as it stood when its names were written."""


class WordIndex:
    """The words of one collection."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def count(self) -> int:
        """Return how many texts the index holds."""
        return self._ranking.standing

    def numbers(self) -> list[int]:
        """Return the number of each text that the index holds."""
        return [int(number) for one in self._ranking.parts for number in one.postings.numbers[one.stands]]

    def find(self, grams: Sequence[str], limit: int, groups: Groups | None = None) -> Ranked:
        """Return the texts that hold most of the grams, best first; of some groups alone where they are named."""
        return self._ranking.best(grams, limit, groups)

    def rarity(self, grams: Sequence[str]) -> dict[str, int]:
        """Return how many texts hold each gram."""
        return dict(zip(grams, self._ranking.held_by(grams), strict=True))

    def write(self, texts: Iterable[tuple[int, int, str]]) -> int:
        """Put texts in (number, group, words), each in the place of an older one of its number; return how many."""
        written = 0
        for rows in _so_many(texts):
            numbers = np.array([number for number, _, _ in rows])
            kept = self._without(self._names(), numbers)
            made = self._kept(postings_of(rows))
            self._name([*kept, _Named(made.name, len(rows))])
            self._join()
            written += len(rows)
        return written

    def remove(self, numbers: Sequence[int]) -> None:
        """Take texts out."""
        self._name(self._without(self._names(), np.array(numbers, dtype=np.int64)))

    def drop(self) -> None:
        """Remove the index, and what stands of it in older forms; the next writing makes it anew."""
        for folder in self.folder.parent.glob(f"{self.folder.stem}*"):
            if folder.stem == self.folder.stem:
                shutil.rmtree(folder, ignore_errors=True)

    @property
    def written(self) -> tuple[int, int]:
        """What tells one writing of the index from another; nothing was written where there is no index."""
        try:
            stat = (self.folder / _NAMES).stat()
        except FileNotFoundError:
            return 0, 0
        return stat.st_ino, stat.st_mtime_ns

    @property
    def _ranking(self) -> Ranking:
        """The parts as they stand now, opened once for each writing."""
        while (written := self.written) != (0, 0):
            before, ranking = _OPENED.get(self.folder, (None, None))
            if ranking is not None and before == written:
                return ranking
            # A reader that comes while parts are joined may find one gone; then there are newer names.
            with suppress(FileNotFoundError):
                ranking = Ranking([Part(_read(self.folder / one.folder), self._stands(one)) for one in self._names()])
                _OPENED[self.folder] = written, ranking
                return ranking
        return Ranking([])

    def _names(self) -> list[_Named]:
        try:
            return [_Named(*one) for one in json.loads((self.folder / _NAMES).read_text(encoding="ascii"))]
        except FileNotFoundError:
            return []

    def _stands(self, named: _Named) -> Array:
        if not named.stands:
            return np.ones(named.texts, dtype=bool)
        stands: Array = np.load(self.folder / named.folder / named.stands)
        return stands

    def _without(self, names: Sequence[_Named], numbers: Array) -> list[_Named]:
        """Return the parts with some texts gone from them; the names are not kept yet."""
        kept = []
        for one in names:
            stands = self._stands(one)
            is_gone = stands & np.isin(_read(self.folder / one.folder).numbers, numbers)
            if is_gone.any():
                file = f"stands.{uuid4().hex}.npy"
                _save(self.folder / one.folder / file, stands & ~is_gone)
                kept.append(replace(one, stands=file))
            else:
                kept.append(one)
        return kept

    def _kept(self, postings: Postings) -> Path:
        folder = self._free()
        for name in COLUMNS:
            _save(folder / f"{name}.npy", getattr(postings, name))
        return folder

    def _free(self) -> Path:
        """Make and return the folder of a new part."""
        self.folder.mkdir(parents=True, exist_ok=True)
        taken = [int(one.name) for one in self.folder.glob("[0-9]*")]
        folder = self.folder / f"{max(taken, default=0) + 1:06}"
        folder.mkdir()
        return folder

    def _name(self, names: Sequence[_Named]) -> None:
        """Make these the parts of the index, at once, and remove what is no part of it any more."""
        self.folder.mkdir(parents=True, exist_ok=True)
        unfinished = self.folder / f"{_NAMES}.{os.getpid()}"
        with unfinished.open("w", encoding="ascii") as file:
            json.dump([astuple(one) for one in names], file)
            file.flush()
            os.fsync(file.fileno())
        unfinished.replace(self.folder / _NAMES)
        kept = {one.folder: one.stands for one in names}
        for folder in self.folder.glob("[0-9]*"):
            if folder.name not in kept:
                shutil.rmtree(folder, ignore_errors=True)
                continue
            for stands in folder.glob("stands.*"):
                if stands.name != kept[folder.name]:
                    stands.unlink(missing_ok=True)

    def _join(self) -> None:
        """Join the last parts while the one before is not much larger, so that a million texts are a few parts."""
        names = self._names()
        first = len(names) - 1
        size = names[first].texts
        while first > 0 and names[first - 1].texts < _LEAST_SHARE * size:
            first -= 1
            size += names[first].texts
        if first == len(names) - 1:
            return
        folder = self._free()

        def on_disk(name: str, kind: Any, length: int) -> Array:
            if not length:
                return np.empty(0, dtype=kind)
            return np.lib.format.open_memmap(folder / f"{name}.npy", mode="w+", dtype=kind, shape=(length,))

        parts = [Part(_read(self.folder / one.folder), self._stands(one)) for one in names[first:]]
        made = joined(parts, on_disk)
        for name in COLUMNS:
            column = getattr(made, name)
            if isinstance(column, np.memmap):
                column.flush()
            else:
                _save(folder / f"{name}.npy", column)
        self._name([*names[:first], _Named(folder.name, len(made.numbers))])


def _so_many(texts: Iterable[tuple[int, int, str]]) -> Iterator[list[tuple[int, int, str]]]:
    """Yield texts, each number once, so many at a time as fit in memory."""
    rows: dict[int, tuple[int, int, str]] = {}
    size = 0
    for number, group, text in texts:
        rows[number] = number, group, text
        size += len(text)
        if size >= _AT_ONCE:
            yield list(rows.values())
            rows, size = {}, 0
    if rows:
        yield list(rows.values())


def _read(folder: Path) -> Postings:
    """Return a part's columns, read where they lie on disk."""
    return Postings(**{name: np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r")) for name in COLUMNS})


def _save(place: Path, values: Array) -> None:
    with place.open("wb") as file:
        np.save(file, values)
        file.flush()
        os.fsync(file.fileno())
