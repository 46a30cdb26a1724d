"""An award's way to the firm: its own account, two people, the ledger to the fen, and never paid twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.db import IntegrityError, connection, transaction
from tests.brain.test_check_up_pages import text
from tests.factories.awards import FEN, make_office, make_paid_firm, make_paying_policy, put_on_notice
from tests.factories.people import TODAY, make_actor, make_client, make_demo_book

from yulin.base.errors import YulinError
from yulin.brain.core.awards import AwardMoney, PayeeAccount
from yulin.brain.errors import AwardAccountError, AwardNotFoundError, AwardStateError, ReviewHandsError
from yulin.brain.models import Award
from yulin.brain.services.awarding import answer_award_objection, object_to_award
from yulin.brain.services.paying_awards import accept_award, decline_award, keep_award_payment, release_awards
from yulin.kit.clock import standing_on
from yulin.ledger.selectors import balances
from yulin.people.core.actors import PUBLIC_ACTOR
from yulin.people.enums import Role
from yulin.people.models import Organisation

pytestmark = pytest.mark.django_db

AFTER = date(2022, 1, 27)


@pytest.fixture(autouse=True)
def _book():
    make_demo_book(TODAY)


@pytest.fixture
def office():
    return make_office()


def person_of(firm):
    return make_actor(Role.FIRM_USER, Organisation.objects.get(identifier=firm.identifier))


def account_of(firm, **changes):
    return PayeeAccount(**({"name": firm.name, "account": "440100123456", "bank_code": "102581000013"} | changes))


def accepted(award):
    return accept_award(actor=person_of(award.firm), award_id=award.pk, account=account_of(award.firm))


def noticed(office, count=1):
    policy = make_paying_policy(office)
    for number in range(1, count + 1):
        make_paid_firm(number)
    with standing_on(TODAY):
        return list(put_on_notice(office, policy, TODAY).awards.order_by("pk"))


def money(award):
    of = AwardMoney(award.policy_id)
    stands = balances([of.budget, of.payee(award.house_id)])
    budget = stands[of.budget]
    payee = stands.get(of.payee(award.house_id))
    return budget.posted_fen, budget.held_fen, payee.posted_fen if payee else 0


def released(office, award):
    accepted(award)
    for hand in (office.officer, office.checker):
        release_awards(actor=hand, batch_id=award.batch_id)
    return Award.objects.get(pk=award.pk)


def test_a_firm_confirms_its_own_account_and_its_money_is_held(office):
    award, other = noticed(office, 2)
    for changes in ({"name": "示例人"}, {"account": "12"}, {"bank_code": "1025"}):
        with pytest.raises(AwardAccountError):
            accept_award(actor=person_of(award.firm), award_id=award.pk, account=account_of(award.firm, **changes))
    with pytest.raises(AwardNotFoundError):
        accept_award(actor=person_of(other.firm), award_id=award.pk, account=account_of(award.firm))
    accepted(award)
    assert money(award) == (100 * FEN, FEN, 0)
    accept_award(actor=person_of(award.firm), award_id=award.pk, account=account_of(award.firm, account="440100999999"))
    assert money(award) == (100 * FEN, FEN, 0), "another account holds nothing more"
    assert Award.objects.get(pk=award.pk).account == "440100999999"


def test_a_firm_that_declines_gives_its_money_back_and_may_think_again(office):
    (award,) = noticed(office)
    accepted(award)
    decline_award(actor=person_of(award.firm), award_id=award.pk)
    assert money(award) == (100 * FEN, 0, 0)
    accepted(award)
    assert money(award) == (100 * FEN, FEN, 0)


def test_two_people_release_after_the_notice_and_what_is_objected_to_stays(office):
    first, second, silent = noticed(office, 3)
    with standing_on(TODAY):
        for one in (first, second):
            accepted(one)
        objection = object_to_award(actor=PUBLIC_ACTOR, award_id=second.pk, words="不实", name="示例人")
        with pytest.raises(AwardStateError):
            release_awards(actor=office.officer, batch_id=first.batch_id)
    with standing_on(AFTER):
        assert release_awards(actor=office.officer, batch_id=first.batch_id) == 1
        with pytest.raises(ReviewHandsError):
            release_awards(actor=office.officer, batch_id=first.batch_id)
        with pytest.raises(AwardStateError):
            accepted(first)
        answer_award_objection(actor=office.third, objection_id=objection.pk, is_upheld=True, answer="属实")
        assert release_awards(actor=office.checker, batch_id=first.batch_id) == 1
        with pytest.raises(AwardStateError):
            release_awards(actor=office.officer, batch_id=first.batch_id)
    states = {one.pk: one.state for one in Award.objects.all()}
    assert states == {first.pk: "released", second.pk: "removed", silent.pk: "noticed"}
    assert money(first) == (100 * FEN, FEN, 0)


def test_a_released_award_is_paid_once_with_the_banks_reference(office):
    (award,) = noticed(office)
    with standing_on(AFTER):
        with pytest.raises(AwardStateError):
            keep_award_payment(actor=office.officer, award_id=award.pk, on=AFTER, reference="B-1")
        award = released(office, award)
        for day, reference in ((date(2022, 1, 28), "B-1"), (AFTER, " ")):
            with pytest.raises(AwardStateError):
                keep_award_payment(actor=office.officer, award_id=award.pk, on=day, reference=reference)
        for _ in range(2):
            keep_award_payment(actor=office.officer, award_id=award.pk, on=AFTER, reference="B-1")
        with pytest.raises(AwardStateError):
            keep_award_payment(actor=office.officer, award_id=award.pk, on=AFTER, reference="B-2")
    assert money(award) == (99 * FEN, 0, FEN)
    for changes in ({"state": "released"}, {"reference": "B-2"}, {"state": "removed"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Award.objects.filter(pk=award.pk).update(**changes)


def test_the_pages_lead_a_firm_and_two_people_to_the_payment(office):
    (award,) = noticed(office)
    firm = make_client(Role.FIRM_USER, Organisation.objects.get(identifier=award.firm.identifier))
    officer, checker = (make_client(role, office.house) for role in (Role.AUTHORITY_OFFICER, Role.AUTHORITY_CHECKER))
    page, batch = f"/zh-hans/awards/firms/{award.pk}/", f"/zh-hans/awards/{award.batch_id}/"
    sent = {"name": "示例人", "account": "4401 0012 3456", "bank_code": "102581000013"}
    with standing_on(AFTER):
        refused = firm.post(f"{page}accept/", sent)
        assert refused.status_code == 422
        assert "BRAIN.AWARD.ACCOUNT" in text(refused)
        assert "账户已确认" in text(firm.post(f"{page}accept/", sent | {"name": award.firm.name}, follow=True))
        assert "已放弃" in text(firm.post(f"{page}decline/", follow=True))
        firm.post(f"{page}accept/", sent | {"name": award.firm.name})
        assert "1家已确认账户" in text(officer.get(batch))
        officer.post(f"{batch}release/")
        assert "您已放款，等另一人" in text(officer.get(batch))
        assert officer.post(f"{batch}release/").status_code == 403
        checker.post(f"{batch}release/")
        assert "440100123456" in text(officer.get(page))
        paid = officer.post(f"{page}pay/", {"on": AFTER.isoformat(), "reference": "B-1"}, follow=True)
        assert "付款已入账" in text(paid)
        assert "B-1" in text(firm.get(page))
        assert firm.post(f"{page}decline/").status_code == 422


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_twenty_payments_of_one_award_at_once_book_it_once():
    make_demo_book(TODAY)
    office = make_office()
    (award,) = noticed(office)
    with standing_on(AFTER):
        released(office, award)

    def work(number: int) -> str:
        try:
            reference = f"B-{number}"
            return keep_award_payment(actor=office.officer, award_id=award.pk, on=AFTER, reference=reference).reference
        except YulinError as refusal:
            return refusal.code
        finally:
            connection.close()

    # The day is the whole process's: it stands around the threads, never in one of them.
    with standing_on(AFTER), ThreadPoolExecutor(max_workers=20) as threads:
        told = sorted(future.result(timeout=120) for future in [threads.submit(work, n) for n in range(20)])
    assert told[1:] == ["BRAIN.AWARD.STATE"] * 19 or told[:19] == ["BRAIN.AWARD.STATE"] * 19
    assert money(Award.objects.get()) == (99 * FEN, 0, FEN)
