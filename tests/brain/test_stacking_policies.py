"""Policies of the library under the law of stacking: what excludes and caps them is data, as between titles."""

from __future__ import annotations

import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.brain.test_check_up_pages import make_firm, people_of, text
from tests.brain.test_radar import confirm, publish
from tests.factories.people import TODAY, make_client, make_demo_book
from tests.web.test_pages import MOST_QUERIES, faults_of

from yulin.base.errors import YulinError
from yulin.brain.selectors.stacking import firm_stack
from yulin.brain.services.stacking import decide_stacking, propose_stacking
from yulin.people.enums import Role

pytestmark = pytest.mark.django_db

STAFF = "（一）职工总数不超过500人。"
CODE = "91440100YLAAAAAA1X"
LAW = """\
title: [示例, Example]
benefits:
  city: {{title: [市级补贴, City grant], level: city, policy: {city}, document: 示例1, article: 第四条, verified: yes}}
  district: {{title: [区级补贴, District grant], level: district, policy: {district}, document: 示例1, verified: yes}}
rules:
  between: {{of: [city, district], document: 示例区1, article: 第九条, verified: yes, {rule}}}
"""


@pytest.fixture(autouse=True)
def _book():
    make_demo_book(TODAY)


@pytest.fixture
def two(officer, checker):
    """A city's policy of 500,000 yuan and a district's of 200,000, both for firms of at most 500 people."""
    made = [
        publish(officer, checker, title="示例市补贴办法", asks=STAFF, area="广东/广州", amount_fen=50_000_000),
        publish(officer, checker, title="示例区补贴办法", asks=STAFF, amount_fen=20_000_000),
    ]
    for policy in made:
        confirm(policy, checker)
    return made


def law_of(two, rule: str) -> str:
    city, district = (json.dumps(one.key, ensure_ascii=False) for one in two)
    return LAW.format(city=city, district=district, rule=rule)


def put_in_force(officer, checker, law: str) -> None:
    version = propose_stacking(actor=officer, key="own", base=0, text=law, note="按示例区1")
    decide_stacking(actor=checker, version_id=version.pk, is_published=True)


def test_without_a_law_policies_are_summed_and_marked_as_not_read(two):
    page = firm_stack(make_firm(CODE), on=TODAY)
    assert page.best.total_fen == 70_000_000
    assert {one.policy_id for one in page.unread} == {one.pk for one in two}


@pytest.mark.parametrize(
    ("rule", "received", "left"),
    [
        ("kind: higher_only", {"city": 50_000_000}, [("district", "第九条")]),
        ("kind: cap, at_most: 60万", {"city": 50_000_000, "district": 10_000_000}, []),
    ],
)
def test_what_a_policy_says_of_another_rules_the_best_combination(two, officer, checker, rule, received, left):
    put_in_force(officer, checker, law_of(two, rule))
    page = firm_stack(make_firm(CODE), on=TODAY)
    assert page.best.received_fen == received
    assert [(row.benefit.id, row.reasons[0][1].clause.article) for row in page.left_out] == left
    assert page.unread == []
    if left:
        assert (page.runner_up.comes[0].id, page.runner_up.less_fen) == ("district", 30_000_000)


def test_an_amount_that_the_library_does_not_know_stays_unknown(two, officer, checker):
    city, district = two
    unread = publish(officer, checker, title="示例未明办法", asks=STAFF, amount_fen=None)
    confirm(unread, checker)
    put_in_force(officer, checker, law_of((city, unread), "kind: higher_only"))
    page = firm_stack(make_firm(CODE), on=TODAY)
    assert page.best.received_fen == {"city": 50_000_000, f"policy:{district.key}": 20_000_000}
    (left,) = page.left_out
    assert left.benefit.counted_fen is None
    assert left.condition.zh == "金额不明：若超过500,000.00元，改选本项更多"


def test_what_a_firm_is_near_to_stands_apart_with_its_step_and_counts_for_nothing(two, officer, checker):
    put_in_force(officer, checker, law_of(two, "kind: higher_only"))
    page = firm_stack(make_firm(CODE, staff_count=505), on=TODAY)
    assert page.best.taken == ()
    assert {(one.benefit.id, one.title.zh, one.benefit.amount_fen) for one in page.beyond if one.benefit.policy} == {
        ("city", "职工总数降到500（少5人）", 50_000_000), ("district", "职工总数降到500（少5人）", 20_000_000),
    }  # fmt: skip


def test_a_key_that_the_library_does_not_hold_and_a_policy_named_twice_are_refused(two, officer):
    city = two[0]
    law = law_of(two, "kind: higher_only")
    for wrong, code, said in (
        (law.replace(json.dumps(city.key, ensure_ascii=False), "no-such-policy"), "BRAIN.POLICY.NOT_FOUND", "no-such"),
        (law_of((city, city), "kind: higher_only"), "RULES.PACK.KEY", "own.yaml:4, benefits.district.policy"),
        (law.replace("level: city,", "level: city, titles: [title-hnte],"), "RULES.PACK.KEY", "own.yaml:3"),
    ):
        with pytest.raises(YulinError) as caught:
            propose_stacking(actor=officer, key="own", base=0, text=wrong, note="示例")
        assert caught.value.code == code
        assert said in str(caught.value)


def test_the_pages_name_the_policy_and_lead_to_it(two, officer, checker):
    put_in_force(officer, checker, law_of(two, "kind: higher_only"))
    firm = make_firm(CODE)
    client = people_of(firm)
    city, district = two
    assert f"/check-up/{firm.pk}/stacking/" in text(client.get(f"/zh-hans/radar/{firm.pk}/"))
    for language in ("zh-hans", "en"):
        with CaptureQueriesContext(connection) as queries:
            page = text(client.get(f"/{language}/check-up/{firm.pk}/stacking/"))
        assert len(queries) <= MOST_QUERIES
        assert [each for each in faults_of(page, language) if "示例" not in each] == []
        assert f"/{language}/policies/{city.pk}/" in page
        assert f"/{language}/policies/{district.pk}/" in page
        assert ("Art. 9" if language == "en" else "第九条") in page
    law = text(make_client(Role.AUTHORITY_OFFICER).get("/en/stacking/"))
    assert city.key in law
    assert "as the library says" in law
