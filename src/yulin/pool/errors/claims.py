"""What the pool refuses about claims: too early, on the wrong loan, dates that differ, steps, hands, amounts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from yulin.base.money import yuan_text
from yulin.base.text import Text
from yulin.pool.errors.root import PoolError, listed


class ClaimRulesOpenError(PoolError):
    """The scheme does not say yet when a claim may be made."""

    code = "POOL.CLAIM.RULES_OPEN"

    def __init__(self, *, scheme: str) -> None:
        super().__init__(
            Text(
                "方案%(scheme)s的申请条件尚未填定，不能受理补偿申请。",
                "The scheme %(scheme)s has no confirmed conditions for a claim, so none can be taken.",
            ).with_values(scheme=scheme),
            Text(
                "由受托管理机构填定“补偿申请”一章，主管部门发布后再申请。",
                "Let the manager fill the chapter on claims and the authority publish it.",
            ),
            scheme=scheme,
        )


class NoDefaultError(PoolError):
    """No monthly return shows the loan in default."""

    code = "POOL.CLAIM.NO_DEFAULT"

    def __init__(self, *, loan: str, month: date | None, overdue_days: int) -> None:
        shown = (
            Text(f"{month:%Y年%m月}月报", f"the return of {month:%Y-%m}") if month else Text("月报", "no return yet")
        )
        super().__init__(
            Text(
                "借据%(loan)s还没有违约记录：%(month)s逾期%(days)s天。违约与分类以月报为准。",
                "Loan %(loan)s has no default on record: %(month)s shows %(days)s days overdue. Returns come first.",
            ).with_values(loan=loan, month=shown, days=overdue_days),
            Text(
                "先在还款月报中报送逾期天数与五级分类。",
                "Report days overdue and class in the monthly return first.",
            ),
            loan=loan,
            overdue_days=overdue_days,
        )


class DefaultDateDiffersError(PoolError):
    """The day of default in the claim is not the one that the returns showed first."""

    code = "POOL.CLAIM.DATE_DIFFERS"

    def __init__(self, *, loan: str, claimed: date, returned: date) -> None:
        super().__init__(
            Text(
                "借据%(loan)s：申请书的违约日为%(claimed)s，月报最先显示的是%(returned)s，两者须一致。",
                "Loan %(loan)s: the claim gives default on %(claimed)s, the returns first showed %(returned)s; "
                "they must agree.",
            ).with_values(loan=loan, claimed=claimed, returned=returned),
            Text(
                "按月报填写违约日；月报有误的，先更正月报并说明原因。",
                "Give the day of the returns; if a return is wrong, correct it first and say why.",
            ),
            loan=loan,
            claimed=claimed.isoformat(),
            returned=returned.isoformat(),
        )


class ClaimTooEarlyError(PoolError):
    """The conditions of the scheme allow a claim on a later day only."""

    code = "POOL.CLAIM.TOO_EARLY"

    def __init__(self, *, loan: str, opens_on: date, today: date, condition: Text) -> None:
        super().__init__(
            Text(
                "借据%(loan)s自%(opens)s起可以申请补偿，今天是%(today)s；依据：%(condition)s。",
                "Loan %(loan)s can be claimed from %(opens)s; today is %(today)s. Rule: %(condition)s.",
            ).with_values(loan=loan, opens=opens_on, today=today, condition=condition),
            Text("从该日起申请；材料可以先准备。", "Claim from that day on; the papers can be prepared before."),
            loan=loan,
            opens_on=opens_on.isoformat(),
        )


class ClaimEventMissingError(PoolError):
    """A condition of the scheme needs a day that nobody has given, such as the court's acceptance."""

    code = "POOL.CLAIM.EVENT_MISSING"

    def __init__(self, *, loan: str, conditions: Sequence[Text]) -> None:
        super().__init__(
            Text(
                "借据%(loan)s缺少以下条件的日期：%(conditions)s。",
                "Loan %(loan)s lacks the day of: %(conditions)s.",
            ).with_values(loan=loan, conditions=listed(conditions)),
            Text("填写日期并附文书。", "Give the day, with the paper that proves it."),
            loan=loan,
            conditions=[each.en for each in conditions],
        )


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


class ClaimStepError(PoolError):
    """A claim in this state has no such step."""

    code = "POOL.CLAIM.STEP"

    def __init__(self, *, step: Text, found: Text, needed: Sequence[Text]) -> None:
        super().__init__(
            Text(
                "补偿申请处于“%(found)s”，“%(step)s”只能从“%(needed)s”进行。",
                "The claim is “%(found)s”; “%(step)s” starts from “%(needed)s”.",
            ).with_values(found=found, step=step, needed=listed(needed)),
            Text("刷新页面，看当前可做的步骤。", "Reload the page and see which steps are possible now."),
            step=step.en,
            found=found.en,
        )


class ClaimNoteError(PoolError):
    """A step that sets a claim back, cuts it or refuses it must say why."""

    code = "POOL.CLAIM.NOTE"

    def __init__(self, *, step: Text) -> None:
        super().__init__(
            Text("“%(step)s”没有写明理由或条款。", "“%(step)s” gives no reason or clause.").with_values(step=step),
            Text("写明理由和所依据的条款。", "Give the reason and the clause that it rests on."),
            step=step.en,
        )


class AboveLossBaseError(PoolError):
    """What is decided or deducted is more than the loss base, or less than nothing."""

    code = "POOL.CLAIM.ABOVE_BASE"

    def __init__(self, *, item: Text, found_fen: int, most_fen: int) -> None:
        super().__init__(
            Text(
                "%(item)s为%(found)s元，须在0至%(most)s元之间。",
                "%(item)s is CNY %(found)s; it must be between 0 and CNY %(most)s.",
            ).with_values(item=item, found=yuan_text(found_fen), most=yuan_text(most_fen)),
            Text("核对金额。", "Check the amount."),
            found_fen=found_fen,
            most_fen=most_fen,
        )


class WrittenOffError(PoolError):
    """The debt is written off; nothing dated on or before that day can be entered or undone."""

    code = "POOL.DEBT.WRITTEN_OFF"

    def __init__(self, *, on: date, written_off_on: date) -> None:
        super().__init__(
            Text(
                "该债权已于%(day)s核销，不能再登记或撤销%(found)s的款项。",
                "The debt was written off on %(day)s; nothing dated %(found)s can be entered or undone.",
            ).with_values(day=written_off_on, found=on),
            Text(
                "核销后的回收按实际到账日登记；核销有误的，先撤销核销。",
                "Enter later recoveries with the day they came in; undo the write-off first if it was wrong.",
            ),
            on=on.isoformat(),
            written_off_on=written_off_on.isoformat(),
        )
