"""The radar over a city: 300,000 firms against 500 policies, beside the same rules by hand and one firm at a time.

    python bench/bench_radar.py [--firms 300000] [--policies 500]

Firms and policies are invented; each policy asks one to five things in the words that the reader of criteria knows. By
hand: every condition a polars expression with three values, without near misses and their shares. Prints JSON.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from datetime import date
from functools import reduce

import numpy as np
import polars as pl

from yulin.brain.core.check_up import line_of
from yulin.brain.core.criteria import About, pack_text, policy_pack
from yulin.brain.core.criteria_reading import read_criteria
from yulin.brain.core.radar import CODES, radar_table
from yulin.rules.adapters.shipped import shipped_vocabulary
from yulin.rules.core.pack import Pack

ON = date(2026, 3, 2)
PART = 50_000  # firms whose facts are in memory at once, as in a run
ALONE = 20  # firms asked one at a time


def asked(rng: np.random.Generator) -> tuple[str, pl.Expr]:
    """Return one thing that a policy asks, in words and as an expression written by hand."""
    n = int(rng.integers(1, 60))
    revenue, rd, staff = pl.col("revenue_fen"), pl.col("rd_expense_fen"), pl.col("staff_count")
    code = int(rng.choice([440103, 440104, 440106, 440112, 440113]))
    place = {440103: "荔湾区", 440104: "越秀区", 440106: "天河区", 440112: "黄埔区", 440113: "番禺区"}[code]
    things = [
        (f"职工总数不少于{n}人", staff >= n),
        (f"上年度营业收入超过{n * 100}万元", revenue > n * 100 * 1_000_000),
        (f"上年度研发费用不低于{n}万元", rd >= n * 1_000_000),
        (f"上年度研发费用占营业收入比例不低于{n % 10 + 1}%", rd * 100 >= revenue * (n % 10 + 1)),
        (f"成立满{n % 8 + 1}年", pl.col("registered_on") <= date(ON.year - n % 8 - 1, ON.month, ON.day)),
        (f"在{place}注册登记", pl.col("district_code") == code),
        ("具有高新技术企业资格", pl.col("has_valid_hnte")),
        ("取得高新技术企业或科技型中小企业资格", pl.col("has_valid_hnte") | pl.col("has_valid_techsme")),
        ("未被列入经营异常名录", ~pl.col("is_on_abnormal_list")),
        ("信誉良好", pl.lit(None, pl.Boolean)),
    ]
    return things[int(rng.choice(len(things), p=[0.11] * 9 + [0.01]))]


def policies(count: int) -> list[tuple[Pack, pl.Expr]]:
    """Return packs, and the same rules by hand as codes of outcomes."""
    rng, made = np.random.default_rng(2), []
    for number in range(count):
        some = [asked(rng) for _ in range(int(rng.integers(1, 6)))]
        rows = read_criteria([("conditions", "；".join(words for words, _ in some))])
        pack = policy_pack(pack_text(About(number, f"示例{number}", ""), rows), shipped_vocabulary())
        holds = reduce(lambda a, b: a & b, (expression for _, expression in some))
        code = pl.when(holds).then(CODES["met"]).when(~holds).then(CODES["not_met"]).otherwise(CODES["unknown"])
        made.append((pack, code.cast(pl.UInt8).alias(pack.id)))
    return made


def firms(count: int) -> pl.DataFrame:
    """Return invented firms; one cell in ten is unknown."""
    rng = np.random.default_rng(1)
    days = (np.datetime64("2010-01-01") + rng.integers(0, 5800, count)).astype("datetime64[D]")
    columns = {
        "staff_count": rng.integers(0, 300, count),
        "revenue_fen": rng.integers(0, 10_000_000_000, count),
        "rd_expense_fen": rng.integers(0, 600_000_000, count),
        "district_code": rng.choice([440103, 440104, 440106, 440112, 440113], count),
        "registered_on": days,
        **{name: rng.random(count) < 0.3 for name in ("has_valid_hnte", "has_valid_techsme", "is_on_abnormal_list")},
    }
    table = pl.DataFrame(columns)
    gaps = [pl.when(pl.Series(rng.random(count) >= 0.1)).then(pl.col(name)).alias(name) for name in table.columns]
    return table.with_columns(gaps).with_row_index("firm_id", 1).with_columns(pl.col("firm_id").cast(pl.Int64))


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--firms", type=int, default=300_000)
    parser.add_argument("--policies", type=int, default=500)
    asked_for = parser.parse_args()
    table, made = firms(asked_for.firms), policies(asked_for.policies)
    packs = [pack for pack, _ in made]
    parts = [table[start : start + PART] for start in range(0, table.height, PART)]
    begun = time.perf_counter()
    seen = dict.fromkeys(CODES, 0)
    first = None
    for part in parts:
        answers = radar_table(packs, part, ON)
        first = answers if first is None else first
        counts = np.bincount(answers.drop("firm_id").to_numpy().ravel(), minlength=len(CODES))
        seen = {name: seen[name] + int(counts[code]) for name, code in CODES.items()}
    seconds, peak = time.perf_counter() - begun, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    begun = time.perf_counter()
    by_hand = [part.select(code for _, code in made) for part in parts]
    hand = time.perf_counter() - begun
    begun = time.perf_counter()
    facts = [{k: v for k, v in row.items() if k != "firm_id" and v is not None} for row in table[:ALONE].to_dicts()]
    for each in facts:
        each.update({k: v.isoformat() for k, v in each.items() if isinstance(v, date)})
    alone = [[CODES[line_of(pack, each, ON, asks=False).standing] for pack in packs] for each in facts]
    one_by_one = (time.perf_counter() - begun) / (len(facts) * len(packs))
    assert first is not None
    same = first.head(len(facts)).select(pack.id for pack in packs).rows() == [tuple(row) for row in alone]
    met, met_by_hand = (each == CODES["met"] for each in (first.drop("firm_id").to_numpy(), by_hand[0].to_numpy()))
    agrees = (met == met_by_hand).all()
    said = {
        "firms": table.height, "policies": len(packs), "seconds": round(seconds, 1), "peak_mib": peak // 1024,
        "by_hand_seconds": round(hand, 1), "one_by_one_us": round(one_by_one * 1e6),
        "one_by_one_seconds": round(one_by_one * table.height * len(packs)), "same_as_alone": same,
        "met_as_by_hand": bool(agrees), "outcomes": seen,
    }  # fmt: skip
    print(json.dumps(said))


if __name__ == "__main__":
    main()
