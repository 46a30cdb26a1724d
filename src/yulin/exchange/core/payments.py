"""Payment orders to a bank and its answers, one to one: what is sent, what came back, and what nobody has said yet.

An order is known by its end-to-end id, made once for one intention to pay; the bank's answer must name that id, the
same account and the same fen. Invariant: an answer that does not fit settles nothing, and silence is *unknown*: only a
person may decide that an unanswered order was not paid.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from yulin.base.money import FEN_PER_YUAN, yuan_text
from yulin.base.text import OWN_CURRENCY, Text
from yulin.exchange.errors import PaymentBatchEmptyError, PaymentFieldError

ID_LENGTH = 35
NAME_LENGTH = 140
LARGEST_FEN = 10**18 - 1  # 18 digits: the most that ISO 20022 lets an amount have
# ISO 4217: currencies of which nothing smaller than the unit is paid.
WHOLE_CURRENCIES = frozenset({"CLP", "ISK", "JPY", "KRW", "PYG", "UGX", "VND", "XAF", "XOF", "XPF"})

_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9\-]*")
_ACCOUNT = re.compile(r"[A-Za-z0-9\-]{4,34}")
_BANK_CODE = re.compile(r"\d{12}")
_CURRENCY = re.compile(r"[A-Z]{3}")
_SHEET_FORMULA = ("=", "+", "-", "@")


class PaymentOutcome(StrEnum):
    """What a bank said of an order."""

    PAID = "paid"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class PaymentOrder:
    """One payment; `bank_code` is the payee bank's CNAPS number of 12 digits."""

    id: str
    payee_name: str
    account: str
    bank_code: str
    amount_fen: int
    purpose: str


@dataclass(frozen=True)
class Payer:
    """The account that pays."""

    name: str
    account: str
    bank_code: str


@dataclass(frozen=True)
class PaymentBatch:
    """Orders of one currency that go to the bank in one file; the same batch always gives the same bytes."""

    id: str
    payer: Payer
    created_at: datetime
    execute_on: date
    orders: tuple[PaymentOrder, ...]
    currency: str = OWN_CURRENCY

    @property
    def total_fen(self) -> int:
        """The sum of all orders."""
        return sum(order.amount_fen for order in self.orders)


@dataclass(frozen=True)
class PaymentAnswer:
    """One line of a bank's return file; `line` is its place there, from 1."""

    line: int
    id: str
    account: str
    amount_fen: int | None
    outcome: PaymentOutcome
    reason: str = ""
    batch_id: str = ""
    currency: str = ""  # where the answer names one


class Misfit(StrEnum):
    """Why an answer settles nothing."""

    OTHER_BATCH = "EXCHANGE.PAYMENT.OTHER_BATCH"
    UNKNOWN_ORDER = "EXCHANGE.PAYMENT.UNKNOWN_ORDER"
    OTHER_ACCOUNT = "EXCHANGE.PAYMENT.OTHER_ACCOUNT"
    OTHER_CURRENCY = "EXCHANGE.PAYMENT.OTHER_CURRENCY"
    OTHER_AMOUNT = "EXCHANGE.PAYMENT.OTHER_AMOUNT"
    AMOUNT_UNSAID = "EXCHANGE.PAYMENT.AMOUNT_UNSAID"
    CONTRADICTION = "EXCHANGE.PAYMENT.CONTRADICTION"


