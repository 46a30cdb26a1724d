"""What the demo's register says of its firms beside their loans: research, people, rights, conduct. All of it invented.

Each firm's facts hang together (a high-tech enterprise spends more on research), and about one in twelve is missing, as
in any real register.
"""

from __future__ import annotations

import numpy as np
import polars as pl

from yulin.demo import targets

SEED = 20220119
LAST_YEAR = targets.AS_OF.year
MOST_FIRMS = 6_550  # a larger book has this many portraits: its size is for loans
_MISSING = 0.08
_NEVER_MISSING = frozenset({"is_resident_enterprise"})


def portrait_statements(firms: pl.DataFrame) -> pl.DataFrame:
    """Return firm, fact and value (JSON text) of the last firms, each fact known or missing by chance."""
    some = firms.tail(MOST_FIRMS)
    rng = np.random.default_rng(SEED)
    facts = _facts(some, rng)
    known = {name: rng.random(len(some)) >= (0 if name in _NEVER_MISSING else _MISSING) for name in facts}
    return pl.concat(
        pl.DataFrame({"firm": some["firm"], "fact": name, "value": _as_json(values)}).filter(pl.Series(known[name]))
        for name, values in facts.items()
    )


def _as_json(values: np.ndarray) -> pl.Series:
    return pl.Series(values).cast(pl.String)


def _facts(firms: pl.DataFrame, rng: np.random.Generator) -> dict[str, np.ndarray]:
    count = len(firms)
    hnte = firms["is_hnte"].to_numpy()
    staff, revenue = firms["staff_count"].to_numpy(), firms["revenue_fen"].to_numpy()
    share = np.where(hnte, rng.uniform(0.04, 0.12, count), rng.uniform(0.005, 0.07, count))
    shrink = rng.uniform(0.72, 0.98, (2, count))
    before, earlier = (revenue * shrink[0]).astype(np.int64), (revenue * shrink[0] * shrink[1]).astype(np.int64)
    skilled = np.where(hnte, rng.uniform(0.12, 0.5, count), rng.uniform(0.03, 0.3, count))
    rare = rng.random((6, count)) < 0.012
    last, middle, first = LAST_YEAR, LAST_YEAR - 1, LAST_YEAR - 2
    return {
        f"revenue_fen_{middle}": before,
        f"revenue_fen_{first}": earlier,
        f"rd_expense_fen_{last}": (revenue * share).astype(np.int64),
        f"rd_expense_fen_{middle}": (before * share * rng.uniform(0.8, 1.1, count)).astype(np.int64),
        f"rd_expense_fen_{first}": (earlier * share * rng.uniform(0.7, 1.1, count)).astype(np.int64),
        "total_cost_fen": (revenue * rng.uniform(0.75, 1.02, count)).astype(np.int64),
        "tech_staff_count": np.maximum(1, (staff * skilled).astype(np.int64)),
        "rd_domestic_share_bp": rng.integers(9_000, 10_001, count),
        "hightech_revenue_share_bp": np.where(
            hnte, rng.integers(6_100, 9_900, count), rng.integers(2_000, 9_000, count)
        ),
        "innovation_score": np.where(hnte, rng.integers(71, 93, count), rng.integers(42, 82, count)),
        "ip_class1_count": np.where(hnte, rng.integers(0, 6, count), rng.integers(0, 2, count)),
        "ip_class2_count": rng.integers(0, 14, count),
        "owns_core_ip": hnte | (rng.random(count) < 0.7),
        "is_in_supported_field": hnte | (rng.random(count) < 0.8),
        "is_resident_enterprise": np.ones(count, bool),
        "has_prohibited_product": np.zeros(count, bool),
        "has_major_accident": rare[0] & ~hnte,
        "has_serious_dishonesty": rare[1] & ~hnte,
        "is_on_abnormal_list": rare[2] & ~hnte,
        "has_national_award_top3_5y": rare[3],
        "has_recognised_rd_body": rare[4] | (hnte & (rng.random(count) < 0.08)),
        "led_standard_5y": rare[5],
    }
