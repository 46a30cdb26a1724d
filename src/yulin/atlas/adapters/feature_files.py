"""The table of features on one machine: polars, some firms at a time, so that any number of firms fits in memory."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import polars as pl

from yulin.atlas.adapters.feature_tables import FeatureTables, Files
from yulin.atlas.adapters.statement_files import unreadable
from yulin.atlas.core.features import SAID, FeaturePlan, features, schema_of

FIRMS_A_PART, LEAST_FIRMS = 50_000, 1_000
ROWS_A_PART = 6_000_000  # statements read at once, about 150 bytes each while they are sorted out
Tell = Callable[[int, int], None]


def write_features(tables: FeatureTables, plan: FeaturePlan, out: Path, tell: Tell = lambda _done, _rows: None) -> int:
    """Write the table, by firm, and return how many firms there are; `out` appears when all of it is written.

    Raises: `ATLAS.LAKE.PART` (nothing is written).
    """
    codes = pl.read_parquet(tables.codes)
    firms = codes["firm_id"].unique(maintain_order=True)
    with tempfile.TemporaryDirectory(dir=out.parent, prefix=f".{out.name}-") as folder:
        parts, step = [], _firms_at_once(tables, len(firms))
        for first in range(0, max(len(firms), 1), step):
            some = firms.slice(first, step)
            parts.append(Path(folder) / f"{first:012}.parquet")
            _of_firms(tables, codes, some, plan).cast(schema_of(plan)).write_parquet(parts[-1])  # type: ignore[arg-type]
            tell(min(first + step, len(firms)), len(firms))
        joined = parts[0] if len(parts) == 1 else Path(folder) / "joined.parquet"
        if len(parts) > 1:
            pl.scan_parquet(parts).sink_parquet(joined)
        joined.replace(out)
    return len(firms)


def _firms_at_once(tables: FeatureTables, firms: int) -> int:
    """Return of how many firms the statements fit in memory: the more is said of each, the fewer."""
    try:
        rows: int = sum(
            pl.scan_parquet(part, hive_partitioning=False).select(pl.len()).collect().item() for part in tables.parts
        )
    except (OSError, pl.exceptions.PolarsError) as error:
        raise unreadable(tables.parts) or error from error
    return min(max(ROWS_A_PART * firms // max(rows, 1), LEAST_FIRMS), FIRMS_A_PART)


def _of_firms(tables: FeatureTables, codes: pl.DataFrame, firms: pl.Series, plan: FeaturePlan) -> pl.DataFrame:
    first, last = pl.lit(firms.first(), pl.String), pl.lit(firms.last(), pl.String)
    of_these = codes.filter(pl.col("firm_id").is_between(first, last))
    further = of_these.filter(pl.col("subject") != pl.col("firm_id"))["subject"]
    # Parts are sorted by subject: of most only a piece is read. What stands under an old code lies elsewhere in them.
    scopes = [pl.col("subject").is_between(first, last)]
    scopes += [pl.col("subject").is_in(further.implode()) & ~scopes[0]] if len(further) else []
    rows = [
        _statements(files, plan).filter(within).join(of_these.lazy(), on="subject").select(*SAID).cast(dict(SAID))  # type: ignore[arg-type]
        for files in tables.lake
        for within in scopes
    ]
    of_book = pl.scan_parquet(tables.book).filter(pl.col("firm_id").is_between(first, last))
    try:
        table = features(firms.to_frame().lazy(), pl.concat([of_book, *rows]), plan)
        return table.collect(engine="streaming")
    except (OSError, pl.exceptions.PolarsError) as error:
        found = unreadable(tables.parts)
        if found is None:
            raise
        raise found from error


def _statements(files: Files, plan: FeaturePlan) -> pl.LazyFrame:
    names = sorted(files.facts & set(plan.names))
    rows = pl.scan_parquet(list(files.parts), hive_partitioning=False).filter(pl.col("predicate").is_in(names))
    if files.struck:
        gone = pl.LazyFrame(files.struck, schema={"row": pl.UInt32, "predicate": pl.String}, orient="row")
        rows = rows.join(gone, on=["row", "predicate"], how="anti")
    return rows.rename({"predicate": "fact"}).with_columns(priority=pl.lit(files.priority, pl.Int32))
