"""How fast packs decide: one firm explained, a table beside the same rule written by hand in polars, a file of firms.

`python bench/bench_rules.py --large` also streams ten million firms from a file through ten packs.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import polars as pl

from yulin.rules.adapters.population_files import assess_file
from yulin.rules.adapters.shipped import shipped_ids_of, shipped_pack
from yulin.rules.core.assess import assess
from yulin.rules.core.population import assess_population

FIRMS = 300_000
MANY_FIRMS = 10_000_000
MANY_PACKS = (
    "title-techsme-2017", "title-hnte-2016", "size-2011", "gz-credit-2021", "ah-tech-2022", "sd-luke-2023",
    "ha-tech-2021", "zs-ip-2021", "gz-inclusive-2023", "kr-kodit",
)  # fmt: skip
GIB = 1 << 30
DAY = date(2024, 5, 6)
YI_2 = 20_000_000_000


def firms(gaps: float) -> pl.DataFrame:
    """Return a table of random firms, each cell unknown with the given chance."""
    rng = np.random.default_rng(1)
    staff, revenue = rng.integers(0, 600, FIRMS), rng.integers(0, 30_000_000_000, FIRMS)
    yes = {"is_resident_enterprise": 0.95}
    flags = [
        "is_resident_enterprise", "has_prohibited_product", "has_major_accident", "has_serious_dishonesty",
        "is_on_abnormal_list", "has_valid_hnte", "has_national_award_top3_5y", "has_recognised_rd_body",
        "led_standard_5y",
    ]  # fmt: skip
    columns = {
        "staff_count": staff,
        "tech_staff_count": (staff * rng.random(FIRMS) * 0.5).astype(int),
        "revenue_fen_2023": revenue,
        "rd_expense_fen_2023": (revenue * rng.random(FIRMS) * 0.1).astype(int),
        "total_assets_fen": rng.integers(0, 30_000_000_000, FIRMS),
        "total_cost_fen": (revenue * 0.9).astype(int),
        "ip_class1_count": rng.integers(0, 2, FIRMS),
        "ip_class2_count": rng.integers(0, 6, FIRMS),
        "industry": rng.choice(["industry", "software", "retail", "other", "construction"], FIRMS),
        **{name: rng.random(FIRMS) < yes.get(name, 0.05) for name in flags},
    }
    table = pl.DataFrame(columns)
    if not gaps:
        return table
    unknown = {name: pl.Series(rng.random(FIRMS) < gaps) for name in columns}
    return table.select(pl.when(unknown[name]).then(None).otherwise(pl.col(name)).alias(name) for name in columns)


def by_hand() -> tuple[pl.Expr, pl.Expr]:
    """Return title-techsme-2017 as an analyst would write it for complete facts: whether met, and the score."""
    col = pl.col
    staff = _band(col("tech_staff_count"), col("staff_count"), {30: 20, 25: 16, 20: 12, 15: 8, 10: 4})
    revenue = _band(col("rd_expense_fen_2023"), col("revenue_fen_2023"), {6: 50, 5: 40, 4: 30, 3: 20, 2: 10})
    cost = _band(col("rd_expense_fen_2023"), col("total_cost_fen"), {30: 50, 25: 40, 20: 30, 15: 20, 10: 10})
    results = pl.when(col("ip_class1_count") >= 1).then(30)
    for count, points in ((4, 24), (3, 18), (2, 12), (1, 6)):
        results = results.when(col("ip_class2_count") >= count).then(points)
    total = staff + pl.max_horizontal(revenue, cost) + results.otherwise(0)
    conditions = (
        col("is_resident_enterprise")
        & (col("staff_count") <= 500)
        & (col("revenue_fen_2023") <= YI_2)
        & (col("total_assets_fen") <= YI_2)
        & ~col("has_prohibited_product")
        & ~(col("has_major_accident") | col("has_serious_dishonesty") | col("is_on_abnormal_list"))
    )
    direct = (
        col("has_valid_hnte")
        | col("has_national_award_top3_5y")
        | col("has_recognised_rd_body")
        | col("led_standard_5y")
    )
    return (conditions & (direct | ((total >= 60) & (staff > 0)))).alias("met"), total.alias("score")


def _band(top: pl.Expr, bottom: pl.Expr, bands: dict[int, int]) -> pl.Expr:
    chain: pl.Expr | None = None
    for percent, points in bands.items():
        reached = (top * 100 >= bottom * percent) & (bottom != 0)
        chain = pl.when(reached).then(points) if chain is None else chain.when(reached).then(points)
    return chain.otherwise(0)


def median_ms(run: Callable[[], object], times: int = 9) -> float:
    """Return the median time of a run in milliseconds."""
    run()
    spent = []
    for _ in range(times):
        start = time.perf_counter()
        run()
        spent.append(time.perf_counter() - start)
    return statistics.median(spent) * 1000


def say(name: str, value: float, unit: str, budget: str, **more: object) -> None:
    """Print one figure; `more` says whether the budget is met, and the peer's value where there is one."""
    line = {"name": name, "value": round(value, 3), "unit": unit, "peer": None, "peer_value": None, "ratio": None}
    print(json.dumps({**line, "budget": budget, **more}, ensure_ascii=False))


