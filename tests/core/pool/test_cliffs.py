"""Cliffs and other remarks on a pack's numbers."""

import pytest

from yulin.pool.adapters.schemes import scheme_ids, scheme_pack
from yulin.pool.core.cliffs import cliffs, remarks


def test_r_03t_a_cliff_has_both_sides_numbers():
    first, second = cliffs(scheme_pack("gz-credit-2025"))
    assert first.says.zh == "全损500.00万元补200.00万元，500.01万元补150.003万元；到666.666667万元才重新持平。"
    assert (second.pays_at_bound_fen, second.pays_above_fen) == (450_000_000, 300_002_000)
    assert second.even_again_fen == 2_250_000_000


def test_t_05_the_two_readings_of_a_table_are_said():
    found = [one for one in remarks(scheme_pack("gz-credit-2025")) if one.code == "POOL.PACK.READING"]
    assert "分段补200.003万元" in found[0].says.zh


def test_a_bound_that_only_others_can_reach_is_said():
    codes = {one.code for one in remarks(scheme_pack("ah-tech-2022"))}
    assert codes == {"POOL.PACK.CAP_UNREACHED"}


def test_a_table_that_ends_is_a_gap_unless_a_limit_keeps_loans_out():
    assert any(one.code == "POOL.PACK.GAP" for one in remarks(scheme_pack("us-sba-7a")))
    assert not any(one.code == "POOL.PACK.GAP" for one in remarks(scheme_pack("gz-credit-2025")))


@pytest.mark.parametrize("pack_id", scheme_ids())
def test_no_shipped_vector_misses_the_whole(pack_id):
    assert not [
        one for one in remarks(scheme_pack(pack_id)) if one.code in {"POOL.PACK.PARTS", "POOL.PACK.UNREACHABLE"}
    ]


# Each was read beside its sheet and stays: caps and both readings are what the documents say, the cliffs follow from
# reading a table by whole steps, and SBA's express programmes end where their tables do.
SHIPPED = {
    "ah-tech-2022": ["CAP_UNREACHED", "CAP_UNREACHED"],
    "gz-credit-2025": ["CLIFF", "CLIFF", "READING"],
    "gz-huangpu-tech": ["CAP_UNREACHED"],
    "gz-nansha-tech": ["CAP_UNREACHED"],
    "us-sba-7a": ["CLIFF", "CLIFF", "GAP", "GAP", "READING", "READING"],
    "us-usda-bi": ["CLIFF", "READING"],
}


def test_shipped_schemes_have_only_the_remarks_that_their_documents_bear_out():
    found = {pack_id: sorted(one.code for one in remarks(scheme_pack(pack_id))) for pack_id in scheme_ids()}
    assert {pack_id: codes for pack_id, codes in found.items() if codes} == {
        pack_id: [f"POOL.PACK.{code}" for code in codes] for pack_id, codes in SHIPPED.items()
    }
