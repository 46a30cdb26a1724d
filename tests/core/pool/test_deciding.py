"""A row of a file is answered as a loan asked about alone."""

from __future__ import annotations

import json
from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yulin.pool.adapters.schemes import layers_of, scheme_pack
from yulin.pool.core.deciding import Law, decide_loan, decide_table, frozen_facts, tenor_months
from yulin.pool.core.filing import Filing, ratio_at_filing
from yulin.rules.adapters.shipped import shipped_pack

WAN = 1_000_000


def guangzhou() -> Law:
    return Law(shipped_pack("gz-credit-2021"), (shipped_pack("gz-huangpu-tech"), shipped_pack("gz-nansha-tech")))


def table(rows):
    return pl.DataFrame(
        rows,
        schema={
            "row": pl.UInt32,
            "disbursed_on": pl.Date,
            "due_on": pl.Date,
            "loan_amount_fen": pl.Int64,
            "mode": pl.String,
            "security": pl.String,
            "district_code": pl.String,
            "has_valid_hnte": pl.Boolean,
            "has_valid_techsme": pl.Boolean,
        },
        orient="row",
    )


rows = st.tuples(
    st.integers(2, 1000),
    st.dates(date(2021, 7, 1), date(2025, 9, 30)),
    st.just(date(2026, 1, 1)),
    st.integers(1, 4000 * WAN),
    st.sampled_from(["bank", "five_plus_x", "guarantee"]),
    st.sampled_from(["credit", "ip_pledge"]),
    st.sampled_from([None, "440112", "440115", "440106", "110105"]),
    st.sampled_from([None, True, False]),
    st.sampled_from([None, True, False]),
)


@settings(deadline=None, max_examples=40)
@given(st.lists(rows, min_size=1, max_size=20), st.sampled_from(["gz-credit-2021", "gz-credit-2025"]))
def test_table_is_decided_as_its_loans_alone(found, scheme):
    law = guangzhou() if scheme == "gz-credit-2021" else Law(shipped_pack(scheme))
    loans = table(found).filter(
        pl.col("disbursed_on").is_between(law.pack.effective_from, law.pack.effective_until or date(2099, 1, 1))
    )
    decided = decide_table(loans, law)
    assert decided.get_column("row").to_list() == loans.get_column("row").to_list()
    names = ["security", "district_code", "has_valid_hnte", "has_valid_techsme", "loan_amount_fen"]
    for line in decided.iter_rows(named=True):
        facts = {name: line[name] for name in names if line[name] is not None}
        filing = Filing(line["disbursed_on"], line["mode"], line["loan_amount_fen"], facts)
        alone = decide_loan(law, facts, filing)
        assert line["outcome"] == alone.outcome.value
        assert tuple(json.loads(line["missing"])) == alone.missing
        assert json.loads(line["ratio_bp"]) == dict(alone.ratio.ratio_bp)


@pytest.mark.parametrize(
    ("district", "expected"),
    [
        ("440106", {"city": 5000, "bank": 5000}),
        ("440112", {"city": 5000, "district": 4000, "bank": 1000}),
        ("440115", {"city": 5000, "district": 2500, "bank": 2500}),
    ],
)
def test_district_of_the_firm_adds_its_layer(district, expected):
    loans = table([(2, date(2021, 8, 2), date(2022, 8, 2), 480 * WAN, "bank", "credit", district, True, None)])
    decided = decide_table(loans, guangzhou())
    assert json.loads(decided["ratio_bp"][0]) == expected
    assert decided["outcome"][0] == "met"


def test_a_law_that_reads_the_mode_decides_each_mode_for_itself():
    law = Law(shipped_pack("gz-credit-2025"))
    day = law.effective_from
    facts = {"security": "guarantee", "district_code": "440112"}
    rows = [
        (row, day, day.replace(year=day.year + 1), 100 * WAN, mode, "guarantee", "440112", True, True)
        for row, mode in enumerate(("bank", "guarantee"), start=2)
    ]
    found = decide_table(table(rows), law).get_column("outcome").to_list()
    amount = {"loan_amount_fen": 100 * WAN}
    alone = [
        decide_loan(law, {**facts, **amount, "mode": mode}, Filing(day, mode, 100 * WAN, facts)).outcome.value
        for mode in ("bank", "guarantee")
    ]
    assert found == alone == ["not_met", "unknown"]


def test_unknown_title_leaves_the_row_open_and_names_what_is_missing():
    loans = table([(2, date(2021, 8, 2), date(2022, 8, 2), 480 * WAN, "bank", "credit", "440106", None, None)])
    decided = decide_table(loans, guangzhou())
    assert decided["outcome"][0] == "unknown"
    assert json.loads(decided["missing"][0]) == ["has_valid_hnte", "has_valid_techsme"]


def test_unknown_facts_are_not_frozen_as_null():
    loans = table(
        [
            (2, date(2021, 8, 2), date(2022, 8, 2), 480 * WAN, "bank", "credit", None, None, None),
            (3, date(2021, 8, 2), date(2022, 8, 2), 480 * WAN, "bank", "credit", "440106", True, None),
        ]
    )
    first, second = (json.loads(line) for line in frozen_facts(loans, guangzhou()))
    assert None not in first.values()
    assert "has_valid_hnte" not in first
    assert second["has_valid_hnte"] is True
    assert second["district_code"] == "440106"
    assert second["loan_amount_fen"] == 480 * WAN


def test_begun_month_counts():
    loans = pl.DataFrame(
        {
            "disbursed_on": [date(2025, 7, 1), date(2025, 7, 1)],
            "due_on": [date(2028, 7, 1), date(2028, 7, 2)],
        }
    )
    assert tenor_months(loans).to_list() == [36, 37]


@pytest.mark.parametrize(
    ("pack_id", "district", "ratio"),
    [
        ("gz-credit-2021", 440112, {"city": 5_000, "district": 4_000, "bank": 1_000}),
        ("gz-credit-2021", 440106, {"city": 5_000, "bank": 5_000}),
        ("gz-credit-2021", None, {}),
        ("gz-credit-2015", None, {"city": 5_000, "bank": 5_000}),
    ],
)
def test_an_unknown_district_leaves_the_ratio_open_where_a_layer_may_join(pack_id, district, ratio):
    pack = scheme_pack(pack_id)
    on = max(pack.effective_from, date(2016, 6, 1))
    facts = {} if district is None else {"district": district}
    filed = ratio_at_filing(pack, layers_of(pack), Filing(on, "bank", 100_000_000, facts))
    assert dict(filed.ratio_bp) == ratio