def stream_many() -> None:
    """Stream ten million firms from a file through ten packs; print the time and the memory at its highest."""
    with tempfile.TemporaryDirectory() as folder:
        parts = Path(folder) / "parts"
        parts.mkdir()
        for first in range(0, MANY_FIRMS, FIRMS):
            ids = pl.Series("firm_id", range(first, first + FIRMS))
            firms(0.05).with_columns(ids).write_parquet(parts / f"{first:09}.parquet")
        table = Path(folder) / "firms.parquet"
        pl.scan_parquet(parts / "*.parquet").head(MANY_FIRMS).sink_parquet(table)
        packs = [shipped_pack(pack_id) for pack_id in MANY_PACKS]
        start = time.perf_counter()
        assess_file(packs, table, Path(folder) / "out.parquet", DAY, missing_is_unknown=True)
        spent = time.perf_counter() - start
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / GIB
    say("population: 10 packs, 10,000,000 firms from a file", spent, "s", "≤ 60 s", met=spent <= 60)
    say("population: memory of that, the other figures' with it", most, "GiB", "≤ 4 GiB", met=most <= 4)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--large", action="store_true", help="also ten million firms from a file (takes 2 minutes)")
    arguments = parser.parse_args()
    pack = shipped_pack("title-techsme-2017")
    known, gappy = firms(0), firms(0.1)
    hand = median_ms(lambda: known.lazy().select(*by_hand()).collect())
    ours = median_ms(lambda: assess_population(pack, known, DAY))
    ratio = hand / ours
    say(
        "population: one pack, 300,000 firms", FIRMS / ours * 1000, "firms/s", "≥ 0.8 × the rule by hand",
        peer="the rule by hand in polars", peer_value=round(FIRMS / hand * 1000), ratio=round(ratio, 2),
        met=ratio >= 0.8,
    )  # fmt: skip
    packs = [shipped_pack(pack_id) for pack_id in shipped_ids_of("title")]  # a scheme's few rows would flatter it
    packs = [each for each in packs if each.rules("new_application", DAY)] * 60
    start = time.perf_counter()
    for each in packs[:60]:
        assess_population(each, gappy, DAY)
    spent = time.perf_counter() - start
    say("population: 60 packs, 300,000 firms, a tenth unknown", spent, "s", "≤ 10 s", met=spent <= 10)
    facts = {name: value for name, value in known.row(7, named=True).items() if name != "industry"}
    one = median_ms(lambda: assess(pack, facts, DAY), 99)
    say("assess: one firm, explained", one, "ms", "≤ 2 ms", met=one <= 2)
    if arguments.large:
        stream_many()


if __name__ == "__main__":
    main()
