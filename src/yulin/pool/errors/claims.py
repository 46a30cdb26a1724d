"""What the pool refuses about claims: too early, on the wrong loan, dates that differ, steps, hands, amounts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from yulin.base.money import yuan_text
from yulin.base.text import Text
from yulin.pool.errors.root import PoolError, listed


class ClaimNotFoundError(PoolError):
    """There is no such claim, or it is not this organisation's to see."""

    code = "POOL.CLAIM.NOT_FOUND"

    def __init__(self, *, claim: str | int) -> None:
        super().__init__(
            Text("没有补偿申请%(id)s，或它不属于本机构。", "There is no claim %(id)s, or it is not yours.").with_values(
                id=claim
            ),
            Text("从补偿列表进入，或核对编号。", "Start from the list of claims, or check the number."),
            claim=str(claim),
        )


class NoSheetError(PoolError):
    """A settlement sheet is issued for decided claims only."""

    code = "POOL.CLAIM.NO_SHEET"

    def __init__(self, *, claim: str, state: Text) -> None:
        super().__init__(
            Text("%(claim)s%(state)s，没有结算单。", "%(claim)s has no settlement sheet: %(state)s.").with_values(
                claim=claim, state=state
            ),
            Text("审定之后再取结算单；申请页有试算。", "Fetch it after the decision; the claim's page has a preview."),
            claim=claim,
        )


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
                "Loan %(loan)s has no default on record: %(month)s shows %(days)s {days:day|days} overdue."
                " Returns come first.",
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


class ClaimTooLateError(PoolError):
    """The scheme's term for a claim is over."""

    code = "POOL.CLAIM.TOO_LATE"

    def __init__(self, *, loan: str, last_day: date, today: date, rule: Text) -> None:
        super().__init__(
            Text(
                "借据%(loan)s最迟%(last)s申请补偿，今天是%(today)s；依据：%(rule)s。",
                "Loan %(loan)s could be claimed until %(last)s; today is %(today)s. Rule: %(rule)s.",
            ).with_values(loan=loan, last=last_day, today=today, rule=rule),
            Text(
                "方案允许事前延长的，请主管部门书面决定。",
                "Where the scheme allows it, the authority may extend it.",
            ),
            loan=loan,
            last_day=last_day.isoformat(),
        )


