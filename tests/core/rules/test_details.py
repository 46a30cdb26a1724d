"""Details of each firm in a table: exactly what `assess` says of that firm alone."""

import json
import random

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.rules.firms import boundary_firms, facts_of, random_known, table_of
from tests.core.rules.test_population import day_in_force
from tests.core.rules.test_population_files import DAY, PACKS, firms_file

from yulin.cli.__main__ import main
from yulin.rules.adapters import population_files
from yulin.rules.adapters.shipped import shipped_pack, shipped_pack_ids
from yulin.rules.core.assess import assess
from yulin.rules.core.details import Details
from yulin.rules.core.facts import public_name


def expected_row(pack, firm, on, schema):
    """Return what the single assessment says, under the names of the details."""
    found, row = assess(pack, facts_of(pack, firm, on), on), dict.fromkeys(schema)
    for finding in found.findings:
        if finding.id.startswith("scores."):
            head = f"{pack.id}__{finding.id.removeprefix('scores.')}"
            row |= {f"{head}__points_low": finding.points_low, f"{head}__points_high": finding.points_high}
            if finding.next_band:
                row[f"{head}__next_points"] = finding.next_band.points
                row |= {f"{head}__next_{name}": more for name, more in finding.next_band.gap.items()}
    return row | {f"{pack.id}__missing": list(found.missing)}


@pytest.mark.parametrize("pack_id", shipped_pack_ids())
@settings(max_examples=2, deadline=None)
@given(seed=st.integers(0, 2**32), share_unknown=st.sampled_from([0, 0.2, 0.5]))
def test_details_are_what_assess_says_of_each_firm(pack_id, seed, share_unknown):
    rng = random.Random(seed)
    pack = shipped_pack(pack_id).deciding()
    on = day_in_force(pack)
    firms = boundary_firms(pack, random_known(pack, rng, share_unknown), on)
    firms = rng.sample(firms, min(len(firms), 30))
    details = Details([pack], on)
    found = details.of(table_of(pack, firms, on)).rows(named=True)
    assert found == [expected_row(pack, firm, on, details.schema) for firm in firms]


def test_details_of_a_file_in_parts_stand_beside_the_outcomes(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(population_files, "ROWS_A_DETAILED_PART", 7)
    firms, out = firms_file(tmp_path, count=20), tmp_path / "out.parquet"
    words = ["rules", "population", *(pack.id for pack in PACKS), "--firms", str(firms), "--out", str(out)]
    assert main([*words, "--on", DAY.isoformat(), "--details"]) == 0
    assert json.loads(capsys.readouterr().out)["firms"] == 20
    found = pl.read_parquet(out)
    for row, facts in zip(found.rows(named=True), pl.read_parquet(firms).drop("firm_id").rows(named=True), strict=True):
        for pack in PACKS:
            own = {name: value for name, value in facts.items() if name in aliases_of(pack)}
            alone = assess(pack, own, DAY)
            assert row[f"{pack.id}__outcome"] == alone.outcome.value
            assert row[f"{pack.id}__missing"] == list(alone.missing)
    assert found["title-techsme-2017__rd__next_rd_expense_fen"].drop_nulls().min() > 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["firms.parquet", "out.parquet"]


def aliases_of(pack):
    return {public_name(slot, pack.vocabulary, DAY) for slot in pack.slots}
