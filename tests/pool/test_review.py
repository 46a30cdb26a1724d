"""The manager's review and what follows: confirm, condition, refuse, ask; lapse, revoke, activate, close."""

from __future__ import annotations

from datetime import date

import pytest
from tests.factories.people import make_actor, make_demo_book
from tests.factories.pool import WAN, enrol, loan, make_bank, make_enrolment, make_law

from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.enums import Role
from yulin.people.models import Notice
from yulin.pool.errors import (
    ChangedMeanwhileError,
    ClauseMissingError,
    ConditionMissingError,
    EnrolmentNotFoundError,
    NoteMissingError,
    SameHandsError,
    StepNotPossibleError,
)
from yulin.pool.models import LimitUse
from yulin.pool.selectors.enrolments import enrolment_for, next_in_queue, review_count
from yulin.pool.services.lifecycle import (
    activate_disbursed_enrolments,
    close_enrolment,
    lapse_conditional_enrolments,
    revoke_enrolment,
)
from yulin.pool.services.review import ask_bank, confirm_conditionally, confirm_enrolment, refuse_enrolment

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _january() -> None:
    make_demo_book(date(2022, 1, 19))


@pytest.fixture
def law():
    return make_law()


@pytest.fixture
def manager():
    return make_actor(Role.MANAGER_CHECKER)


@pytest.fixture
def clerk():
    return make_bank()[1]


@pytest.fixture
def waiting(law, clerk):
    return make_enrolment(clerk, law, has_valid_hnte=None)


def used(kind="firm_year"):
    return LimitUse.objects.get(kind=kind).used_fen


def test_confirmed_filing_gets_the_next_number_and_the_bank_hears(law, clerk, manager, waiting):
    make_enrolment(clerk, law)
    found = confirm_enrolment(actor=manager, enrolment_id=waiting.pk, version=1)
    assert (found.state, found.number) == ("active", "GZ21-2022-0000002")
    assert len(found.verification_code) == 12
    steps = [event.step for event in found.events.order_by("id")]
    assert steps == ["submit", "review", "confirm", "activate"]
    assert Notice.objects.filter(organisation_id=clerk.organisation_id).count() == 1


def test_refusal_gives_room_back_and_the_loan_may_be_filed_again(law, clerk, manager, waiting):
    assert used() == 480 * WAN
    found = refuse_enrolment(actor=manager, enrolment_id=waiting.pk, clause="第六条", note="企业资质未能证实")
    assert (found.state, found.refusal_code) == ("revoked", "第六条")
    assert used() == used("bank") == used("scheme") == 0
    again = loan(loan_number=waiting.loan_number, contract_number=waiting.contract_number)
    assert enrol(clerk, law, again).enrolled == 1


def test_refusal_without_clause_or_reason(manager, waiting):
    with pytest.raises(ClauseMissingError):
        refuse_enrolment(actor=manager, enrolment_id=waiting.pk, clause=" ", note="x")
    with pytest.raises(NoteMissingError):
        refuse_enrolment(actor=manager, enrolment_id=waiting.pk, clause="第六条", note="")


def test_question_gives_the_filing_back_and_keeps_its_room(manager, waiting):
    found = ask_bank(actor=manager, enrolment_id=waiting.pk, note="补充高企证书编号")
    assert found.state == "draft"
    assert used() == 480 * WAN


def test_two_managers_at_once_the_second_is_told(manager, waiting):
    confirm_enrolment(actor=manager, enrolment_id=waiting.pk, version=1)
    with pytest.raises(ChangedMeanwhileError):
        confirm_enrolment(actor=manager, enrolment_id=waiting.pk, version=1)
    with pytest.raises(StepNotPossibleError):
        confirm_enrolment(actor=manager, enrolment_id=waiting.pk)


def test_whoever_filed_does_not_confirm(law, clerk, waiting):
    with pytest.raises(SameHandsError):
        confirm_enrolment(actor=clerk, enrolment_id=waiting.pk)


@pytest.mark.parametrize(("day", "lapsed"), [(date(2022, 1, 31), 0), (date(2022, 2, 1), 1)])
def test_condition_lapses_after_its_last_day(manager, clerk, waiting, day, lapsed):
    confirm_conditionally(actor=manager, enrolment_id=waiting.pk, condition="补录高企名单编号", until=date(2022, 1, 31))
    assert lapse_conditional_enrolments(today=day) == lapsed
    assert lapse_conditional_enrolments(today=day) == 0
    found = enrolment_for(SYSTEM_ACTOR, waiting.pk)
    assert found.state == ("revoked" if lapsed else "conditional")
    assert used() == (0 if lapsed else 480 * WAN)
    assert Notice.objects.filter(organisation_id=clerk.organisation_id).count() == 1 + lapsed


def test_condition_that_is_met_is_confirmed_with_a_number(manager, waiting):
    confirm_conditionally(actor=manager, enrolment_id=waiting.pk, condition="名单编号", until=date(2022, 12, 31))
    found = confirm_enrolment(actor=manager, enrolment_id=waiting.pk)
    assert (found.state, found.number, found.conditional_until) == ("active", "GZ21-2022-0000001", None)


@pytest.mark.parametrize("until", [None, date(2022, 1, 19)])
def test_condition_needs_a_day_ahead(manager, waiting, until):
    with pytest.raises(ConditionMissingError):
        confirm_conditionally(actor=manager, enrolment_id=waiting.pk, condition="名单编号", until=until)


def test_revoked_enrolment_keeps_its_number(law, clerk, manager):
    one = make_enrolment(clerk, law)
    found = revoke_enrolment(actor=manager, enrolment_id=one.pk, clause="第九条", note="用途不符")
    assert (found.state, found.number) == ("revoked", one.number)
    assert used() == 0


def test_loan_lent_today_becomes_active_and_is_closed_when_repaid(law, clerk):
    one = make_enrolment(clerk, law, disbursed_on=date(2022, 1, 20))
    assert activate_disbursed_enrolments(today=date(2022, 1, 19)) == 0
    assert activate_disbursed_enrolments(today=date(2022, 1, 20)) == 1
    found = close_enrolment(actor=SYSTEM_ACTOR, enrolment_id=one.pk, on=date(2022, 5, 1), today=date(2022, 5, 1))
    assert (found.state, found.outstanding_fen) == ("closed", 0)
    assert used() == 480 * WAN


def test_queue_moves_on_and_counts(law, clerk, manager):
    first, second = make_enrolment(clerk, law, has_valid_hnte=None), make_enrolment(clerk, law, has_valid_hnte=None)
    assert review_count(manager) == 2
    assert next_in_queue(manager, first) == second.pk
    confirm_enrolment(actor=manager, enrolment_id=second.pk)
    assert next_in_queue(manager, first) is None


def test_other_bank_does_not_find_it(law, waiting):
    _, stranger = make_bank()
    with pytest.raises(EnrolmentNotFoundError):
        enrolment_for(stranger, waiting.pk)
    with pytest.raises(EnrolmentNotFoundError):
        ask_bank(actor=stranger, enrolment_id=waiting.pk, note="x")


def test_district_sees_its_own_only(law, waiting):
    assert enrolment_for(make_actor(Role.DISTRICT_OFFICER), waiting.pk) == waiting
    elsewhere = make_enrolment(make_bank()[1], law, district_code="440106", firm_name="广州示例云桥软件有限公司")
    with pytest.raises(EnrolmentNotFoundError):
        enrolment_for(make_actor(Role.DISTRICT_OFFICER), elsewhere.pk)
