"""The table of features: row by row what the plain law says of each firm alone, in polars and in SQL."""

from __future__ import annotations

import random
from datetime import timedelta

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.atlas.said import (
    DAY,
    FIRMS,
    KNOWN,
    NAMES,
    apart_by_year,
    by_the_law,
    plan_of,
    random_statements,
    random_years,
    table_of_statements,
)
from tests.core.rules.test_sql_tree import Arrow

from yulin.atlas.core.feature_sql import feature_tree, rendered
from yulin.atlas.core.features import FeaturePlan, features, schema_of
from yulin.rules.adapters.shipped import shipped_vocabulary
from yulin.rules.core.facts import known_facts
from yulin.rules.errors import UnknownFactError


def in_polars(rows: list[tuple], plan: FeaturePlan) -> pl.DataFrame:
    firms = pl.LazyFrame({"firm_id": FIRMS})
    return features(firms, table_of_statements(rows).lazy(), plan).collect(engine="streaming")


@pytest.fixture(scope="module")
def connection():
    with duckdb.connect() as found:
        yield found


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 120))
def test_each_row_is_what_the_law_says_of_the_firm_alone(seed: int, count: int) -> None:
    rng = random.Random(seed)
    rows, plan = random_statements(rng, count), plan_of()
    expected = by_the_law(rows, plan)
    assert in_polars(rows, plan).equals(expected)
    rng.shuffle(rows)
    assert in_polars(rows, plan).equals(expected)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**32), count=st.integers(0, 120))
def test_sql_says_of_each_firm_what_polars_says(connection, seed: int, count: int) -> None:
    rng = random.Random(seed)
    apart = apart_by_year([*random_years(rng, count // 2), *random_statements(rng, count)])
    plan = plan_of(None, [*NAMES, *apart["fact"].unique()])
    connection.register("firms", Arrow(pl.DataFrame({"firm_id": FIRMS})))
    connection.register("statements", Arrow(apart))
    found = connection.execute(rendered(feature_tree(plan), "duckdb")).fetchall()
    assert sorted(found) == in_polars(apart.rows(), plan).rows()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(0, 60))
def test_each_year_of_a_statement_of_several_is_what_the_law_says_of_it(seed: int, count: int) -> None:
    rng = random.Random(seed)
    rows = [*random_years(rng, count), *random_statements(rng, count)]
    apart = apart_by_year(rows)
    plan = plan_of(None, [*NAMES, *apart["fact"].unique()])
    expected = by_the_law(rows, plan)
    assert in_polars(apart.rows(), plan).equals(expected)
    rng.shuffle(rows)
    assert in_polars(apart_by_year(rows).rows(), plan).equals(expected)


def test_rules_read_the_years_of_the_table_as_they_read_them_of_one_firm() -> None:
    first, then = KNOWN - timedelta(days=9), KNOWN - timedelta(days=1)
    earlier = (FIRMS[0], "revenue_fen_by_year", '{"2019": 5, "2020": 6}', "bank", DAY, None, first, 50)
    later = (FIRMS[0], "revenue_fen_by_year", '{"2020": 7, "2021": 8}', "bank", DAY, None, then, 50)
    apart = apart_by_year([earlier, later])
    table = in_polars(apart.rows(), plan_of(["revenue"], apart["fact"].unique().to_list()))
    assert table.columns == ["firm_id", "revenue_fen", "revenue_fen_2020", "revenue_fen_2021"]
    row = table.drop("firm_id").row(0, named=True)
    one = {"revenue_fen_by_year": {"2020": 7, "2021": 8}}
    assert known_facts(row, shipped_vocabulary(), DAY) == known_facts(one, shipped_vocabulary(), DAY)


def test_a_fact_of_which_nothing_is_said_is_a_column_of_unknown_values() -> None:
    plan = plan_of(["staff_count", "revenue"], ["staff_count"])
    found = in_polars([], plan)
    assert found.schema == pl.Schema(schema_of(plan))
    assert found.columns == ["firm_id", "staff_count", "revenue_fen"]
    assert found.null_count().row(0) == (0, 4, 4)


def test_all_is_what_anything_is_said_about_with_each_of_its_years() -> None:
    named = {"registered_on", "district_code", "staff_count", "revenue_fen", "revenue_fen_2021", "has_valid_hnte"}
    assert set(plan_of(None).columns) == named | {"industry", "list_number"}
    assert list(plan_of(["revenue"]).columns) == ["revenue_fen", "revenue_fen_2021"]
    assert list(plan_of(["revenue_fen_2021"]).columns) == ["revenue_fen_2021"]
    assert plan_of(["revenue_fen_2021"]).names == {"revenue_fen_2021": "revenue_fen_2021"}
    assert plan_of(None, [*NAMES, "revenue"]).names["revenue"] == "revenue_fen"


def test_a_fact_that_nobody_knows_is_refused_with_the_nearest() -> None:
    with pytest.raises(UnknownFactError, match="staff_cuont") as caught:
        plan_of(["staff_cuont"])
    assert "staff_count" in caught.value.hint.en