class ClaimReportedLateError(PoolError):
    """The returns showed the bad class after the day by which the scheme asks for it."""

    code = "POOL.CLAIM.REPORTED_LATE"

    def __init__(self, *, loan: str, told: date, needed: date, rule: Text) -> None:
        super().__init__(
            Text(
                "借据%(loan)s的不良分类于%(told)s报到，最迟应为%(needed)s；依据：%(rule)s。",
                "The bad class of loan %(loan)s was reported on %(told)s; needed by %(needed)s. Rule: %(rule)s.",
            ).with_values(loan=loan, told=told, needed=needed, rule=rule),
            Text(
                "月报确已按期送达的，请受托管理机构更正收件日期。",
                "If the return did come in time, let the manager correct the day it was received.",
            ),
            loan=loan,
            told=told.isoformat(),
            needed=needed.isoformat(),
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


class ClaimTwiceError(PoolError):
    """The loan has a claim already."""

    code = "POOL.CLAIM.TWICE"

    def __init__(self, *, loan: str, claim: str) -> None:
        super().__init__(
            Text(
                "借据%(loan)s已有补偿申请%(claim)s，一笔借据只能申请一次。",
                "Loan %(loan)s has the claim %(claim)s already; a loan is claimed once.",
            ).with_values(loan=loan, claim=claim),
            Text("打开该申请继续办理。", "Open that claim and go on there."),
            loan=loan,
            claim=claim,
        )


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


class ChecklistError(PoolError):
    """Papers are missing or do not agree with the loan."""

    code = "POOL.CLAIM.CHECKLIST"

    def __init__(self, *, defects: Sequence[Text]) -> None:
        super().__init__(
            Text("材料核对有%(n)s处不符：%(defects)s。", "The papers have %(n)s defects: %(defects)s.").with_values(
                n=len(defects),
                defects=Text("；".join(one.zh for one in defects), "; ".join(one.en for one in defects)),
            ),
            Text("按所列逐项补正后再提交。", "Mend what is listed, then submit."),
            defects=[one.en for one in defects],
        )


class ClaimSameHandsError(PoolError):
    """Whoever made a step of a claim may not check it."""

    code = "POOL.CLAIM.SAME_HANDS"

    def __init__(self, *, first: Text) -> None:
        super().__init__(
            Text("“%(first)s”的经办人不能再办这一步。", "Whoever did “%(first)s” may not take this step.").with_values(
                first=first
            ),
            Text("由另一人办理。", "Let another person do it."),
            first=first.en,
        )


class ConflictOfInterestError(PoolError):
    """The person belongs to a party of the claim and is excluded from deciding on it."""

    code = "POOL.CLAIM.CONFLICT"

    def __init__(self, *, person: str, party: Text) -> None:
        super().__init__(
            Text(
                "%(person)s在%(party)s任职，须回避本件。", "%(person)s belongs to %(party)s and is excluded here."
            ).with_values(person=person, party=party),
            Text("由与各方无关的人办理。", "Let somebody with no tie to the parties do it."),
            person=person,
        )


class VisitNeededError(PoolError):
    """The deeper review needs an expert's visit before it is checked."""

    code = "POOL.CLAIM.VISIT_NEEDED"

    def __init__(self, *, claim: str, reasons: Sequence[Text]) -> None:
        super().__init__(
            Text(
                "%(claim)s适用深度审核（%(reasons)s），复核前须有专家走访记录。",
                "%(claim)s is under the deeper review (%(reasons)s): an expert's visit comes before the check.",
            ).with_values(claim=claim, reasons=listed(reasons)),
            Text("登记走访日期、专家与结论。", "Record the visit: day, expert, finding."),
            claim=claim,
        )


class VisitNoteError(PoolError):
    """A visit is recorded without what was found."""

    code = "POOL.CLAIM.VISIT_NOTE"

    def __init__(self, *, claim: str) -> None:
        super().__init__(
            Text("%(claim)s的走访没有结论。", "The visit for %(claim)s says nothing of what was found.").with_values(
                claim=claim
            ),
            Text("写明走访看到的情况与结论。", "Write down what the expert saw and found."),
            claim=claim,
        )


class ExpertUnknownError(PoolError):
    """A visit names nobody of the register of experts."""

    code = "POOL.CLAIM.VISIT_EXPERT"

    def __init__(self, *, number: str) -> None:
        named = Text(f"“{number}”", f"“{number}”") if number else Text("（未填写）", "(nobody named)")
        super().__init__(
            Text(
                "走访专家%(expert)s不在专家库。", "The visitor %(expert)s is not in the register of experts."
            ).with_values(expert=named),
            Text("从专家库选择走访的专家；没有合适的，由主管部门先入库。",
                 "Choose an expert of the register; if none fits, let the authority enter one first."),
            expert=number,
        )  # fmt: skip


class ExpertTiedError(PoolError):
    """The expert named for a visit has a part in the firm or in a party of the claim."""

    code = "POOL.CLAIM.EXPERT_TIED"

    def __init__(self, *, name: str, claim: str, reasons: Sequence[Text]) -> None:
        super().__init__(
            Text(
                "%(name)s须回避%(claim)s：%(reasons)s。", "%(name)s may not visit for %(claim)s: %(reasons)s."
            ).with_values(name=name, claim=claim, reasons=listed(reasons)),
            Text("另选与企业和各方无关的专家；仅同名的，由主管部门在专家库核实。",
                 "Choose an expert without ties; where only the name is the same, the authority tells them apart."),
            claim=claim,
            reasons=[one.en for one in reasons],
        )  # fmt: skip


class VisitDayError(PoolError):
    """A visit before the default, or one that has not taken place yet."""

    code = "POOL.CLAIM.VISIT_DAY"

    def __init__(self, *, on: date, first: date, last: date) -> None:
        super().__init__(
            Text(
                "走访日%(found)s不在违约日%(first)s至今日%(last)s之间。",
                "The visit on %(found)s is not between the default on %(first)s and today, %(last)s.",
            ).with_values(found=on, first=first, last=last),
            Text("走访后按实际日期登记。", "Record the visit once it has taken place, with its day."),
            on=on.isoformat(),
            first=first.isoformat(),
            last=last.isoformat(),
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


class TermOpenError(PoolError):
    """The scheme does not say how many working days a step has."""

    code = "POOL.CLAIM.TERM_OPEN"

    def __init__(self, *, scheme: str, term: Text) -> None:
        super().__init__(
            Text(
                "方案%(scheme)s没有规定“%(term)s”的工作日数。",
                "The scheme %(scheme)s states no working days for “%(term)s”.",
            ).with_values(scheme=scheme, term=term),
            Text("由受托管理机构填定办理时限后再办。", "Let the manager fill the timetable first."),
            scheme=scheme,
        )


class NoticeRunningError(PoolError):
    """The public notice has not run its time, or an objection is not answered."""

    code = "POOL.CLAIM.NOTICE_RUNNING"

    def __init__(self, *, claim: str, until: date, today: date) -> None:
        super().__init__(
            Text(
                "%(claim)s的公示至%(until)s24:00止，今天是%(today)s。",
                "The notice of %(claim)s runs until %(until)s 24:00; today is %(today)s.",
            ).with_values(claim=claim, until=until, today=today),
            Text("公示期满且没有未答复的异议后再办。", "Go on when the time is over and objections are answered."),
            claim=claim,
            until=until.isoformat(),
        )


class PreviewDiffersError(PoolError):
    """What would be decided now is not what the page showed."""

    code = "POOL.CLAIM.PREVIEW_DIFFERS"

    def __init__(self, *, shown_fen: int, found_fen: int) -> None:
        super().__init__(
            Text(
                "页面上的财政补偿为%(shown)s元，现在计算为%(found)s元（期间有其他补偿或更正）。",
                "The page showed CNY %(shown)s of public compensation; now it is CNY %(found)s, because something "
                "was decided or corrected meanwhile.",
            ).with_values(shown=yuan_text(shown_fen), found=yuan_text(found_fen)),
            Text("刷新页面，核对新的结算单后再决定。", "Reload, look at the new sheet, then decide."),
            shown_fen=shown_fen,
            found_fen=found_fen,
        )


class AppealedAlreadyError(PoolError):
    """A decision can be appealed once, within its term."""

    code = "POOL.CLAIM.APPEAL"

    def __init__(self, *, claim: str, last_day: date | None) -> None:
        ended = (
            Text(f"复议期限{last_day}已过", f"the term for an appeal ended on {last_day}")
            if last_day
            else Text("已复议过一次", "it was appealed once already")
        )
        super().__init__(
            Text("%(claim)s：%(ended)s。", "%(claim)s: %(ended)s.").with_values(claim=claim, ended=ended),
            Text("决定书写明后续救济途径。", "The decision names what remains open."),
            claim=claim,
        )


class DocumentKindError(PoolError):
    """The scheme's list of papers has no such item."""

    code = "POOL.CLAIM.DOCUMENT_KIND"

    def __init__(self, *, kind: str, known: Sequence[str]) -> None:
        super().__init__(
            Text(
                "材料清单中没有“%(kind)s”；现有：%(known)s。", "The list of papers has no “%(kind)s”; it has %(known)s."
            ).with_values(kind=kind, known=", ".join(known)),
            Text("选择清单中的一项。", "Choose an item of the list."),
            kind=kind,
        )


class ClaimChangedError(PoolError):
    """Somebody else changed the claim since the page was opened."""

    code = "POOL.CLAIM.CHANGED"

    def __init__(self, *, claim: str, found: int, expected: int) -> None:
        super().__init__(
            Text(
                "补偿申请%(claim)s已被他人办理（第%(found)s版，您看到的是第%(expected)s版）。",
                "The claim %(claim)s was changed by somebody else (version %(found)s; you saw %(expected)s).",
            ).with_values(claim=claim, found=found, expected=expected),
            Text("刷新页面后再办；没有写入任何内容。", "Reload and decide again; nothing was written."),
            claim=claim,
        )


class ClaimNotCoveredError(PoolError):
    """The scheme bears nothing of this loan's loss: no mode, ratio or limit of it fits."""

    code = "POOL.CLAIM.NOT_COVERED"

    def __init__(self, *, loan: str, scheme: str, reason: str) -> None:
        super().__init__(
            Text(
                "方案%(scheme)s不分担借据%(loan)s的损失（%(reason)s）。",
                "The scheme %(scheme)s bears nothing of the loss on loan %(loan)s (%(reason)s).",
            ).with_values(scheme=scheme, loan=loan, reason=reason),
            Text("核对备案的模式、比例与限额。", "Check mode, ratios and limits of the enrolment."),
            loan=loan,
            reason=reason,
        )


class ClaimDistrictUnknownError(PoolError):
    """The loan's district is not known, and a district's layer may bear a part of the loss."""

    code = "POOL.CLAIM.DISTRICT_UNKNOWN"

    def __init__(self, *, layers: Sequence[Text]) -> None:
        super().__init__(
            Text(
                "备案时没有企业注册地区划，不能确定这些叠加层是否分担：%(layers)s。",
                "The enrolment names no district of the firm, so nobody can tell which of these layers joins: "
                "%(layers)s.",
            ).with_values(layers=listed(layers)),
            Text(
                "由受托管理机构在备案页补充备案时的注册地区划，再继续办理补偿。",
                "Let the manager add the firm's district at filing on the enrolment's page, then go on with the claim.",
            ),
            layers=[each.en for each in layers],
        )


class VoucherPaidError(PoolError):
    """A voucher is paid once, by one transfer."""

    code = "POOL.VOUCHER.PAID"

    def __init__(self, *, claim: str, party: Text, paid_on: date | None, key: str) -> None:
        super().__init__(
            Text(
                "%(claim)s的%(party)s凭证已于%(day)s由转账%(key)s支付，不再支付。",
                "The voucher of %(party)s on %(claim)s was paid on %(day)s by transfer %(key)s; it is not paid again.",
            ).with_values(claim=claim, party=party, day=paid_on or "—", key=key),
            Text("核对回单，或为另一张凭证登记付款。", "Check the receipt, or enter the payment of another voucher."),
            claim=claim,
            transfer=key,
        )
