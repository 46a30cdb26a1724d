"""Of a family of variants one speaks for a firm: the nearest that is in force at its place, as in the library."""

from __future__ import annotations

from datetime import date

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yulin.brain.core.criteria import About, pack_text, policy_pack
from yulin.brain.core.criteria_reading import Criterion, place_code
from yulin.brain.core.local_variants import Local, codes_within, speaker, spoken_over
from yulin.brain.core.policies import Ending, Terms, Variant, covers, leading_variant
from yulin.brain.core.radar import CODES, radar_table
from yulin.rules.adapters.shipped import shipped_vocabulary

ON = date(2026, 3, 2)
AREAS = ("", "广东", "广东/广州", "广东/广州/黄埔区", "广东/广州/天河区", "北京")
PLACES = {440112: "广东/广州/黄埔区", 440106: "广东/广州/天河区", 440105: "广东/广州/海珠区", 440300: "广东/深圳",
          110108: "北京/海淀区"}  # fmt: skip


def local(number: int, area: str, *, decides: bool = True) -> Local:
    return Local(number, 1, area, place_code(area), f"办法{number}", decides)


@given(st.lists(st.sampled_from(AREAS), min_size=1, max_size=6), st.sampled_from(sorted(PLACES)))
def test_of_a_family_one_speaks_and_it_is_the_one_that_the_library_shows(areas, district):
    family = [local(number, area) for number, area in enumerate(areas, start=1)]
    before, place = spoken_over(family), PLACES[district]
    variants = [Variant(one.policy_id, one.area, Terms(Ending.PERMANENT)) for one in family]
    leads = leading_variant(variants, place, ON)
    heard = {one.policy_id for one in family if covers(one.area, place)
             and speaker(before.get(one.policy_id, ()), district) is None}  # fmt: skip
    assert heard == ({leads.number} if leads else set())


@pytest.mark.parametrize(
    ("district", "expected"),
    [(440099, None), (440100, 2), (440111, 2), (440112, 3), (440113, 2), (440199, 2), (440200, None), (None, None),
     ("440112", 3), ("黄埔", None)],
)  # fmt: skip
def test_the_nearest_speaks_from_its_first_code_to_its_last(district, expected):
    before = spoken_over([local(1, ""), local(2, "广东/广州"), local(3, "广东/广州/黄埔区")])[1]
    found = speaker(before, district)
    assert (found.policy_id if found else None) == expected


def test_a_place_whose_code_is_not_known_takes_nothing_over():
    assert spoken_over([local(1, ""), Local(2, 1, "四川/成都", "", "办法", decides=True)]) == {}
    assert codes_within("440300") == (440300, 440399)


def test_families_do_not_hear_one_another():
    other = Local(9, 9, "广东/广州", "440100", "别的办法", decides=True)
    assert spoken_over([local(1, ""), other]) == {}


def test_in_the_table_the_local_variant_takes_over_and_an_unconfirmed_one_leaves_it_unknown():
    rows = [Criterion("职工总数不超过500人", 0, 0, 1, "staff_count <= 500", 100)]
    pack = policy_pack(pack_text(About(1, "示例", ""), rows), shipped_vocabulary())
    facts = pl.DataFrame(
        {"firm_id": [1, 2, 3, 4], "staff_count": [60] * 4, "district_code": [440112, 440106, 440300, None]}
    )
    before = [local(2, "广东/广州", decides=False), local(3, "广东/广州/黄埔区")]
    codes = radar_table([pack], facts, ON, {pack.id: before})[pack.id].to_list()
    assert codes == [CODES["not_met"], CODES["unknown"], CODES["met"], CODES["met"]]
    assert radar_table([pack], facts, ON)[pack.id].to_list() == [CODES["met"]] * 4
