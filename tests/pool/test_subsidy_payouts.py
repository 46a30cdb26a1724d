"""Subsidies are paid like vouchers: two people release, the bank's answer settles, nothing is paid twice."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction
from tests.factories.people import make_client
from tests.factories.subsidies import AFTER, CITY, SCHEME, SUBSIDY_FEN, make_insurer_year, over
from tests.pool.test_payouts import HEAD, line

from yulin.exchange.adapters.payment_files import write_pain_001
from yulin.ledger.enums import AccountKind
from yulin.ledger.selectors import balance
from yulin.people.enums import Role
from yulin.people.models import Notice
from yulin.pool.core.postings import clearing_account, partner_account, subsidy_account
from yulin.pool.enums import SubsidyState
from yulin.pool.errors import AccountMissingError, NothingToPayError, SubsidyStateError
from yulin.pool.models import Claim, ExcessSubsidy, PayoutOrder
from yulin.pool.selectors.budgets import budget_line
from yulin.pool.selectors.payouts import as_sent
from yulin.pool.selectors.reconciliation import differences
from yulin.pool.selectors.subsidies import subsidies_to_pay
from yulin.pool.services.claims.budgets import set_layer_budget
from yulin.pool.services.payouts import answers, batches
from yulin.pool.services.subsidies.pay_subsidy import pay_subsidy
from yulin.pool.services.subsidies.undo_subsidy import undo_subsidy

pytestmark = pytest.mark.django_db


@pytest.fixture
def year():
    found = over(make_insurer_year())
    set_layer_budget(actor=found.people.authority, place=CITY, year=AFTER.year, budget_fen=SUBSIDY_FEN + 7)
    found.confirmed()
    return found


def keep_accounts(year):
    for pk, account in ((year.people.reviewer.organisation_id, "4401"), (year.house.pk, "6222")):
        batches.keep_account(
            actor=year.people.reviewer, organisation_id=pk, name=f"示例户名{account}", account=account,
            bank_code="102581000013",
        )  # fmt: skip


def made(year):
    keep_accounts(year)
    return batches.make_batch(actor=year.people.reviewer, scheme_id=SCHEME, execute_on=AFTER)


def sent(year):
    batch = made(year)
    batches.release_batch(actor=year.people.reviewer, batch_id=batch.pk)
    return batches.release_batch(actor=year.people.checker, batch_id=batch.pk)


def answered(year, batch, *lines):
    content = (HEAD + "".join(lines)).encode("gb18030")
    return answers.take_answer(actor=year.people.reviewer, batch_id=batch.pk, file_name="回盘.csv", content=content)


def stands():
    return ExcessSubsidy.objects.get()


def test_the_banks_answer_pays_the_insurer_once(year):
    batch = sent(year)
    (order,) = batch.orders.all()
    assert (order.amount_fen, order.account, order.purpose) == (SUBSIDY_FEN, "6222", "市级超赔补贴 2022年")
    assert order.reference.encode() in write_pain_001(as_sent(batch))
    assert stands().state == SubsidyState.SENT
    for settled, repeated in ((1, 0), (0, 1)):
        answer, _ = answered(year, batch, line(order))
        assert (answer.settled_count, answer.repeated_count, answer.misfits) == (settled, repeated, [])
    paid = stands()
    assert (paid.state, paid.paid_on, paid.transfer_key) == (SubsidyState.PAID, AFTER, order.reference)
    batch.refresh_from_db()
    assert (batch.state, subsidies_to_pay()) == ("closed", [])
    accounts = (subsidy_account(CITY), partner_account(SCHEME, year.house.pk), clearing_account(SCHEME))
    assert [balance(code).posted_fen for code in accounts] == [SUBSIDY_FEN, SUBSIDY_FEN, -SUBSIDY_FEN]
    assert balance(CITY.account(AccountKind.BUDGET, AFTER.year)).available_fen == 7
    budget = budget_line(year.people.authority, CITY, AFTER.year)
    assert (budget.granted_fen, budget.paid_fen, budget.held_fen) == (SUBSIDY_FEN + 7, SUBSIDY_FEN, 0)
    assert Notice.objects.filter(organisation_id=year.house.pk, title_zh__contains="已拨付").count() == 1
    assert differences() == []
    with pytest.raises(SubsidyStateError):
        undo_subsidy(actor=year.people.checker, subsidy_id=paid.pk, reason="太晚")
    assert pay_subsidy(actor=year.people.reviewer, subsidy_id=paid.pk, on=AFTER, transfer_key=order.reference) == paid
    with pytest.raises(SubsidyStateError):
        pay_subsidy(actor=year.people.reviewer, subsidy_id=paid.pk, on=AFTER, transfer_key="T-OTHER")
    set_layer_budget(actor=year.people.authority, place=CITY, year=AFTER.year, budget_fen=SUBSIDY_FEN + 8)
    assert balance(CITY.account(AccountKind.BUDGET, AFTER.year)).available_fen == 8


def test_a_failed_payment_waits_again_and_can_be_undone(year):
    batch = sent(year)
    answered(year, batch, line(batch.orders.get(), "失败"))
    assert (stands().state, [one.pk for one in subsidies_to_pay()]) == (SubsidyState.FAILED, [stands().pk])
    again = batches.make_batch(actor=year.people.reviewer, scheme_id=SCHEME, execute_on=AFTER)
    with pytest.raises(SubsidyStateError):  # a batch holds it
        undo_subsidy(actor=year.people.checker, subsidy_id=stands().pk, reason="x")
    batches.void_batch(actor=year.people.checker, batch_id=again.pk, note="x")
    assert undo_subsidy(actor=year.people.checker, subsidy_id=stands().pk, reason="户名有误").state == "undone"
    assert differences() == []


def test_an_unanswered_order_is_not_paid_again_until_a_person_says_so(year):
    batch = sent(year)
    with pytest.raises(NothingToPayError):
        batches.make_batch(actor=year.people.reviewer, scheme_id=SCHEME, execute_on=AFTER)
    batches.declare_unpaid(actor=year.people.checker, order_id=batch.orders.get().pk, note="银行证明未付")
    assert (stands().state, len(subsidies_to_pay(SCHEME))) == (SubsidyState.FAILED, 1)


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"fen": SUBSIDY_FEN - 1}, "EXCHANGE.PAYMENT.OTHER_AMOUNT"),
        ({"account": "9999"}, "EXCHANGE.PAYMENT.OTHER_ACCOUNT"),
    ],
)
def test_what_does_not_fit_pays_nothing(year, changed, code):
    batch = sent(year)
    answer, _ = answered(year, batch, line(batch.orders.get(), **changed))
    assert ([one["code"] for one in answer.misfits], stands().state) == ([code], SubsidyState.SENT)


def test_one_that_the_year_no_longer_gives_is_held_back(year):
    keep_accounts(year)
    Claim.objects.update(state="checked")
    assert subsidies_to_pay() == []
    with pytest.raises(NothingToPayError):
        batches.make_batch(actor=year.people.reviewer, scheme_id=SCHEME, execute_on=AFTER)


def test_without_the_insurers_account_there_is_no_batch(year):
    with pytest.raises(AccountMissingError) as refused:
        batches.make_batch(actor=year.people.reviewer, scheme_id=SCHEME, execute_on=AFTER)
    assert year.house.name_en in str(refused.value.facts["organisations"])


def test_the_database_itself_refuses_a_second_order_and_another_amount(year):
    batch = sent(year)
    order = batch.orders.get()
    for reference, amount in (("BF-AGAIN", order.amount_fen), ("BF-OTHER", order.amount_fen + 1)):
        order.pk, order.reference, order.amount_fen = None, reference, amount
        with pytest.raises(IntegrityError), transaction.atomic():
            order.save()
    for both in ({"subsidy": None}, {"voucher_id": 1}):
        with pytest.raises(IntegrityError), transaction.atomic():
            PayoutOrder.objects.update(**both)
    ExcessSubsidy.objects.update(state="failed")
    with pytest.raises(IntegrityError), transaction.atomic():
        ExcessSubsidy.objects.update(state="undone", undone_on=AFTER, undo_reason="x")


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_the_page_of_payouts_leads_the_subsidy_to_the_bank(year, language):
    client, at = make_client(Role.MANAGER_CLERK), f"/{language}/payouts/"
    shown = client.get(at)
    assert [(one.pk, has_account) for one, has_account in shown.context["subsidies"]] == [(stands().pk, False)]
    houses = dict(shown.context["account_form"].fields["organisation"].choices)
    assert str(year.house.pk) in houses
    account = {
        "do": "account",
        "organisation": year.house.pk,
        "name": "示例保险",
        "account": "6222",
        "bank_code": "1" * 12,
    }
    assert client.post(at, account)["Location"] == at
    own = {**account, "organisation": next(iter(houses))}
    assert client.post(at, own)["Location"] == at
    done = client.post(at, {"do": "batch", "scheme": SCHEME, "execute_on": AFTER.isoformat()})
    assert done.status_code == 302
    assert "超赔补贴 2022年" in client.get(done["Location"]).content.decode()
    assert client.get(at).context["subsidies"] == []
