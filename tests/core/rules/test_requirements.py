"""What a title asks, one by one: a firm is short of a requirement where that one alone would bring the title."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.rules.firms import boundary_firms, facts_of, random_known, table_of
from tests.core.rules.test_population import day_in_force, one_by_one

from yulin.rules.adapters.shipped import shipped_ids_of, shipped_pack
from yulin.rules.core.facts import environment, public_name
from yulin.rules.core.nearness import open_slots, short_of
from yulin.rules.core.nodes import Constant, Logic, expression_of
from yulin.rules.core.population import assess_packs
from yulin.rules.core.program import program_of
from yulin.rules.core.requirements import OPEN_FACTS, parts_of, requirements_of
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
        may_stay_open = [few_are_open(without(pack, each), firm, on) for firm in firms]
        assert is_short == [
            old == "not_met" and (new == "met" or (new == "unknown" and few))
            for old, new, few in zip(before, after, may_stay_open, strict=True)
        ], each.key


def few_are_open(pack, firm, on):
    """Whether so little is open beside what is lacking that a firm can be near; nothing may be for a market."""
    program = program_of(pack)
    env = environment(pack.vocabulary, firm, on, program.slots)
    program.run(env)
    return pack.kind != "listing" and len(open_slots(program, env)) <= OPEN_FACTS


@pytest.mark.parametrize("pack_id", PACKS)
@settings(max_examples=3, deadline=None)
@given(seed=st.integers(0, 2**32), share_unknown=st.sampled_from([0, 0.1, 0.3]))
def test_a_firm_alone_is_as_near_as_in_its_area(pack_id, seed, share_unknown):
    rng = random.Random(seed)
    pack = shipped_pack(pack_id).deciding()
    on = day_in_force(pack)
    firms = boundary_firms(pack, random_known(pack, rng, share_unknown), on)[:40]
    found = assess_packs([pack], table_of(pack, firms, on).lazy(), on, with_requirements=True).collect()
    for row, firm in zip(found.iter_rows(named=True), firms, strict=True):
        alone = [each.key for each in short_of(pack, said_of(pack, firm, on), on)]
        asked = enumerate(requirements_of(pack))
        assert alone == [each.key for at, each in asked if row.get(f"{pack_id}__short_{at}") is not None]


def said_of(pack, firm, on):
    """Return a firm as a page knows it: public names, days as texts."""
    found = facts_of(pack, firm, on)
    days = {public_name(slot, pack.vocabulary, on) for slot in firm if pack.fact(slot).type.kind == "date"}
    return {name: date.fromordinal(value) if name in days else value for name, value in found.items()}


def test_a_firm_is_near_only_where_few_facts_are_open():
    short = FIRM | {"staff_count": 505, "tech_staff_count": 300, "rd_expense[0]": 60_000_000}
    open_ones = ("revenue[0]", "has_prohibited_product", "has_serious_dishonesty", "is_on_abnormal_list")
    for count in range(5):
        firm = {slot: value for slot, value in short.items() if slot not in open_ones[:count]}
        near = short_of(TECHSME, facts_of(TECHSME, firm | {"total_cost": 10**8}, DAY), DAY)
        assert [each.key for each in near] == (["conditions.scale.1"] if count <= OPEN_FACTS else [])


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