MISFITS = {
    Misfit.OTHER_BATCH: Text(
        "回盘属于批次%(found)s，不属于%(needed)s。", "It answers batch %(found)s, not %(needed)s."
    ),
    Misfit.UNKNOWN_ORDER: Text(
        "批次%(needed)s中没有付款指令“%(found)s”。", "Batch %(needed)s holds no order “%(found)s”."
    ),
    Misfit.OTHER_ACCOUNT: Text(
        "收款账号%(found)s与发出的%(needed)s不同。", "The account is %(found)s; the order went to %(needed)s."
    ),
    Misfit.OTHER_CURRENCY: Text(
        "回盘的币种是%(found)s，发出的是%(needed)s。", "The answer is in %(found)s; the order went out in %(needed)s."
    ),
    Misfit.OTHER_AMOUNT: Text(
        "金额%(found)s元与发出的%(needed)s元不同。", "The amount is CNY %(found)s; the order was for CNY %(needed)s."
    ),
    Misfit.AMOUNT_UNSAID: Text(
        "称已付款而未写金额，应为%(needed)s元。", "It says paid and names no amount; the order was for CNY %(needed)s."
    ),
    Misfit.CONTRADICTION: Text(
        "结果“%(found)s”与“%(needed)s”矛盾。", "The outcome “%(found)s” contradicts “%(needed)s”."
    ),
}
"""What each misfit says; such an answer settles nothing until a person has asked the bank."""


@dataclass(frozen=True)
class MisfitAnswer:
    """An answer that does not fit, with what was found and what the batch has."""

    answer: PaymentAnswer
    why: Misfit
    found: str
    needed: str

    @property
    def message(self) -> Text:
        """What was found and what the batch has."""
        return MISFITS[self.why].with_values(found=self.found, needed=self.needed)


@dataclass(frozen=True)
class Reconciliation:
    """What the answers settle: the new outcomes by order id, those that do not fit, those still unanswered."""

    settled: Mapping[str, PaymentAnswer]
    repeated: tuple[str, ...]  # said before, with the same outcome: nothing to do
    misfits: tuple[MisfitAnswer, ...]
    unanswered: tuple[str, ...]


def check_batch(batch: PaymentBatch) -> None:
    """Refuse a batch that a bank could misread.

    Raises: EXCHANGE.PAYMENT.EMPTY, EXCHANGE.PAYMENT.FIELD (which order, which field, found, needed).
    """
    if not batch.orders:
        raise PaymentBatchEmptyError(batch.id)
    _check(batch.id, "id", batch.id, _fits_id(batch.id), _NEEDED_ID)
    _check(batch.id, "currency", batch.currency, bool(_CURRENCY.fullmatch(batch.currency)), _NEEDED_CURRENCY)
    _check_party(batch.id, batch.payer.name, batch.payer.account, batch.payer.bank_code)
    seen = Counter(order.id for order in batch.orders)
    for order in batch.orders:
        _check(order.id, "id", order.id, _fits_id(order.id) and seen[order.id] == 1, _NEEDED_ID)
        _check_party(order.id, order.payee_name, order.account, order.bank_code)
        fits = 0 < order.amount_fen <= LARGEST_FEN
        _check(order.id, "amount_fen", str(order.amount_fen), fits, Text("大于0分", "more than 0 fen"))
        is_payable = batch.currency not in WHOLE_CURRENCIES or order.amount_fen % FEN_PER_YUAN == 0
        _check(order.id, "amount_fen", yuan_text(order.amount_fen), is_payable, _NEEDED_WHOLE)
        _check(order.id, "purpose", order.purpose, _fits_words(order.purpose), _NEEDED_WORDS)


_NEEDED_ID = Text("1至35个字母、数字或连字符，批内不重复", "1 to 35 letters, digits or hyphens, once in the batch")
_NEEDED_WORDS = Text("1至140个字，不以= + - @开头", "1 to 140 characters, not beginning with = + - @")
_NEEDED_ACCOUNT = Text("4至34位字母、数字或连字符", "4 to 34 letters, digits or hyphens")
_NEEDED_CURRENCY = Text("ISO 4217的三个大写字母", "the three capital letters of ISO 4217")
_NEEDED_WHOLE = Text("整数：该币种没有更小的单位", "a whole number: this currency has nothing smaller")
_NEEDED_BANK = Text("12位联行号", "a CNAPS number of 12 digits")


def _check_party(order_id: str, name: str, account: str, bank_code: str) -> None:
    _check(order_id, "name", name, _fits_words(name), _NEEDED_WORDS)
    _check(order_id, "account", account, bool(_ACCOUNT.fullmatch(account)), _NEEDED_ACCOUNT)
    _check(order_id, "bank_code", bank_code, bool(_BANK_CODE.fullmatch(bank_code)), _NEEDED_BANK)


