"""Awards and milestones through the bank's files: two people release each, answers settle one to one, nothing twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction
from tests.brain.test_check_up_pages import text
from tests.brain.test_contracting import signed
from tests.brain.test_paying_awards import accepted, account_of, money, noticed, person_of, released
from tests.factories.applications import make_applicant, make_bureau
from tests.factories.awards import FEN, make_office
from tests.factories.people import TODAY, make_actor, make_client, make_demo_book, make_organisation
from tests.pool.test_payouts import HEAD, line

from yulin.base.errors import YulinError
from yulin.brain.core.awards import AwardMoney, PayeeAccount
from yulin.brain.core.contracts import GrantMoney
from yulin.brain.errors import AwardStateError, ContractError
from yulin.brain.models import Award, GrantContract, GrantMilestone
from yulin.brain.selectors.award_queue import waiting_awards
from yulin.brain.services import bank_orders
from yulin.brain.services.bank_orders import AWARDS, MILESTONES
from yulin.brain.services.contracting import (
    judge_milestone,
    keep_payment,
    name_account,
    release_milestone,
    report_milestone,
)
from yulin.brain.services.paying_awards import accept_award, keep_award_payment, release_awards
from yulin.exchange.adapters.payment_files import write_pain_001
from yulin.kit.clock import standing_on
from yulin.ledger.selectors import balances
from yulin.people.enums import OrganisationKind, Role
from yulin.people.errors import NotAllowedError
from yulin.people.models import Notice, Organisation
from yulin.pool.errors import AccountMissingError, BatchNotFoundError, NothingToPayError, ReleaseSameHandsError
from yulin.pool.models import PayoutBatch, PayoutOrder
from yulin.pool.selectors.payouts import as_sent, batch_for
from yulin.pool.services.payouts import answers, batches
from yulin.pool.services.payouts.payables import make_payable_batch

pytestmark = pytest.mark.django_db

AFTER = date(2022, 1, 27)


@pytest.fixture(autouse=True)
def _book():
    make_demo_book(TODAY)
    with standing_on(AFTER):
        yield


@pytest.fixture
def office():
    office = make_office()
    keep_own_account(office)
    return office


def keep_own_account(office):
    batches.keep_account(
        actor=office.officer, organisation_id=office.house.pk, name="示例科技局", account="4401000099",
        bank_code="102581000013",
    )  # fmt: skip


def ready(office, count=1):
    """Make awards that two people have released."""
    return [released(office, one) for one in noticed(office, count)]


def made(office, award):
    scheme = AwardMoney(award.policy_id).scheme_id
    return make_payable_batch(actor=office.officer, kind=AWARDS, scheme_id=scheme, execute_on=AFTER)


def sent(office, award):
    batch = made(office, award)
    for hand in (office.officer, office.checker):
        batches.release_batch(actor=hand, batch_id=batch.pk)
    return PayoutBatch.objects.get(pk=batch.pk)


def answered(office, batch, *lines):
    content = (HEAD + "".join(lines)).encode("gb18030")
    return answers.take_answer(actor=office.officer, batch_id=batch.pk, file_name="回盘.csv", content=content)


def test_released_awards_go_out_in_one_file_that_two_people_release_and_the_answer_books_each(office):
    first, second = ready(office, 2)
    batch = made(office, first)
    assert (batch.number, batch.about["en"]) == ("BF-MS-2022-0000001", "Without applying: 示例奖励办法")
    orders = list(batch.orders.all())
    assert [(one.payable_id, one.payee_name, one.account, one.amount_fen) for one in orders] == [
        (one.pk, one.firm.name, "440100123456", FEN) for one in (first, second)
    ]
    assert write_pain_001(as_sent(batch)) == write_pain_001(as_sent(PayoutBatch.objects.get(pk=batch.pk)))
    batches.release_batch(actor=office.officer, batch_id=batch.pk)
    with pytest.raises(ReleaseSameHandsError):
        batches.release_batch(actor=office.officer, batch_id=batch.pk)
    batches.release_batch(actor=office.checker, batch_id=batch.pk)
    answer, _ = answered(office, batch, *(line(one) for one in orders))
    assert (answer.settled_count, answer.misfits) == (2, [])
    batch.refresh_from_db()
    assert batch.state == "closed"
    assert money(first) == (98 * FEN, 0, FEN)
    kept = Award.objects.get(pk=first.pk)
    assert (kept.state, kept.paid_on, kept.reference) == ("paid", AFTER, orders[0].reference)


def test_the_same_file_again_books_nothing_again(office):
    (award,) = ready(office)
    batch = sent(office, award)
    said = line(batch.orders.get())
    answered(office, batch, said)
    answer, _ = answered(office, batch, said)
    assert (answer.settled_count, answer.repeated_count, money(award)) == (0, 1, (99 * FEN, 0, FEN))


@pytest.mark.parametrize("changed", [{"fen": FEN - 1}, {"account": "9999"}, {"id": "BF-NOBODY"}])
def test_an_answer_that_does_not_fit_pays_nothing(office, changed):
    (award,) = ready(office)
    batch = sent(office, award)
    answer, _ = answered(office, batch, line(batch.orders.get(), **changed))
    assert (answer.settled_count, len(answer.misfits), money(award)) == (0, 1, (100 * FEN, FEN, 0))


def test_a_second_click_makes_no_second_batch_and_what_a_batch_holds_is_not_paid_by_hand(office):
    (award,) = ready(office)
    made(office, award)
    with pytest.raises(NothingToPayError):
        made(office, award)
    with pytest.raises(AwardStateError, match="BF-MS-2022-0000001"):
        keep_award_payment(actor=office.officer, award_id=award.pk, on=AFTER, reference="B-1")
    with pytest.raises(AwardStateError):
        accept_award(actor=person_of(award.firm), award_id=award.pk, account=account_of(award.firm, account="999999"))
    assert PayoutOrder.objects.count() == 1


def test_what_was_paid_by_hand_goes_into_no_batch(office):
    (award,) = ready(office)
    keep_award_payment(actor=office.officer, award_id=award.pk, on=AFTER, reference="B-1")
    with pytest.raises(NothingToPayError):
        made(office, award)


def test_a_failed_payment_waits_again_under_a_new_reference_and_the_firm_is_told(office):
    (award,) = ready(office)
    batch = sent(office, award)
    answered(office, batch, line(batch.orders.get(), "失败"))
    assert money(award) == (100 * FEN, FEN, 0), "still held"
    told = Notice.objects.filter(organisation=award.house, title_zh__contains="付款失败")
    assert told.count() == 1
    again = sent(office, award)
    assert (again.number, again.orders.get().payable_id) == ("BF-MS-2022-0000002", award.pk)
    late, _ = answered(office, batch, line(batch.orders.get()))
    assert [one["code"] for one in late.misfits] == ["EXCHANGE.PAYMENT.CONTRADICTION"]
    answered(office, again, line(again.orders.get()))
    assert money(award) == (99 * FEN, 0, FEN)


def test_a_firm_whose_account_was_wrong_names_another_and_two_people_release_it_anew(office):
    (award,) = ready(office)
    batch = sent(office, award)
    answered(office, batch, line(batch.orders.get(), "失败"))
    accept_award(actor=person_of(award.firm), award_id=award.pk, account=account_of(award.firm, account="440100777777"))
    kept = Award.objects.get(pk=award.pk)
    assert (kept.state, kept.first_release_by_id, kept.second_release_by_id) == ("accepted", None, None)
    assert money(award) == (100 * FEN, FEN, 0), "held once"
    with pytest.raises(NothingToPayError):
        made(office, award)
    for hand in (office.officer, office.checker):
        release_awards(actor=hand, batch_id=award.batch_id)
    again = sent(office, award)
    assert again.orders.get().account == "440100777777"
    answered(office, again, line(again.orders.get()))
    assert money(award) == (99 * FEN, 0, FEN)


def test_an_unanswered_payment_waits_until_a_person_says_that_it_was_not_paid(office):
    (award,) = ready(office)
    batch = sent(office, award)
    answered(office, batch, line(batch.orders.get(), "处理中"))
    with pytest.raises(NothingToPayError):
        made(office, award)
    batches.declare_unpaid(actor=office.checker, order_id=batch.orders.get().pk, note="银行证明未付")
    assert made(office, award).orders.get().payable_id == award.pk


def test_a_void_batch_gives_its_awards_back_and_tells_the_firm_nothing(office):
    (award,) = ready(office)
    batch = made(office, award)
    before = Notice.objects.count()
    batches.void_batch(actor=office.checker, batch_id=batch.pk, note="日期有误")
    assert Notice.objects.count() == before
    with pytest.raises(AwardStateError):
        accept_award(actor=person_of(award.firm), award_id=award.pk, account=account_of(award.firm, account="999999"))
    assert made(office, award).orders.get().payable_id == award.pk


def test_a_fault_between_answer_and_booking_leaves_nothing_half_done(office, monkeypatch):
    first, second = ready(office, 2)
    batch = sent(office, first)
    lines = [line(one) for one in batch.orders.all()]
    pays = bank_orders.settle_award

    def fails(actor, award, on, reference):
        if award.pk == second.pk:
            raise RuntimeError("killed here")
        pays(actor, award, on, reference)

    monkeypatch.setattr(bank_orders, "settle_award", fails)
    with pytest.raises(RuntimeError), transaction.atomic():
        answered(office, batch, *lines)
    assert set(Award.objects.values_list("state", flat=True)) == {"released"}
    assert money(first) == (100 * FEN, 2 * FEN, 0)
    monkeypatch.undo()
    answer, _ = answered(office, batch, *lines)
    assert (answer.settled_count, money(first)) == (2, (98 * FEN, 0, FEN))


def test_who_pays_neither_claims_nor_grants_makes_releases_and_sees_nothing(office):
    (award,) = ready(office)
    manager = make_actor(Role.MANAGER_CHECKER, make_organisation(OrganisationKind.MANAGER))
    scheme = AwardMoney(award.policy_id).scheme_id
    with pytest.raises(NotAllowedError):
        make_payable_batch(actor=manager, kind=AWARDS, scheme_id=scheme, execute_on=AFTER)
    batch = made(office, award)
    for step in (
        lambda: batches.release_batch(actor=manager, batch_id=batch.pk),
        lambda: batches.void_batch(actor=manager, batch_id=batch.pk, note="x"),
        lambda: answers.take_answer(actor=manager, batch_id=batch.pk, file_name="x.csv", content=b""),
    ):
        with pytest.raises(NotAllowedError):
            step()
    with pytest.raises(BatchNotFoundError):
        batch_for(manager, batch.pk)
    assert batch_for(make_actor(Role.AUDITOR, make_organisation(OrganisationKind.AUDITOR)), batch.pk) == batch
    with pytest.raises(NotAllowedError):
        batches.keep_account(
            actor=office.officer, organisation_id=award.house_id or 0, name="示例", account="123456",
            bank_code="102581000013",
        )  # fmt: skip


def test_without_the_payers_account_there_is_no_batch():
    office = make_office()
    (award,) = ready(office)
    with pytest.raises(AccountMissingError):
        made(office, award)


def test_the_database_itself_keeps_what_an_order_holds(office):
    (award,) = ready(office)
    order = made(office, award).orders.get()
    for changes in ({"state": "accepted"}, {"account": "999999"}, {"amount_fen": 1},
                    {"state": "paid", "paid_on": AFTER, "reference": "B-1"}):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            Award.objects.filter(pk=award.pk).update(**changes)
    order.pk, order.reference = None, "BF-SECOND"
    with pytest.raises(IntegrityError), transaction.atomic():
        order.save()
    PayoutOrder.objects.update(outcome="failed", answered_on=AFTER)
    order.amount_fen = FEN + 1
    with pytest.raises(IntegrityError), transaction.atomic():
        order.save()


def test_the_home_asks_for_a_batch_until_one_holds_the_award(office):
    (award,) = ready(office)
    assert [one.todo.en for one in waiting_awards(office.officer, AFTER)] == ["Pay 1 award"]
    made(office, award)
    assert waiting_awards(office.officer, AFTER) == []


# --- milestones -------------------------------------------------------------------------------------------------------


@pytest.fixture
def bureau():
    bureau = make_bureau()
    keep_own_account(bureau)
    return bureau


@pytest.fixture
def applicant():
    return make_applicant()


def own_account(applicant, account="440100123456"):
    return PayeeAccount(applicant.firm.name, account, "102581000013")


def accepted_milestone(bureau, applicant):
    with standing_on(AFTER):
        application, (first, _) = signed(bureau, applicant)
        report_milestone(actor=applicant.one, milestone_id=first.pk, report="样机完成")
        judge_milestone(actor=bureau.officer, milestone_id=first.pk, is_accepted=True)
    return application, first


def let_go(bureau, milestone):
    for hand in (bureau.officer, bureau.checker):
        release_milestone(actor=hand, milestone_id=milestone.pk)


def made_of(bureau, application):
    scheme = GrantMoney(application.call.number, application.house_id).scheme_id
    return make_payable_batch(actor=bureau.officer, kind=MILESTONES, scheme_id=scheme, execute_on=AFTER)


def grant_money(application):
    of = GrantMoney(application.call.number, application.house_id)
    stands = balances([of.budget, of.payee])
    return stands[of.budget].held_fen, stands[of.payee].posted_fen


def test_a_milestone_goes_out_once_its_firm_has_named_its_account_and_the_answer_books_it(bureau, applicant):
    application, milestone = accepted_milestone(bureau, applicant)
    let_go(bureau, milestone)
    with pytest.raises(NothingToPayError):
        made_of(bureau, application)
    with pytest.raises(ContractError):
        name_account(
            actor=applicant.one, application_id=application.pk, account=PayeeAccount("示例人", "440100", "102581000013")
        )
    name_account(actor=applicant.one, application_id=application.pk, account=own_account(applicant))
    assert GrantMilestone.objects.get(pk=milestone.pk).state == "accepted", "released for no account yet: anew"
    let_go(bureau, milestone)
    batch = made_of(bureau, application)
    assert batch.orders.get().purpose == "资助款 HT-2022-0000001 节点1"
    with pytest.raises(ContractError):
        name_account(actor=applicant.one, application_id=application.pk, account=own_account(applicant, "99999999"))
    with pytest.raises(ContractError):
        keep_payment(actor=bureau.officer, milestone_id=milestone.pk, on=AFTER, reference="B-1")
    for hand in (bureau.officer, bureau.checker):
        batches.release_batch(actor=hand, batch_id=batch.pk)
    for _ in range(2):
        answered(bureau, batch, line(batch.orders.get()))
    assert grant_money(application) == (150_000_00, 250_000_00)
    kept = GrantMilestone.objects.get(pk=milestone.pk)
    assert (kept.state, kept.reference) == ("paid", "BF-HT-2022-0000001-0001")


def test_a_failed_milestone_is_paid_to_another_account_after_two_people_release_it_anew(bureau, applicant):
    application, milestone = accepted_milestone(bureau, applicant)
    name_account(actor=applicant.one, application_id=application.pk, account=own_account(applicant))
    let_go(bureau, milestone)
    batch = made_of(bureau, application)
    for hand in (bureau.officer, bureau.checker):
        batches.release_batch(actor=hand, batch_id=batch.pk)
    answered(bureau, batch, line(batch.orders.get(), "失败"))
    assert Notice.objects.filter(organisation=applicant.house, title_zh__contains="付款失败").count() == 1
    name_account(actor=applicant.one, application_id=application.pk, account=own_account(applicant, "440100777777"))
    with pytest.raises(NothingToPayError):
        made_of(bureau, application)
    let_go(bureau, milestone)
    again = made_of(bureau, application)
    assert again.orders.get().account == "440100777777"
    assert GrantContract.objects.get().account == "440100777777"
    with pytest.raises(IntegrityError), transaction.atomic():
        GrantMilestone.objects.filter(pk=milestone.pk).update(state="paid", paid_on=AFTER, reference="B-1")


def test_the_pages_lead_from_released_awards_to_the_banks_answer(office):
    (award,) = ready(office)
    officer, checker = (make_client(role, office.house) for role in (Role.AUTHORITY_OFFICER, Role.AUTHORITY_CHECKER))
    firm = make_client(Role.FIRM_USER, Organisation.objects.get(identifier=award.firm.identifier))
    assert "1家已放款，待列入付款批次" in text(officer.get(f"/zh-hans/awards/{award.batch_id}/"))
    page = "/zh-hans/payouts/"
    shown = text(officer.get(page))
    assert "免申即享：示例奖励办法" in shown
    assert "440100123456" in shown
    scheme = f"award {AwardMoney(award.policy_id).scheme_id}"
    asked = {"do": "payables", "scheme": scheme, "execute_on": AFTER.isoformat()}
    assert officer.post(page, asked | {"scheme": "award awards-0"}).status_code == 422
    assert officer.post(page, {"do": "batch", "scheme": "x", "execute_on": AFTER.isoformat()}).status_code == 404
    assert officer.post(page, asked).status_code == 302
    assert officer.post(page, asked).status_code == 422, "the second click finds nothing"
    batch = PayoutBatch.objects.get()
    place = f"{page}{batch.pk}/"
    assert "Without applying: 示例奖励办法" in text(officer.get(f"/en/payouts/{batch.pk}/"))
    for hand in (officer, checker):
        assert hand.post(place, {"do": "release"}).status_code == 302
    assert "待银行回盘" in text(firm.get(f"/zh-hans/awards/firms/{award.pk}/"))
    assert officer.get(f"{place}batch.xml").content.startswith(b"<?xml")
    file = SimpleUploadedFile("回盘.csv", (HEAD + line(batch.orders.get(), "失败")).encode("gb18030"))
    assert officer.post(place, {"do": "answer", "file": file}).status_code == 302
    said = text(firm.get(f"/zh-hans/awards/firms/{award.pk}/"))
    assert "付款失败" in said
    assert "核对账户" in said
    manager = make_client(Role.MANAGER_CLERK, make_organisation(OrganisationKind.MANAGER))
    assert manager.get(place).status_code == 404
    assert "示例奖励办法" not in text(manager.get(page))


def test_a_contracts_page_takes_the_firms_account_and_shows_where_its_payment_is(bureau, applicant):
    application, milestone = accepted_milestone(bureau, applicant)
    firm = make_client(Role.FIRM_USER, applicant.house)
    officer = make_client(Role.AUTHORITY_OFFICER, bureau.house)
    page = f"/zh-hans/applications/{application.pk}/"
    assert "请确认收款账户" in text(firm.get(page))
    assert "企业尚未确认收款账户" in text(officer.get(page))
    given = {"name": applicant.firm.name, "account": "4401 0012 3456", "bank_code": "102581000013"}
    assert firm.post(f"{page}contract/account/", given | {"bank_code": "1"}).status_code == 422
    assert firm.post(f"{page}contract/account/", given).status_code == 302
    let_go(bureau, milestone)
    assert "列入付款批次" in text(officer.get(page))
    batch = made_of(bureau, application)
    assert batch.number in text(firm.get(page))


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_ten_clicks_at_once_make_one_batch_and_ten_answers_book_it_once():
    make_demo_book(TODAY)
    office = make_office()
    keep_own_account(office)
    (award,) = ready(office)

    def at_once(work):
        def one(_):
            try:
                return work()
            except YulinError as refusal:
                return refusal.code
            finally:
                connection.close()

        with ThreadPoolExecutor(max_workers=10) as threads:
            return sorted(str(told) for told in threads.map(one, range(10), timeout=120))

    told = at_once(lambda: made(office, award).number)
    assert told == ["BF-MS-2022-0000001", *["POOL.PAYOUT.NOTHING"] * 9]
    batch = PayoutBatch.objects.get()
    for hand in (office.officer, office.checker):
        batches.release_batch(actor=hand, batch_id=batch.pk)
    said = line(batch.orders.get())
    counts = at_once(lambda: answered(office, batch, said)[0].settled_count)
    assert counts == ["0"] * 9 + ["1"]
    assert money(Award.objects.get()) == (99 * FEN, 0, FEN)


def test_an_award_without_a_confirmed_account_is_never_released_into_a_file(office):
    first, second = noticed(office, 2)
    accepted(first)
    for hand in (office.officer, office.checker):
        release_awards(actor=hand, batch_id=first.batch_id)
    assert [one.payable_id for one in made(office, first).orders.all()] == [first.pk]
    assert Award.objects.get(pk=second.pk).state == "noticed"
