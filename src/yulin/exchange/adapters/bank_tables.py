"""A bank's own payment table as data: read from what a form or a kept row says, checked, and written down again.

A table that could pay wrongly is refused: reference, payee, account and amount go out; reference, amount and outcome
come back; two columns never bear one name; a word never means two outcomes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from yulin.base.text import OWN_CURRENCY, Text
from yulin.exchange.adapters.payment_files import (
    ANSWER_FIELDS,
    NEEDED_ANSWER_FIELDS,
    ORDER_FIELDS,
    BankTable,
    common_table,
)
from yulin.exchange.core.payments import PaymentOutcome
from yulin.exchange.errors import PaymentTableError

ENCODINGS: Mapping[str, Text] = {
    "gb18030": Text("GB18030（国标）", "GB18030"),
    "utf-8": Text("UTF-8", "UTF-8"),
    "utf-8-sig": Text("UTF-8带BOM", "UTF-8 with BOM"),
}
FIELD_NAMES: Mapping[str, Text] = {
    "batch_id": Text("批次号", "Batch"),
    "sequence": Text("序号", "Line number"),
    "id": Text("业务参考号", "Reference"),
    "payer_account": Text("付款账号", "Payer's account"),
    "payee_name": Text("收款人户名", "Payee"),
    "account": Text("收款账号", "Payee's account"),
    "bank_code": Text("收款行联行号", "Payee's CNAPS number"),
    "amount": Text("金额（元）", "Amount (CNY)"),
    "currency": Text("币种", "Currency"),
    "purpose": Text("用途", "Purpose"),
    "execute_on": Text("付款日", "To be paid on"),
    "outcome": Text("处理结果", "Outcome"),
    "reason": Text("失败原因", "Reason"),
}
NEEDED_ORDER_FIELDS = ("id", "payee_name", "account", "amount")


def plain_table(table: BankTable) -> dict[str, Any]:
    """Return a table as plain JSON; the order of columns is kept."""
    return {
        "name": table.name,
        "encoding": table.encoding,
        "orders": [list(pair) for pair in table.orders.items()],
        "answers": [list(pair) for pair in table.answers.items()],
        "paid": [word for word, outcome in table.outcomes.items() if outcome is PaymentOutcome.PAID],
        "failed": [word for word, outcome in table.outcomes.items() if outcome is PaymentOutcome.FAILED],
    }


def read_table(said: Mapping[str, Any], currency: str = OWN_CURRENCY) -> BankTable:
    """Return the table that plain JSON says; the common one of a currency where it says nothing.

    **Raises** EXCHANGE.PAYMENT.TABLE, with what is wrong.

    >>> read_table({}).name, read_table(plain_table(COMMON_TABLE)) == COMMON_TABLE
    ('common', True)
    """
    if not said:
        return common_table(currency)
    if said["encoding"] not in ENCODINGS:
        raise PaymentTableError(
            Text("没有编码%(found)s", "there is no encoding %(found)s").with_values(found=said["encoding"])
        )
    orders = _columns(said["orders"], ORDER_FIELDS, NEEDED_ORDER_FIELDS)
    answers = _columns(said["answers"], ANSWER_FIELDS, NEEDED_ANSWER_FIELDS)
    outcomes = dict.fromkeys(said["paid"], PaymentOutcome.PAID)
    both = [word for word in said["failed"] if word in outcomes]
    if both or not outcomes:
        needed = Text("“成功”用词不能缺，也不能同时表示失败", "words for paid are needed, and mean nothing else")
        raise PaymentTableError(needed)
    outcomes |= dict.fromkeys(said["failed"], PaymentOutcome.FAILED)
    return BankTable(str(said["name"]), said["encoding"], orders, answers, outcomes)


def _columns(pairs: Sequence[Sequence[str]], known: Sequence[str], needed: Sequence[str]) -> dict[str, str]:
    """Return the heads by field. Raises: EXCHANGE.PAYMENT.TABLE."""
    heads = {field: head.strip() for field, head in pairs if head.strip()}
    if len(set(heads.values())) != len(heads):
        twice = next(head for head in heads.values() if list(heads.values()).count(head) > 1)
        raise PaymentTableError(
            Text("列名“%(head)s”用了两次", "two columns are called “%(head)s”").with_values(head=twice)
        )
    missing = [FIELD_NAMES[field] for field in needed if field not in heads]
    if missing or not set(heads) <= set(known):
        lacking = Text("、".join(one.zh for one in missing), ", ".join(one.en for one in missing))
        raise PaymentTableError(Text("缺少列：%(lacking)s", "no column for: %(lacking)s").with_values(lacking=lacking))
    return heads
