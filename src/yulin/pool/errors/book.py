"""What the pool refuses: steps that are not possible, limits, duplicates, schemes that are not in force."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from yulin.base.money import yuan_text
from yulin.base.text import Text
from yulin.pool.errors.root import PoolError


class EnrolmentNotFoundError(PoolError):
    """There is no such enrolment, or it is not this organisation's to see."""

    code = "POOL.ENROLMENT.NOT_FOUND"

    def __init__(self, *, enrolment: str | int) -> None:
        super().__init__(
            Text("没有备案%(id)s，或它不属于本机构。", "There is no enrolment %(id)s, or it is not yours.").with_values(
                id=enrolment
            ),
            Text("从备案列表进入，或核对确认编号。", "Start from the list, or check the confirmation number."),
            enrolment=str(enrolment),
        )


class StepNotPossibleError(PoolError):
    """An enrolment in this state has no such step."""

    code = "POOL.ENROLMENT.STEP"

    def __init__(self, *, step: Text, found: Text, needed: Sequence[Text]) -> None:
        super().__init__(
            Text(
                "备案状态为“%(found)s”，“%(step)s”只能从“%(needed)s”进行。",
                "The enrolment is “%(found)s”; “%(step)s” starts from “%(needed)s”.",
            ).with_values(
                found=found,
                step=step,
                needed=Text("、".join(each.zh for each in needed), ", ".join(each.en for each in needed)),
            ),
            Text("刷新页面，看当前状态可做的步骤。", "Reload the page and see which steps are possible now."),
            step=step.en,
            found=found.en,
        )


class GuarantorNotNamedError(PoolError):
    """A guarantor is named where a loan in guarantee mode lacks one: a known guarantor, with a share up to 100 %."""

    code = "POOL.ENROLMENT.GUARANTOR"

    def __init__(self, *, loan: str, share_bp: int) -> None:
        super().__init__(
            Text(
                "借据%(loan)s不能补充担保机构：须为政担模式、尚未写明担保机构，担保机构已登记，比例在0至100%%之间"
                "（填写的是%(share)s%%）。",
                "No guarantor can be named on loan %(loan)s: it has to be in guarantee mode and name none yet, the "
                "guarantor has to be registered, its share between 0 and 100 %% (given: %(share)s %%).",
            ).with_values(loan=loan, share=f"{share_bp / 100:g}"),
            Text("核对备案的模式、担保机构与比例。", "Check the loan's mode, the guarantor and the share."),
            loan=loan,
            share_bp=share_bp,
        )


class DistrictKnownError(PoolError):
    """The district at filing is completed where it is missing; what was filed is never changed."""

    code = "POOL.ENROLMENT.DISTRICT_KNOWN"

    def __init__(self, *, loan: str, district: Text) -> None:
        super().__init__(
            Text(
                "借据%(loan)s备案时的注册地区划是%(district)s，已有的不能改写。",
                "Loan %(loan)s was filed with the district %(district)s; what was filed is not changed.",
            ).with_values(loan=loan, district=district),
            Text("备案有误的，撤销后重新报送。", "If it was filed wrongly, revoke it and file again."),
            loan=loan,
            district=district.en,
        )


class NoteMissingError(PoolError):
    """A step that sets somebody back must say why."""

    code = "POOL.ENROLMENT.NOTE"

    def __init__(self, *, step: str) -> None:
        super().__init__(
            Text("步骤%(step)s没有写明理由。", "The step %(step)s gives no reason.").with_values(step=step),
            Text("写明理由和所依据的条款。", "Give the reason and the clause that it rests on."),
            step=step,
        )


class ClauseMissingError(PoolError):
    """A refusal must name the clause that it rests on."""

    code = "POOL.ENROLMENT.CLAUSE"

    def __init__(self) -> None:
        super().__init__(
            Text("不予备案没有写明条款。", "The refusal names no clause."),
            Text("选择所依据的条款。", "Choose the clause that it rests on."),
        )


class ConditionMissingError(PoolError):
    """A conditional confirmation must say what is awaited and until when, and the day must lie ahead."""

    code = "POOL.ENROLMENT.CONDITION"

    def __init__(self, *, until: date | None, today: date) -> None:
        super().__init__(
            Text(
                "附条件确认的期限为%(until)s，须晚于%(today)s并写明条件。",
                "The condition's last day is %(until)s; it must be after %(today)s, with the condition in words.",
            ).with_values(until=until or "—", today=today),
            Text("写明等待的事实和最后一天。", "Say which fact is awaited, and the last day."),
            until=str(until or ""),
        )


class ClosingDayError(PoolError):
    """A loan is closed on a day between its lending and today."""

    code = "POOL.ENROLMENT.CLOSING_DAY"

    def __init__(self, *, on: date, since: date, today: date) -> None:
        super().__init__(
            Text(
                "结清日%(on)s不在放款日%(since)s与今天%(today)s之间。",
                "The closing day %(on)s does not lie between the day of lending, %(since)s, and today, %(today)s.",
            ).with_values(on=on, since=since, today=today),
            Text("填写银行凭证上的还清日期。", "Give the day of the final payment, as the bank's voucher shows it."),
            on=on.isoformat(),
        )


