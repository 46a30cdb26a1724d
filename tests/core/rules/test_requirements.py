"""What a title asks, one by one: a firm is short of a requirement where that one alone would bring the title."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.rules.firms import boundary_firms, random_known, table_of
from tests.core.rules.test_population import day_in_force, one_by_one

from yulin.rules.adapters.shipped import shipped_ids_of, shipped_pack
from yulin.rules.core.nodes import Constant, Logic, expression_of
from yulin.rules.core.population import assess_packs
from yulin.rules.core.requirements import parts_of, requirements_of
from yulin.rules.core.vocabulary import BOOL

TECHSME, DAY = shipped_pack("title-techsme-2017").deciding(), date(2024, 5, 6)
FIRM = {
    "is_resident_enterprise": True, "staff_count": 100, "revenue[0]": 10**9, "total_assets": 10**9,
    "has_prohibited_product": False, "has_major_accident": False, "has_serious_dishonesty": False,
    "is_on_abnormal_list": False, "tech_staff_count": 30, "rd_expense[0]": 49_900_000, "total_cost": 10**9,
    "ip_class1_count": 0, "ip_class2_count": 1, "has_valid_hnte": False, "has_national_award_top3_5y": False,
    "has_recognised_rd_body": False, "led_standard_5y": False,
}  # fmt: skip
PACKS = [pack_id for kind in ("title", "listing") for pack_id in shipped_ids_of(kind)]


def without(pack, requirement):
    """Return the pack as if the requirement held: an independent reading, from the text and not from its results."""
    name = "conditions" if requirement.row.id.startswith("conditions.") else "routes"
    section = dict(getattr(pack, name))
    key = requirement.row.id.removeprefix(f"{name}.")
    own = section[key]
    others = tuple(part for place, part in enumerate(parts_of(own)) if place != requirement.place)
    node = Logic(BOOL, "and", others) if len(others) > 1 else others[0] if others else Constant(BOOL, value=True)
    section[key] = replace(own, that=expression_of("", node, own.that.where))
    return replace(pack, **{name: section})


@pytest.mark.parametrize("pack_id", PACKS)
@settings(max_examples=2, deadline=None)
@given(seed=st.integers(0, 2**32), share_unknown=st.sampled_from([0, 0.1]))
def test_a_firm_is_short_of_what_alone_would_bring_the_title(pack_id, seed, share_unknown):
    rng = random.Random(seed)
    pack = shipped_pack(pack_id).deciding()
    on = day_in_force(pack)
    firms = boundary_firms(pack, random_known(pack, rng, share_unknown), on)[:40]
    found = assess_packs([pack], table_of(pack, firms, on).lazy(), on, with_requirements=True).collect()
    before = [row[0] for row in one_by_one(pack, firms, on)]
    for place, each in enumerate(requirements_of(pack)):
        if f"{pack_id}__short_{place}" not in found.columns:
            assert pack.classes or pack.ladder or pack.outcome is None or pack.outcome.row.is_unverified
            continue
        is_short = found[f"{pack_id}__short_{place}"].is_not_null().to_list()
        if each.part is None:
            continue
        if each.row.is_unverified:
            assert not any(is_short)
            continue
        after = [row[0] for row in one_by_one(without(pack, each), firms, on)]
        enough = {"met"} if pack.kind == "listing" else {"met", "unknown"}  # unknown facts bring no firm near a market
        assert is_short == [old == "not_met" and new in enough for old, new in zip(before, after, strict=True)], (
            each.key
        )


def test_an_indicator_is_lacking_where_ten_more_points_would_do():
    # 20 + 30 + 6 = 56 of 60: ten more in R&D or results would do, staff has all it can give
    rows = [FIRM, FIRM | {"rd_expense[0]": 10_000_000}, FIRM | {"rd_expense[0]": 50_000_000}]
    found = assess_packs([TECHSME], table_of(TECHSME, rows, DAY).lazy(), DAY, with_requirements=True).collect()
    short = {
        each.key: found[f"{TECHSME.id}__short_{place}"].to_list()
        for place, each in enumerate(requirements_of(TECHSME))
        if each.part is None
    }
    assert short == {
        "scores.staff": [None, None, None],
        "scores.rd": [0.0, None, None],
        "scores.results": [0.0, None, None],
    }
    assert found[f"{TECHSME.id}__outcome"].to_list() == ["not_met", "not_met", "met"]


def test_what_is_lacking_is_a_share_of_what_is_needed():
    rows = [FIRM, FIRM | {"staff_count": 625, "tech_staff_count": 200}, FIRM | {"is_resident_enterprise": False}]
    rows = [row | {"ip_class1_count": 1} for row in rows]
    found = assess_packs([TECHSME], table_of(TECHSME, rows, DAY).lazy(), DAY, with_requirements=True).collect()
    short = {each.key: found[f"{TECHSME.id}__short_{n}"].to_list() for n, each in enumerate(requirements_of(TECHSME))}
    assert short["conditions.scale.1"] == [None, pytest.approx(0.2), None]
    assert short["conditions.resident"] == [None, None, 0.0]
    assert [each.slots for each in requirements_of(TECHSME)][1:3] == [("staff_count",), ("revenue[0]",)]
