"""The table of features on Spark: row by row what polars writes."""

from __future__ import annotations

import random
from pathlib import Path

import polars as pl
import pytest
from tests.atlas.test_features import fill, written
from tests.core.atlas.said import (
    FIRMS,
    NAMES,
    apart_by_year,
    by_the_law,
    plan_of,
    random_statements,
    random_years,
)

from yulin.atlas.adapters import feature_spark
from yulin.atlas.adapters.feature_tables import FeatureTables
from yulin.atlas.adapters.statement_files import lake_root
from yulin.atlas.errors.lake import LakePartError
from yulin.rules.adapters import spark
from yulin.rules.errors import EngineMissingError

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.spark,
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),  # py4j drops its sockets unclosed
]


@pytest.fixture(scope="module", autouse=True)
def _session():
    try:
        found = spark.started()
    except EngineMissingError as error:
        pytest.skip(f"SPARK TESTS NOT RUN: {error}")
    yield
    found.stop()


@pytest.fixture(autouse=True)
def _own_lake(tmp_path: Path, settings: object) -> None:
    settings.YULIN_HOME = tmp_path / "home"


def test_spark_writes_of_book_and_lake_what_polars_writes(tmp_path: Path) -> None:
    fill(tmp_path)
    expected = written(tmp_path, None)
    found = written(tmp_path, None, engine="spark").sort("firm_id")
    assert found.schema == expected.schema
    assert found.rows() == expected.rows()


@pytest.mark.parametrize("seed", range(3))
def test_spark_says_of_each_firm_what_the_law_says(tmp_path: Path, seed: int) -> None:
    rng, out = random.Random(seed), tmp_path / "out.parquet"
    rows = [*random_years(rng, 1000), *random_statements(rng, 3000)]
    apart = apart_by_year(rows)
    plan = plan_of(None, [*NAMES, *apart["fact"].unique()])
    codes, book = tmp_path / "codes.parquet", tmp_path / "book.parquet"
    pl.DataFrame({"subject": FIRMS, "firm_id": FIRMS}).write_parquet(codes)
    apart.write_parquet(book)
    assert feature_spark.write_features(FeatureTables(codes, book, ()), plan, out) == len(FIRMS)
    assert pl.read_parquet(out).sort("firm_id").rows() == by_the_law(rows, plan).rows()


def test_a_part_that_is_cut_off_is_refused_by_name(tmp_path: Path) -> None:
    fill(tmp_path)
    part = next((lake_root() / "statements").rglob("part-000001.parquet"))
    part.write_bytes(part.read_bytes()[:-20])
    with pytest.raises(LakePartError, match="part-000001"):
        written(tmp_path, engine="spark")
