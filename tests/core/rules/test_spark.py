"""Packs on Spark: on every boundary of every pack, row by row what polars says.

One session for all, as it starts slowly.
"""

import random
from collections import defaultdict

import polars as pl
import pytest
from tests.core.rules.firms import boundary_firms, random_known, table_of
from tests.core.rules.test_population import day_in_force
from tests.core.rules.test_population_files import DAY, PACKS, firms_file

from yulin.cli.__main__ import main
from yulin.rules.adapters import population_files, spark
from yulin.rules.adapters.shipped import shipped_pack, shipped_pack_ids
from yulin.rules.errors import EngineMissingError

pytestmark = [
    pytest.mark.spark,
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),  # py4j drops its sockets unclosed
]


@pytest.fixture(scope="module", autouse=True)
def session():
    try:
        found = spark.started()
    except EngineMissingError as error:
        pytest.skip(f"SPARK TESTS NOT RUN: {error}")
    yield found
    found.stop()


def packs_by_day():
    """Return the shipped packs by a day on which they rule, so that few scans hold them all."""
    found = defaultdict(list)
    for pack in (shipped_pack(pack_id) for pack_id in shipped_pack_ids()):
        deciding = pack.deciding()
        found[day_in_force(deciding)].append(pack)
    return found


PACKS_BY_DAY = packs_by_day()


def boundary_file(path, packs, on):
    rng = random.Random(7)
    tables = []
    for pack in (each.deciding() for each in packs):
        firms = boundary_firms(pack, random_known(pack, rng, 0.1), on)
        tables.append(table_of(pack, firms, on).drop("firm_id"))
    table = pl.concat(tables, how="diagonal")
    table.with_columns(firm_id=pl.int_range(pl.len())).write_parquet(path)


@pytest.mark.parametrize("on", sorted(PACKS_BY_DAY), ids=str)
def test_spark_equals_polars_on_every_boundary(tmp_path, on):
    packs = PACKS_BY_DAY[on]
    boundary_file(tmp_path / "firms.parquet", packs, on)
    found = []
    for engine in (population_files, spark):
        out = tmp_path / "out.parquet"
        engine.assess_file(packs, tmp_path / "firms.parquet", out, on, missing_is_unknown=True)
        found.append(pl.read_parquet(out).sort("firm_id"))
        out.unlink()
    assert found[0].schema == found[1].schema
    for name in found[0].columns:
        assert found[1][name].to_list() == found[0][name].to_list(), name
    assert [path.name for path in tmp_path.iterdir()] == ["firms.parquet"]


@pytest.mark.parametrize(
    ("columns", "code", "named"),
    [
        ({"staff_count": pl.lit(-1)}, "RULES.FACT.VALUE", "-1"),
        ({"staff_count": pl.lit(float("nan"))}, "RULES.FACT.VALUE", "Float64"),
        ({"industry": pl.lit("mining")}, "RULES.FACT.VALUE", "mining"),
        ({"firm_id": pl.lit(7)}, "RULES.TABLE.DUPLICATE", "60"),
    ],
)
def test_a_table_that_is_wrong_is_refused_by_name(tmp_path, capsys, columns, code, named):
    out = tmp_path / "out.parquet"
    words = ["rules", "population", *(pack.id for pack in PACKS), "--firms", str(firms_file(tmp_path, **columns))]
    assert main([*words, "--out", str(out), "--on", DAY.isoformat(), "--engine", "spark"]) == 1
    said = capsys.readouterr().err
    assert code in said
    assert named in said
    assert [path.name for path in tmp_path.iterdir()] == ["firms.parquet"]


@pytest.mark.parametrize(
    ("count", "lacks"), [(60, ()), (60, ("rd_expense_fen_2024", "staff_count")), (60, None), (0, ())]
)
def test_details_on_spark_are_those_of_polars(tmp_path, count, lacks):
    firms = firms_file(tmp_path, count=count)
    table = pl.read_parquet(firms)
    table.drop(table.columns[1:] if lacks is None else lacks, strict=False).write_parquet(firms)
    found = []
    for engine in (population_files, spark):
        out = tmp_path / f"{engine.__name__}.parquet"
        engine.assess_file_in_detail(PACKS, firms, out, DAY, missing_is_unknown=True)
        found.append(pl.read_parquet(out).sort("firm_id"))
        out.unlink()
    assert found[0].schema == found[1].schema
    assert found[0].rows() == found[1].rows()
    assert [path.name for path in tmp_path.iterdir()] == ["firms.parquet"]


def test_details_on_spark_are_found_part_by_part(tmp_path, monkeypatch):
    table = pl.read_parquet(firms_file(tmp_path, count=20))
    assert table.columns[0] == "firm_id"
    facts, rows = dict(list(table.schema.items())[1:]), table.rows()
    whole = list(spark._detail_rows(facts, PACKS, DAY, iter(rows)))
    monkeypatch.setattr(spark, "ROWS_A_DETAILED_PART", 7)
    assert list(spark._detail_rows(facts, PACKS, DAY, iter(rows))) == whole
    assert len(whole) == 20
