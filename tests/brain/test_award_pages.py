"""The pages of awards: the authority lists and checks, everybody reads the notice and objects, a firm reads its own."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.brain.test_check_up_pages import text
from tests.factories.awards import FEN, make_office, make_paid_firm, make_paying_policy, put_on_notice
from tests.factories.people import TODAY, make_client, make_demo_book
from tests.web.test_pages import faults_of

from yulin.atlas.models import Statement
from yulin.brain import tasks
from yulin.brain.core.awards import Rhythm
from yulin.brain.errors import AwardTermsError
from yulin.brain.models import AwardBatch, AwardListing, AwardObjection
from yulin.brain.selectors.awards import open_listings
from yulin.brain.services.awarding import BatchTerms
from yulin.brain.services.listing_awards import STALLED, ask_for_batch
from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.enums import Role
from yulin.people.models import Organisation

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _book():
    make_demo_book(TODAY)


@pytest.fixture
def office():
    return make_office()


def firm_client(firm) -> Client:
    return make_client(Role.FIRM_USER, Organisation.objects.get(identifier=firm.identifier))


def make_lists() -> None:
    """Make the lists that wait, as the worker does."""
    for one in open_listings():
        tasks.list_awards(one.pk)


def test_one_person_lists_another_puts_it_under_notice(office):
    policy, firm = make_paying_policy(office), make_paid_firm(1)
    make_paid_firm(2, is_on_abnormal_list=None)
    make_paying_policy(office, pays="最高10万元。")
    officer = make_client(Role.AUTHORITY_OFFICER, office.house)
    page = text(officer.get("/zh-hans/awards/"))
    assert "金额只是上限或比例：“最高10万元”" in page
    sent = {"policy": policy.pk, "on": TODAY.isoformat(), "rhythm": "year", "budget": "5万元", "notice_workdays": 5}
    short = officer.post("/zh-hans/awards/propose/", sent)
    make_lists()
    assert "BRAIN.AWARD.BUDGET" in text(officer.get(short["Location"]))
    assert AwardBatch.objects.count() == 0
    waits = officer.post("/zh-hans/awards/propose/", sent | {"budget": "100万元"})
    make_lists()
    made = officer.get(waits["Location"], follow=True)
    batch = AwardBatch.objects.get()
    assert made.redirect_chain[-1][0] == f"/zh-hans/awards/{batch.pk}/"
    assert "由您拟定，须由另一人复核" in text(made)
    assert "列入经营异常名录" in text(made), "what is missing of the second firm"
    public = Client()
    assert public.get(f"/zh-hans/awards/{batch.pk}/").status_code == 404
    checker = make_client(Role.AUTHORITY_CHECKER, office.house)
    bad = checker.post(f"/zh-hans/awards/{batch.pk}/decide/", {"verdict": "return", "reason": ""})
    assert bad.status_code == 422
    checker.post(f"/zh-hans/awards/{batch.pk}/decide/", {"verdict": "publish"})
    seen = text(public.get(f"/en/awards/{batch.pk}/"))
    assert firm.name in seen
    assert "示例2科技有限公司" not in seen, "of whom something is open is not published"


def test_the_page_answers_at_once_shows_how_far_a_list_is_and_leads_to_it(office):
    policy = make_paying_policy(office)
    for number in range(1, 4):
        make_paid_firm(number)
    officer = make_client(Role.AUTHORITY_OFFICER, office.house)
    sent = {"policy": policy.pk, "on": TODAY.isoformat(), "rhythm": "year", "budget": "100万元", "notice_workdays": 5}
    address = officer.post("/zh-hans/awards/propose/", sent)["Location"]
    assert AwardBatch.objects.count() == 0
    (made,) = open_listings()
    again = officer.post("/zh-hans/awards/propose/", sent)
    assert again.status_code == 422
    assert "另一份名单正在拟定" in text(again)
    for language in ("zh-hans", "en"):
        for path in (address.removeprefix("/zh-hans/"), "awards/"):
            page = text(officer.get(f"/{language}/{path}"))
            assert [one for one in faults_of(page, language) if "示例" not in one] == []
            assert re.search(rf"\b0\D+{made.firms_total}\b", page), "none of the firms yet"
    for role in (Role.AUDITOR, Role.FIRM_USER, Role.BANK_MANAGER):
        assert make_client(role).get(address).status_code == 403
    with CaptureQueriesContext(connection) as asked:
        tasks.list_awards(made.pk)
    said = [one["sql"] for one in asked]
    told = [int(number) for sql in said for number in re.findall(r'SET "firms_done" = (\d+)', sql)]
    assert told == sorted(told)
    assert told[-1] == made.firms_total
    batch = AwardBatch.objects.get()
    assert (batch.firm_count, batch.made_by_name) == (3, made.asked_as["name"])
    assert officer.get(address)["Location"] == f"/zh-hans/awards/{batch.pk}/"
    assert officer.get(address, headers={"HX-Request": "true"})["HX-Redirect"] == f"/zh-hans/awards/{batch.pk}/"
    tasks.list_awards(made.pk)
    assert AwardBatch.objects.count() == 1, "a task that runs again lists nobody again"


def test_a_list_that_stands_still_is_asked_for_again_and_one_that_moves_is_not(office):
    policy, _ = make_paying_policy(office), make_paid_firm(1)
    terms = BatchTerms(TODAY, Rhythm.YEAR, 100_000_000)
    first = ask_for_batch(actor=office.officer, policy_id=policy.pk, terms=terms)
    with pytest.raises(AwardTermsError):
        ask_for_batch(actor=office.officer, policy_id=policy.pk, terms=terms)
    with scope(EVERYTHING):
        AwardListing.objects.update(moved_at=clock.now() - STALLED - timedelta(seconds=1))
    assert ask_for_batch(actor=office.officer, policy_id=policy.pk, terms=terms).pk == first.pk
    assert len(open_listings()) == 1
    assert ProcrastinateJob.objects.filter(task_name="brain.list_awards").count() == 1, "it is still in the queue"
    make_lists()
    assert AwardBatch.objects.count() == 1


def test_a_firm_reads_what_decided_on_it_and_nobody_elses(office):
    policy, firm, other = make_paying_policy(office), make_paid_firm(1), make_paid_firm(2)
    batch = put_on_notice(office, policy, TODAY)
    own, foreign = batch.awards.get(firm=firm), batch.awards.get(firm=other)
    client = firm_client(firm)
    assert firm.name not in text(client.get("/zh-hans/awards/"))
    page = text(client.get(f"/zh-hans/awards/firms/{own.pk}/"))
    assert "职工总数不超过500人" in page
    assert "示例来源" in page
    assert client.get(f"/zh-hans/awards/firms/{foreign.pk}/").status_code == 404
    listed = text(client.get(f"/zh-hans/awards/{batch.pk}/"))
    assert other.name in listed
    assert f'/zh-hans/awards/firms/{foreign.pk}/"' not in listed
    assert make_client(Role.BANK_CLERK).get(f"/zh-hans/awards/firms/{own.pk}/").status_code == 403


def test_clauses_and_sources_of_an_award_are_said_in_the_readers_language(office):
    policy, firm = make_paying_policy(office), make_paid_firm(1, staff_count=None)
    Statement.objects.create(
        firm=firm, fact="staff_count", value=60, source="社保与企业年报", valid_from=date(2021, 1, 1)
    )
    award = put_on_notice(office, policy, TODAY).awards.get()
    address = f"/awards/firms/{award.pk}/"
    client = firm_client(firm)
    chinese, english = (text(client.get(f"/{language}{address}")) for language in ("zh-hans", "en"))
    assert "社保与企业年报" in chinese
    assert re.search(r"第\d+段", chinese)
    assert re.search(r">para\. \d+<", english)
    for said in ("Social insurance and yearly report", "Business register"):
        assert said in english
    for said in ("社保与企业年报", "市场监管登记", "适用地区"):
        assert said not in english
    assert not re.search(r"第\d+段", english)


def test_anybody_objects_within_the_notice_and_a_third_person_answers(office):
    policy, firm = make_paying_policy(office), make_paid_firm(1)
    award = put_on_notice(office, policy, TODAY).awards.get()
    public = Client()
    said = {"words": "已列入名录", "name": "示例人", "contact": "demo@example.invalid", "address": ""}
    sent = public.post(f"/zh-hans/awards/firms/{award.pk}/objection/", said, follow=True)
    assert "已收到" in text(sent)
    assert "有异议待答复" in text(sent)
    objection = AwardObjection.objects.get()
    assert "demo@example.invalid" not in text(firm_client(firm).get(f"/zh-hans/awards/firms/{award.pk}/"))
    third = make_client(Role.AUTHORITY_CHECKER, office.house)
    page = text(third.get(f"/zh-hans/awards/firms/{award.pk}/"))
    assert "demo@example.invalid" in page
    address = f"/zh-hans/awards/firms/{award.pk}/objections/{objection.pk}/"
    assert third.post(address, {"verdict": "upheld", "answer": ""}).status_code == 422
    assert "异议成立，移出" in text(third.post(address, {"verdict": "upheld", "answer": "属实"}, follow=True))
    assert public.get(f"/zh-hans/awards/firms/{award.pk}/objection/").status_code == 404


def test_pages_ask_as_often_for_three_firms_as_for_one(office, django_assert_max_num_queries):
    policy = make_paying_policy(office, amount_fen=FEN)
    for number in range(1, 4):
        make_paid_firm(number)
    make_paid_firm(4, staff_count=None)
    batch = put_on_notice(office, policy, TODAY)
    client = make_client(Role.AUTHORITY_OFFICER, office.house)
    for address in (
        "/zh-hans/awards/",
        f"/zh-hans/awards/{batch.pk}/",
        f"/zh-hans/awards/firms/{batch.awards.first().pk}/",
    ):
        with django_assert_max_num_queries(22):
            assert client.get(address).status_code == 200