class NotLentYetError(PoolError):
    """An enrolment becomes active on the day on which the money is lent, not before."""

    code = "POOL.ENROLMENT.NOT_LENT"

    def __init__(self, *, on: date, today: date) -> None:
        super().__init__(
            Text(
                "放款日为%(on)s，今天是%(today)s，还不能转为在册。",
                "The money is lent on %(on)s and today is %(today)s; the enrolment cannot be active yet.",
            ).with_values(on=on, today=today),
            Text("放款日到后自动转为在册。", "It becomes active by itself on that day."),
            on=on.isoformat(),
        )


class ChangedMeanwhileError(PoolError):
    """Somebody else changed the enrolment since the page was opened."""

    code = "KIT.CHANGED_MEANWHILE"

    def __init__(self, *, enrolment: int, found: int, expected: int) -> None:
        super().__init__(
            Text(
                "备案%(id)s已被他人改过（第%(found)s版，您看到的是第%(expected)s版）。",
                "Enrolment %(id)s was changed by somebody else (version %(found)s; you saw %(expected)s).",
            ).with_values(id=enrolment, found=found, expected=expected),
            Text("刷新页面后再决定；没有写入任何内容。", "Reload and decide again; nothing was written."),
            enrolment=enrolment,
        )


class SameHandsError(PoolError):
    """The person who filed an enrolment may not confirm it."""

    code = "POOL.ENROLMENT.SAME_HANDS"

    def __init__(self) -> None:
        super().__init__(
            Text("报送人不能确认自己报送的备案。", "Whoever filed an enrolment may not confirm it."),
            Text("由另一人复核。", "Let another person check it."),
        )


class UploadNotReadyError(PoolError):
    """The file cannot be enrolled in its present state."""

    code = "POOL.UPLOAD.NOT_READY"

    def __init__(self, *, upload: int, state: str) -> None:
        super().__init__(
            Text(
                "文件%(id)s的状态为%(state)s，不能入库。", "The file %(id)s is %(state)s and cannot be enrolled."
            ).with_values(id=upload, state=state),
            Text("先完成读取和列对应。", "Let it be read and map its columns first."),
            upload=upload,
            state=state,
        )


class SchemeUnknownError(PoolError):
    """No version of the scheme is published here."""

    code = "POOL.SCHEME.UNKNOWN"

    def __init__(self, *, scheme: str) -> None:
        super().__init__(
            Text("方案%(scheme)s在本账本没有发布。", "The scheme %(scheme)s is not published here.").with_values(
                scheme=scheme or "—"
            ),
            Text("选择已发布的方案，或由主管部门发布。", "Choose a published scheme, or let the authority publish it."),
            scheme=scheme,
        )


class SchemeNotInForceError(PoolError):
    """No version of the scheme is in force on the day."""

    code = "POOL.SCHEME.NOT_IN_FORCE"

    def __init__(self, *, scheme: str, on: date) -> None:
        super().__init__(
            Text(
                "方案%(scheme)s在%(on)s没有生效的版本。", "No version of the scheme %(scheme)s is in force on %(on)s."
            ).with_values(scheme=scheme, on=on),
            Text("核对日期，或选择当日生效的方案。", "Check the day, or choose the scheme in force then."),
            scheme=scheme,
            on=on.isoformat(),
        )


class RowRefusedError(PoolError):
    """One loan cannot be enrolled; the code of the rule stands in the facts."""

    code = "POOL.LOAN.REFUSED"

    def __init__(self, *, reasons: Sequence[tuple[str, Text]], hint: Text | None = None) -> None:
        super().__init__(
            Text("；".join(each.zh for _, each in reasons), "; ".join(each.en for _, each in reasons)),
            hint or Text("按所列原因改正后再报送。", "Correct what is listed and file again."),
            codes=[code for code, _ in reasons],
        )


class ReturnMonthError(PoolError):
    """A monthly return is of a month that is over."""

    code = "POOL.RETURN.MONTH"

    def __init__(self, *, month: date | None, today: date) -> None:
        super().__init__(
            Text(
                "月报月份为%(month)s，今天是%(today)s；只收已结束的月份。",
                "The return is of %(month)s and today is %(today)s; only months that are over are taken.",
            ).with_values(month=f"{month:%Y-%m}" if month else "—", today=today),
            Text("选择报送的月份，须早于本月。", "Choose a month before this one."),
            month=str(month or ""),
        )


class NothingOwedError(PoolError):
    """A closed loan is opened again only where its bank's return says that something is owed."""

    code = "POOL.ENROLMENT.NOTHING_OWED"

    def __init__(self, *, loan: str, month: date | None) -> None:
        super().__init__(
            Text(
                "借据%(loan)s最近一期月报（%(month)s）没有未还余额，不能恢复在册。",
                "The latest return (%(month)s) of loan %(loan)s says that nothing is owed, so it stays closed.",
            ).with_values(loan=loan, month=f"{month:%Y-%m}" if month else "—"),
            Text("由银行先报送更正后的月报。", "Let the bank file the corrected return first."),
            loan=loan,
        )


