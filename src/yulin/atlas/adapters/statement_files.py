"""Statements kept for good as Parquet, a folder a file taken in: what a source said, and what could not be believed.

A part is written whole or not at all and has the same name whenever its batch is taken again, so that taking a file in
again after a crash adds nothing twice. Parts are sorted by subject: one firm's rows are found by the statistics of row
groups, without reading the rest. Of many files they are found in runs (`statement_runs.py`).
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import polars as pl

from yulin.atlas.adapters.lake_files import lake_held, lake_root, write_whole
from yulin.atlas.adapters.statement_runs import CHANGING, Run, drop_from_runs, finished_runs, rows_about, sort_files
from yulin.atlas.core.intake import QUARANTINE
from yulin.atlas.errors.lake import LakePartError
from yulin.base.text import Text

_ROW_GROUP = 20_000
_KEPT: dict[str, pl.DataType | type[pl.DataType]] = {
    "subject": pl.String,
    "predicate": pl.String,
    "known_at": pl.Datetime("us", "UTC"),
    "row": pl.UInt32,
}
_SAID = {**_KEPT, "value": pl.String}
_GONE = {"row": pl.UInt32, "subject": pl.String}
_NOT_THERE = Text("文件不存在", "it is not there")
_NAME = "part-{:06d}.parquet"


FileKey = tuple[str, str, str]
"""Source, hash of the file, hash of the contract: what a file that was taken in is known by."""


@dataclass(frozen=True)
class Stamp:
    """What all statements of one file have in common."""

    source: str
    file_sha256: str
    contract_hash: str
    licence: str
    confidence_bp: int
    as_of: date
    known_at: datetime
    fetched_at: datetime

    @property
    def folder(self) -> Path:
        """Return the file's place under a kind of rows: one for each file and each version of the contract."""
        return _folder(self.source, self.file_sha256, self.contract_hash)


def write_statements(stamp: Stamp, number: int, rows: pl.DataFrame) -> None:
    """Keep the statements of a batch, with all that is known of where they come from."""
    common = {
        "source": pl.lit(stamp.source),
        "valid_from": pl.lit(stamp.as_of),
        "valid_until": pl.lit(None, pl.Date),
        "known_at": pl.lit(stamp.known_at).cast(pl.Datetime("us", "UTC")),
        "fetched_at": pl.lit(stamp.fetched_at).cast(pl.Datetime("us", "UTC")),
        "licence": pl.lit(stamp.licence),
        "confidence_bp": pl.lit(stamp.confidence_bp, pl.UInt16),
    }
    _write(Path("statements") / stamp.folder, number, rows.sort("subject", "row").with_columns(**common))


def write_quarantine(stamp: Stamp, number: int, rows: pl.DataFrame) -> None:
    """Keep what a batch could not believe; nothing is written where there is nothing."""
    if rows.height:
        _write(Path("quarantine") / stamp.folder, number, rows.sort("row"))


def statements_about(subject: str) -> pl.DataFrame:
    """Return all statements about a subject that any source made, in the order in which they became known."""
    try:
        return _about(subject)
    except FileNotFoundError:  # a run that a newer one took in went meanwhile
        return _about(subject)


def _about(subject: str) -> pl.DataFrame:
    runs = finished_runs()
    in_runs = {name for run in runs for name in run.files}
    parts = [part for some in _files(in_runs).values() for part in some]
    tables = rows_about(subject, runs)
    if parts:
        every = pl.scan_parquet(parts, hive_partitioning=False)
        tables.append(every.filter(pl.col("subject") == subject))
    if not tables:
        return pl.DataFrame(schema=_KEPT)
    return pl.concat(pl.collect_all(tables), how="vertical_relaxed").sort("known_at", "predicate", "row")


def sorted_by_subject(
    keys: Iterable[FileKey], *, least_rows: int = 0, tell: Callable[[int, int], None] = lambda _done, _of: None
) -> Run | None:
    """Put what whole files say into the order of subjects, where they are not yet; see `sort_files`."""
    whole = {str(_folder(*key)) for key in keys}
    return sort_files(
        {name: some for name, some in _files().items() if name in whole}, least_rows=least_rows, tell=tell
    )


def _files(but: Container[str] = ()) -> dict[str, list[Path]]:
    """Return the parts of each file, by its folder, but some."""
    root = lake_root() / "statements"
    folders = {f"{folder.parent.name}/{folder.name}": folder for folder in sorted(root.glob("*/*"))}
    return {name: sorted(folder.glob("*.parquet")) for name, folder in folders.items() if name not in but}


def subjects_saying(values: Mapping[str, Collection[str]]) -> set[str]:
    """Return the subjects of which any source says one of some values, by predicate."""
    wanted = [
        pl.col("predicate").eq(name) & pl.col("value").is_in(sorted(said)) for name, said in values.items() if said
    ]
    if not wanted:
        return set()
    rows = _every_row().filter(pl.any_horizontal(wanted)).select("subject").unique()
    return set(rows.collect()["subject"])


