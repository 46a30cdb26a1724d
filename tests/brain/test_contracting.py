"""The contract of a grant: after the notice, milestones that sum to it, two people, and the ledger to the fen."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from tests.brain.test_reviewing import granted
from tests.factories.applications import make_applicant, make_bureau
from tests.factories.people import TODAY, make_demo_book

from yulin.brain.core.awards import PayeeAccount
from yulin.brain.core.contracts import GrantMoney, Planned
from yulin.brain.errors import ContractError, ReviewHandsError, ReviewReasonError
from yulin.brain.models import Application, GrantContract, GrantMilestone
from yulin.brain.selectors.application_queue import waiting_applications
from yulin.brain.services.contracting import (
    draft_contract,
    judge_milestone,
    keep_payment,
    name_account,
    release_milestone,
    report_milestone,
    sign_contract,
)
from yulin.brain.services.deadlines import remind_of_milestones
from yulin.brain.services.reviewing import file_appeal
from yulin.kit.clock import standing_on
from yulin.ledger.selectors import balances
from yulin.people.core.actors import PUBLIC_ACTOR, SYSTEM_ACTOR
from yulin.people.models import Notice

pytestmark = pytest.mark.django_db

AFTER = date(2022, 1, 27)
TERMS = [Planned("样机", date(2022, 6, 30), 250_000_00), Planned("验证", date(2022, 12, 31), 150_000_00)]


@pytest.fixture(autouse=True)
def _book():
    make_demo_book(TODAY)


@pytest.fixture
def bureau():
    return make_bureau()


@pytest.fixture
def applicant():
    return make_applicant()


def signed(bureau, applicant):
    with standing_on(TODAY):
        application = granted(bureau, applicant, budget_fen=1_000_000_00)
    draft_contract(actor=bureau.officer, application_id=application.pk, milestones=TERMS)
    sign_contract(actor=bureau.checker, application_id=application.pk)
    return application, list(GrantMilestone.objects.order_by("place"))


def test_contract_waits_for_the_last_day_of_the_notice_and_for_open_objections(bureau, applicant):
    application = granted(bureau, applicant)
    with standing_on(date(2022, 1, 26)), pytest.raises(ContractError):
        draft_contract(actor=bureau.officer, application_id=application.pk, milestones=TERMS)
    file_appeal(actor=PUBLIC_ACTOR, application_id=application.pk, words="重复", name="示例")
    with standing_on(AFTER), pytest.raises(ContractError):
        draft_contract(actor=bureau.officer, application_id=application.pk, milestones=TERMS)


@pytest.mark.parametrize(
    "terms",
    [
        [],
        [Planned("样机", date(2022, 6, 30), 399_999_99)],
        [Planned("样机", date(2022, 6, 30), 400_000_01)],
        [Planned(" ", date(2022, 6, 30), 400_000_00)],
        [Planned("样机", date(2022, 1, 26), 400_000_00)],
        [TERMS[1], TERMS[0]],
    ],
)
def test_milestones_that_are_not_the_grant_are_refused(bureau, applicant, terms):
    application = granted(bureau, applicant)
    with standing_on(AFTER), pytest.raises(ContractError):
        draft_contract(actor=bureau.officer, application_id=application.pk, milestones=terms)


def test_contract_is_signed_by_another_person_and_holds_its_money_on_the_call(bureau, applicant):
    application = granted(bureau, applicant, budget_fen=1_000_000_00)
    with standing_on(AFTER):
        draft_contract(actor=bureau.checker, application_id=application.pk, milestones=TERMS)
        with pytest.raises(ReviewHandsError):
            sign_contract(actor=bureau.checker, application_id=application.pk)
        draft_contract(actor=bureau.officer, application_id=application.pk, milestones=TERMS)
        sign_contract(actor=bureau.checker, application_id=application.pk)
    assert GrantContract.objects.get().number == "HT-2022-0000001"
    assert Application.objects.get(pk=application.pk).state == "contracted"
    budget = balances([GrantMoney(application.call.number, application.house_id).budget]).popitem()[1]
    assert (budget.posted_fen, budget.held_fen, budget.available_fen) == (1_000_000_00, 400_000_00, 600_000_00)


def test_milestone_is_paid_after_its_report_by_two_people_and_booked_once(bureau, applicant):
    with standing_on(AFTER):
        application, (first, _) = signed(bureau, applicant)
        with pytest.raises(ContractError):
            release_milestone(actor=bureau.officer, milestone_id=first.pk)
        report_milestone(actor=applicant.one, milestone_id=first.pk, report="样机完成")
        with pytest.raises(ReviewReasonError):
            judge_milestone(actor=bureau.officer, milestone_id=first.pk, is_accepted=False)
        judge_milestone(actor=bureau.officer, milestone_id=first.pk, is_accepted=False, reason="缺测试报告")
        report_milestone(actor=applicant.one, milestone_id=first.pk, report="样机完成，附测试报告")
        judge_milestone(actor=bureau.officer, milestone_id=first.pk, is_accepted=True)
        release_milestone(actor=bureau.officer, milestone_id=first.pk)
        with pytest.raises(ReviewHandsError):
            release_milestone(actor=bureau.officer, milestone_id=first.pk)
        with pytest.raises(ContractError):
            keep_payment(actor=bureau.officer, milestone_id=first.pk, on=AFTER, reference="B-1")
        release_milestone(actor=bureau.checker, milestone_id=first.pk)
        for day, reference in ((date(2022, 1, 28), "B-1"), (AFTER, " ")):
            with pytest.raises(ContractError):
                keep_payment(actor=bureau.officer, milestone_id=first.pk, on=day, reference=reference)
        for _ in range(2):
            keep_payment(actor=bureau.officer, milestone_id=first.pk, on=AFTER, reference="B-1")
        with pytest.raises(ContractError):
            keep_payment(actor=bureau.officer, milestone_id=first.pk, on=AFTER, reference="B-2")
    money = GrantMoney(application.call.number, application.house_id)
    stands = balances([money.budget, money.payee])
    assert stands[money.payee].posted_fen == 250_000_00
    assert (stands[money.budget].posted_fen, stands[money.budget].held_fen) == (750_000_00, 150_000_00)
    with pytest.raises(IntegrityError), transaction.atomic():
        GrantMilestone.objects.filter(pk=first.pk).update(amount_fen=1)


def test_what_waits_of_a_contract_is_shown_to_whom_it_waits_for(bureau, applicant):
    def todo(actor, on=AFTER):
        return [(one.todo.zh, one.due_on) for one in waiting_applications(actor, on)]

    with standing_on(TODAY):
        application = granted(bureau, applicant, budget_fen=1_000_000_00)
    assert (todo(bureau.officer, date(2022, 1, 26)), todo(applicant.one)) == ([], [])
    assert todo(bureau.officer) == [("拟定合同", None)]
    with standing_on(AFTER):
        draft_contract(actor=bureau.officer, application_id=application.pk, milestones=TERMS)
        assert (todo(bureau.officer), todo(bureau.checker)) == ([], [("签订合同", None)])
        sign_contract(actor=bureau.checker, application_id=application.pk)
        assert (todo(bureau.checker), todo(applicant.one)) == ([], [("填写合同收款账户", None)])
        account = PayeeAccount(application.firm.name, "440100123456", "102581000013")
        name_account(actor=applicant.one, application_id=application.pk, account=account)
        assert todo(applicant.one) == [("报告节点：样机", date(2022, 6, 30))]
        first = GrantMilestone.objects.get(place=1)
        report_milestone(actor=applicant.one, milestone_id=first.pk, report="样机完成")
        assert (todo(applicant.one)[0][0], todo(bureau.officer)) == ("报告节点：验证", [("验收节点：样机", None)])
        judge_milestone(actor=bureau.officer, milestone_id=first.pk, is_accepted=True)
        release_milestone(actor=bureau.officer, milestone_id=first.pk)
        assert (todo(bureau.officer), todo(bureau.checker)) == ([], [("放款：样机", None)])
        release_milestone(actor=bureau.checker, milestone_id=first.pk)
        assert todo(bureau.checker) == []


def test_firm_is_told_once_that_a_milestone_is_due_and_no_more_once_it_is_reported(bureau, applicant):
    with standing_on(AFTER):
        _, (first, _) = signed(bureau, applicant)
    due = TERMS[0].due_on
    for on, told in (
        (due - timedelta(days=8), 0),
        (due - timedelta(days=7), 1),
        (due, 0),
        (due + timedelta(days=1), 0),
    ):
        assert remind_of_milestones(actor=SYSTEM_ACTOR, on=on) == told, on
    notice = Notice.objects.get(organisation=applicant.house, kind="brain.deadline")
    assert (notice.due_on, notice.done_on) == (due, None)
    with standing_on(due):
        report_milestone(actor=applicant.one, milestone_id=first.pk, report="样机完成")
    assert Notice.objects.get(pk=notice.pk).done_on == due