class LetterNotConfirmedError(PoolError):
    """A letter is issued for confirmed enrolments only."""

    code = "POOL.LETTER.NOT_CONFIRMED"

    def __init__(self, *, enrolment: int | None) -> None:
        one = Text("备案%(id)s尚未确认", "Enrolment %(id)s is not confirmed yet").with_values(id=enrolment)
        none = Text("该文件还没有已确认的备案", "No enrolment of this file is confirmed yet")
        super().__init__(
            Text("%(said)s，没有确认书。", "%(said)s, so there is no letter.").with_values(
                said=none if enrolment is None else one
            ),
            Text("确认之后再取确认书；进度见备案页。", "Fetch it after the confirmation; its page says how it stands."),
            enrolment=enrolment,
        )


class FirmCodeUnreadableError(PoolError):
    """What is given as the firm's code is none that a firm can have."""

    code = "POOL.ANSWER.FIRM_CODE"

    def __init__(self, *, found: str, reason: Text | None) -> None:
        why = reason or Text("不是企业的代码", "it is no code of a firm")
        super().__init__(
            Text("企业代码%(found)s：%(why)s。", "The firm's code %(found)s: %(why)s.").with_values(
                found=found, why=why
            ),
            Text("填写18位统一社会信用代码。", "Give the 18 characters of the unified social credit code."),
            found=found,
        )


class AnswerNotFoundError(PoolError):
    """There is no such kept answer, or it is not this organisation's to see."""

    code = "POOL.ANSWER.NOT_FOUND"

    def __init__(self, *, token: str) -> None:
        super().__init__(
            Text(
                "没有编号为%(token)s的答复，或它不属于本机构。", "There is no answer %(token)s, or it is not yours."
            ).with_values(token=token),
            Text("核对链接，或重新测算。", "Check the link, or ask again."),
            token=token,
        )


class CapacityFullError(PoolError):
    """A layer has not enough capacity left for its share of one more loan."""

    code = "POOL.LIMIT.CAPACITY"

    def __init__(self, *, loan: str, layer: Text, asked_fen: int, left_fen: int) -> None:
        super().__init__(
            Text(
                "借据%(loan)s需%(layer)s承担%(asked)s元，该层备案额度只剩%(left)s元。",
                "Loan %(loan)s asks %(layer)s for CNY %(asked)s; CNY %(left)s of its capacity are left.",
            ).with_values(loan=loan, layer=layer, asked=yuan_text(asked_fen), left=yuan_text(left_fen)),
            Text(
                "请该层增加额度，或等其他备案结清后再确认。",
                "Ask the layer for more capacity, or confirm once other loans are closed.",
            ),
            loan=loan,
            asked_fen=asked_fen,
            left_fen=left_fen,
        )


class SettlementOpenNumberError(PoolError):
    """A settlement needs a number that no text gives and that the manager has not filled yet."""

    code = "POOL.SETTLE.NUMBER_OPEN"

    def __init__(self, *, scheme: str, row: str) -> None:
        super().__init__(
            Text(
                "方案%(scheme)s的“%(row)s”没有公开数值，无法计算。",
                "The scheme %(scheme)s has no known number at “%(row)s”, so nothing can be computed.",
            ).with_values(scheme=scheme, row=row),
            Text(
                "由受托管理机构在发布时填写，或在 values 中给出试算值。",
                "Let the manager fill it, or give a test value in `values`.",
            ),
            scheme=scheme,
            row=row,
        )


class SettlementFactError(PoolError):
    """A settlement needs a fact that the case does not give."""

    code = "POOL.SETTLE.FACT_MISSING"

    def __init__(self, *, scheme: str, row: str) -> None:
        super().__init__(
            Text(
                "方案%(scheme)s的“%(row)s”缺少所需事实，比例无法确定。",
                "The ratio at “%(row)s” of the scheme %(scheme)s needs a fact that the case does not give.",
            ).with_values(scheme=scheme, row=row),
            Text("在 borrower 或 loan 中补充该事实。", "Add the fact under `borrower` or `loan`."),
            scheme=scheme,
            row=row,
        )


class SettlementInputError(PoolError):
    """A settlement's input has not the form that it needs."""

    code = "POOL.SETTLE.INPUT"

    def __init__(self, *, key: str, found: object, needed: Text) -> None:
        super().__init__(
            Text(
                "输入项“%(key)s”为%(found)s，应为%(needed)s。", "The input “%(key)s” is %(found)s; needed: %(needed)s."
            ).with_values(key=key, found=repr(found), needed=needed),
            Text("按 yulin pool settle 的格式更正。", "Correct it to the form that yulin pool settle reads."),
            key=key,
        )
