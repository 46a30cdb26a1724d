"""The demo book's invented IP-pledge fund: a yearly fee, a joint meeting for each claim, a second part that waits.

No scheme of China that ships has all three with its numbers read, and a foreign one would put another currency among
the demo's banks. Its loans are few and stand under a scheme of their own, so that the board's figures do not move;
they are filed and claimed by the same services that the screens use, each step as of its day.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NamedTuple

import polars as pl
from django.db import connection

from yulin.demo.book import FEN_PER_WAN, DemoBook
from yulin.demo.claims import file_meeting_claims
from yulin.demo.rules import demo_actor
from yulin.kit import clock
from yulin.people.enums import Role
from yulin.pool.core.return_rows import Taken
from yulin.pool.core.returns import Return, defaulted_on
from yulin.pool.enums import FiveClass, LoanStatus
from yulin.pool.selectors.enrolments import enrolments_visible_to
from yulin.pool.services.charge_fees import FeePeriod, charge_fees
from yulin.pool.services.enrol_loan import enrol_loan
from yulin.pool.services.returns import record_returns
from yulin.rules.services import draft_pack, publish_pack

if TYPE_CHECKING:
    from yulin.people.core.actors import Actor
    from yulin.pool.models import Enrolment

SCHEME = "demo-ip"
_BANK = "B01"
_DATED = (
    "UPDATE pool_enrolmentevent SET at = %(lent)s WHERE enrolment_id = %(loan)s",
    "UPDATE pool_monthlyreturn SET received_at = %(told)s WHERE enrolment_id = %(loan)s",
)
_MONTH, _RETURNED_ON = date(2021, 12, 1), date(2022, 1, 5)
_FEES_CHARGED_ON = date(2022, 1, 10)
_LIMIT_DAYS = 60  # as the fund's law says
_BORROWERS_OF = 2020


class _Loan(NamedTuple):
    """One loan of the fund: what it was, what of it is unpaid, how long overdue, and its claim's way."""

    lent_on: date
    wan: int
    unpaid_wan: int
    overdue_days: int
    way: str = ""


_LOANS = (
    _Loan(date(2020, 12, 14), 600, 450, 0),  # two yearly fees, the second of its balance
    _Loan(date(2021, 3, 15), 400, 380, 118, "meets"),
    _Loan(date(2021, 2, 1), 300, 240, 140, "in parts"),
)


def publish_fund() -> int:
    """Publish the fund's law by two people of the bureau; return the version's id."""
    text = files("yulin.demo").joinpath("ip_fund.yaml").read_text(encoding="utf-8")
    draft = draft_pack(actor=demo_actor(Role.AUTHORITY_OFFICER), texts={"pack.yaml": text})
    return publish_pack(actor=demo_actor(Role.AUTHORITY_CHECKER), draft_id=draft.pk).pk


def fill_fund(book: DemoBook, organisations: Mapping[str, int]) -> int:
    """File the fund's loans, return what is unpaid of them, charge the fees due, take the claims their way."""
    clerk = demo_actor(Role.BANK_CLERK, organisations[_BANK])
    publish_fund()
    firms = book.firms.filter(pl.col("first_year") == _BORROWERS_OF, pl.col("is_hnte")).head(len(_LOANS))
    filed = [
        (_filed(clerk, number, loan, firm), loan)
        for number, (loan, firm) in enumerate(zip(_LOANS, firms.iter_rows(named=True), strict=True), start=1)
    ]
    with clock.standing_on(_RETURNED_ON):
        lines = [_returned(enrolment, loan) for enrolment, loan in filed]
        record_returns(actor=clerk, bank_id=organisations[_BANK], month=_MONTH, taken=lines)
    _date_back(filed)
    period = FeePeriod(SCHEME, min(loan.lent_on for loan in _LOANS), _MONTH.replace(day=31))
    with clock.standing_on(_FEES_CHARGED_ON):
        charge_fees(actor=demo_actor(Role.MANAGER_CLERK), period=period)
    own = enrolments_visible_to(clerk)  # as the return left them
    file_meeting_claims(clerk, [(own.get(pk=one.pk), loan.way) for one, loan in filed if loan.way])
    return len(filed)


def _filed(clerk: Actor, number: int, loan: _Loan, firm: Mapping[str, Any]) -> Enrolment:
    """Enrol one loan of a firm of the book as of the day on which it was lent."""
    row = {
        "firm_name": firm["name"], "firm_code": firm["identifier"], "loan_number": f"ZY2021{number:06d}",
        "contract_number": f"ZYHT2021{number:06d}", "disbursed_on": loan.lent_on,
        "due_on": loan.lent_on.replace(year=loan.lent_on.year + 2), "loan_amount_fen": loan.wan * FEN_PER_WAN,
        "annual_rate_ppm": 44_000, "security": "ip_pledge", "purpose": "研发投入",
        "district_code": firm["district_code"], "has_valid_hnte": True, "industry": firm["industry"],
        "sector": firm["sector"],
    }  # fmt: skip
    with clock.standing_on(loan.lent_on):
        made = enrol_loan(
            actor=clerk, bank_id=clerk.organisation_id, scheme_id=SCHEME, loan=row, idempotency_key=row["loan_number"]
        )
    return enrolments_visible_to(clerk).get(pk=made["enrolment_id"])


def _date_back(filed: Sequence[tuple[Enrolment, _Loan]]) -> None:
    """Let steps and lines bear the day on which they were taken, not that of the loading."""
    with connection.cursor() as cursor:
        for enrolment, loan in filed:
            at = {"lent": f"{loan.lent_on} 10:20:00+08", "told": f"{_RETURNED_ON} 10:20:00+08"}
            for statement in _DATED:
                cursor.execute(statement, {"loan": enrolment.pk, **at})


def _returned(enrolment: Enrolment, loan: _Loan) -> Taken:
    """Return what the return of December says of a loan."""
    is_late = loan.overdue_days > 0
    five_class = FiveClass.SUBSTANDARD if is_late else FiveClass.NORMAL
    status = LoanStatus.OVERDUE if is_late else LoanStatus.CURRENT
    shown = Return(_MONTH, loan.unpaid_wan * FEN_PER_WAN, loan.overdue_days, five_class, status)
    return Taken(
        enrolment.pk, shown.outstanding_fen, shown.overdue_days, five_class.value, enrolment.annual_rate_ppm,
        status.value, defaulted_on(shown, limit_days=_LIMIT_DAYS),
    )  # fmt: skip
