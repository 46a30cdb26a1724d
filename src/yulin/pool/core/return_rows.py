"""A bank's monthly return as a table: matched to enrolments, contradictions found, status and default worked out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl

from yulin.base.text import Text
from yulin.exchange.core.verdicts import FINDING_SCHEMA, Reason, no_findings
from yulin.exchange.enums import Severity
from yulin.pool.core.book_findings import yuan_text
from yulin.pool.core.returns import NO_BALANCE, Return, contradiction, defaulted_on, month_end, status_of
from yulin.pool.enums import FiveClass, LoanStatus

UNSHARED = "POOL.RETURN.UNSHARED"
_TABLE = (
    Reason(
        "POOL.RETURN.UNKNOWN_LOAN",
        Severity.REFUSED,
        Text("本行没有借据%(found)s的备案。", "Loan %(found)s is not enrolled by this bank."),
        Text("核对借据号；未备案的借据不报月报。", "Check the number; loans that are not enrolled owe no return."),
    ),
    Reason(
        "POOL.RETURN.TWICE",
        Severity.REFUSED,
        Text("借据%(found)s在第%(needed)s行已报。", "Loan %(found)s stands in row %(needed)s already."),
        Text("每笔借据每月一行。", "Give one row per loan and month."),
    ),
    Reason(
        "POOL.RETURN.BEFORE_LENDING",
        Severity.REFUSED,
        Text("月末早于放款日%(found)s。", "The month ends before the loan was lent (%(found)s)."),
        Text("核对月份。", "Check the month."),
    ),
    Reason(
        "POOL.RETURN.ASSIGNED",
        Severity.REFUSED,
        Text(
            "该借据自%(found)s起已转让，不在表内。",
            "The loan is off the balance sheet since %(found)s: it was assigned.",
        ),
        Text("状态报“已转让”，余额报0。", "Report it as transferred, with no balance."),
    ),
    Reason(
        "POOL.RETURN.CONTRADICTION",
        Severity.REFUSED,
        Text("%(found)s。", "%(found)s."),
        Text(
            "核对余额、状态与逾期天数后重报该行。", "Check balance, status and days overdue, and report the row again."
        ),
    ),
    Reason(
        "POOL.RETURN.DEFAULT_MOVED",
        Severity.WARNED,
        Text(
            "按本月推算的违约日为%(found)s，此前报送为%(needed)s；以首次报送为准。",
            "This month shows default on %(found)s; %(needed)s was reported before and stands.",
        ),
        Text(
            "核对逾期天数；补偿申请的违约日须与首次报送一致。",
            "Check the days overdue; a claim must name the day reported first.",
        ),
    ),
    Reason(
        UNSHARED,
        Severity.WARNED,
        Text(
            "该笔已补偿：按已登记的回收，余额至少应为%(needed)s元，月报为%(found)s元。",
            "The loan is compensated: by the recoveries entered it owes CNY %(needed)s or more; the return says "
            "CNY %(found)s.",
        ),
        Text(
            "差额若为借款人还款，登记为追偿回收并按比例上缴；若为核销，余额照报本金。",
            "Money that the debtor paid is a recovery: enter it, so that it is shared. A write-off leaves the balance.",
        ),
    ),
)
RETURN_REASONS: dict[str, Reason] = {reason.code: reason for reason in _TABLE}
CONTRADICTIONS: dict[str, Text] = {
    "above_loan": Text("余额大于放款金额", "the outstanding amount is above the amount lent"),
    "balance_left": Text("状态已无余额，余额却不为零", "the status leaves no balance, yet there is one"),
    "no_day": Text("状态为逾期，逾期天数为零", "the status is overdue, yet no day is overdue"),
}


@dataclass(frozen=True)
class Enrolled:
    """What is needed of an enrolment to take its return."""

    enrolment_id: int
    loan_amount_fen: int
    disbursed_on: date
    defaulted_on: date | None
    limit_days: int | None
    assigned_since: date | None = None
    owed_fen: int | None = None  # of a compensated loan: what it owes at least, by the recoveries that were entered


@dataclass(frozen=True)
class Taken:
    """One line that was taken, as the book keeps it."""

    enrolment_id: int
    outstanding_fen: int
    overdue_days: int
    five_class: str
    annual_rate_ppm: int | None
    loan_status: str
    defaulted_on: date | None
    deposit_fen: int | None = None
    purpose: str = ""


def read_returns(
    table: pl.DataFrame, enrolled: Mapping[str, Enrolled], *, month: date, letters: Mapping[str, str]
) -> tuple[list[Taken], pl.DataFrame]:
    """Return the lines that can be taken, and what is wrong with the others.

    **Shapes**: `table` as `exchange` types a return file; `enrolled` by loan number.
    """
    taken: list[Taken] = []
    found: list[dict[str, Any]] = []
    seen: dict[str, int] = {}

    def finding(row: int, field: str, code: str, what: str, needed: str | None = None) -> None:
        cell = f"{letters[field]}{row}" if field in letters else ""
        found.append({"row": row, "cell": cell, "field": field, "code": code, "found": what, "needed": needed})

    for line in table.iter_rows(named=True):
        row, loan = int(line["row"]), line["loan_number"]
        one = enrolled.get(loan)
        if one is None:
            finding(row, "loan_number", "POOL.RETURN.UNKNOWN_LOAN", loan)
        elif loan in seen:
            finding(row, "loan_number", "POOL.RETURN.TWICE", loan, str(seen[loan]))
        elif one.disbursed_on > month_end(month):
            finding(row, "loan_number", "POOL.RETURN.BEFORE_LENDING", one.disbursed_on.isoformat())
        else:
            reported = _reported(line, month)
            if _is_assigned(one, reported, month):
                finding(row, "loan_status", "POOL.RETURN.ASSIGNED", str(one.assigned_since))
                continue
            wrong = contradiction(reported, loan_amount_fen=one.loan_amount_fen)
            if wrong is not None:
                word = next(key for key, text in CONTRADICTIONS.items() if text == wrong)
                finding(row, "outstanding_fen", "POOL.RETURN.CONTRADICTION", word)
                continue
            default = defaulted_on(reported, limit_days=one.limit_days)
            if default and one.defaulted_on and default != one.defaulted_on and one.limit_days is not None:
                finding(row, "overdue_days", "POOL.RETURN.DEFAULT_MOVED", str(default), str(one.defaulted_on))
            if _is_unshared(one, reported):
                owed = yuan_text(one.owed_fen or 0)
                finding(row, "outstanding_fen", UNSHARED, yuan_text(reported.outstanding_fen), owed)
            taken.append(_taken(one, reported, line, default))
            seen[loan] = row
    return taken, pl.DataFrame(found, schema=FINDING_SCHEMA) if found else no_findings()


def _is_assigned(one: Enrolled, reported: Return, month: date) -> bool:
    """Tell whether a loan that was assigned by the end of the month is still reported as the bank's."""
    off_by_then = one.assigned_since is not None and one.assigned_since <= month_end(month)
    return off_by_then and reported.status not in NO_BALANCE


