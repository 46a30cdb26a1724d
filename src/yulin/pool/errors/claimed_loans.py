"""Why a loan is not claimed: paid, assigned, revoked, in another mode; and what a guarantor's claim lacks."""

from __future__ import annotations

from datetime import date

from yulin.base.money import yuan_text
from yulin.base.text import Text
from yulin.pool.errors.root import PoolError


class _LoanRefusedError(PoolError):
    """A loan in this state cannot be claimed."""

    code = "POOL.CLAIM.LOAN"
    said = Text("不能申请补偿", "it cannot be claimed")
    todo = Text("核对借据与最近的月报。", "Check the loan and its last return.")

    def __init__(self, *, loan: str) -> None:
        super().__init__(
            Text("借据%(loan)s：%(said)s。", "Loan %(loan)s: %(said)s.").with_values(loan=loan, said=self.said),
            self.todo,
            loan=loan,
        )


class LoanPaidError(_LoanRefusedError):
    """The loan is repaid."""

    code = "POOL.CLAIM.LOAN_PAID"
    said = Text("已结清，没有损失", "it is repaid, so nothing was lost")


class LoanAssignedError(_LoanRefusedError):
    """The claim on the debtor was assigned or bought by somebody else."""

    code = "POOL.CLAIM.LOAN_ASSIGNED"
    said = Text(
        "债权已转让或已被代偿收购，不再属于本行", "the debt was assigned or purchased and is not the bank's any more"
    )


class EnrolmentRevokedError(_LoanRefusedError):
    """The enrolment was revoked."""

    code = "POOL.CLAIM.ENROLMENT_REVOKED"
    said = Text("备案已撤销", "its enrolment is revoked")
    todo = Text("见备案页上的撤销条款。", "The enrolment's page names the clause.")


class NotConfirmedError(_LoanRefusedError):
    """The enrolment is not confirmed."""

    code = "POOL.CLAIM.NOT_CONFIRMED"
    said = Text("备案尚未确认", "its enrolment is not confirmed")
    todo = Text("先完成备案。", "Complete the enrolment first.")


class OtherModeError(_LoanRefusedError):
    """The loan is enrolled in a mode in which somebody else claims."""

    code = "POOL.CLAIM.OTHER_MODE"
    said = Text(
        "以政担模式备案，由担保机构代偿后申请；一笔贷款只适用一种模式",
        "it is enrolled in guarantee mode, where the guarantor claims after paying; a loan has one mode",
    )
    todo = Text("由担保机构申请。", "Let the guarantor claim.")


class ClaimLoanEndedError(PoolError):
    """The loan was repaid, revoked or assigned while its claim was on the way: nothing is paid for it."""

    code = "POOL.CLAIM.LOAN_ENDED"

    def __init__(self, *, claim: str, why: Text | str) -> None:
        super().__init__(
            Text("%(claim)s不能作出补偿决定。%(why)s", "%(claim)s cannot be decided for payment. %(why)s").with_values(
                claim=claim, why=why
            ),
            Text(
                "按条款不予补偿，或退回银行撤回；若月报有误，请银行先更正。",
                "Deny it under its clause, or return it to be withdrawn; a return that is wrong the bank mends first.",
            ),
            claim=claim,
        )


class EnrolmentCompensatedError(PoolError):
    """An enrolment is not revoked while compensation stands on it."""

    code = "POOL.ENROLMENT.COMPENSATED"

    def __init__(self, *, loan: str, claim: str, state: Text) -> None:
        super().__init__(
            Text(
                "借据%(loan)s的补偿申请%(claim)s%(state)s，备案不能撤销。",
                "Loan %(loan)s cannot lose its enrolment: on its claim %(claim)s compensation stands (%(state)s).",
            ).with_values(loan=loan, claim=claim, state=state),
            Text(
                "拨付前先经申诉或异议重新审定；已拨付的先追回补偿款；再撤销备案。",
                "Before payment, reopen it by appeal or objection; once paid, recall the compensation; then revoke.",
            ),
            loan=loan,
            claim=claim,
        )


