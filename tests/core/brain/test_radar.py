"""Criteria read from words, and the radar: what a table says of a firm is what the firm alone is told."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yulin.brain.core.check_up import line_of
from yulin.brain.core.criteria import About, pack_text, person_rows, policy_pack
from yulin.brain.core.criteria_reading import read_criteria
from yulin.brain.core.radar import CODES, radar_facts, radar_table
from yulin.rules.adapters.shipped import shipped_vocabulary

ON = date(2026, 3, 2)
PHRASES = {
    "在黄埔区注册登记": "is_registered_in(440112)",
    "注册地位于广州市天河区": "is_registered_in(440106)",
    "成立满2年": "on >= registered_on + years(2)",
    "成立不超过十年": "on <= registered_on + years(10)",
    "职工总数不少于20人": "staff_count >= 20",
    "上年度研发费用占营业收入的比例不低于3%": "rd_expense[0] / revenue[0] >= pct(3)",
    "研发人员占职工总数比例达到10%以上": "rd_staff_count / staff_count >= pct(10)",
    "上一年度营业收入超过2000万元": "revenue[0] > wan(2000)",
    "营业收入不超过2亿元": "revenue[0] <= yi(2)",
    "具有高新技术企业资格": "has_valid_hnte",
    "取得高新技术企业或科技型中小企业资格": "has_valid_hnte or has_valid_techsme",
    "未被列入经营异常名录": "not is_on_abnormal_list",
    "信誉良好": "",
    "近三年营业收入年均增长20%以上": "",
    "注册满一个完整会计年度": "",
    "为高新技术企业提供服务": "",
}


@pytest.mark.parametrize(("phrase", "that"), PHRASES.items())
def test_a_phrase_is_read_as_its_rule_or_left_to_a_person(phrase, that):
    found = read_criteria([("conditions", f"{phrase}。")])
    assert [one.that for one in found] == [that]
    assert found[0].quote == phrase


def test_of_a_list_of_which_some_suffices_everything_is_left_to_a_person():
    text = "符合下列条件之一：\n（一）具有高新技术企业资格；\n（二）职工总数不少于20人。"
    assert {one.that for one in read_criteria([("conditions", text)])} == {""}


def test_alternatives_in_one_line_are_left_to_a_person_too():
    found = read_criteria([("conditions", "申请企业须符合下列条件之一：成立满2年；职工总数不超过500人。")])
    assert [one.that for one in found] == ["", ""]


@pytest.mark.parametrize("heading", ["其他要求", "（二）基本要求：", "申报主体应同时满足下列要求：", "支持对象及范围"])
def test_a_bare_heading_is_no_row_for_a_person(heading):
    found = read_criteria([("conditions", f"{heading}\n成立满2年。\n信誉良好。")])
    assert [one.quote for one in found] == ["成立满2年", "信誉良好"]


@pytest.mark.parametrize("said", ["符合国家产业政策要求", "符合认定要求", "项目单位信誉要求良好"])
def test_what_asks_something_is_never_taken_for_a_heading(said):
    assert [one.quote for one in read_criteria([("conditions", f"{said}。")])] == [said]


def test_what_is_read_beside_words_that_are_not_keeps_a_row_for_a_person():
    found = read_criteria([("conditions", "营业收入达到500万元且在行业内具有较强的影响力。")])
    assert [bool(one.that) for one in found] == [True, False]
    assert found[0].sure < 85


def test_words_lead_back_to_their_place_and_the_area_goes_first():
    parts = [("amount", "给予50万元。"), ("conditions", "（一）成立满2年；\n（二）信誉良好。")]
    whole = "\n".join(text for _, text in parts)
    found = read_criteria(parts, "广东/广州/黄埔区")
    assert found[0].that == "is_registered_in(440112)"
    assert all(whole[one.start : one.end] == one.quote for one in found[1:])


def test_a_policy_that_says_no_conditions_has_no_criteria():
    assert read_criteria([("amount", "给予50万元补贴。"), ("contact", "某局")]) == []


FACTS = st.fixed_dictionaries(
    {},
    optional={
        "staff_count": st.sampled_from([0, 1, 19, 20, 500]),
        "rd_staff_count": st.sampled_from([0, 2, 50]),
        "revenue_fen": st.sampled_from([0, 100, 200_000_000_0, 200_000_000_1, 20_000_000_000]),
        "rd_expense_fen": st.sampled_from([0, 3, 60_000_000, 1_000_000_000]),
        "has_valid_hnte": st.booleans(),
        "has_valid_techsme": st.booleans(),
        "is_on_abnormal_list": st.booleans(),
        "registered_on": st.sampled_from(["2024-03-02", "2024-03-03", "2016-03-02", "2016-03-01"]),
    },
)


@settings(max_examples=25, deadline=None)
@given(
    asked=st.lists(st.lists(st.sampled_from(sorted(PHRASES)), min_size=1, max_size=4), min_size=1, max_size=3),
    firms=st.lists(st.tuples(FACTS, st.sampled_from([None, "440112", "440106"])), min_size=1, max_size=5),
)
def test_the_table_says_of_each_firm_what_the_firm_alone_is_told(asked, firms):
    vocabulary = shipped_vocabulary()
    packs = [
        policy_pack(pack_text(About(n, "示例", "示例号"), read_criteria([("conditions", "；".join(one))])), vocabulary)
        for n, one in enumerate(asked)
    ]
    said = [
        (pk, name, str(value).lower() if isinstance(value, bool) else str(value))
        for pk, (facts, _) in enumerate(firms, 1)
        for name, value in facts.items()
    ]
    places = [(pk, code) for pk, (_, code) in enumerate(firms, 1)]
    table = radar_table(packs, radar_facts(said, places, vocabulary, ON), ON)
    assert table["firm_id"].to_list() == [pk for pk, _ in places]
    for row, (facts, code) in zip(table.to_dicts(), firms, strict=True):
        known = facts | ({"district_code": int(code)} if code else {})
        for pack in packs:
            assert row[pack.id] == CODES[line_of(pack, known, ON, asks=False).standing]


@given(asked=st.lists(st.sampled_from(sorted(PHRASES)), min_size=1, max_size=4), facts=FACTS)
@settings(max_examples=25, deadline=None)
def test_what_a_person_has_to_look_at_is_never_matched(asked, facts):
    rows = read_criteria([("conditions", "；".join([*asked, "信誉良好"]))])
    assert person_rows(rows)
    pack = policy_pack(pack_text(About(1, "示例", ""), rows), shipped_vocabulary())
    assert line_of(pack, facts, ON, asks=False).standing != "met"
