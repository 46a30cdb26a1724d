"""What the pool refuses about guarantee fees."""

from __future__ import annotations

from datetime import date

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