class NotGuaranteedError(_LoanRefusedError):
    """A guarantor claims only on loans that are enrolled in guarantee mode with it."""

    code = "POOL.CLAIM.NOT_GUARANTEED"
    said = Text(
        "不是以政担模式由本机构担保备案的，由放款银行申请",
        "it is not enrolled in guarantee mode with this guarantor, so its bank claims",
    )
    todo = Text("由放款银行申请；担保责任见备案页。", "Let the bank claim; the enrolment names the guarantor's share.")


class NotClaimantError(PoolError):
    """A claim is filled in, submitted, withdrawn and appealed by whoever made it."""

    code = "POOL.CLAIM.NOT_CLAIMANT"

    def __init__(self, *, claim: str, claimant: Text) -> None:
        super().__init__(
            Text(
                "补偿申请%(claim)s由%(claimant)s提出，本机构可以查看，不能办理。",
                "The claim %(claim)s is %(claimant)s's; you can see it and not act on it.",
            ).with_values(claim=claim, claimant=claimant),
            Text("需要补正的，请与申请机构联系。", "If something is to be mended, speak to the claimant."),
            claim=claim,
        )


class InterestDaysError(PoolError):
    """Interest is claimed without its days, and the scheme counts interest up to a day only."""

    code = "POOL.CLAIM.INTEREST_DAYS"

    def __init__(self, *, loan: str, interest_fen: int, days_at_most: int) -> None:
        super().__init__(
            Text(
                "借据%(loan)s申请利息%(interest)s元，没有填写计息天数；方案最多计%(days)s天。",
                "Loan %(loan)s: CNY %(interest)s of interest are claimed without their days; the scheme counts at most"
                " %(days)s {days:day|days}.",
            ).with_values(loan=loan, interest=yuan_text(interest_fen), days=days_at_most),
            Text("填写这笔利息计了多少天。", "State over how many days this interest ran."),
            loan=loan,
            interest_fen=interest_fen,
            days_at_most=days_at_most,
        )


class NpaAmountError(PoolError):
    """The scheme counts the lower of two days' amounts, and what was owed when the class turned bad is not stated."""

    code = "POOL.CLAIM.NPA_AMOUNT"

    def __init__(self, *, loan: str, found_fen: int | None) -> None:
        super().__init__(
            Text(
                "借据%(loan)s没有填写不良认定日的应收本息（须大于0）；方案按不良认定日与申请日的较低者计。",
                "Loan %(loan)s: principal and interest owed when its class turned bad are not stated (above 0); the"
                " scheme counts the lower of that and what is owed at the claim.",
            ).with_values(loan=loan),
            Text("按账户当日的应收本息填写。", "State what the account owed on that day."),
            loan=loan,
            found_fen=found_fen,
        )


class GuaranteePaymentError(PoolError):
    """What a guarantor says that it paid does not fit the loan: its amount is above its share, or its day is wrong."""

    code = "POOL.CLAIM.GUARANTEE_PAYMENT"

    def __init__(self, *, loan: str, amount_fen: int, most_fen: int, paid_on: date, first: date, last: date) -> None:
        super().__init__(
            Text(
                "借据%(loan)s的代偿为%(paid)s元、%(on)s；须大于0、不超过担保责任%(most)s元，日期在%(first)s至%(last)s之间。",
                "On loan %(loan)s CNY %(paid)s were paid on %(on)s; needed: above 0 and at most the guarantor's share "
                "of CNY %(most)s, on a day between %(first)s and %(last)s.",
            ).with_values(
                loan=loan, paid=yuan_text(amount_fen), on=paid_on, most=yuan_text(most_fen), first=first, last=last
            ),
            Text(
                "按银行回单填写代偿金额与日期；担保比例有误的先更正备案。",
                "Give amount and day of the bank's receipt; if the guaranteed share is wrong, correct the enrolment.",
            ),
            loan=loan,
            amount_fen=amount_fen,
            most_fen=most_fen,
        )
