"""A payment batch goes out as the same bytes each time; what comes back settles one order each, or nothing."""

import csv
import io
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yulin.exchange.adapters.payment_files import (
    COMMON_TABLE,
    PAIN_001,
    read_answer,
    write_pain_001,
    write_table,
)
from yulin.exchange.core.payments import (
    Misfit,
    Payer,
    PaymentAnswer,
    PaymentBatch,
    PaymentOrder,
    PaymentOutcome,
    check_batch,
    reconcile,
)
from yulin.exchange.errors import (
    PaymentAnswerUnreadableError,
    PaymentBatchEmptyError,
    PaymentFieldError,
)

PAYER = Payer("示例市科技信贷风险补偿资金池", "440100000000000001", "102581000013")
CREATED = datetime(2022, 1, 19, 1, 30, tzinfo=UTC)
NAMES = {"p": PAIN_001}


def order(number=1, **changes):
    standard = PaymentOrder(
        f"V-2022-{number:04d}", "示例银行广州分行", "6222000000000001", "103581000023", 100_000_001, "风险补偿"
    )
    return replace(standard, **changes)


def batch(*orders):
    return PaymentBatch("B-2022-001", PAYER, CREATED, date(2022, 1, 20), orders or (order(1), order(2, amount_fen=1)))


def answer(to, **changes):
    said = PaymentAnswer(1, to.id, to.account, to.amount_fen, PaymentOutcome.PAID)
    return replace(said, **changes)


def pain_002(*transactions, message="B-2022-001", group_status=""):
    status = f"<GrpSts>{group_status}</GrpSts>" if group_status else ""
    return (
        '<?xml version="1.0" encoding="UTF-8"?><Document xmlns="urn:iso:std:iso:20022:tech:xsd:pain.002.001.10">'
        f"<CstmrPmtStsRpt><GrpHdr/><OrgnlGrpInfAndSts><OrgnlMsgId>{message}</OrgnlMsgId>{status}</OrgnlGrpInfAndSts>"
        f"<OrgnlPmtInfAndSts>{''.join(transactions)}</OrgnlPmtInfAndSts></CstmrPmtStsRpt></Document>"
    ).encode()


def transaction(to, status, yuan, reason=""):
    info = f"<StsRsnInf><Rsn><Cd>{reason}</Cd></Rsn><AddtlInf>账号有误</AddtlInf></StsRsnInf>" if reason else ""
    amount = f'<OrgnlTxRef><Amt><InstdAmt Ccy="CNY">{yuan}</InstdAmt></Amt></OrgnlTxRef>' if yuan else ""
    return f"<TxInfAndSts><OrgnlEndToEndId>{to}</OrgnlEndToEndId><TxSts>{status}</TxSts>{info}{amount}</TxInfAndSts>"


# --- the file that goes out ---


def test_pain_001_names_every_order_and_the_exact_sum():
    content = write_pain_001(batch())
    assert content == write_pain_001(batch())
    root = ET.fromstring(content)
    header = root.find("p:CstmrCdtTrfInitn/p:GrpHdr", NAMES)
    assert [child.tag.rpartition("}")[2] for child in header] == ["MsgId", "CreDtTm", "NbOfTxs", "CtrlSum", "InitgPty"]
    assert header.findtext("p:CtrlSum", None, NAMES) == "1000000.02"
    assert header.findtext("p:CreDtTm", None, NAMES) == "2022-01-19T01:30:00Z"
    payment = root.find("p:CstmrCdtTrfInitn/p:PmtInf", NAMES)
    assert [child.tag.rpartition("}")[2] for child in payment] == [
        "PmtInfId", "PmtMtd", "NbOfTxs", "CtrlSum", "ReqdExctnDt", "Dbtr", "DbtrAcct", "DbtrAgt",
        "CdtTrfTxInf", "CdtTrfTxInf",
    ]  # fmt: skip
    transfer = payment.find("p:CdtTrfTxInf", NAMES)
    assert [child.tag.rpartition("}")[2] for child in transfer] == [
        "PmtId", "Amt", "CdtrAgt", "Cdtr", "CdtrAcct", "RmtInf",
    ]  # fmt: skip
    amount = transfer.find("p:Amt/p:InstdAmt", NAMES)
    assert (amount.text, amount.get("Ccy")) == ("1000000.01", "CNY")
    assert payment.findtext("p:DbtrAcct/p:Ccy", None, NAMES) == "CNY"
    assert transfer.findtext("p:CdtrAgt/p:FinInstnId/p:ClrSysMmbId/p:MmbId", None, NAMES) == "103581000023"
    assert transfer.findtext("p:CdtrAgt/p:FinInstnId/p:ClrSysMmbId/p:ClrSysId/p:Cd", None, NAMES) == "CNAPS"


