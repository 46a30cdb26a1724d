"""Statements of many files in one order, by subject: one firm's rows lie together, whatever sources said them.

A **run** is a copy of the statements of some files, cut at subjects into files of its own; `run.json` names what it
holds. A reader takes runs first and reads only files that are in none as they were taken in. New runs take in older
ones of their size, so that there are few; what another run holds already is passed over, then deleted.

Invariant: a run holds of a file exactly what its parts hold. What goes from a part goes from its run first, so that a
crash in between is made good by doing it again; a run that is not finished then is begun anew.
"""

from __future__ import annotations

import json
import shutil
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

import polars as pl

from yulin.atlas.adapters.lake_files import lake_held, lake_root, write_whole

ROWS_A_FILE = 500_000
ROWS_IN_MEMORY = 4_000_000
CHANGING, _SORTING = "changing", "sorting"  # what the lake is held for
_ROW_GROUP = 10_000
_SAMPLED = 1_009  # of so many rows one tells where to cut
_FILE = "_file"  # place in `files` of what a row comes from
_ORDER = ("subject", "known_at", "predicate", "row")
_NAME = "rows-{:06d}.parquet"


@dataclass(frozen=True)
class Run:
    """A finished run: its folder, the files it holds (by their folders), how many rows, where its own files begin."""

    folder: Path
    files: tuple[str, ...]
    rows: int
    begins: tuple[str, ...]

    def file_with(self, subject: str) -> Path:
        """Return the file that holds what there is of a subject."""
        return self.folder / _NAME.format(max(bisect_right(self.begins, subject) - 1, 0))


def finished_runs() -> list[Run]:
    """Return the runs that are read, the newest first; what a newer one holds already is left out."""
    found: list[Run] = []
    held: set[str] = set()
    for run in reversed(_every_run()):
        if not held.issuperset(run.files):
            found.append(run)
            held.update(run.files)
    return found


def _every_run() -> list[Run]:
    places = sorted(place for place in _root().glob("*/run.json") if place.parent.name.isdecimal())
    return [_read(place, place.stat().st_mtime_ns) for place in places]


@lru_cache(maxsize=64)
def _read(place: Path, _changed_ns: int) -> Run:
    said = json.loads(place.read_text())
    return Run(place.parent, tuple(said["files"]), said["rows"], tuple(said["begins"]))


def rows_about(subject: str, runs: Sequence[Run]) -> list[pl.LazyFrame]:
    """Return what runs hold about a subject, one table a run."""
    about = pl.col("subject") == subject
    return [pl.scan_parquet(run.file_with(subject)).filter(about).drop(_FILE) for run in runs]


def sort_files(
    files: dict[str, list[Path]], *, least_rows: int = 0, tell: Callable[[int, int], None] = lambda _done, _of: None
) -> Run | None:
    """Put the statements of files that are in no run into one; return it, or None where too few wait for it.

    `files`: the parts of every file that is whole, by its folder. Cut off, it goes on where it was. A run that is not
    more than twice as large as what is new is taken in.
    """
    with lake_held(_SORTING):
        waiting = _waiting(files, least_rows)
        made = None
        while made is None and waiting:  # what goes meanwhile from a part makes the run begin anew
            made = _made({name: files[name] for name in sorted(waiting)}, tell)
        _drop_superseded()
        return made


def _waiting(files: Mapping[str, Sequence[Path]], least_rows: int) -> set[str]:
    """Return the files that a new run is to hold: those in none, and those of runs of about their size."""
    runs = finished_runs()
    held = {name for run in runs for name in run.files}
    waiting = {name for name in files if name not in held}
    rows = sum(_rows(part) for name in waiting for part in files[name])
    if rows < max(least_rows, 1):
        return set()
    for run in sorted(runs, key=lambda one: one.rows):
        if run.rows > 2 * rows:
            break
        if files.keys() >= set(run.files):
            waiting.update(run.files)
            rows += run.rows
    return waiting


