"""The check-up: every way is proved, none holds another, unknown facts are named, an area counts as its firms do."""

from __future__ import annotations

import random
from datetime import date

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.core.rules.firms import facts_of, random_known

from yulin.base.outcome import Outcome
from yulin.brain.core.area import STANDINGS, assessed, counted, facts_table, firms_listed
from yulin.brain.core.check_up import (
    Standing,
    check_up,
    compared,
    facts_for,
    family,
    line_of,
    next_year,
    pass_mark,
    titles_on,
)
from yulin.brain.core.shown import (
    both_rows,
    condition_rows,
    how_texts,
    lack_of,
    lacks_of,
    missing_of,
    pretty,
    requirement_text,
    score_rows,
    title_row,
    way_text,
    would_decide_text,
)
from yulin.brain.core.ways import Limits, ways
from yulin.rules.adapters.shipped import shipped_ids_of, shipped_pack, shipped_vocabulary
from yulin.rules.core.assess import assess
from yulin.rules.core.requirements import requirements_of

DAY = date(2024, 5, 6)
TECHSME, HNTE, SIZE = (shipped_pack(name) for name in ("title-techsme-2017", "title-hnte-2016", "size-2011"))
SRDI_OLD, SRDI_NEW = shipped_pack("title-srdi-2022"), shipped_pack("title-srdi-2026")
VOCABULARY = shipped_vocabulary()
FIRM = {
    "staff_count": 120, "tech_staff_count": 13, "revenue_fen": 4_120_000_000, "total_assets_fen": 5_000_000_000,
    "rd_expense_fen": 150_000_000, "total_cost_fen": 3_000_000_000, "ip_class1_count": 0, "ip_class2_count": 4,
    "is_resident_enterprise": True, "has_prohibited_product": False, "has_major_accident": False,
    "has_serious_dishonesty": False, "is_on_abnormal_list": False, "has_valid_hnte": False,
    "has_national_award_top3_5y": False, "has_recognised_rd_body": False, "led_standard_5y": False,
    "industry": "industry",
}  # fmt: skip
NEAR_FIRM = FIRM | {"tech_staff_count": 18}  # 52 points: eight of one indicator are lacking


def test_the_cheapest_ways_of_a_firm_twelve_points_short():
    found = ways(TECHSME, FIRM, DAY)
    assert [[(one.fact, one.new) for one in way.changes] for way in found] == [
        [("rd_expense_fen", 206_000_000)],  # 5 % of revenue: 40 points more than none, 68 in all
        [("tech_staff_count", 30)],  # a quarter of the staff: 16 points
        [("has_valid_hnte", True)],  # passes directly
    ]
    assert found[0].points == 68
    assert way_text(found[0], VOCABULARY).zh == "研究开发费用达到206.00万元（多56.00万元）"
    assert line_of(TECHSME, FIRM, DAY).standing is Standing.NOT_MET  # near is who lacks ten points at most
    assert line_of(TECHSME, NEAR_FIRM, DAY).standing is Standing.NEAR


@pytest.mark.parametrize("pack", [TECHSME, HNTE], ids=lambda pack: pack.id)
@settings(max_examples=12, deadline=None)
@given(seed=st.integers(0, 2**32), share_unknown=st.sampled_from([0, 0.1]))
def test_every_way_is_proved_and_none_holds_another(pack, seed, share_unknown):
    known = random_known(pack, random.Random(seed), share_unknown)
    facts = facts_for(pack, facts_of(pack, known, DAY) | {"registered_on": "2015-03-01"}, DAY)
    if assess(pack, facts, DAY).outcome is Outcome.MET:
        assert ways(pack, facts, DAY) == []
        return
    found = ways(pack, facts, DAY, Limits(tries=60))
    for way in found:
        changed = {**facts, **{one.fact: one.new for one in way.changes}}
        after = assess(pack, changed, DAY)
        assert after.outcome is (Outcome.UNKNOWN if way.is_open else Outcome.MET)
        assert way.missing == (after.missing if way.is_open else ())
        assert all(facts.get(one.fact) == one.own != one.new for one in way.changes)
    touched = [{one.fact for one in way.changes} for way in found]
    assert all(not a <= b for i, a in enumerate(touched) for j, b in enumerate(touched) if i != j)
    assert [way.effort for way in found] == sorted(way.effort for way in found)


def test_nothing_known_is_open_and_names_what_is_missing():
    line = line_of(TECHSME, {}, DAY)
    assert line.standing is Standing.UNKNOWN
    assert {"staff_count", "revenue_fen"} <= set(line.found.missing)
    assert lacks_of(line).zh.startswith("缺")
    assert title_row(line, None).high_percent == 100.0


