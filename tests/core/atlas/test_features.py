"""The table of features: row by row what the plain law says of each firm alone, in polars and in SQL."""

from __future__ import annotations

import random

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.atlas.said import FIRMS, NAMES, by_the_law, plan_of, random_statements, table_of_statements
from tests.core.rules.test_sql_tree import Arrow

from yulin.atlas.core.feature_sql import feature_tree, rendered
from yulin.atlas.core.features import FeaturePlan, features, schema_of
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
    rows, plan = random_statements(random.Random(seed), count), plan_of()
    connection.register("firms", Arrow(pl.DataFrame({"firm_id": FIRMS})))
    connection.register("statements", Arrow(table_of_statements(rows)))
    found = connection.execute(rendered(feature_tree(plan), "duckdb")).fetchall()
    assert sorted(found) == in_polars(rows, plan).rows()


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
