"""Payment files: ISO 20022 pain.001.001.09 and a bank's own table out, pain.002 and a bank's own table back.

The same batch always gives the same bytes, so a file made again is the file that was sent. A return file is read whole
or not at all. Banks' direct-link tables differ, so their columns, encoding and words are data (`BankTable`).
"""

from __future__ import annotations

import csv
import io
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC
from types import MappingProxyType

from yulin.base.errors import YulinError
from yulin.base.money import FEN_PER_YUAN, parse_fen
from yulin.base.text import OWN_CURRENCY, Text
from yulin.exchange.adapters.bounds import DEFAULT_BOUNDS, Bounds
from yulin.exchange.adapters.csv_files import read_csv
from yulin.exchange.adapters.xml_files import parse_xml
from yulin.exchange.core.payments import (
    WHOLE_CURRENCIES,
    PaymentAnswer,
    PaymentBatch,
    PaymentOrder,
    PaymentOutcome,
    check_batch,
)
from yulin.exchange.errors import PaymentAnswerUnreadableError, PaymentFieldError

PAIN_001 = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"

_OUTCOMES = MappingProxyType(
    {
        "ACSC": PaymentOutcome.PAID,  # settled on the payer's account
        "ACCC": PaymentOutcome.PAID,  # settled on the payee's account
        "RJCT": PaymentOutcome.FAILED,
        "CANC": PaymentOutcome.FAILED,
    }
)


@dataclass(frozen=True)
class BankTable:
    """A bank's own table: what its columns are called, how it is encoded, which words it uses for an outcome.

    `orders` maps a field of an order (`ORDER_FIELDS`) to the column's head in the file that is sent, in its order;
    `answers` maps a field of an answer (`ANSWER_FIELDS`) to the column's head in the file that comes back. A word that
    `outcomes` does not hold means *unknown*.
    """

    name: str
    encoding: str
    orders: Mapping[str, str]
    answers: Mapping[str, str]
    outcomes: Mapping[str, PaymentOutcome]


ORDER_FIELDS = (
    "batch_id",
    "sequence",
    "id",
    "payee_name",
    "account",
    "bank_code",
    "amount",
    "purpose",
    "payer_account",
    "execute_on",
    "currency",
)
ANSWER_FIELDS = ("batch_id", "id", "account", "amount", "outcome", "reason")
NEEDED_ANSWER_FIELDS = ("id", "amount", "outcome")

COMMON_TABLE = BankTable(
    name="common",
    encoding="gb18030",
    orders=MappingProxyType(
        {
            "batch_id": "批次号",
            "sequence": "序号",
            "id": "业务参考号",
            "payer_account": "付款账号",
            "payee_name": "收款人户名",
            "account": "收款账号",
            "bank_code": "收款行联行号",
            "amount": "金额(元)",
            "purpose": "用途",
            "execute_on": "期望日期",
        }
    ),
    answers=MappingProxyType(
        {
            "batch_id": "批次号",
            "id": "业务参考号",
            "account": "收款账号",
            "amount": "金额(元)",
            "outcome": "处理结果",
            "reason": "失败原因",
        }
    ),
    outcomes=MappingProxyType(
        {
            "成功": PaymentOutcome.PAID,
            "交易成功": PaymentOutcome.PAID,
            "失败": PaymentOutcome.FAILED,
            "交易失败": PaymentOutcome.FAILED,
            "退票": PaymentOutcome.FAILED,
        }
    ),
)
"""The table that Yulin offers where a bank has none of its own."""


def common_table(currency: str) -> BankTable:
    """Return the common table with the amounts' currency in its heads.

    >>> common_table("USD").orders["amount"], common_table("CNY") is COMMON_TABLE
    ('金额(USD)', True)
    """
    if currency == OWN_CURRENCY:
        return COMMON_TABLE
    head = {"amount": f"金额({currency})"}
    return replace(COMMON_TABLE, orders={**COMMON_TABLE.orders, **head}, answers={**COMMON_TABLE.answers, **head})


def write_pain_001(batch: PaymentBatch) -> bytes:
    """Return the batch as one ISO 20022 customer credit transfer initiation, pain.001.001.09, UTF-8.

    **Rounding**: none; `CtrlSum` is the exact sum. **Raises** EXCHANGE.PAYMENT.EMPTY, EXCHANGE.PAYMENT.FIELD.
    """
    check_batch(batch)
    root = ET.Element("Document", {"xmlns": PAIN_001})
    message = ET.SubElement(root, "CstmrCdtTrfInitn")
    _group_header(message, batch)
    payment = ET.SubElement(message, "PmtInf")
    _leaf(payment, "PmtInfId", batch.id)
    _leaf(payment, "PmtMtd", "TRF")
    _leaf(payment, "NbOfTxs", str(len(batch.orders)))
    _leaf(payment, "CtrlSum", _amount(batch.total_fen, batch.currency))
    _leaf(payment, "ReqdExctnDt/Dt", batch.execute_on.isoformat())
    _leaf(payment, "Dbtr/Nm", batch.payer.name)
    account = _leaf(payment, "DbtrAcct/Id/Othr/Id", batch.payer.account, keep="DbtrAcct")
    _leaf(account, "Ccy", batch.currency)
    _agent(payment, "DbtrAgt", batch.payer.bank_code)
    for order in batch.orders:
        _transfer(payment, order, batch.currency)
    ET.indent(root, " ")
    text: str = ET.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