def test_the_banks_table_has_its_columns_and_its_encoding():
    rows = list(csv.DictReader(io.StringIO(write_table(batch()).decode("gb18030"))))
    assert [row["金额(元)"] for row in rows] == ["1000000.01", "0.01"]
    assert rows[1] | {"用途": "风险补偿"} == {
        "批次号": "B-2022-001", "序号": "2", "业务参考号": "V-2022-0002", "付款账号": PAYER.account,
        "收款人户名": "示例银行广州分行", "收款账号": "6222000000000001", "收款行联行号": "103581000023",
        "金额(元)": "0.01", "用途": "风险补偿", "期望日期": "2022-01-20",
    }  # fmt: skip


def test_a_character_that_the_banks_encoding_has_not_is_named():
    table = replace(COMMON_TABLE, encoding="gb2312")
    with pytest.raises(PaymentFieldError, match="珺"):
        write_table(batch(order(payee_name="示例珺行")), table)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"id": "V" * 36}, "id"),
        ({"id": ""}, "id"),
        ({"id": "V 1"}, "id"),
        ({"payee_name": "=1+1"}, "name"),
        ({"payee_name": "甲\n乙"}, "name"),
        ({"payee_name": "甲" * 141}, "name"),
        ({"account": "6,2"}, "account"),
        ({"bank_code": "10358100002"}, "bank_code"),
        ({"amount_fen": 0}, "amount_fen"),
        ({"amount_fen": -1}, "amount_fen"),
        ({"amount_fen": 10**18}, "amount_fen"),
        ({"purpose": ""}, "purpose"),
    ],
)
def test_a_field_that_a_bank_could_misread_is_refused(changes, field):
    with pytest.raises(PaymentFieldError) as refused:
        check_batch(batch(order(**changes)))
    assert refused.value.facts["field"] == field


def test_an_id_used_twice_and_an_empty_batch_are_refused():
    with pytest.raises(PaymentFieldError):
        check_batch(batch(order(1), order(1)))
    with pytest.raises(PaymentBatchEmptyError):
        check_batch(PaymentBatch("B-1", PAYER, CREATED, date(2022, 1, 20), ()))


# --- the file that comes back ---


def test_pain_002_is_read_with_outcome_amount_and_reason():
    content = pain_002(
        transaction("V-2022-0001", "ACSC", "1000000.01"), transaction("V-2022-0002", "RJCT", "0.01", "AC01")
    )
    paid, failed = read_answer(content, "answer.xml", batch())
    assert (paid.id, paid.amount_fen, paid.outcome, paid.batch_id) == (
        "V-2022-0001", 100_000_001, PaymentOutcome.PAID, "B-2022-001",
    )  # fmt: skip
    assert (failed.outcome, failed.reason) == (PaymentOutcome.FAILED, "AC01 账号有误")


@pytest.mark.parametrize("status", ["ACSP", "PDNG", "ACTC", "ACWC", "RCVD", "", "WHATEVER"])
def test_a_status_that_is_not_final_stays_unknown(status):
    (said,) = read_answer(pain_002(transaction("V-2022-0001", status, "1000000.01")), "a.xml", batch())
    assert said.outcome == PaymentOutcome.UNKNOWN


def test_a_rejected_message_answers_every_order():
    said = read_answer(pain_002(group_status="RJCT"), "a.xml", batch())
    assert [(one.id, one.outcome) for one in said] == [
        ("V-2022-0001", PaymentOutcome.FAILED), ("V-2022-0002", PaymentOutcome.FAILED),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "content",
    [
        b'<!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>',
        b"<Document><CstmrPmtStsRpt>",
        b"<Document/>",
        pain_002(transaction("V-2022-0001", "ACSC", "a lot")),
        b"",
        "批次号,业务参考号\nB,V".encode(),
        "业务参考号,金额(元),处理结果\nV-2022-0001,一百,成功".encode(),
        "业务参考号,金额(元),处理结果\n".encode(),
    ],
)
def test_a_file_that_cannot_be_read_whole_is_not_read(content):
    with pytest.raises(PaymentAnswerUnreadableError):
        read_answer(content, "answer", batch())


