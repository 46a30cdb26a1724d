"""What the pool refuses about guarantee fees."""

from __future__ import annotations

from datetime import date

from yulin.base.money import yuan_text
from yulin.base.text import Text
from yulin.pool.errors.root import PoolError


class FeeNotThereError(PoolError):
    """The scheme has no such fee to charge on this loan now."""

    code = "POOL.FEE.NOT_THERE"

    def __init__(self, *, loan: str, kind: str, number: int) -> None:
        super().__init__(
            Text(
                "借据%(loan)s没有可计收的“%(kind)s”第%(number)s期：方案在备案确认日无此费率表，或已计收，或备案未生效。",
                "Loan %(loan)s has no fee “%(kind)s” no. %(number)s to charge: the scheme had no such table on the day "
                "of confirmation, it is charged, or the enrolment is not in force.",
            ).with_values(loan=loan, kind=kind, number=number),
            Text("看备案页所列的可计收担保费。", "Look at the fees that the enrolment's page lists."),
            loan=loan,
            kind=kind,
            number=number,
        )


class FeeTooEarlyError(PoolError):
    """A fee of a later year of the guarantee cannot be charged before that year begins."""

    code = "POOL.FEE.TOO_EARLY"

    def __init__(self, *, loan: str, due_on: date, today: date) -> None:
        super().__init__(
            Text(
                "借据%(loan)s的下一期担保费自%(due)s起计收，今天是%(today)s。",
                "The next fee of loan %(loan)s is charged from %(due)s on; today is %(today)s.",
            ).with_values(loan=loan, due=due_on, today=today),
            Text("到期后再计收。", "Charge it when that year of the guarantee has begun."),
            loan=loan,
            due_on=due_on.isoformat(),
        )


class FeeUnknownError(PoolError):
    """A fee cannot be charged because its rate, or the guaranteed share that it is taken of, is not known."""

    code = "POOL.FEE.UNKNOWN"

    def __init__(self, *, loan: str, table: Text) -> None:
        super().__init__(
            Text(
                "借据%(loan)s的“%(table)s”无法计算：该档费率条文未查到，或担保比例未定。",
                "“%(table)s” of loan %(loan)s cannot be computed: the rate of its tier was not found in any text, or "
                "its guaranteed share is open.",
            ).with_values(loan=loan, table=table),
            Text("先在方案中补齐费率，或补充备案的比例。", "Complete the rate in the scheme, or the loan's ratio."),
            loan=loan,
        )


class FeeSchemeError(PoolError):
    """A scheme without fee tables charges no guarantee fees."""

    code = "POOL.FEE.NO_TABLE"

    def __init__(self, *, scheme: str) -> None:
        super().__init__(
            Text("方案“%(scheme)s”没有担保费率表。", "Scheme “%(scheme)s” has no table of guarantee fees.").with_values(
                scheme=scheme
            ),
            Text("选择订有担保费的方案。", "Choose a scheme that has guarantee fees."),
            scheme=scheme,
        )


class FeePeriodError(PoolError):
    """A period of fees ends before it begins."""

    code = "POOL.FEE.PERIOD"

    def __init__(self, *, since: date, until: date) -> None:
        super().__init__(
            Text(
                "计费期止日%(until)s早于起日%(since)s。",
                "The period's last day, %(until)s, lies before its first, %(since)s.",
            ).with_values(since=since, until=until),
            Text("核对起止日期。", "Check first and last day."),
            since=since.isoformat(),
            until=until.isoformat(),
        )


class FeesChangedError(PoolError):
    """What is to be charged is no longer what was shown."""

    code = "POOL.FEE.CHANGED"

    def __init__(self, *, shown_fen: int, found_fen: int) -> None:
        super().__init__(
            Text(
                "应计收合计已由%(shown)s变为%(found)s：期间有借据或计收发生变化。",
                "The sum to charge was %(shown)s and is %(found)s now: loans or charges changed meanwhile.",
            ).with_values(shown=yuan_text(shown_fen), found=yuan_text(found_fen)),
            Text("看过新的清单后再计收。", "Look at the new list, then charge."),
            shown_fen=shown_fen,
            found_fen=found_fen,
        )


class FeeChargeNotFoundError(PoolError):
    """There is no such charge, or it is somebody else's."""

    code = "POOL.FEE.NOT_FOUND"

    def __init__(self, *, charge: int) -> None:
        super().__init__(
            Text("没有计收记录%(charge)s。", "There is no fee charge %(charge)s.").with_values(charge=charge),
            Text("在担保费清单中选择。", "Choose it in the list of fees."),
            charge=charge,
        )


class FeeUndoneError(PoolError):
    """A charge is undone once."""

    code = "POOL.FEE.UNDONE"

    def __init__(self, *, loan: str, undone_on: date, reason: str) -> None:
        super().__init__(
            Text(
                "借据%(loan)s的这笔担保费已于%(day)s撤销（%(reason)s）。",
                "This fee of loan %(loan)s was undone on %(day)s (%(reason)s).",
            ).with_values(loan=loan, day=undone_on, reason=reason),
            Text("如仍应计收，重新计收即可。", "If it is due after all, charge it again."),
            loan=loan,
        )


class FeeReasonError(PoolError):
    """A charge is undone with a reason."""

    code = "POOL.FEE.REASON"

    def __init__(self, *, loan: str) -> None:
        super().__init__(
            Text(
                "撤销借据%(loan)s的担保费没有写明理由。", "The fee of loan %(loan)s is undone without a reason."
            ).with_values(loan=loan),
            Text("写明为什么计收有误。", "Say why the charge was wrong."),
            loan=loan,
        )


class FeeSamePersonError(PoolError):
    """Who charged a fee does not undo it."""

    code = "POOL.FEE.SAME_PERSON"

    def __init__(self, *, loan: str) -> None:
        super().__init__(
            Text(
                "借据%(loan)s的担保费由您计收，须由另一人撤销。",
                "You charged this fee of loan %(loan)s: another person has to undo it.",
            ).with_values(loan=loan),
            Text("请另一位复核人员办理。", "Ask another checker."),
            loan=loan,
        )