def _group_header(message: ET.Element, batch: PaymentBatch) -> None:
    header = ET.SubElement(message, "GrpHdr")
    _leaf(header, "MsgId", batch.id)
    _leaf(header, "CreDtTm", batch.created_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    _leaf(header, "NbOfTxs", str(len(batch.orders)))
    _leaf(header, "CtrlSum", _amount(batch.total_fen, batch.currency))
    _leaf(header, "InitgPty/Nm", batch.payer.name)


def _transfer(payment: ET.Element, order: PaymentOrder, currency: str) -> None:
    transfer = ET.SubElement(payment, "CdtTrfTxInf")
    _leaf(transfer, "PmtId/EndToEndId", order.id)
    amount = _leaf(transfer, "Amt/InstdAmt", _amount(order.amount_fen, currency), keep="Amt")
    amount[0].set("Ccy", currency)
    _agent(transfer, "CdtrAgt", order.bank_code)
    _leaf(transfer, "Cdtr/Nm", order.payee_name)
    _leaf(transfer, "CdtrAcct/Id/Othr/Id", order.account)
    _leaf(transfer, "RmtInf/Ustrd", order.purpose)


def _agent(parent: ET.Element, name: str, bank_code: str) -> None:
    member = _leaf(parent, f"{name}/FinInstnId/ClrSysMmbId/ClrSysId/Cd", "CNAPS", keep="ClrSysMmbId")
    _leaf(member, "MmbId", bank_code)


def _leaf(parent: ET.Element, path: str, text: str, keep: str = "") -> ET.Element:
    """Add the elements of `path` below `parent`, the last with `text`; return the one called `keep`, else the last."""
    kept = node = parent
    for name in path.split("/"):
        node = ET.SubElement(node, name)
        if name == keep or not keep:
            kept = node
    node.text = text
    return kept


def _amount(fen: int, currency: str) -> str:
    """Return an amount with as many places as its currency has."""
    whole, rest = divmod(fen, FEN_PER_YUAN)
    return str(whole) if currency in WHOLE_CURRENCIES and not rest else f"{whole}.{rest:02d}"


def write_table(batch: PaymentBatch, table: BankTable = COMMON_TABLE) -> bytes:
    """Return the batch as a bank's own table (CSV, lines end in CR LF).

    **Raises** EXCHANGE.PAYMENT.EMPTY, EXCHANGE.PAYMENT.FIELD (also: a character that the bank's encoding has not).
    """
    check_batch(batch)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(table.orders.values())
    for sequence, order in enumerate(batch.orders, start=1):
        values = _order_values(batch, order, sequence)
        _check_encoding(order, table.encoding)
        writer.writerow(values[field] for field in table.orders)
    return out.getvalue().encode(table.encoding)


def _order_values(batch: PaymentBatch, order: PaymentOrder, sequence: int) -> dict[str, str]:
    return {
        "batch_id": batch.id,
        "sequence": str(sequence),
        "id": order.id,
        "payee_name": order.payee_name,
        "account": order.account,
        "bank_code": order.bank_code,
        "amount": _amount(order.amount_fen, batch.currency),
        "purpose": order.purpose,
        "payer_account": batch.payer.account,
        "execute_on": batch.execute_on.isoformat(),
        "currency": batch.currency,
    }


def _check_encoding(order: PaymentOrder, encoding: str) -> None:
    for field in ("payee_name", "purpose"):
        text = getattr(order, field)
        try:
            text.encode(encoding)
        except UnicodeEncodeError as error:
            needed = Text("%(encoding)s编码能写的字", "written in characters of %(encoding)s").with_values(
                encoding=encoding
            )
            raise PaymentFieldError(
                order.id, field=field, found=text[error.start : error.end], needed=needed
            ) from error


def read_answer(
    content: bytes, name: str, batch: PaymentBatch, table: BankTable = COMMON_TABLE, bounds: Bounds = DEFAULT_BOUNDS
) -> tuple[PaymentAnswer, ...]:
    """Read a bank's return file for `batch`, pain.002 of any version or the bank's own table, whole or not at all.

    A rejection of the whole message is one answer for each order. **Raises** EXCHANGE.PAYMENT.UNREADABLE and what
    `read_csv` raises.
    """
    if content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] == b"<":
        answers = _read_pain_002(content, name, batch)
    else:
        answers = _read_table(content, name, table, bounds)
    if not answers:
        raise PaymentAnswerUnreadableError(name, Text("没有一笔结果", "it answers no order"))
    return answers


# --- pain.002: the bank's report on a message ---


