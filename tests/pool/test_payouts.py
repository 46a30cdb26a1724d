"""Payment of vouchers: two people release, the bank's answer settles one to one, and nothing is ever paid twice."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from tests.factories.claims import TODAY, decided, make_claim_law, make_people
from tests.factories.people import make_demo_book
from tests.factories.pool import FIRM_CODES, WAN

from yulin.exchange.adapters.payment_files import write_pain_001, write_table
from yulin.exchange.errors import PaymentAnswerUnreadableError
from yulin.kit import clock
from yulin.people.errors import NotAllowedError
from yulin.people.selectors import audit_trail
from yulin.pool.errors import (
    AccountMissingError,
    BatchStateError,
    NothingToPayError,
    OrderAnsweredError,
    ReleaseSameHandsError,
)
from yulin.pool.models import Claim, PayoutBatch, PayoutOrder, Voucher
from yulin.pool.selectors.payouts import as_sent, vouchers_to_pay
from yulin.pool.services.claims import deciding
from yulin.pool.services.payouts import answers, batches

pytestmark = pytest.mark.django_db
SCHEME = "gz-credit-2021"
PAID_ON = date(2022, 1, 27)
HEAD = "批次号,业务参考号,收款账号,金额(元),处理结果,失败原因\n"


@pytest.fixture
def law():
    make_demo_book(TODAY)
    return make_claim_law()


@pytest.fixture
def people(law):
    people = make_people()
    for organisation, account in ((people.reviewer.organisation_id, "4401"), (people.clerk.organisation_id, "6222")):
        batches.keep_account(
            actor=people.reviewer, organisation_id=organisation, name=f"示例户名{account}", account=account,
            bank_code="102581000013",
        )  # fmt: skip
    return people


def approved(people, law, **fields):
    claim = decided(people, law, **fields)
    deciding.publish_claim(actor=people.reviewer, claim_id=claim.pk, version=None)
    with clock.standing_on(PAID_ON):
        return deciding.approve_claim(actor=people.reviewer, claim_id=claim.pk, version=None)


def made(people, law):
    approved(people, law)
    return batches.make_batch(actor=people.reviewer, scheme_id=SCHEME, execute_on=PAID_ON)


def sent(people, law):
    batch = made(people, law)
    batches.release_batch(actor=people.reviewer, batch_id=batch.pk)
    return batches.release_batch(actor=people.checker, batch_id=batch.pk)


def test_a_later_instalment_waits_until_the_layers_earlier_one_is_paid(people, law):
    claim = approved(people, law)
    first = vouchers_to_pay(SCHEME).get(party="city")
    others = vouchers_to_pay(SCHEME).exclude(party="city").count()
    Voucher.objects.filter(pk=first.pk).update(amount_fen=first.amount_fen - 1)
    second = Voucher.objects.create(
        claim=claim, party="city", instalment=2, amount_fen=1, bank=claim.bank, state=first.state
    )
    assert [one.pk for one in vouchers_to_pay(SCHEME).filter(party="city")] == [first.pk]
    Voucher.objects.filter(pk=first.pk).update(state="paid", paid_on=PAID_ON)
    assert [one.pk for one in vouchers_to_pay(SCHEME).filter(party="city")] == [second.pk]
    assert vouchers_to_pay(SCHEME).exclude(party="city").count() == others


def line(order, word="成功", **changed):
    fields = {"batch": order.batch.number, "id": order.reference, "account": order.account, "fen": order.amount_fen}
    fields |= changed
    return f"{fields['batch']},{fields['id']},{fields['account']},{fields['fen'] / 100:.2f},{word},\n"


def answered(people, batch, *lines):
    content = (HEAD + "".join(lines)).encode("gb18030")
    return answers.take_answer(actor=people.reviewer, batch_id=batch.pk, file_name="回盘.csv", content=content)


def test_two_people_release_and_the_answer_pays_the_claim(law, people):
    batch = made(people, law)
    orders = list(batch.orders.all())
    assert [order.amount_fen for order in orders] == [150 * WAN, 120 * WAN]
    assert write_pain_001(as_sent(batch)) == write_pain_001(as_sent(PayoutBatch.objects.get(pk=batch.pk)))
    assert write_table(as_sent(batch))
    batches.release_batch(actor=people.reviewer, batch_id=batch.pk)
    with pytest.raises(ReleaseSameHandsError):
        batches.release_batch(actor=people.reviewer, batch_id=batch.pk)
    batch = batches.release_batch(actor=people.checker, batch_id=batch.pk)
    assert set(Voucher.objects.values_list("state", flat=True)) == {"sent"}
    answer, _ = answered(people, batch, *(line(order) for order in orders))
    assert (answer.settled_count, answer.misfits) == (2, [])
    batch.refresh_from_db()
    assert (batch.state, Claim.objects.get().state) == ("closed", "paid")
    assert set(Voucher.objects.values_list("transfer_key", flat=True)) == {order.reference for order in orders}


def test_the_same_file_again_pays_nothing_again(law, people):
    batch = sent(people, law)
    lines = [line(order) for order in batch.orders.all()]
    answered(people, batch, *lines)
    answer, _ = answered(people, batch, *lines)
    assert (answer.settled_count, answer.repeated_count) == (0, 2)
    assert audit_trail(action="pool.pay_voucher").count() == 2


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"fen": 150 * WAN - 1}, "EXCHANGE.PAYMENT.OTHER_AMOUNT"),
        ({"account": "9999"}, "EXCHANGE.PAYMENT.OTHER_ACCOUNT"),
        ({"id": "BF-NOBODY"}, "EXCHANGE.PAYMENT.UNKNOWN_ORDER"),
        ({"batch": "BF-GZ21-2022-9999999"}, "EXCHANGE.PAYMENT.OTHER_BATCH"),
    ],
)
def test_what_does_not_fit_settles_nothing_and_is_kept_with_its_reason(law, people, changed, code):
    batch = sent(people, law)
    answer, _ = answered(people, batch, line(batch.orders.first(), **changed))
    assert ([one["code"] for one in answer.misfits], answer.settled_count) == ([code], 0)
    assert set(Voucher.objects.values_list("state", flat=True)) == {"sent"}


def test_a_failed_payment_waits_again_under_a_new_reference_and_a_lost_answer_does_not(law, people):
    batch = sent(people, law)
    first, second = batch.orders.all()
    answered(people, batch, line(first, "失败"), line(second, "处理中"))
    assert [voucher.pk for voucher in vouchers_to_pay(SCHEME)] == [first.voucher_id]
    again = batches.make_batch(actor=people.reviewer, scheme_id=SCHEME, execute_on=PAID_ON)
    assert [order.voucher_id for order in again.orders.all()] == [first.voucher_id]
    assert again.orders.get().reference != first.reference
    with pytest.raises(NothingToPayError):
        batches.make_batch(actor=people.reviewer, scheme_id=SCHEME, execute_on=PAID_ON)


def test_only_a_person_may_say_that_an_unanswered_order_was_not_paid(law, people):
    batch = sent(people, law)
    first, second = batch.orders.all()
    answered(people, batch, line(first))
    with pytest.raises(OrderAnsweredError):
        batches.declare_unpaid(actor=people.checker, order_id=first.pk, note="银行证明未付")
    with pytest.raises(OrderAnsweredError):
        batches.declare_unpaid(actor=people.checker, order_id=second.pk, note=" ")
    batches.declare_unpaid(actor=people.checker, order_id=second.pk, note="银行证明未付")
    assert [voucher.pk for voucher in vouchers_to_pay(SCHEME)] == [second.voucher_id]
    batch.refresh_from_db()
    assert batch.state == "closed"
    late, _ = answered(people, batch, line(second))
    assert [one["code"] for one in late.misfits] == ["EXCHANGE.PAYMENT.CONTRADICTION"]


def test_a_fault_between_answer_and_booking_leaves_nothing_half_done(law, people, monkeypatch):
    batch = sent(people, law)
    lines = [line(order) for order in batch.orders.all()]
    calls = []

    def fails(**asked):
        calls.append(asked)
        if len(calls) == 2:
            raise RuntimeError("killed here")

    monkeypatch.setattr(answers, "pay_voucher", fails)
    with pytest.raises(RuntimeError), transaction.atomic():
        answered(people, batch, *lines)
    assert set(PayoutOrder.objects.values_list("outcome", flat=True)) == {"unknown"}
    monkeypatch.undo()
    answer, _ = answered(people, batch, *lines)
    assert answer.settled_count == 2


def test_a_batch_that_nobody_sent_can_be_voided_and_its_vouchers_wait(law, people):
    batch = made(people, law)
    batches.void_batch(actor=people.checker, batch_id=batch.pk, note="日期有误")
    assert vouchers_to_pay(SCHEME).count() == 2
    with pytest.raises(BatchStateError):
        batches.release_batch(actor=people.reviewer, batch_id=batch.pk)
    with pytest.raises(BatchStateError):
        answered(people, batch, HEAD)


def test_without_accounts_or_rights_there_is_no_batch(law, people):
    with pytest.raises(NothingToPayError):
        batches.make_batch(actor=people.reviewer, scheme_id=SCHEME, execute_on=PAID_ON)
    stranger = make_people()
    approved(stranger, law, firm_code=FIRM_CODES[1])
    with pytest.raises(AccountMissingError):
        batches.make_batch(actor=people.reviewer, scheme_id=SCHEME, execute_on=PAID_ON)
    with pytest.raises(NotAllowedError):
        batches.make_batch(actor=people.clerk, scheme_id=SCHEME, execute_on=PAID_ON)


def test_an_unreadable_answer_is_not_taken(law, people):
    batch = sent(people, law)
    with pytest.raises(PaymentAnswerUnreadableError):
        answers.take_answer(actor=people.reviewer, batch_id=batch.pk, file_name="x.csv", content=b"a,b\n1,2\n")
    assert not batch.answers.exists()


def test_the_database_itself_refuses_a_second_order_and_a_release_by_one(law, people):
    batch = sent(people, law)
    order = batch.orders.first()
    order.pk, order.reference = None, "BF-SECOND"
    with pytest.raises(IntegrityError), transaction.atomic():
        order.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        PayoutBatch.objects.filter(pk=batch.pk).update(second_release_by_id=batch.first_release_by_id)