def _is_unshared(one: Enrolled, reported: Return) -> bool:
    """Tell whether a compensated loan owes less than the recoveries entered explain; a sold debt owes its bank none."""
    is_gone = reported.status in {LoanStatus.TRANSFERRED, LoanStatus.PURCHASED}
    return one.owed_fen is not None and reported.outstanding_fen < one.owed_fen and not is_gone


def _reported(line: Mapping[str, Any], month: date) -> Return:
    five_class = line.get("five_class")
    status = line.get("loan_status")
    return Return(
        month=month,
        outstanding_fen=int(line["outstanding_fen"]),
        overdue_days=int(line.get("overdue_days") or 0),
        five_class=FiveClass(five_class) if five_class else None,
        status=LoanStatus(status) if status else LoanStatus.CURRENT,
    )


def _taken(one: Enrolled, reported: Return, line: Mapping[str, Any], default: date | None) -> Taken:
    return Taken(
        enrolment_id=one.enrolment_id,
        outstanding_fen=reported.outstanding_fen,
        overdue_days=reported.overdue_days,
        five_class=reported.five_class.value if reported.five_class else "",
        annual_rate_ppm=line.get("annual_rate_ppm"),
        loan_status=status_of(reported).value,
        defaulted_on=one.defaulted_on or default,
        deposit_fen=line.get("deposit_fen"),
        purpose=(line.get("purpose") or "")[:300],
    )


def default_days(provisions: Sequence[Any]) -> int | None:
    """Return after how many days overdue a scheme counts a loan as defaulted; None where it names no confirmed number.

    `provisions` are those of the scheme's chapter on claims.
    """
    for one in provisions:
        if one.id == "overdue" and one.unit == "days" and not one.row.is_unverified:
            return int(one.number) if one.number is not None else None
    return None
