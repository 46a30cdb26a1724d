"""Where a loan's returns ask for a second look at the use of its money: three patterns that auditors find every year.

Source: AU-10 (审计署, 2024-06-25): lent before an assessment day and taken back after it; deposits as large as the
loan; other loans under a label. A flag is a question to the bank, never a refusal.

Invariant: what a bank did not report raises no flag.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from unicodedata import normalize

from yulin.base.dates import add_months
from yulin.base.money import yuan_text
from yulin.base.text import Text
from yulin.pool.core.returns import month_end

LENT_BEFORE_DAYS = 92  # within the quarter whose end is reported
STILL_OWED_PERCENT = 90
DEPOSIT_PERCENT = 95
EARLY_DAYS = 30  # repaid at least so long before it fell due


class UseFlag(StrEnum):
    """Which pattern was found."""

    REPAID_AFTER_QUARTER = "repaid_after_quarter"
    DEPOSIT_AS_LOAN = "deposit_as_loan"
    PURPOSE_CHANGED = "purpose_changed"


FLAG_NAMES: Mapping[UseFlag, Text] = {
    UseFlag.REPAID_AFTER_QUARTER: Text("季末后即还清", "repaid right after the quarter's end"),
    UseFlag.DEPOSIT_AS_LOAN: Text("存款与贷款相当", "deposits as large as the loan"),
    UseFlag.PURPOSE_CHANGED: Text("用途改变", "another use than was filed"),
}


@dataclass(frozen=True)
class UsedLoan:
    """What is needed of a loan."""

    disbursed_on: date
    due_on: date
    loan_amount_fen: int
    purpose: str


@dataclass(frozen=True)
class UseReturn:
    """What a month's return says that matters here; None and "" where the bank did not say."""

    month: date
    outstanding_fen: int
    deposit_fen: int | None = None
    purpose: str = ""


@dataclass(frozen=True)
class Found:
    """One flag: in which month's return, and in words."""

    flag: UseFlag
    month: date
    reason: Text


def use_flags(loan: UsedLoan, returns: Sequence[UseReturn]) -> list[Found]:
    """Return the flags of a loan, each pattern once, in the month that first shows it. `returns` in order of months."""
    found = [*_repaid(loan, returns), *_deposits(returns), *_purposes(loan, returns)]
    first: dict[UseFlag, Found] = {}
    for one in found:
        first.setdefault(one.flag, one)
    return list(first.values())


def _repaid(loan: UsedLoan, returns: Sequence[UseReturn]) -> Iterator[Found]:
    by_month = {one.month: one for one in returns}
    for one in returns:
        quarter_end, following = month_end(one.month), by_month.get(add_months(one.month, 1))
        is_quarters = one.month.month % 3 == 0 and loan.disbursed_on > quarter_end - timedelta(days=LENT_BEFORE_DAYS)
        still_owed = one.outstanding_fen * 100 >= loan.loan_amount_fen * STILL_OWED_PERCENT
        if not is_quarters or not still_owed or following is None or following.outstanding_fen:
            continue
        if loan.due_on >= month_end(following.month) + timedelta(days=EARLY_DAYS):
            said = Text(
                "%(lent)s放款，%(quarter)s季末余额%(left)s元，次月已还清，到期日%(due)s",
                "lent on %(lent)s; CNY %(left)s owed on %(quarter)s, nothing a month later; due on %(due)s",
            )
            words = said.with_values(
                lent=loan.disbursed_on, quarter=quarter_end, left=yuan_text(one.outstanding_fen), due=loan.due_on
            )
            yield Found(UseFlag.REPAID_AFTER_QUARTER, following.month, words)


def _deposits(returns: Sequence[UseReturn]) -> Iterator[Found]:
    for one in returns:
        if one.deposit_fen is None or not one.outstanding_fen:
            continue
        if one.deposit_fen * 100 >= one.outstanding_fen * DEPOSIT_PERCENT:
            said = Text(
                "存款%(deposit)s元，贷款余额%(left)s元", "deposits CNY %(deposit)s, CNY %(left)s outstanding"
            ).with_values(deposit=yuan_text(one.deposit_fen), left=yuan_text(one.outstanding_fen))
            yield Found(UseFlag.DEPOSIT_AS_LOAN, one.month, said)


def _purposes(loan: UsedLoan, returns: Sequence[UseReturn]) -> Iterator[Found]:
    filed = _plain(loan.purpose)
    for one in returns:
        if filed and _plain(one.purpose) and _plain(one.purpose) != filed:
            said = Text("备案用途“%(filed)s”，实际“%(found)s”", "filed for “%(filed)s”, found “%(found)s”")
            yield Found(UseFlag.PURPOSE_CHANGED, one.month, said.with_values(filed=loan.purpose, found=one.purpose))


def _plain(text: str) -> str:
    return "".join(normalize("NFKC", text).split()).casefold()
