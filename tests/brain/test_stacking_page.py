"""Which combination pays a firm most: from its titles and its district, on the page, to whom it concerns."""

from __future__ import annotations

import re

import pytest
from tests.brain.test_check_up_pages import make_firm, people_of, text
from tests.core.brain.test_check_up import NEAR_FIRM
from tests.factories.people import TODAY, make_client, make_demo_book

from yulin.brain.core.load_stacking import load_stacking
from yulin.brain.selectors.stacking import firm_stack
from yulin.people.enums import Role

pytestmark = pytest.mark.django_db
CODE = "91440100YLAAAAAA1X"
LAW = load_stacking({"x.yaml": """\
title: [示例, Example]
benefits:
  province: {title: [省奖, P], level: province, area: 44, titles: [title-techsme], amount: 80万, document: 粤1, verified: yes}
  city: {title: [市奖, C], level: city, area: 4401, titles: [title-techsme], amount: 70万, document: 穗1, verified: yes}
  district: {title: [区奖, D], level: district, area: 440112, titles: [title-techsme], amount: bonus, document: 埔1, verified: yes}
  elsewhere: {title: [他区奖, E], level: district, area: 440106, titles: [title-techsme], amount: 9万, document: 河1, verified: yes}
  later: {title: [明年奖, L], level: city, area: 4401, titles: [title-techsme], amount: 9万, document: 穗2, verified: yes, from: 2099-01-01}
  giant: {title: [巨人奖, G], level: city, area: 4401, titles: [title-giant], amount: 100万, document: 穗3, verified: yes}
rules:
  higher: {kind: higher_only, of: [province, city], document: 穗1, article: 第九条, verified: yes}
  bonus: {kind: bonus, of: [district], to: [city], share: 30%, document: 埔1, verified: yes}
"""})  # fmt: skip  # noqa: E501


@pytest.fixture(autouse=True)
def _book():
    make_demo_book(TODAY)


def met_firm(**more):
    return make_firm(CODE, rd_expense_fen=206_000_000, **more)


def test_a_firm_has_what_its_title_and_district_bring_and_the_bonus_turns_the_choice():
    page = firm_stack(met_firm(), on=TODAY, law=LAW)
    assert page.best.received_fen == {"city": 70_000_000, "district": 21_000_000}
    (left,) = page.left_out
    assert left.benefit.id == "province"
    assert [(said.zh, rule.clause.article) for said, rule in left.reasons] == [("从高不重复：已取“市奖”", "第九条")]
    assert page.runner_up.less_fen == 11_000_000
    assert "later" not in page.stack.by_id
    assert "elsewhere" not in page.stack.by_id


def test_another_district_has_no_bonus_and_takes_the_higher():
    page = firm_stack(met_firm(district="440106"), on=TODAY, law=LAW)
    assert page.best.received_fen == {"province": 80_000_000, "elsewhere": 9_000_000}


def test_a_district_nobody_knows_is_a_missing_fact_and_counts_for_nothing():
    page = firm_stack(met_firm(district=""), on=TODAY, law=LAW)
    assert page.best.taken == ()
    assert {one.benefit.id for one in page.beyond} >= {"province", "city", "district", "elsewhere"}
    assert all(one.missing[0].zh == "企业所在区" for one in page.beyond if one.benefit.id != "giant")


def test_a_near_firm_sees_what_it_is_near_to_and_sums_nothing():
    page = firm_stack(make_firm(CODE), on=TODAY, law=LAW)
    assert page.best.taken == ()
    near = {one.benefit.id: one for one in page.beyond}
    assert near["city"].missing == ()
    assert near["city"].title.zh == "科技型中小企业"
    assert NEAR_FIRM["tech_staff_count"] == 18


def test_the_page_says_that_an_unknown_amount_is_no_zero():
    firm = make_firm(CODE)
    seen = text(people_of(firm).get(f"/zh-hans/check-up/{firm.pk}/stacking/"))
    assert "高新技术企业减按15%征收企业所得税" in seen
    assert "第二十八条第二款" in seen
    assert "不明" in seen
    assert not re.search(r"¥\s*0\.00", seen)


def test_the_page_is_for_the_firm_its_district_and_those_who_see_all():
    firm, other = make_firm(CODE), make_firm("91440100YLBBBBBB2X")
    client = people_of(firm)
    assert client.get(f"/en/check-up/{firm.pk}/stacking/").status_code == 200
    assert client.get(f"/en/check-up/{other.pk}/stacking/").status_code == 404
    assert make_client(Role.AUTHORITY_OFFICER).get(f"/en/check-up/{other.pk}/stacking/").status_code == 200
    assert make_client(Role.BANK_CLERK).get(f"/en/check-up/{firm.pk}/stacking/").status_code == 403
    assert "stacking/" in text(client.get(f"/en/check-up/{firm.pk}/"))