def _made(files: dict[str, list[Path]], tell: Callable[[int, int], None]) -> Run | None:
    """Write a run and return it; None where it was begun in vain."""
    with lake_held(CHANGING):
        folder = _begun(files)
    plan = json.loads((folder / "plan.json").read_text())
    begins: list[str] = plan["begins"]
    a_step = max(ROWS_IN_MEMORY // ROWS_A_FILE, 1)
    for first in range(0, len(begins), a_step):
        places = range(first, min(first + a_step, len(begins)))
        with lake_held(CHANGING):
            if not (folder / "plan.json").is_file():
                return None
            if not all((folder / _NAME.format(place)).is_file() for place in places):
                _write(folder, files, [*begins, None], places)
        tell(places.stop, len(begins))
    with lake_held(CHANGING):
        if not (folder / "plan.json").is_file():
            return None
        rows = sum(_rows(part) for part in folder.glob("rows-*.parquet"))
        said = {"files": sorted(files), "rows": rows, "begins": begins}
        (folder / "run.json").write_text(json.dumps(said, ensure_ascii=False))
        (folder / "plan.json").unlink()
        finished = folder.with_suffix("")
        folder.rename(finished)
    return _read(finished / "run.json", (finished / "run.json").stat().st_mtime_ns)


def _begun(files: dict[str, list[Path]]) -> Path:
    """Return the folder of the run that is being written: one that was cut off, if it holds the same files."""
    for folder in _unfinished():
        place = folder / "plan.json"
        if place.is_file() and json.loads(place.read_text())["files"] == sorted(files):
            return folder
        shutil.rmtree(folder)
    last = max((int(run.folder.name) for run in _every_run()), default=0)
    folder = _root() / f"{last + 1:06d}.unfinished"
    folder.mkdir(parents=True)
    plan = folder / "plan.json.new"
    plan.write_text(json.dumps({"files": sorted(files), "begins": _cuts(files)}, ensure_ascii=False))
    plan.rename(folder / "plan.json")
    return folder


def _cuts(files: dict[str, list[Path]]) -> list[str]:
    """Return the subjects with which the run's files begin, the first with all that come before."""
    sampled, rows = [], 0
    for parts in files.values():
        for part in parts:
            subjects = pl.read_parquet(part, columns=["subject"], hive_partitioning=False)["subject"]
            sampled.append(subjects.gather_every(_SAMPLED))
            rows += len(subjects)
    every = pl.concat(sampled).sort() if sampled else pl.Series([], dtype=pl.String)
    count = -(-rows // ROWS_A_FILE)
    cuts = {every[len(every) * place // count] for place in range(1, count)}
    return ["", *sorted(cuts)]


def _write(folder: Path, files: dict[str, list[Path]], begins: Sequence[str | None], places: range) -> None:
    """Write some of a run's files: their subjects' rows of all parts, sorted."""
    number = {str(part): at for at, name in enumerate(sorted(files)) for part in files[name]}
    within = _between(begins[places.start], begins[places.stop])
    rows = pl.scan_parquet(
        [Path(part) for part in number], hive_partitioning=False, include_file_paths=_FILE, missing_columns="insert"
    )
    rows = rows.filter(within).with_columns(pl.col(_FILE).replace_strict(number, return_dtype=pl.UInt32))
    table = rows.collect(engine="streaming").sort(*_ORDER, _FILE)
    for place, (begin, end) in zip(places, pairwise(begins[places.start : places.stop + 1]), strict=True):
        write_whole(folder / _NAME.format(place), table.filter(_between(begin, end)), _ROW_GROUP)


def _between(begin: str | None, end: str | None) -> pl.Expr:
    since = pl.col("subject") >= (begin or "")
    return since if end is None else since & (pl.col("subject") < end)


def drop_from_runs(name: str, gone: pl.DataFrame) -> None:
    """Leave rows of a file (`subject`, `row`, `predicate`) out of the runs; one that is being written is begun anew."""
    for folder in _unfinished():
        (folder / "plan.json").unlink(missing_ok=True)
    for run in _every_run():
        if name not in run.files:
            continue
        of_file = gone.with_columns(pl.lit(run.files.index(name), pl.UInt32).alias(_FILE))
        for file in sorted({run.file_with(subject) for subject in gone["subject"].unique()}):
            rows = pl.read_parquet(file)
            kept = rows.join(of_file, on=[_FILE, "subject", "row", "predicate"], how="anti", maintain_order="left")
            if kept.height != rows.height:
                write_whole(file, kept, _ROW_GROUP)


def _drop_superseded() -> None:
    read = {run.folder for run in finished_runs()}
    for run in _every_run():
        if run.folder not in read:
            shutil.rmtree(run.folder)


def _unfinished() -> Iterator[Path]:
    return iter(sorted(_root().glob("*.unfinished")))


def _root() -> Path:
    return lake_root() / "by_subject"


def _rows(part: Path) -> int:
    found: int = pl.scan_parquet(part, hive_partitioning=False).select(pl.len()).collect().item()
    return found
