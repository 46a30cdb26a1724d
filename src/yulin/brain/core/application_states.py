"""The states of an application and the steps between them; which steps need a reason.

A draft becomes submitted; screening takes it on, returns it to be completed or refuses it; experts review; one person
decides, another confirms; a grant is contracted. Whatever was refused can be taken up again by an appeal.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from yulin.base.text import Text
from yulin.brain.errors import ApplicationStateError, ReviewReasonError


class ApplicationState(StrEnum):
    """How far an application has come."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    WITHDRAWN = "withdrawn"
    REFUSED = "refused"
    ACCEPTED = "accepted"
    IN_REVIEW = "in_review"
    DECIDED = "decided"
    GRANTED = "granted"
    DECLINED = "declined"
    CONTRACTED = "contracted"


class AppStep(StrEnum):
    """What is done to an application."""

    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    RETURN = "return"
    REFUSE = "refuse"
    ACCEPT = "accept"
    DRAW = "draw"
    DECIDE = "decide"
    SEND_BACK = "send_back"
    GRANT = "grant"
    DECLINE = "decline"
    REOPEN = "reopen"
    CONTRACT = "contract"


_S = ApplicationState
STEPS: Mapping[AppStep, tuple[frozenset[ApplicationState], ApplicationState]] = MappingProxyType(
    {
        AppStep.SUBMIT: (frozenset({_S.DRAFT, _S.RETURNED}), _S.SUBMITTED),
        AppStep.WITHDRAW: (frozenset({_S.DRAFT, _S.SUBMITTED, _S.RETURNED}), _S.WITHDRAWN),
        AppStep.RETURN: (frozenset({_S.SUBMITTED}), _S.RETURNED),
        AppStep.REFUSE: (frozenset({_S.SUBMITTED}), _S.REFUSED),
        AppStep.ACCEPT: (frozenset({_S.SUBMITTED}), _S.ACCEPTED),
        AppStep.DRAW: (frozenset({_S.ACCEPTED}), _S.IN_REVIEW),
        AppStep.DECIDE: (frozenset({_S.IN_REVIEW}), _S.DECIDED),
        AppStep.SEND_BACK: (frozenset({_S.DECIDED}), _S.IN_REVIEW),
        AppStep.GRANT: (frozenset({_S.DECIDED}), _S.GRANTED),
        AppStep.DECLINE: (frozenset({_S.DECIDED}), _S.DECLINED),
        AppStep.REOPEN: (frozenset({_S.REFUSED, _S.DECLINED, _S.GRANTED}), _S.SUBMITTED),
        AppStep.CONTRACT: (frozenset({_S.GRANTED}), _S.CONTRACTED),
    }
)
WITH_REASON = frozenset({AppStep.RETURN, AppStep.REFUSE, AppStep.WITHDRAW, AppStep.SEND_BACK, AppStep.REOPEN})
EDITABLE = frozenset({_S.DRAFT, _S.RETURNED})
STATE_WORDS: Mapping[ApplicationState, tuple[str, Text]] = MappingProxyType(
    {
        _S.DRAFT: ("idle", Text("草稿", "Draft")),
        _S.SUBMITTED: ("warn", Text("已提交，待形式审查", "Submitted, to be screened")),
        _S.RETURNED: ("warn", Text("退回补正", "Returned to complete")),
        _S.WITHDRAWN: ("idle", Text("已撤回", "Withdrawn")),
        _S.REFUSED: ("bad", Text("不予受理", "Not taken on")),
        _S.ACCEPTED: ("ok", Text("已受理，待抽取专家", "Taken on, experts to be drawn")),
        _S.IN_REVIEW: ("warn", Text("评审中", "In review")),
        _S.DECIDED: ("warn", Text("已拟定，待复核", "Proposed, to be confirmed")),
        _S.GRANTED: ("ok", Text("予以立项", "Granted")),
        _S.DECLINED: ("bad", Text("不予立项", "Declined")),
        _S.CONTRACTED: ("ok", Text("已签合同", "Contracted")),
    }
)
STEP_WORDS: Mapping[str, Text] = MappingProxyType(
    {
        "start": Text("开始填写", "Begun"),
        "submit": Text("提交", "Submitted"),
        "withdraw": Text("撤回", "Withdrawn"),
        "return": Text("退回补正", "Returned"),
        "refuse": Text("不予受理", "Not taken on"),
        "accept": Text("受理", "Taken on"),
        "draw": Text("抽取专家", "Experts drawn"),
        "redraw": Text("补抽专家", "Experts drawn anew"),
        "recuse": Text("专家回避", "An expert stood aside"),
        "decide": Text("拟定结果", "Outcome proposed"),
        "send_back": Text("复核退回", "Sent back by the second person"),
        "grant": Text("确认立项", "Grant confirmed"),
        "decline": Text("确认不予立项", "Decline confirmed"),
        "reopen": Text("申诉成立，重新受理", "Appeal upheld, taken up again"),
        "appeal": Text("提出申诉", "Appealed"),
        "appeal_rejected": Text("申诉不成立", "Appeal rejected"),
        "contract": Text("签订合同", "Contracted"),
        "report": Text("报告节点", "Milestone reported"),
        "accept_milestone": Text("节点验收", "Milestone accepted"),
        "return_milestone": Text("节点退回", "Milestone returned"),
        "release_milestone": Text("两人放款", "Released by two people"),
        "pay_milestone": Text("银行已付款", "Paid by the bank"),
        "fail_milestone": Text("付款失败", "The payment failed"),
        "name_account": Text("企业确认收款账户", "The firm named its account"),
        "attach": Text("上传附件", "Paper attached"),
        "detach": Text("撤下附件", "Paper taken away"),
        "invite": Text("邀请外部顾问", "Adviser let in"),
        "revoke": Text("取消外部顾问", "Adviser shut out"),
        "edit": Text("修改", "Edited"),
        "beside": Text("两人同时修改", "Written by two at once"),
        "settle": Text("处理同时修改", "Difference settled"),
    }
)


def next_state(number: str, state: str, step: AppStep, reason: str = "") -> ApplicationState:
    """Return the state after a step. **Raises**: `BRAIN.APPLICATION.STATE`, `BRAIN.REVIEW.REASON`.

    >>> next_state("SQ-1", "draft", AppStep.SUBMIT).value
    'submitted'
    """
    needed, after = STEPS[step]
    if state not in needed:
        words = [STATE_WORDS[one][1] for one in sorted(needed)]
        raise ApplicationStateError(
            number=number, found=STATE_WORDS[ApplicationState(state)][1],
            needed=Text("或".join(one.zh for one in words), " or ".join(one.en for one in words)),
        )  # fmt: skip
    if step in WITH_REASON and not reason.strip():
        raise ReviewReasonError(number=number)
    return after