def _check(order_id: str, field: str, found: str, fits: bool, needed: Text) -> None:
    if not fits:
        raise PaymentFieldError(order_id, field=field, found=found, needed=needed)


def _fits_id(text: str) -> bool:
    return len(text) <= ID_LENGTH and bool(_ID.fullmatch(text))


def _fits_words(text: str) -> bool:
    has_control = any(not character.isprintable() for character in text)
    return 0 < len(text) <= NAME_LENGTH and not has_control and not text.startswith(_SHEET_FORMULA)


def reconcile(
    batch: PaymentBatch, answers: Iterable[PaymentAnswer], known: Mapping[str, PaymentOutcome]
) -> Reconciliation:
    """Return what `answers` settle of `batch`; `known` holds the outcomes that stand already.

    An answer *unknown* may later become paid or failed; paid and failed stand, and an answer against them, or two
    answers against each other in one file, is a contradiction that settles nothing. The same file again changes
    nothing.
    """
    orders = {order.id: order for order in batch.orders}
    fitting: dict[str, list[PaymentAnswer]] = {}
    misfits: list[MisfitAnswer] = []
    for answer in answers:
        misfit = _misfit(batch, orders.get(answer.id), answer)
        if misfit is None:
            fitting.setdefault(answer.id, []).append(answer)
        else:
            misfits.append(misfit)
    settled: dict[str, PaymentAnswer] = {}
    repeated: list[str] = []
    for order_id, said in fitting.items():
        before = known.get(order_id, PaymentOutcome.UNKNOWN)
        against = _contradictions(before, said)
        misfits.extend(against)
        if against:
            continue
        if said[0].outcome == before:
            repeated.append(order_id)
        else:
            settled[order_id] = said[0]
    final = {PaymentOutcome.PAID, PaymentOutcome.FAILED}
    answered = {key for key, answer in settled.items() if answer.outcome in final}
    answered |= {key for key, outcome in known.items() if outcome in final}
    unanswered = tuple(order.id for order in batch.orders if order.id not in answered)
    return Reconciliation(settled, tuple(repeated), tuple(misfits), unanswered)


def _misfit(batch: PaymentBatch, order: PaymentOrder | None, answer: PaymentAnswer) -> MisfitAnswer | None:
    if answer.batch_id not in {"", batch.id}:
        return MisfitAnswer(answer, Misfit.OTHER_BATCH, answer.batch_id, batch.id)
    if order is None:
        return MisfitAnswer(answer, Misfit.UNKNOWN_ORDER, answer.id, batch.id)
    if answer.account and answer.account != order.account:
        return MisfitAnswer(answer, Misfit.OTHER_ACCOUNT, answer.account, order.account)
    if answer.currency not in {"", batch.currency}:
        return MisfitAnswer(answer, Misfit.OTHER_CURRENCY, answer.currency, batch.currency)
    if answer.amount_fen is None and answer.outcome == PaymentOutcome.PAID:
        return MisfitAnswer(answer, Misfit.AMOUNT_UNSAID, "", yuan_text(order.amount_fen))
    if answer.amount_fen is not None and answer.amount_fen != order.amount_fen:
        return MisfitAnswer(answer, Misfit.OTHER_AMOUNT, yuan_text(answer.amount_fen), yuan_text(order.amount_fen))
    return None


def _contradictions(before: PaymentOutcome, said: Sequence[PaymentAnswer]) -> list[MisfitAnswer]:
    """Return every answer of an order whose answers cannot all be true."""
    outcomes = {answer.outcome for answer in said}
    if len(outcomes) == 1 and (before == PaymentOutcome.UNKNOWN or before in outcomes):
        return []
    needed = before.value if before != PaymentOutcome.UNKNOWN else " / ".join(sorted(outcomes))
    return [MisfitAnswer(answer, Misfit.CONTRADICTION, answer.outcome.value, needed) for answer in said]
