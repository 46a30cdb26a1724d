"""The pages of payments: what waits becomes a batch, two people release it, the answer is taken, refusals say why."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.factories.claims import TODAY, make_claim_law, make_people
from tests.factories.people import make_client, make_demo_book
from tests.pool.test_payouts import HEAD, approved, line

from yulin.exchange.adapters.bank_tables import plain_table, read_table
from yulin.exchange.adapters.payment_files import COMMON_TABLE
from yulin.exchange.errors import PaymentTableError
from yulin.people.enums import Role
from yulin.people.models import User
from yulin.pool.models import PayoutBatch, Voucher
from yulin.pool.services.payouts import batches

pytestmark = pytest.mark.django_db


def browser(actor):
    client = Client()
    client.force_login(User.objects.get(pk=actor.user_id))
    return client


@pytest.mark.parametrize("language", ["zh-hans", "en"])
def test_from_waiting_vouchers_to_paid_ones(language):
    make_demo_book(TODAY)
    law, people = make_claim_law(), make_people()
    claim = approved(people, law)
    first, second = browser(people.reviewer), browser(people.checker)
    path = f"/{language}/payouts/"
    assert claim.number in first.get(path).content.decode()
    asked = {"do": "batch", "scheme": "gz-credit-2021", "execute_on": "2022-01-27"}
    refused = first.post(path, asked)
    assert (refused.status_code, "POOL.PAYOUT.ACCOUNT" in refused.content.decode()) == (422, True)
    for organisation, account in ((people.reviewer.organisation_id, "4401"), (claim.bank_id, "6222")):
        form = {"organisation": organisation, "name": "示例户名", "account": account, "bank_code": "102581000013"}
        assert first.post(path, {"do": "account", **form}).status_code == 302
    assert first.post(path, {"do": "account", **form, "bank_code": "1"}).status_code == 422
    assert first.post(path, asked).status_code == 302
    batch = PayoutBatch.objects.get()
    place = f"{path}{batch.pk}/"
    assert first.get(f"{place}batch.xml").status_code == 404
    draft, sent = {"en": ("Not sent", "Not answered"), "zh-hans": ("未发出", "待回盘")}[language]
    assert draft in first.get(place).content.decode()
    assert first.post(place, {"do": "release"}).status_code == 302
    assert "POOL.PAYOUT.SAME_HANDS" in first.post(place, {"do": "release"}).content.decode()
    assert second.post(place, {"do": "release"}).status_code == 302
    assert first.get(f"{place}batch.xml").content.startswith(b"<?xml")
    assert first.get(place).content.decode().count(sent) >= 2  # one for each order
    assert "业务参考号" in first.get(f"{place}batch.csv").content.decode("gb18030")
    order, other = batch.orders.all()
    content = HEAD + line(order) + line(other, fen=1)
    file = SimpleUploadedFile("回盘.csv", content.encode("gb18030"))
    assert first.post(place, {"do": "answer", "file": file}).status_code == 302
    page = first.get(place).content.decode()
    assert "EXCHANGE.PAYMENT.OTHER_AMOUNT" in page
    assert set(Voucher.objects.values_list("state", flat=True)) == {"paid", "sent"}
    assert first.post(place, {"do": "unpaid", "order": other.pk, "note": "银行证明"}).status_code == 302
    assert first.post(place, {"do": "nonsense"}).status_code == 404


def test_a_return_file_beyond_the_limit_is_refused_whole(settings):
    make_demo_book(TODAY)
    law, people = make_claim_law(), make_people()
    claim = approved(people, law)
    for organisation in (people.reviewer.organisation_id, claim.bank_id):
        asked = {"organisation_id": organisation, "name": "示例户名", "account": "4401", "bank_code": "102581000013"}
        batches.keep_account(actor=people.reviewer, **asked)
    batch = batches.make_batch(actor=people.reviewer, scheme_id="gz-credit-2021", execute_on=TODAY)
    for actor in (people.reviewer, people.checker):
        batches.release_batch(actor=actor, batch_id=batch.pk)
    settings.YULIN_UPLOAD_LIMIT_MB = 0
    file = SimpleUploadedFile("回盘.csv", HEAD.encode())
    asked = browser(people.reviewer).post(f"/zh-hans/payouts/{batch.pk}/", {"do": "answer", "file": file})
    assert asked.status_code in {413, 422}
    assert not batch.answers.exists()


def test_who_only_looks_gets_no_form():
    make_demo_book(TODAY)
    auditor = make_client(Role.AUDITOR)
    page = auditor.get("/zh-hans/payouts/").content.decode()
    assert 'name="do"' not in page
    assert auditor.post("/zh-hans/payouts/", {"do": "batch"}).status_code == 404
    assert make_client(Role.BANK_CLERK).get("/zh-hans/payouts/").status_code == 403


# --- the bank's own table ---

SHEET = {"name": "示例银行批量转账", "encoding": "utf-8-sig", "paid": "已入账，S", "failed": "退回", "do": "keep"}
COLUMNS = {
    "order-id": "流水", "place-id": "2", "order-payee_name": "户名", "place-payee_name": "1", "order-account": "帐号",
    "place-account": "3", "order-amount": "元", "place-amount": "4", "answer-id": "流水", "answer-amount": "元",
    "answer-outcome": "状态",
}  # fmt: skip


def test_a_batch_goes_out_and_is_answered_in_the_banks_own_table():
    make_demo_book(TODAY)
    law, people = make_claim_law(), make_people()
    claim = approved(people, law)
    first = browser(people.reviewer)
    page = "/zh-hans/payouts/table/"
    assert "POOL.PAYOUT.ACCOUNT" in first.post(page, {**SHEET, **COLUMNS}).content.decode()
    for organisation, account in ((people.reviewer.organisation_id, "4401"), (claim.bank_id, "6222")):
        batches.keep_account(
            actor=people.reviewer, organisation_id=organisation, name="示例户名", account=account,
            bank_code="102581000013",
        )  # fmt: skip
    assert first.post(page, {**SHEET, **COLUMNS}).status_code == 302
    assert "示例银行批量转账" in first.get(page).content.decode()
    batch = batches.make_batch(actor=people.reviewer, scheme_id="gz-credit-2021", execute_on=TODAY)
    assert first.post(page, {"do": "common"}).status_code == 302  # a batch that exists keeps its table
    for person in (people.reviewer, people.checker):
        batches.release_batch(actor=person, batch_id=batch.pk)
    sent = first.get(f"/zh-hans/payouts/{batch.pk}/batch.csv").content
    one, other = batch.orders.all()
    assert sent.decode("utf-8-sig").splitlines() == [
        "户名,流水,帐号,元",
        *(f"示例户名,{each.reference},6222,{each.amount_fen / 100:.2f}" for each in (one, other)),
    ]
    said = [f"{each.reference},{each.amount_fen / 100:.2f},{word}" for each, word in ((one, "S"), (other, "成功"))]
    file = SimpleUploadedFile("回盘.csv", "\n".join(["流水,元,状态", *said]).encode())
    assert first.post(f"/zh-hans/payouts/{batch.pk}/", {"do": "answer", "file": file}).status_code == 302
    assert [each.outcome for each in batch.orders.all()] == ["paid", "unknown"]  # the common word is no word of theirs


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"order-amount": "帐号"}, "列名“帐号”用了两次"),
        ({"failed": "S"}, "也不能同时表示失败"),
    ],
)
def test_a_table_that_could_pay_wrongly_is_refused(changed, said):
    make_demo_book(TODAY)
    people = make_people()
    batches.keep_account(
        actor=people.reviewer, organisation_id=people.reviewer.organisation_id, name="示例", account="4401",
        bank_code="102581000013",
    )  # fmt: skip
    answer = browser(people.reviewer).post("/zh-hans/payouts/table/", {**SHEET, **COLUMNS, **changed})
    assert (answer.status_code, said in answer.content.decode()) == (422, True)
    assert "EXCHANGE.PAYMENT.TABLE" in answer.content.decode()


@pytest.mark.parametrize(
    ("part", "field", "said"), [("orders", "amount", "金额（元）"), ("answers", "outcome", "处理结果")]
)
def test_a_table_without_a_column_that_is_needed_is_refused(part, field, said):
    plain = plain_table(COMMON_TABLE)
    plain[part] = [pair for pair in plain[part] if pair[0] != field]
    with pytest.raises(PaymentTableError) as caught:
        read_table(plain)
    assert f"缺少列：{said}" in caught.value.message.zh