def _read_pain_002(content: bytes, name: str, batch: PaymentBatch) -> tuple[PaymentAnswer, ...]:
    root = _parse(content, name)
    report = root.find("CstmrPmtStsRpt")
    group = report.find("OrgnlGrpInfAndSts") if report is not None else None
    if report is None or group is None:
        where = Text("不是pain.002（CstmrPmtStsRpt）", "it is no pain.002 (CstmrPmtStsRpt)")
        raise PaymentAnswerUnreadableError(name, where)
    message_id = _text(group, "OrgnlMsgId")
    transactions = list(report.iterfind("OrgnlPmtInfAndSts/TxInfAndSts"))
    if transactions:
        return tuple(_said(line, node, message_id, name) for line, node in enumerate(transactions, start=1))
    payments = list(report.iterfind("OrgnlPmtInfAndSts"))
    status = next((_text(node, "PmtInfSts") for node in payments if node.find("PmtInfSts") is not None), "")
    return tuple(_of_the_whole(status or _text(group, "GrpSts"), group, message_id, batch))


def _said(line: int, node: ET.Element, message_id: str, name: str) -> PaymentAnswer:
    paths = ("OrgnlTxRef/Amt/InstdAmt", "OrgnlTxRef/IntrBkSttlmAmt")
    amounts = [found for path in paths if (found := node.find(path)) is not None and (found.text or "").strip()]
    amount = (amounts[0].text or "").strip() if amounts else ""
    account = _text(node, "OrgnlTxRef/CdtrAcct/Id/Othr/Id") or _text(node, "OrgnlTxRef/CdtrAcct/Id/IBAN")
    return PaymentAnswer(
        line=line,
        id=_text(node, "OrgnlEndToEndId"),
        account=account,
        amount_fen=_fen(amount, name, line) if amount else None,
        outcome=_OUTCOMES.get(_text(node, "TxSts"), PaymentOutcome.UNKNOWN),
        reason=_reason(node),
        batch_id=message_id,
        currency=amounts[0].get("Ccy", "") if amounts else "",
    )


def _of_the_whole(status: str, group: ET.Element, message_id: str, batch: PaymentBatch) -> Iterator[PaymentAnswer]:
    """Yield the one answer to the message as an answer to each of its orders."""
    outcome = _OUTCOMES.get(status, PaymentOutcome.UNKNOWN)
    for order in batch.orders:
        yield PaymentAnswer(1, order.id, order.account, order.amount_fen, outcome, _reason(group), message_id)


def _reason(node: ET.Element) -> str:
    codes = (_text(node, "StsRsnInf/Rsn/Cd"), _text(node, "StsRsnInf/Rsn/Prtry"))
    words = (info.text or "" for info in node.iterfind("StsRsnInf/AddtlInf"))
    return " ".join(part.strip() for part in (*codes, *words) if part.strip())


def _text(node: ET.Element, path: str) -> str:
    return (node.findtext(path) or "").strip()


def _parse(content: bytes, name: str) -> ET.Element:
    return parse_xml(content, lambda where: PaymentAnswerUnreadableError(name, where))


# --- a bank's own table ---


def _read_table(content: bytes, name: str, table: BankTable, bounds: Bounds) -> tuple[PaymentAnswer, ...]:
    sheet = read_csv(content, name, bounds)
    if not sheet.rows:
        raise PaymentAnswerUnreadableError(name, Text("文件为空", "the file is empty"))
    head = [str(cell).strip() for cell in sheet.rows[0]]
    missing = [table.answers[field] for field in NEEDED_ANSWER_FIELDS if table.answers[field] not in head]
    if missing:
        where = Text("缺少列：%(columns)s", "it has no column %(columns)s").with_values(columns="、".join(missing))
        raise PaymentAnswerUnreadableError(name, where)
    places = {field: head.index(column) for field, column in table.answers.items() if column in head}
    rows = (
        (number, row) for number, row in enumerate(sheet.rows[1:], start=2) if any(str(cell).strip() for cell in row)
    )
    return tuple(_row_answer(number, row, places, table, name) for number, row in rows)


def _row_answer(
    number: int, row: Sequence[object], places: Mapping[str, int], table: BankTable, name: str
) -> PaymentAnswer:
    cells = {field: str(row[place]).strip() for field, place in places.items()}
    return PaymentAnswer(
        line=number,
        id=cells["id"],
        account=cells.get("account", ""),
        amount_fen=_fen(cells["amount"], name, number) if cells["amount"] else None,
        outcome=table.outcomes.get(cells["outcome"], PaymentOutcome.UNKNOWN),
        reason=cells.get("reason", ""),
        batch_id=cells.get("batch_id", ""),
    )


def _fen(text: str, name: str, line: int) -> int:
    try:
        return parse_fen(text).fen
    except YulinError as error:
        where = Text("第%(line)s行金额“%(found)s”不是金额", "line %(line)s: “%(found)s” is no amount")
        raise PaymentAnswerUnreadableError(name, where.with_values(line=line, found=text)) from error
