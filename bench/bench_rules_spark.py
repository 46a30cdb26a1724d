"""A million firms under ten packs on Spark, every row compared with polars. Needs `make spark`."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

import polars as pl
from bench_rules import DAY, FIRMS, MANY_PACKS, firms, say

from yulin.rules.adapters import population_files, spark
from yulin.rules.adapters.shipped import shipped_pack
from yulin.rules.errors import EngineMissingError

ROWS = 1_000_000


def main() -> None:
    """Measure and print."""
    try:
        spark.started()
    except EngineMissingError as error:
        print(f"NOT RUN: {error}", file=sys.stderr)
        return
    packs = [shipped_pack(pack_id) for pack_id in MANY_PACKS]
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "firms.parquet"
        parts = [firms(0.05) for _ in range(0, ROWS, FIRMS)]
        pl.concat(parts).head(ROWS).with_columns(firm_id=pl.int_range(pl.len())).write_parquet(table)
        spent, found = [], []
        for engine in (population_files, spark):
            start = time.perf_counter()
            engine.assess_file(packs, table, Path(folder) / "out.parquet", DAY, missing_is_unknown=True)
            spent.append(time.perf_counter() - start)
            found.append(pl.read_parquet(Path(folder) / "out.parquet").sort("firm_id"))
    differing = ROWS - int((found[0].hash_rows() == found[1].hash_rows()).sum())
    is_equal = found[0].equals(found[1])
    say("Spark: 10 packs, 1,000,000 firms, rows that differ from polars", differing, "rows", "0", met=is_equal)
    say(
        "Spark: time of that, local, with its start", spent[1], "s", "≤ 300 s", met=spent[1] <= 300,
        peer="the same on polars", peer_value=round(spent[0], 1), ratio=round(spent[0] / spent[1], 3),
    )  # fmt: skip


if __name__ == "__main__":
    main()
