"""Operating portraits of 123 firms from their invoices, and how well three plain ratios separate their ratings.

    python bench/bench_invoices.py [FOLDER]

Ratings were given by a bank (A to D); D is what it would not lend to. AUC is the chance that a firm rated D lies on the
bad side of one that is not. Beside the whole way stands reading the same files without understanding them.
"""

from __future__ import annotations

import resource
import sys
import time
from datetime import date
from pathlib import Path

import polars as pl
from instance import report

from yulin.atlas.adapters.invoice_tables import read_invoice_table
from yulin.atlas.core.invoices import operating_portraits, sort_invoices

SHARED = Path(__file__).resolve().parents[2] / "shared" / "data" / "invoices"
BEGINS, ENDS, KNOWN = date(2017, 1, 1), date(2020, 1, 1), date(2020, 12, 31)
RATIOS = {"sales_months": -1, "sales_strongest_month_share": 1, "sales_largest_share": 1}


def main(folder: Path = SHARED) -> int:
    files = [folder / f"{side}_invoices.parquet" for side in ("input", "output")]
    began = time.perf_counter()
    for file in files:
        pl.read_parquet(file)
    alone = time.perf_counter() - began
    began = time.perf_counter()
    table = pl.concat(read_invoice_table(file) for file in files)
    sorted_ = sort_invoices(table, KNOWN)
    portraits = operating_portraits(sorted_.kept, BEGINS, ENDS)
    taken = time.perf_counter() - began
    counts = {"invoices": table.height, "kept": sorted_.kept.height, "firms": portraits.height}
    report("invoices to portraits", taken, ("reading alone", alone), unit="s", budget=None, **counts)
    report("memory", resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, None, unit="MB", budget=None)
    ratings = pl.read_csv(folder / "firms.csv").select(firm="企业代号", is_bad=pl.col("信誉评级") == "D")
    rated = ratings.join(portraits, on="firm", how="left")
    for ratio, bad_side in RATIOS.items():
        report(f"{ratio} separates rating D", auc(rated, ratio, bad_side), None, unit="AUC", budget=None)
    return 0


def auc(rated: pl.DataFrame, ratio: str, bad_side: int) -> float:
    """Return the chance that a bad firm has more of the ratio (less where `bad_side` is -1) than a good one."""
    known = rated.select((pl.col(ratio) * bad_side).rank().alias("rank"), "is_bad").drop_nulls()
    bad = known.filter("is_bad")
    count, others = bad.height, known.height - bad.height
    return float((bad["rank"].sum() - count * (count + 1) / 2) / (count * others))


if __name__ == "__main__":
    sys.exit(main(*map(Path, sys.argv[1:])))