def test_near_titles_stand_first_and_classes_last():
    lines = check_up(titles_on([SIZE, HNTE, TECHSME], DAY), NEAR_FIRM, DAY)
    assert [line.pack.id for line in lines] == ["title-techsme-2017", "title-hnte-2016", "size-2011"]
    assert title_row(lines[-1], None).verdict[1].zh == "小型"
    assert pass_mark(TECHSME) == 60
    assert pass_mark(HNTE) is None
    assert family(TECHSME.id) == "title-techsme"


def test_facts_of_the_last_full_year_come_under_the_bare_name_and_unknown_names_are_left_out():
    facts = {"revenue": 5, "revenue_fen_2023": 7, "revenue_fen_2022": 6, "colour": "red", "staff_count": None}
    assert facts_for(TECHSME, facts, DAY) == {"revenue_fen": 7, "revenue_fen_2022": 6}


def test_a_year_on_what_was_the_last_year_stands_under_its_own_name():
    ahead = next_year({"revenue_fen": 7, "staff_count": 3}, VOCABULARY, DAY)
    assert ahead == {"revenue_fen": 7, "staff_count": 3, "revenue_fen_2023": 7}
    assert assess(TECHSME, next_year(FIRM, VOCABULARY, DAY), date(2025, 5, 6)).score == 48


def test_an_alternative_that_is_not_needed_is_not_called_missed():
    line = line_of(TECHSME, {**FIRM, "has_valid_hnte": True}, DAY)
    rows = condition_rows(line.found.findings, VOCABULARY)
    direct = [row for row in rows if row.facts == ("led_standard_5y",)]
    assert [row.verdict[1].zh for row in direct] == ["不需要"]
    assert sum(row.low for row in score_rows(line.found.findings, VOCABULARY)) == 48


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (">= 500000000.00 元", ("≥50000.00万元", "≥ CNY 500,000,000.00")),
        ("4.78 %", ("4.78%", "4.78%")),
        ("not in (retail, lodging)", ("非零售业、住宿业", "not Retail, Lodging")),
        ("yes", ("是", "yes")),
        ("57", ("57", "57")),
    ],
)
def test_values_are_said_as_people_read_them(found, said):
    text = pretty(found, VOCABULARY)
    assert (text.zh.replace(",", ""), text.en) == said


def test_what_would_decide_is_said_in_the_facts_own_unit():
    assert would_decide_text("revenue_fen", "<= 20000000000", VOCABULARY).en == "≤CNY 200,000,000.00"
    assert would_decide_text("has_valid_hnte", "== true", VOCABULARY).zh == "是"


def test_an_area_counts_as_its_firms_do_one_by_one():
    rng = random.Random(9)
    packs = titles_on([shipped_pack(name) for name in shipped_ids_of("title")], DAY)
    firms = {
        firm_id: {
            name: value
            for pack in (TECHSME, HNTE, SIZE)
            for name, value in facts_of(pack, random_known(pack, rng, 0.2), DAY).items()
        }
        for firm_id in range(40)
    }
    rows = [(firm_id, name, _text(value)) for firm_id, facts in firms.items() for name, value in facts.items()]
    table = facts_table([*rows, (3, "colour", "red"), (4, "staff_count", "many")][:-1], VOCABULARY, DAY)
    answers = assessed(packs, table, DAY).with_columns(district_code=pl.col("firm_id").mod(2).cast(pl.String))
    for pack_id, districts in counted(packs, answers).items():
        pack, title = shipped_pack(pack_id), districts["0"] + districts["1"]
        alone = [line_of(pack, firms[firm_id], DAY, asks=False).found.outcome for firm_id in table["firm_id"]]
        assert title.met == alone.count(Outcome.MET)
        assert title.unknown == alone.count(Outcome.UNKNOWN)
        assert title.near + title.not_met == alone.count(Outcome.NOT_MET)
        assert sum(title.bands.values()) == (title.met if pack.classes else 0)
        assert sum(districts["1"].as_json()[name] for name in STANDINGS) == 20