def last_said(subjects: Collection[str], predicates: Collection[str]) -> dict[str, dict[str, str]]:
    """Return what was said last of some predicates of some subjects, whoever said it."""
    if not subjects:
        return {}
    wanted = (pl.col("subject").is_in(sorted(subjects)), pl.col("predicate").is_in(sorted(predicates)))
    rows = _every_row().filter(*wanted).sort("known_at", "row").select("subject", "predicate", "value")
    found: dict[str, dict[str, str]] = {}
    for subject, predicate, value in rows.collect().iter_rows():
        found.setdefault(subject, {})[predicate] = value or ""
    return found


def _every_row() -> pl.LazyFrame:
    parts = [part for some in _files().values() for part in some]
    return pl.scan_parquet(parts, hive_partitioning=False) if parts else pl.LazyFrame(schema=_SAID)


def quarantine_of(source: str, file_sha256: str, contract_hash: str) -> pl.LazyFrame:
    """Return what a file's rows and cells are in quarantine for, by row."""
    folder = lake_root() / "quarantine" / _folder(source, file_sha256, contract_hash)
    parts = sorted(folder.glob("*.parquet"))
    if not parts:
        return pl.LazyFrame(schema=QUARANTINE)
    # A part written before a column was added lacks it.
    return pl.scan_parquet(parts, hive_partitioning=False, schema=QUARANTINE, missing_columns="insert")


def unreadable(parts: Iterable[Path]) -> LakePartError | None:
    """Return the error of the first of some parts that cannot be read to its end; None where all can."""
    for part in parts:
        try:
            pl.read_parquet(part, hive_partitioning=False)
        except (OSError, pl.exceptions.PolarsError) as found:
            return LakePartError(part=_named(part), why=_first_line(found))
    return None


def _first_line(error: Exception) -> Text:
    said = (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
    return Text(said, said)


def _named(part: Path) -> str:
    return part.relative_to(lake_root()).as_posix()


@dataclass(frozen=True)
class Gone:
    """What goes from a file's Parquet: rows by their number or by their subject, one fact of them or (None) all."""

    row: int | None = None
    subject: str | None = None
    fact: str | None = None


def parts_of(key: FileKey, batches: int) -> list[Path]:
    """Return the parts of a file's first batches, in order. **Raises**: `ATLAS.LAKE.PART` where one is not there."""
    folder = lake_root() / "statements" / _folder(*key)
    parts = [folder / _NAME.format(number) for number in range(batches)]
    for part in parts:
        if not part.is_file():
            raise LakePartError(part=_named(part), why=_NOT_THERE)
    return parts


def subjects_of(key: FileKey, facts: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield subject and fact of each statement that a file makes about some facts, each pair once."""
    parts = _parts("statements", key)
    if parts:
        rows = pl.scan_parquet(parts, hive_partitioning=False).filter(pl.col("predicate").is_in(list(facts)))
        yield from rows.select("subject", "predicate").unique().sort("subject", "predicate").collect().iter_rows()


def drop_rows(key: FileKey, gone: Sequence[Gone]) -> None:
    """Leave some statements out of a file's Parquet, and of the runs that hold it: each part whole or not at all."""
    table = pl.DataFrame(
        [(one.row, one.subject, one.fact) for one in gone], schema={**_GONE, "predicate": pl.String}, orient="row"
    )
    with lake_held(CHANGING):
        for part in _parts("statements", key):
            rows = pl.read_parquet(part, hive_partitioning=False)
            kept = rows
            for columns, some in _by_columns(table):
                kept = kept.join(some, on=columns, how="anti", maintain_order="left")
            if kept.height != rows.height:
                named = ["subject", "row", "predicate"]
                dropped = rows.select(named).join(kept.select(named), on=named, how="anti")
                drop_from_runs(str(_folder(*key)), dropped)
                write_whole(part, kept, _ROW_GROUP)


def has_quarantine(key: FileKey) -> bool:
    """Tell whether anything of a file is in quarantine."""
    return bool(_parts("quarantine", key))


def drop_quarantine(key: FileKey) -> None:
    """Delete what a file has in quarantine."""
    for part in _parts("quarantine", key):
        part.unlink()


def _by_columns(table: pl.DataFrame) -> Iterator[tuple[list[str], pl.DataFrame]]:
    """Yield the rows of `drop_rows` by which of their columns are named."""
    for named in (["row"], ["row", "predicate"], ["subject"], ["subject", "predicate"]):
        said = [pl.col(name).is_not_null() == (name in named) for name in (*_GONE, "predicate")]
        some = table.filter(said).select(named)
        if some.height:
            yield named, some


def _parts(kind: str, key: FileKey) -> list[Path]:
    return sorted((lake_root() / kind / _folder(*key)).glob("*.parquet"))


def _folder(source: str, file_sha256: str, contract_hash: str) -> Path:
    return Path(f"source={source}") / f"{file_sha256[:16]}-{contract_hash[:8]}"


def _write(folder: Path, number: int, rows: pl.DataFrame) -> None:
    write_whole(lake_root() / folder / _NAME.format(number), rows, _ROW_GROUP)
