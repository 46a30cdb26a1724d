"""Benefits paid without an application: which policy may, who is listed and why, two people, the notice, objections."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from tests.factories.awards import (
    ASKS,
    FEN,
    list_firms,
    make_office,
    make_paid_firm,
    make_paying_policy,
    put_on_notice,
)
from tests.factories.people import TODAY, make_demo_book

from yulin.atlas.models import Firm, Objection, Statement
from yulin.base.errors import YulinError
from yulin.brain.core.awards import AwardMoney, Rhythm
from yulin.brain.errors import (
    AwardBudgetError,
    AwardNotFoundError,
    AwardPolicyError,
    AwardStateError,
    AwardTermsError,
    ReviewHandsError,
    ReviewReasonError,
)
from yulin.brain.models import Award, AwardBatch, AwardGap
from yulin.brain.selectors.awards import hash_of
from yulin.brain.services.awarding import (
    answer_award_objection,
    decide_batch,
    object_to_award,
)
from yulin.kit.clock import standing_on
from yulin.kit.row_security import organisation_scope, scope
from yulin.ledger.selectors import balances
from yulin.people.core.actors import PUBLIC_ACTOR
from yulin.people.errors import NotAllowedError
from yulin.people.models import Notice

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _book():
    make_demo_book(TODAY)


@pytest.fixture
def office():
    return make_office()


def codes(rows):
    return sorted(rows.values_list("identifier", flat=True))


def test_a_list_holds_whom_the_facts_of_its_day_entitle_and_apart_of_whom_something_is_open(office):
    policy = make_paying_policy(office)
    good, late = make_paid_firm(1), make_paid_firm(2, with_people=False)
    unknown = make_paid_firm(3, is_on_abnormal_list=None)
    make_paid_firm(4, staff_count=501)
    contesting = make_paid_firm(5, is_on_abnormal_list=True)
    said = Statement.objects.get(firm=contesting, fact="is_on_abnormal_list")
    Objection.objects.create(
        firm=contesting, fact=said.fact, statement=said, said={"source": said.source, "value": True}, reason="已移出",
        routed_to=office.house, made_on=TODAY, due_on=TODAY,
    )  # fmt: skip
    batch = list_firms(office, policy, TODAY)
    assert codes(batch.awards) == sorted([good.identifier, late.identifier])
    assert codes(batch.gaps) == sorted([unknown.identifier, contesting.identifier])
    gap = {one.identifier: (one.missing, one.contested) for one in batch.gaps.all()}
    assert gap[unknown.identifier] == (["is_on_abnormal_list"], [])
    assert gap[contesting.identifier] == ([], ["is_on_abnormal_list"])
    award = batch.awards.get(firm=good)
    assert {one["name"]: (one["value"], one["source"]) for one in award.facts} == {
        "district_code": (440112, "市场监管登记"), "staff_count": (60, "示例来源"),
        "is_on_abnormal_list": (False, "示例来源"),
    }  # fmt: skip
    assert [one["words"] for one in award.clauses] == [
        "（一）在黄埔区注册登记", "（二）职工总数不超过500人", "（三）未被列入经营异常名录",
    ]  # fmt: skip
    assert (batch.firm_count, batch.open_count, award.amount_fen) == (2, 2, FEN)


def test_the_facts_are_those_of_the_named_day(office):
    policy, grown, other = make_paying_policy(office), make_paid_firm(1), make_paid_firm(2)
    Statement.objects.create(firm=grown, fact="staff_count", value=600, source="示例来源", valid_from=TODAY)
    earlier = list_firms(office, policy, date(2022, 1, 18))
    assert codes(earlier.awards) == sorted([grown.identifier, other.identifier])
    decide_batch(actor=office.checker, batch_id=earlier.pk, is_confirmed=False, reason="按今天的事实")
    assert codes(list_firms(office, policy, TODAY).awards) == [other.identifier]


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"asks": f"{ASKS}\n（四）信誉良好。"}, "信誉良好"),
        ({"asks": f"{ASKS}\n（四）科技人员不少于5人。"}, "科技人员数"),
        ({"amount_fen": None}, "金额不明"),
        ({"pays": "按研发费用的5%给予补助，最高10万元。"}, "最高10万元"),
    ],
)
def test_a_policy_that_data_alone_do_not_decide_or_without_an_amount_is_refused(office, changes, says):
    policy = make_paying_policy(office, **changes)
    make_paid_firm(1, tech_staff_count=9)
    with pytest.raises(AwardPolicyError) as refused:
        list_firms(office, policy, TODAY)
    assert says in refused.value.message.zh
    assert not AwardBatch.objects.exists()


def test_terms_that_do_not_hold_are_refused(office):
    policy = make_paying_policy(office)
    with pytest.raises(AwardTermsError):
        list_firms(office, policy, TODAY)
    make_paid_firm(1)
    make_paid_firm(2)
    with pytest.raises(AwardTermsError), standing_on(TODAY):
        list_firms(office, policy, date(2022, 1, 20))
    with pytest.raises(AwardBudgetError):
        list_firms(office, policy, TODAY, budget_fen=2 * FEN - 1)
    list_firms(office, policy, TODAY, budget_fen=2 * FEN)
    with pytest.raises(AwardTermsError):
        list_firms(office, policy, TODAY)


def test_another_person_puts_the_list_under_notice_and_its_money_on_the_budget(office):
    policy, firm = make_paying_policy(office), make_paid_firm(1)
    make_paid_firm(2, is_on_abnormal_list=None)
    batch = list_firms(office, policy, TODAY)
    with pytest.raises(NotAllowedError):
        decide_batch(actor=office.officer, batch_id=batch.pk, is_confirmed=True)
    with pytest.raises(ReviewReasonError):
        decide_batch(actor=office.checker, batch_id=batch.pk, is_confirmed=False)
    with standing_on(date(2022, 1, 19)):
        batch = decide_batch(actor=office.checker, batch_id=batch.pk, is_confirmed=True)
    assert (batch.notice_from, batch.notice_until) == (date(2022, 1, 19), date(2022, 1, 26))
    assert batch.awards.get().state == "noticed"
    stands = balances([AwardMoney(policy.pk).budget]).popitem()[1]
    assert (stands.posted_fen, stands.held_fen) == (100 * FEN, 0)
    told = Notice.objects.filter(kind="brain.award", organisation__kind="firm").order_by("pk")
    assert [one.title_zh for one in told] == [
        "免申即享公示至2022-01-26：示例奖励办法", "补充事实后可快申快享：示例奖励办法",
    ]  # fmt: skip
    assert told[0].organisation.identifier == firm.identifier
    with pytest.raises(AwardStateError):
        decide_batch(actor=office.third, batch_id=batch.pk, is_confirmed=True)


def test_who_lists_does_not_put_it_under_notice(office):
    policy = make_paying_policy(office)
    make_paid_firm(1)
    own = list_firms(office.__class__(office.house, office.checker, office.third, office.third), policy, TODAY)
    with pytest.raises(ReviewHandsError):
        decide_batch(actor=office.checker, batch_id=own.pk, is_confirmed=True)
    decide_batch(actor=office.third, batch_id=own.pk, is_confirmed=False, reason="重新核对")
    assert own.awards.get().state == "dropped"
    assert list_firms(office, policy, TODAY).firm_count == 1, "a returned list takes nobody's place"


def test_a_firm_is_listed_once_in_a_period_and_the_next_year_again(office):
    policy, firm = make_paying_policy(office), make_paid_firm(1)
    put_on_notice(office, policy, TODAY)
    second = make_paid_firm(2)
    assert codes(put_on_notice(office, policy, TODAY).awards) == [second.identifier]
    with pytest.raises(AwardTermsError):
        list_firms(office, policy, TODAY, rhythm=Rhythm.ONCE)
    with standing_on(date(2023, 1, 10)):
        assert codes(list_firms(office, policy, date(2023, 1, 10)).awards) == sorted(
            [firm.identifier, second.identifier]
        )


def test_what_a_list_froze_never_changes_and_its_hash_is_that_of_its_rows(office):
    policy = make_paying_policy(office)
    make_paid_firm(1)
    make_paid_firm(2, staff_count=None)
    batch = AwardBatch.objects.get(pk=put_on_notice(office, policy, TODAY).pk)
    assert hash_of(batch) == batch.content_hash
    award, gap = Award.objects.get(), AwardGap.objects.get()
    for rows, changes in (
        (Award.objects, {"amount_fen": 1}), (Award.objects, {"facts": []}), (AwardGap.objects, {"missing": []}),
        (AwardBatch.objects, {"on": TODAY.replace(day=1)}),
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**changes)
    for one in (award, gap, batch):
        with pytest.raises(IntegrityError), transaction.atomic():
            one.__class__.objects.filter(pk=one.pk).delete()


def test_an_objection_holds_one_firm_and_a_third_person_answers_it(office):
    policy = make_paying_policy(office)
    first, second = make_paid_firm(1), make_paid_firm(2)
    with standing_on(date(2022, 1, 19)):
        batch = put_on_notice(office, policy, date(2022, 1, 19))
    award = batch.awards.get(firm=first)
    said = {"actor": PUBLIC_ACTOR, "award_id": award.pk, "name": "示例人", "contact": "demo@example.invalid"}
    with standing_on(date(2022, 1, 27)), pytest.raises(AwardNotFoundError):
        object_to_award(**said, words="重复")
    with standing_on(date(2022, 1, 26)):
        with pytest.raises(ReviewReasonError):
            object_to_award(**said, words=" ")
        made = object_to_award(**said, words="已在异常名录")
        for hand in (office.checker, office.officer):
            with pytest.raises((ReviewHandsError, NotAllowedError)):
                answer_award_objection(actor=hand, objection_id=made.pk, is_upheld=True, answer="属实")
        with pytest.raises(ReviewReasonError):
            answer_award_objection(actor=office.third, objection_id=made.pk, is_upheld=True, answer="")
        answer_award_objection(actor=office.third, objection_id=made.pk, is_upheld=True, answer="属实")
        with pytest.raises(AwardStateError):
            answer_award_objection(actor=office.third, objection_id=made.pk, is_upheld=False, answer="不属实")
    states = {one.firm_id: one.state for one in batch.awards.all()}
    assert states == {first.pk: "removed", second.pk: "noticed"}


def test_the_database_shows_a_firm_its_own_award_only_once_it_is_under_notice(office):
    policy, firm = make_paying_policy(office), make_paid_firm(1)
    make_paid_firm(2)
    batch = list_firms(office, policy, TODAY)
    house = batch.awards.get(firm=firm).house_id
    with scope(organisation_scope(house)):
        assert not Award.objects.exists()
    decide_batch(actor=office.checker, batch_id=batch.pk, is_confirmed=True)
    with scope(organisation_scope(house)):
        assert Award.objects.get().firm_id == firm.pk
    with scope("none"):
        assert not Award.objects.exists()
        assert AwardBatch.objects.count() == 1


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_twenty_people_list_the_same_policy_at_once_and_one_list_stands():
    make_demo_book(TODAY)
    office = make_office()
    policy = make_paying_policy(office)
    for number in range(1, 4):
        make_paid_firm(number)

    def work() -> str:
        try:
            return list_firms(office, policy, TODAY).number
        except YulinError as refusal:
            return refusal.code
        finally:
            connection.close()

    with ThreadPoolExecutor(max_workers=20) as threads:
        told = [future.result(timeout=120) for future in [threads.submit(work) for _ in range(20)]]
    assert sorted(told)[:19] == ["BRAIN.AWARD.TERMS"] * 19
    assert AwardBatch.objects.count() == 1
    assert Award.objects.count() == 3
    one = Award.objects.first()
    again = {field.attname: getattr(one, field.attname) for field in Award._meta.fields if field.attname != "id"}
    other = {
        field.attname: getattr(one.batch, field.attname)
        for field in AwardBatch._meta.fields
        if field.attname not in {"id", "number", "state"}
    }
    batch = AwardBatch.objects.create(**other, number="MS-X", state="returned")
    with pytest.raises(IntegrityError):
        Award.objects.create(**again | {"batch_id": batch.pk})


def test_a_general_policys_list_leaves_out_whom_a_local_variant_in_force_pays(office):
    asks = "（一）职工总数不超过500人。"
    general = make_paying_policy(office, asks=asks, area="广东")
    make_paying_policy(office, asks=asks, general_key=general.key)
    here, there = make_paid_firm(1), make_paid_firm(2)
    Firm.objects.filter(pk=there.pk).update(district_code="440106")
    batch = list_firms(office, general, TODAY)
    assert codes(batch.awards) == [there.identifier]
    own = list_firms(office, general.variants.get(), TODAY)
    assert codes(own.awards) == [here.identifier]
