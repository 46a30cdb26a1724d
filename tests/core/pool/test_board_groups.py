"""The board's sums equal those of a plain count, loan by loan."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from yulin.pool.core.board_groups import LINE_COLUMNS, LOAN_COLUMNS, Group, groups_of

LOANS = st.lists(
    st.fixed_dictionaries(
        {
            "firm_id": st.integers(1, 5),
            "bank_id": st.integers(1, 3),
            "district_code": st.sampled_from([None, "440112", "440115"]),
            "industry": st.sampled_from([None, "software", "industry"]),
            "sector": st.sampled_from([None, "iab", "other"]),
            "hnte": st.sampled_from(["true", "false", "unknown"]),
            "is_pure_credit": st.sampled_from([None, "true", "false"]),
            "day": st.dates(date(2018, 1, 1), date(2020, 12, 31)),
            "annual_rate_ppm": st.sampled_from([None, 43_500, 50_000]),
            "amount_fen": st.integers(1, 10**13),
        }
    ),
    max_size=12,
)
LINES = st.lists(
    st.fixed_dictionaries({"firm_id": st.integers(1, 8), "amount_fen": st.integers(0, 10**13)}), max_size=6
)
DIVISIONS = {
    "day": lambda loan: str(loan["day"]),
    "year": lambda loan: str(loan["day"].year),
    "bank": lambda loan: str(loan["bank_id"]),
    "district": lambda loan: loan["district_code"] or "",
    "industry": lambda loan: loan["industry"] or "",
    "sector": lambda loan: loan["sector"] or "",
}


def plainly(loans: list[dict[str, Any]], key: Any) -> set[Group]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for loan in loans:
        found[key(loan)].append(loan)
    return {
        Group(name, len(rows), len({row["firm_id"] for row in rows}), sum(row["amount_fen"] for row in rows))
        for name, rows in found.items()
    }


@settings(max_examples=60)
@given(LOANS, LINES)
def test_every_division_equals_the_plain_count(loans: list[dict[str, Any]], lines: list[dict[str, Any]]) -> None:
    loans = [{"id": number, **loan} for number, loan in enumerate(loans)]
    groups = groups_of(pl.DataFrame(loans, schema=LOAN_COLUMNS), pl.DataFrame(lines, schema=LINE_COLUMNS))
    assert {name: set(groups[name]) for name in DIVISIONS} == {
        name: plainly(loans, key) for name, key in DIVISIONS.items()
    }
    rated = [loan for loan in loans if loan["annual_rate_ppm"] is not None]
    by_rate = plainly(rated, lambda loan: f"{loan['day'].year}:{loan['annual_rate_ppm']}")
    assert {(one.key, one.loans, one.lent_fen) for one in groups["rate"]} == {
        (one.key, one.loans, one.lent_fen) for one in by_rate
    }
    latest = {loan["firm_id"]: loan for loan in sorted(loans, key=lambda loan: (loan["day"], loan["id"]))}
    firms = plainly(list(latest.values()), lambda loan: f"{loan['sector'] or ''}:{loan['hnte']}")
    assert {(one.key, one.firms) for one in groups["firms"]} == {(one.key, one.firms) for one in firms}
    pure = {loan["firm_id"] for loan in loans if loan["is_pure_credit"] == "true"}
    assert groups["pure"] == [Group("", 0, len(pure), 0)]
    drawn = [line["amount_fen"] for line in lines if line["firm_id"] in latest]
    assert groups["lines"] == [Group("", len(drawn), 0, sum(drawn))]