def test_the_nearest_stand_first_in_a_list():
    packs = titles_on([TECHSME], DAY)
    near = FIRM | {"ip_class1_count": 1, "tech_staff_count": 30}  # 12 + 10 + 30: met if 8 points come
    rows = [
        (firm_id, name, _text(value))
        for firm_id, more in enumerate(({"staff_count": 625}, {"staff_count": 505}, {}, {"is_on_abnormal_list": True}))
        for name, value in (near | {"rd_expense_fen": 300_000_000, "tech_staff_count": 200} | more).items()
    ]
    answers = assessed(packs, facts_table(rows, VOCABULARY, DAY), DAY)
    listed = firms_listed(packs[0], answers.lazy(), "near").collect()
    assert listed["firm_id"].to_list() == [3, 1, 0]
    staff = firms_listed(packs[0], answers.lazy(), "near", "conditions.scale.1").collect()
    assert staff["firm_id"].to_list() == [1, 0]
    asked = {each.key: each for each in requirements_of(packs[0])}
    short = line_of(packs[0], facts_for(packs[0], near | {"staff_count": 505}, DAY), DAY, asks=False)
    lack = lack_of(asked["conditions.scale.1"], short.found.findings, VOCABULARY, DAY)
    assert (lack.text.zh, lack.fact, lack.more) == ("职工总数少5人", "staff_count", -5)
    assert requirement_text(asked["conditions.scale.1"], VOCABULARY, DAY).zh.endswith("——职工总数")


def test_a_value_that_cannot_be_read_is_unknown():
    table = facts_table(
        [(1, "staff_count", "many"), (2, "staff_count", "-4"), (3, "staff_count", "12")], VOCABULARY, DAY
    )
    assert table["staff_count"].to_list() == [None, None, 12]


@pytest.mark.parametrize("turn", [1, -1])
def test_a_value_under_its_own_year_goes_before_one_under_the_bare_name(turn):
    last = f"revenue_fen_{DAY.year - 1}"
    said = {1: {"revenue_fen": "100", last: "200"}, 2: {"revenue_fen": "300"}, 3: {"revenue_fen": "400", last: None}}
    rows = [(firm, name, value) for firm, facts in said.items() for name, value in facts.items()][::turn]
    table = facts_table(rows, VOCABULARY, DAY).sort("firm_id")
    alone = [facts_for(TECHSME, facts, DAY)["revenue_fen"] for facts in said.values()]
    assert table["revenue_fen"].to_list() == [int(one) for one in alone] == [200, 300, 400]


def _text(value):
    return str(value).lower() if isinstance(value, bool) else str(value)


def test_what_open_rows_lack_is_named_whatever_the_outcome():
    line = line_of(TECHSME, NEAR_FIRM | {"has_serious_dishonesty": None}, DAY, asks=False)
    assert line.unknown == ("has_serious_dishonesty",)
    assert line.standing is Standing.NEAR  # one fact open beside the way
    assert lacks_of(line).zh == "研究开发费用达到164.80万元（多14.80万元）；另须查明严重失信或科研失信"
    several = ("has_serious_dishonesty", "is_on_abnormal_list", "has_prohibited_product", "has_major_accident")
    line = line_of(TECHSME, NEAR_FIRM | dict.fromkeys(several), DAY, asks=False)
    assert line.standing is Standing.NOT_MET
    assert set(missing_of(line)) == set(several)


def test_money_is_said_to_the_hundred_yuan_on_the_side_that_suffices():
    found = ways(TECHSME, FIRM | {"revenue_fen": 4_120_000_777}, DAY)
    assert found[0].changes[0].new == 206_000_039  # 5 % of revenue to the fen
    assert way_text(found[0], VOCABULARY).zh == "研究开发费用达到206.01万元（多56.01万元）"
    assert how_texts(found[0], VOCABULARY) == [VOCABULARY.how_to["rd_expense"]]


def test_every_fact_of_a_title_or_board_says_who_can_supply_it():
    packs = [shipped_pack(pack_id) for kind in ("title", "listing") for pack_id in shipped_ids_of(kind)]
    names = sorted({slot.partition("[")[0] for pack in packs for slot in pack.slots})
    assert [name for name in names if VOCABULARY.source_of(name) is None] == []


def test_old_and_new_rule_stand_thing_by_thing():
    pair = next(one for one in compared([SRDI_OLD, SRDI_NEW], FIRM) if one.new.pack is SRDI_NEW)
    rows = {row.text.zh: row for row in both_rows(pair.old, pair.new)}
    assert rows["上年末资产负债率不高于80%"].old is None
    assert rows["截至上年末从事特定细分市场3年以上"].new[1].zh == "≥3年"
    assert any(row.new is None for row in rows.values())


def test_boards_stand_last_and_answer_too():
    packs = [TECHSME, SIZE, shipped_pack("listing-star-2024")]
    lines = check_up(titles_on(packs, date(2025, 5, 6)), FIRM, date(2025, 5, 6))
    assert [line.is_board for line in lines] == [False, False, True]
