"""Every shipped scheme pack loads, says where its rows stand, and its cases come out to the fen."""

import pytest

from yulin.pool.adapters.schemes import failing_cases, scheme_ids, scheme_pack

SHEETS = {
    "gz-credit-2015", "gz-credit-2018", "gz-credit-2021", "gz-credit-2025", "gz-huangpu-tech", "gz-huangpu-inclusive",
    "gz-nansha-tech", "gz-inclusive-2023", "sz-risk-pool-2024", "sz-pingshan-2026", "ah-tech-2022", "ha-tech-2021",
    "ha-tech-2025", "hb-knowledge-2025", "hn-knowledge-2025", "sd-luke-2023", "jm-yike-2025", "zh-siwei-2025",
    "zs-ip-2021", "wx-xike", "nb-risk-pool", "cn-ngf", "cn-tech-60", "us-sba-7a", "in-cgtmse", "uk-efg", "uk-ggs",
    "eu-eif-capped", "ca-csbfp", "kr-kodit", "kr-kotec", "jp-cgc", "tw-smeg", "us-usda-bi", "yn-loan-insurance-2014",
}  # fmt: skip


def test_every_sheet_ships_as_a_pack():
    assert set(scheme_ids()) == SHEETS


@pytest.mark.parametrize("pack_id", sorted(SHEETS))
def test_the_cases_beside_a_pack_hold(pack_id):
    assert failing_cases(pack_id) == ()


@pytest.mark.parametrize("pack_id", sorted(SHEETS))
def test_a_pack_has_cases_and_names_the_source_of_every_row(pack_id):
    pack = scheme_pack(pack_id)
    assert pack.cases
    known = set(pack.scheme.sources)
    assert {row.source for row in [*pack.scheme.rows(), *pack.rows()]} <= known


@pytest.mark.parametrize("pack_id", sorted(SHEETS))
def test_a_number_without_a_source_is_marked(pack_id):
    open_shares = [
        row.row
        for mode in scheme_pack(pack_id).scheme.modes.values()
        for table in mode.ratios.values()
        for row in table.rows
        if row.bp is None
    ]
    assert all(row.is_unverified for row in open_shares)
