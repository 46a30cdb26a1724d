"""Monthly returns: what the bank says of each loan at a month's end, whether it came in time, when the loan defaulted.

A return is due on the n-th working day after the month; the day ends at 24:00 in the scheme's zone. A loan defaults on
the first day past the scheme's count of days overdue, or on the month's end at which the bank first classes it as
substandard, doubtful or loss, whichever is earlier; that day is kept from the first return that shows it, so a claim
months later is measured against it.
"""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Protocol

from yulin.base.text import Text
from yulin.pool.enums import FiveClass, LoanStatus

NON_PERFORMING = frozenset({FiveClass.SUBSTANDARD, FiveClass.DOUBTFUL, FiveClass.LOSS})
NO_BALANCE = frozenset({LoanStatus.PAID, LoanStatus.TRANSFERRED, LoanStatus.PURCHASED, LoanStatus.UNDISBURSED})

STATUS_NAMES: dict[LoanStatus, Text] = {
    LoanStatus.CURRENT: Text("正常", "Current"),
    LoanStatus.OVERDUE: Text("逾期", "Overdue"),
    LoanStatus.DEFERRED: Text("展期或延期", "Deferred"),
    LoanStatus.IN_LIQUIDATION: Text("处置中", "In liquidation"),
    LoanStatus.PAID: Text("已结清", "Paid"),
    LoanStatus.TRANSFERRED: Text("已转让", "Transferred"),
    LoanStatus.PURCHASED: Text("已被代偿收购", "Purchased"),
    LoanStatus.UNDISBURSED: Text("未放款", "Undisbursed"),
}
CLASS_NAMES: dict[FiveClass, Text] = {
    FiveClass.NORMAL: Text("正常", "Normal"),
    FiveClass.SPECIAL_MENTION: Text("关注", "Special mention"),
    FiveClass.SUBSTANDARD: Text("次级", "Substandard"),
    FiveClass.DOUBTFUL: Text("可疑", "Doubtful"),
    FiveClass.LOSS: Text("损失", "Loss"),
}


class Calendar(Protocol):
    """What is needed of the working-day calendar."""

    def add_workdays(self, start: date, workdays: int) -> date:
        """Return the day on which a term of working days ends."""


@dataclass(frozen=True)
class Return:
    """One loan at one month's end, as the bank reports it."""

    month: date
    outstanding_fen: int
    overdue_days: int = 0
    five_class: FiveClass | None = None
    status: LoanStatus = LoanStatus.CURRENT


def month_end(month: date) -> date:
    """Return the last day of the month that `month` lies in.

    >>> month_end(date(2020, 2, 1))
    datetime.date(2020, 2, 29)
    """
    return month.replace(day=monthrange(month.year, month.month)[1])


def due_on(month: date, *, workdays: int, calendar: Calendar) -> date:
    """Return the last day on which the return of `month` is in time.

    Raises: `BASE.CALENDAR` where the year's working days are not announced yet.
    """
    return calendar.add_workdays(month_end(month), workdays)


def is_late(*, received_on: date, due: date) -> bool:
    """Tell whether a return that came on `received_on` (a day of the scheme's zone) came after its last day.

    >>> is_late(received_on=date(2021, 12, 7), due=date(2021, 12, 7))
    False
    """
    return received_on > due


def status_of(reported: Return) -> LoanStatus:
    """Return the status that stands: a `current` loan with days overdue is overdue, one without balance is paid.

    >>> status_of(Return(date(2021, 5, 1), outstanding_fen=100, overdue_days=3)).value
    'overdue'
    """
    if reported.status == LoanStatus.CURRENT and reported.outstanding_fen == 0:
        return LoanStatus.PAID
    if reported.status == LoanStatus.CURRENT and reported.overdue_days > 0:
        return LoanStatus.OVERDUE
    return reported.status


def contradiction(reported: Return, *, loan_amount_fen: int) -> Text | None:
    """Return what in one return cannot be true together, or None.

    >>> contradiction(Return(date(2021, 5, 1), outstanding_fen=101), loan_amount_fen=100).en
    'the outstanding amount is above the amount lent'
    """
    if reported.outstanding_fen > loan_amount_fen:
        return Text("余额大于放款金额", "the outstanding amount is above the amount lent")
    if reported.status in NO_BALANCE and reported.outstanding_fen > 0:
        return Text("状态已无余额，余额却不为零", "the status leaves no balance, yet there is one")
    if reported.status == LoanStatus.OVERDUE and reported.overdue_days == 0:
        return Text("状态为逾期，逾期天数为零", "the status is overdue, yet no day is overdue")
    return None


def defaulted_on(reported: Return, *, limit_days: int | None) -> date | None:
    """Return the day on which the loan defaulted as this return shows it; None where it did not.

    **Units**: more than `limit_days` days overdue is default; where the scheme names no count (None) class alone rules.

    >>> defaulted_on(Return(date(2021, 5, 1), 100, overdue_days=91), limit_days=90)
    datetime.date(2021, 5, 31)
    """
    at = month_end(reported.month)
    days: list[date] = []
    if limit_days is not None and reported.overdue_days > limit_days:
        days.append(at - timedelta(days=reported.overdue_days - limit_days - 1))
    if reported.five_class in NON_PERFORMING:
        days.append(at)
    return min(days, default=None)