def test_the_banks_own_table_is_read_and_unknown_words_are_unknown():
    content = (
        "批次号,业务参考号,收款账号,金额(元),处理结果,失败原因\r\n"
        'B-2022-001,V-2022-0001,6222000000000001,"1,000,000.01",成功,\r\n'
        "B-2022-001,V-2022-0002,6222000000000001,0.01,处理中,\r\n\r\n"
    ).encode("gb18030")
    paid, open_ = read_answer(content, "回盘.csv", batch())
    assert (paid.line, paid.amount_fen, paid.outcome) == (2, 100_000_001, PaymentOutcome.PAID)
    assert open_.outcome == PaymentOutcome.UNKNOWN


# --- one to one ---


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"batch_id": "B-2022-002"}, Misfit.OTHER_BATCH),
        ({"id": "V-2022-9999"}, Misfit.UNKNOWN_ORDER),
        ({"account": "6222000000000002"}, Misfit.OTHER_ACCOUNT),
        ({"amount_fen": 100_000_000}, Misfit.OTHER_AMOUNT),
        ({"amount_fen": 100_000_002}, Misfit.OTHER_AMOUNT),
        ({"amount_fen": None}, Misfit.AMOUNT_UNSAID),
    ],
)
def test_an_answer_that_does_not_fit_settles_nothing_and_says_why(changes, why):
    result = reconcile(batch(), [answer(order(1), **changes)], {})
    assert not result.settled
    assert [misfit.why for misfit in result.misfits] == [why]
    assert result.unanswered == ("V-2022-0001", "V-2022-0002")
    for language in ("zh-hans", "en"):
        said = result.misfits[0].message.in_language(language)
        assert result.misfits[0].found in said
        assert result.misfits[0].needed in said


def test_a_failed_order_may_come_without_its_amount():
    said = answer(order(1), amount_fen=None, outcome=PaymentOutcome.FAILED)
    assert set(reconcile(batch(), [said], {}).settled) == {"V-2022-0001"}


def test_two_answers_against_each_other_settle_nothing():
    said = [answer(order(1)), answer(order(1), line=2, outcome=PaymentOutcome.FAILED)]
    result = reconcile(batch(), said, {})
    assert not result.settled
    assert [misfit.why for misfit in result.misfits] == [Misfit.CONTRADICTION] * 2


def test_what_stands_as_paid_or_failed_is_not_turned_round():
    for known, said in ((PaymentOutcome.PAID, PaymentOutcome.FAILED), (PaymentOutcome.FAILED, PaymentOutcome.PAID)):
        result = reconcile(batch(), [answer(order(1), outcome=said)], {"V-2022-0001": known})
        assert not result.settled
        assert result.misfits[0].why == Misfit.CONTRADICTION


outcomes = st.sampled_from(PaymentOutcome)


@given(
    st.lists(st.tuples(st.integers(0, 4), outcomes, st.sampled_from([0, 0, 0, 1, -1])), max_size=12),
    st.dictionaries(st.integers(0, 3), outcomes),
)
def test_each_order_is_settled_once_or_not_at_all_and_a_second_reading_changes_nothing(said, before):
    orders = tuple(order(number, amount_fen=100 + number) for number in range(4))
    sent = batch(*orders)
    known = {orders[number].id: outcome for number, outcome in before.items()}
    answers = [
        PaymentAnswer(line, f"V-2022-{number:04d}", "", 100 + number + off, outcome)
        for line, (number, outcome, off) in enumerate(said)
    ]
    first = reconcile(sent, answers, known)
    after = known | {key: one.outcome for key, one in first.settled.items()}
    second = reconcile(sent, answers, after)
    assert not second.settled
    assert {misfit.answer for misfit in first.misfits} == {misfit.answer for misfit in second.misfits}
    for key, outcome in known.items():
        if outcome != PaymentOutcome.UNKNOWN:
            assert after[key] == outcome
    answered = {key for key, outcome in after.items() if outcome != PaymentOutcome.UNKNOWN}
    assert set(first.unanswered) == {one.id for one in orders} - answered
