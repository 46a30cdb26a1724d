"""Packs over a file of firms: in parts as in one, and nothing is written where the table is not what it should be."""

from __future__ import annotations

import json
import random
from datetime import date

import polars as pl
import pytest
from tests.core.rules.firms import random_known, table_of

from yulin.cli.__main__ import main
from yulin.rules.adapters import population_files, spark
from yulin.rules.adapters.population_files import assess_file
from yulin.rules.adapters.shipped import shipped_pack
from yulin.rules.core.population import assess_population, missing_columns

DAY = date(2024, 5, 6)
PACKS = [shipped_pack(name) for name in ("title-techsme-2017", "title-hnte-2016", "size-2011")]


def firms_file(folder, count=60, **columns):
    rng = random.Random(5)
    frames = [table_of(pack, [random_known(pack, rng, 0.1) for _ in range(count)], DAY) for pack in PACKS]
    joined = frames[0]
    for frame in frames[1:]:
        joined = joined.hstack(frame.select(name for name in frame.columns if name not in joined.columns))
    table = joined.with_columns(pl.Series("firm_id", range(count))).with_columns(**columns)
    table.write_parquet(folder / "firms.parquet")
    return folder / "firms.parquet"


def test_many_packs_in_parts_say_what_each_says_alone(tmp_path, monkeypatch):
    monkeypatch.setattr(population_files, "ROWS_A_PART", 7)
    firms, heard = firms_file(tmp_path), []
    rows = assess_file(PACKS, firms, tmp_path / "out.parquet", DAY, tell=lambda *one: heard.append(one))
    found = pl.read_parquet(tmp_path / "out.parquet")
    assert (rows, found["firm_id"].to_list(), heard[-1]) == (60, list(range(60)), (60, 60))
    for pack in PACKS:
        alone = assess_population(pack, pl.read_parquet(firms), DAY)
        for name in alone.columns:
            assert (
                found[f"{pack.id}__{name}"].to_list() == alone[name].cast(found[f"{pack.id}__{name}"].dtype).to_list()
            )
    assert sorted(path.name for path in tmp_path.iterdir()) == ["firms.parquet", "out.parquet"]


def test_an_empty_table_gives_an_empty_answer(tmp_path):
    assert assess_file(PACKS, firms_file(tmp_path, count=0), tmp_path / "out.parquet", DAY) == 0
    assert pl.read_parquet(tmp_path / "out.parquet").is_empty()


@pytest.mark.parametrize(
    ("columns", "code", "named"),
    [
        ({"staff_count": pl.lit(-1)}, "RULES.FACT.VALUE", "-1"),
        ({"revenue_fen": pl.lit(-1)}, "RULES.FACT.VALUE", "-1"),
        ({"revenue_fen": pl.lit(1_000_000.5)}, "RULES.FACT.VALUE", "Float64"),
        ({"staff_count": pl.lit(float("nan"))}, "RULES.FACT.VALUE", "Float64"),
        ({"staff_count": pl.lit("12")}, "RULES.FACT.VALUE", "String"),
        ({"has_valid_hnte": pl.lit(1)}, "RULES.FACT.VALUE", "has_valid_hnte"),
        ({"industry": pl.lit("mining")}, "RULES.FACT.VALUE", "mining"),
        ({"firm_id": pl.lit(7)}, "RULES.TABLE.DUPLICATE", "60"),
        ({"firm_id": pl.lit(None, pl.Int64)}, "RULES.TABLE.DUPLICATE", "60"),
    ],
)
def test_a_table_that_is_wrong_is_refused_by_name(tmp_path, capsys, columns, code, named):
    out = tmp_path / "out.parquet"
    words = ["rules", "population", *(pack.id for pack in PACKS), "--firms", str(firms_file(tmp_path, **columns))]
    assert main([*words, "--out", str(out), "--on", DAY.isoformat()]) == 1
    said = capsys.readouterr().err
    assert code in said
    assert named in said
    assert [path.name for path in tmp_path.iterdir()] == ["firms.parquet"]


