"""Take 1,000,000 rows of a business register in: checked, kept as statements, each firm registered in the book.

    python bench/bench_ingest.py [REGISTRY.parquet]

The register's rows are repeated under codes of their own. Beside it: polars reading the same file and writing the same
statements unchecked. A throw-away instance; one JSON line a figure.
"""

from __future__ import annotations

import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import polars as pl
from instance import YULIN, report

from yulin.base.ids import make_uscc

REGISTRY = Path(__file__).resolve().parents[2] / "shared" / "data" / "registry" / "guangdong_dev.parquet"
ROWS, MOST_SECONDS, MOST_MB = 1_000_000, 60, 2048
CODE, SERIALS_A_PLACE = "统一社会信用代码", 900_000


def main(registry: Path = REGISTRY) -> int:
    if not registry.exists():
        print(f"No register at {registry}", file=sys.stderr)
        return 0
    with tempfile.TemporaryDirectory(prefix="yulin-bench-") as folder:
        file = Path(folder) / "register.parquet"
        widen(registry, file)
        plain = unchecked(file, Path(folder) / "plain.parquet")
        os.environ["YULIN_HOME"] = home = f"{folder}/home"
        try:
            subprocess.run([YULIN, "prepare"], check=True, stdout=subprocess.DEVNULL)
            started = time.perf_counter()
            words = [YULIN, "atlas", "ingest", "register-extract", str(file), "--as-of", "2019-12-31"]
            answer = json.loads(subprocess.run(words, check=True, capture_output=True).stdout)
            seconds = time.perf_counter() - started
        finally:
            shutil.rmtree(home, ignore_errors=True)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    peer = ("polars, unchecked, no book", plain)
    met = report(
        "1,000,000 register rows ingested", seconds, peer, unit="s", budget=MOST_SECONDS, taken=answer["taken"]
    )
    met &= report("statements kept", answer["statements"] / seconds, None, unit="statements/s", budget=None)
    met &= report("peak memory of that", peak, None, unit="MB", budget=MOST_MB)
    return 0 if met and answer["rows"] == ROWS else 1


def widen(registry: Path, file: Path) -> None:
    """Write a million rows with the register's own words, each row under a code of its own."""
    real = pl.read_parquet(registry)
    times = ROWS // real.height + 1
    codes = [make_uscc("440112" if at < SERIALS_A_PLACE else "440115", at % SERIALS_A_PLACE) for at in range(ROWS)]
    pl.concat([real] * times).head(ROWS).with_columns(pl.Series(CODE, codes)).write_parquet(file)


def unchecked(file: Path, out: Path) -> float:
    started = time.perf_counter()
    pl.scan_parquet(file).unpivot(index=CODE).sink_parquet(out, compression="zstd", compression_level=1)
    return time.perf_counter() - started


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
