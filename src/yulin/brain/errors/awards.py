"""What paying without an application refuses."""

from __future__ import annotations

from collections.abc import Sequence

from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.pool.core.words import joined


class AwardNotFoundError(YulinError):
    """No batch or award has this number, or it is not yours to see; both are answered alike."""

    code = "BRAIN.AWARD.NOT_FOUND"

    def __init__(self, *, award: object) -> None:
        super().__init__(
            Text("没有这项免申即享“%(award)s”。", "There is nothing to be paid under “%(award)s”.").with_values(
                award=award
            ),
            Text("从免申即享的清单进入。", "Enter from the list of batches."),
            award=str(award),
        )


class AwardPolicyError(YulinError):
    """A policy cannot be paid without an application: data alone do not decide it, or it names no amount of a firm."""

    code = "BRAIN.AWARD.POLICY"

    def __init__(self, *, policy: str, why: Sequence[Text]) -> None:
        super().__init__(
            Text("“%(policy)s”不能免申即享：%(why)s。", "“%(policy)s” cannot be paid without an application: %(why)s.")
            .with_values(policy=policy, why=joined(why, "；", "; ")),
            Text("改走快申快享，或先确认能由数据判定的条件与每家金额。",
                 "Use a short application, or confirm criteria that data decide and an amount of one firm."),
            policy=policy,
        )  # fmt: skip


class AwardTermsError(YulinError):
    """The terms of a batch do not hold: its day, its period, or nobody is entitled."""

    code = "BRAIN.AWARD.TERMS"

    def __init__(self, *, policy: str, why: Text) -> None:
        super().__init__(
            Text(
                "“%(policy)s”的批次不成立：%(why)s。", "The batch of “%(policy)s” does not hold: %(why)s."
            ).with_values(policy=policy, why=why),
            Text(
                "核对事实之日、兑付频次和已有批次。", "Check the day of the facts, the period and the batches before."
            ),
            policy=policy,
        )


class AwardBudgetError(YulinError):
    """The money of a batch does not cover its firms."""

    code = "BRAIN.AWARD.BUDGET"

    def __init__(self, *, policy: str, firms: int, needed_fen: int, found_fen: int) -> None:
        super().__init__(
            Text(
                "“%(policy)s”：%(firms)s家需%(needed)s元，批次资金只有%(found)s元。",
                "“%(policy)s”: %(firms)s {firms:firm|firms} need CNY %(needed)s, the batch has CNY %(found)s.",
            ).with_values(
                policy=policy, firms=firms, needed=f"{needed_fen / 100:,.2f}", found=f"{found_fen / 100:,.2f}"
            ),
            Text("增加批次资金后再拟定。", "Give the batch more money, then list it again."),
            policy=policy,
            needed_fen=needed_fen,
            found_fen=found_fen,
        )


class AwardAccountError(YulinError):
    """An account cannot be paid: another holder than the firm, or a number that no bank has."""

    code = "BRAIN.AWARD.ACCOUNT"

    def __init__(self, *, firm: str, why: Text) -> None:
        super().__init__(
            Text("%(firm)s的收款账户不能用：%(why)s。", "The account of %(firm)s cannot be paid: %(why)s.").with_values(
                firm=firm, why=why
            ),
            Text("填写本企业的对公账户。", "Give the firm's own account."),
            firm=firm,
        )


class AwardClaimError(YulinError):
    """A short application lacks a fact or its proof, or asks for a fact that only its source can say."""

    code = "BRAIN.AWARD.CLAIM"

    def __init__(self, *, fact: Text, why: Text) -> None:
        super().__init__(
            Text("“%(fact)s”：%(why)s。", "“%(fact)s”: %(why)s.").with_values(fact=fact, why=why),
            Text(
                "补齐后再提交；数据来源的事实请向来源更正。", "Complete it; ask the source to supply what is its own."
            ),
            fact=fact.zh,
        )


class AwardStateError(YulinError):
    """A batch or an award is not in the state that a step needs."""

    code = "BRAIN.AWARD.STATE"

    def __init__(self, *, number: str, why: Text) -> None:
        super().__init__(
            Text("%(number)s：%(why)s。", "%(number)s: %(why)s.").with_values(number=number, why=why),
            Text("打开其页面查看目前状态。", "Open its page to see where it stands."),
            number=number,
        )