def test_a_missing_column_is_unknown_only_on_request(tmp_path, capsys):
    firms, out = firms_file(tmp_path), tmp_path / "out.parquet"
    pl.read_parquet(firms).drop("staff_count").write_parquet(firms)
    words = ["rules", "population", "size-2011", "--firms", str(firms), "--out", str(out), "--on", DAY.isoformat()]
    assert missing_columns(PACKS, pl.read_parquet_schema(firms), DAY)["size-2011"] == ["staff_count"]
    assert main(words) == 1
    assert "size-2011: staff_count" in capsys.readouterr().err
    assert not out.exists()
    assert main([*words, "--missing-unknown"]) == 0
    assert json.loads(capsys.readouterr().out)["firms"] == 60
    assert set(pl.read_parquet(out)["size-2011__outcome"]) <= {"met", "unknown"}


@pytest.mark.parametrize(
    ("column", "other"),
    [
        ("total_assets_fen", "total_assets_wan"),
        ("rd_expense_fen_2022", "rd_expense_yuan_2022"),
        ("rd_domestic_share_bp", "rd_domestic_share"),
    ],
)
def test_a_column_in_another_unit_is_refused_also_where_missing_is_unknown(tmp_path, capsys, column, other):
    firms, out = firms_file(tmp_path), tmp_path / "out.parquet"
    table = pl.read_parquet(firms)
    table.rename({column: other}).write_parquet(firms)
    words = ["rules", "population", *(pack.id for pack in PACKS), "--firms", str(firms), "--out", str(out)]
    assert main([*words, "--on", DAY.isoformat(), "--missing-unknown"]) == 1
    said = capsys.readouterr().err
    assert "RULES.TABLE.UNIT" in said
    assert other in said
    assert column in said
    assert [path.name for path in tmp_path.iterdir()] == ["firms.parquet"]
    table.with_columns(pl.col(column).alias(other)).write_parquet(firms)
    assert main([*words, "--on", DAY.isoformat()]) == 0


@pytest.mark.parametrize(("firms", "out"), [("no.parquet", "out.parquet"), ("firms.parquet", "no/out.parquet")])
def test_a_file_that_is_not_there_is_named(tmp_path, capsys, firms, out):
    firms_file(tmp_path)
    assert (
        main(["rules", "population", "size-2011", "--firms", str(tmp_path / firms), "--out", str(tmp_path / out)]) == 1
    )
    assert "no" in capsys.readouterr().err


@pytest.mark.parametrize("lacks", ["pyspark", "sqlglot"])
def test_spark_that_is_not_installed_is_asked_for(tmp_path, capsys, monkeypatch, lacks):
    monkeypatch.setattr(spark, "find_spec", lambda name: None if name == lacks else name)
    words = ["rules", "population", "size-2011", "--firms", str(firms_file(tmp_path)), "--out", str(tmp_path / "o")]
    assert main([*words, "--engine", "spark"]) == 1
    said = capsys.readouterr().err
    assert "RULES.ENGINE.MISSING" in said
    assert "make spark" in said
    assert [path.name for path in tmp_path.iterdir()] == ["firms.parquet"]


def test_a_date_that_is_none_is_refused_by_name(tmp_path, capsys):
    firms = firms_file(tmp_path, registered_on=pl.lit("2020-02-30"))
    words = ["rules", "population", "title-hnte-2016", "--firms", str(firms), "--out", str(tmp_path / "o")]
    assert main([*words, "--on", DAY.isoformat()]) == 1
    said = capsys.readouterr().err
    assert "RULES.FACT.VALUE" in said
    assert "registered_on" in said
    assert "2020-02-30" in said


def test_a_pack_that_is_not_in_force_is_refused(tmp_path, capsys):
    words = ["rules", "population", "size-2011", "--firms", str(firms_file(tmp_path)), "--out", str(tmp_path / "o")]
    assert main([*words, "--on", "2001-01-01"]) == 1
    assert "RULES.PACK.NOT_IN_FORCE" in capsys.readouterr().err
