"""Packs over a Parquet file of firms, from file to file: streamed in parts, so that its size does not matter."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path

import polars as pl

from yulin.base.errors import InputShapeError
from yulin.base.text import Text
from yulin.rules.core.columns import NO_SECOND_SHARING
from yulin.rules.core.details import Details
from yulin.rules.core.pack import Pack
from yulin.rules.core.population import assess_packs, columns_of_other_units, missing_columns
from yulin.rules.errors import ColumnsMissingError, ColumnUnitError, DuplicateFirmError

ROWS_A_PART = 1_000_000
ROWS_A_DETAILED_PART = 20_000
_NEEDED = Text("一个 Parquet 文件，含 firm_id 列", "a Parquet file with a column firm_id")


Tell = Callable[[int, int], None]
Parts = Callable[[int, Path, Tell], Iterable[Path]]


def assess_file(
    packs: Sequence[Pack],
    firms: Path,
    out: Path,
    on: date,
    *,
    missing_is_unknown: bool = False,
    tell: Tell = lambda _done, _rows: None,
) -> int:
    """Write `firm_id` and four columns for each pack (`assess_packs`), and return how many firms there are.

    `out` appears when all of it is written. `tell` hears how many of how many rows are done.
    Raises: BASE.INPUT.SHAPE, RULES.TABLE.COLUMNS, RULES.TABLE.UNIT, RULES.TABLE.DUPLICATE, and what `assess_packs`
    raises.
    """
    table = _checked(packs, firms, out, on, missing_is_unknown=missing_is_unknown)
    return _write(table, out, _parts(assess_packs(packs, table, on)), tell)


def assess_file_in_detail(
    packs: Sequence[Pack],
    firms: Path,
    out: Path,
    on: date,
    *,
    missing_is_unknown: bool = False,
    tell: Tell = lambda _done, _rows: None,
) -> int:
    """Write what `assess_file` writes and the columns of `details`, which are found firm by firm.

    Raises: as `assess_file`.
    """
    table = _checked(packs, firms, out, on, missing_is_unknown=missing_is_unknown)
    return _write(table, out, _detailed_parts(table, assess_packs(packs, table, on), Details(packs, on)), tell)


def _checked(packs: Sequence[Pack], firms: Path, out: Path, on: date, *, missing_is_unknown: bool) -> pl.LazyFrame:
    refuse_no_folder(out)
    table = _opened(firms)
    refuse_columns(packs, table.collect_schema(), on, missing_is_unknown=missing_is_unknown)
    _refuse_doubles(table)
    return table


def _write(table: pl.LazyFrame, out: Path, written: Parts, tell: Tell) -> int:
    rows: int = table.select(pl.len()).collect().item()
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as folder:
        parts = list(written(rows, Path(folder), tell))
        joined = parts[0] if len(parts) == 1 else Path(folder) / "joined.parquet"
        if len(parts) > 1:
            pl.scan_parquet(parts).sink_parquet(joined)
        joined.replace(out)
    return rows


def refuse_no_folder(out: Path) -> None:
    """Refuse a place where no file can be written."""
    if not out.parent.is_dir():
        raise InputShapeError(found=str(out), needed=Text("已有文件夹中的文件", "a file in a folder that exists"))


def refuse_columns(packs: Sequence[Pack], schema: Mapping[str, object], on: date, *, missing_is_unknown: bool) -> None:
    """Refuse a table that holds a fact in another unit, or lacks one that a pack asks for."""
    for found, needed in columns_of_other_units(packs, schema, on).items():
        raise ColumnUnitError(found, needed)
    missing = {} if missing_is_unknown else missing_columns(packs, schema, on)
    if missing:
        raise ColumnsMissingError(missing)


def not_a_table(path: Path, found: object) -> InputShapeError:
    """Return the error that a file is no table of firms."""
    return InputShapeError(found=f"{path}: {found}", needed=_NEEDED)


def _opened(path: Path) -> pl.LazyFrame:
    try:
        table = pl.scan_parquet(path)
        columns = table.collect_schema().names()
    except (OSError, pl.exceptions.PolarsError) as error:
        raise not_a_table(path, error) from error
    if "firm_id" not in columns:
        raise not_a_table(path, ", ".join(columns))
    return table


def _refuse_doubles(table: pl.LazyFrame) -> None:
    counts = table.group_by("firm_id").agg(rows=pl.len())
    wrong = counts.filter((pl.col("rows") > 1) | pl.col("firm_id").is_null()).head(1).collect(engine="streaming")
    for firm_id, rows in wrong.iter_rows():
        raise DuplicateFirmError(firm_id="" if firm_id is None else firm_id, rows=rows)


def _parts(answers: pl.LazyFrame) -> Parts:
    def written(rows: int, folder: Path, tell: Tell) -> Iterable[Path]:
        for first, part in _steps(rows, ROWS_A_PART, folder, tell):
            answers.slice(first, ROWS_A_PART).sink_parquet(part, optimizations=NO_SECOND_SHARING)
            yield part

    return written


def _detailed_parts(table: pl.LazyFrame, answers: pl.LazyFrame, details: Details) -> Parts:
    def written(rows: int, folder: Path, tell: Tell) -> Iterable[Path]:
        for first, part in _steps(rows, ROWS_A_DETAILED_PART, folder, tell):
            own = answers.slice(first, ROWS_A_DETAILED_PART).collect(optimizations=NO_SECOND_SHARING)
            firms = table.slice(first, ROWS_A_DETAILED_PART).collect()
            own.hstack(details.of(firms)).write_parquet(part)
            yield part

    return written


def _steps(rows: int, step: int, folder: Path, tell: Tell) -> Iterator[tuple[int, Path]]:
    """Yield first row and file of each part; the next is asked for when one is written."""
    for first in range(0, max(rows, 1), step):
        yield first, folder / f"{first:012}.parquet"
        tell(min(first + step, rows), rows)
