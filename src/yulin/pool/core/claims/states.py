"""The way of a claim: which step leads from which state to which, who has it then and under which term, as one table.

draft → submitted → reviewed → checked → decided → noticed → approved → paid. Returned claims come back to where they
were asked from; a deferred claim waits for its breaker and is not denied; an appeal brings a decision before another
person of the authority; money that was paid wrongly is recalled. Where a recovery that had lessened a payment is
undone, a paid claim is to be paid again.

Invariant: a step that is not in the table does not exist; the database checks the same list of states.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from yulin.base.text import Text
from yulin.pool.enums import ClaimState, Holder
from yulin.pool.errors import ClaimNoteError, ClaimStepError


class ClaimStep(StrEnum):
    """What moves a claim from one state to the next."""

    SUBMIT = "submit"
    WITHDRAW = "withdraw"
    REVIEW = "review"
    SEND_BACK = "send_back"
    RETURN = "return"
    CHECK = "check"
    DEFER = "defer"
    RELEASE = "release"
    DECIDE = "decide"
    DENY = "deny"
    APPEAL = "appeal"
    PUBLISH = "publish"
    UPHOLD = "uphold"
    APPROVE = "approve"
    PAY = "pay"
    OWE = "owe"
    RECALL = "recall"


@dataclass(frozen=True)
class ClaimTransition:
    """One row of the table."""

    step: ClaimStep
    from_state: ClaimState
    to_state: ClaimState
    needs_note: bool = False


@dataclass(frozen=True)
class Turn:
    """Whose turn it is in a state, and which term of the scheme's timetable runs."""

    holder: Holder
    term: str = ""  # the id in the pack's timetable; empty: no clock runs


_S, _T = ClaimState, ClaimTransition
TRANSITIONS: tuple[ClaimTransition, ...] = (
    _T(ClaimStep.SUBMIT, _S.DRAFT, _S.SUBMITTED),
    _T(ClaimStep.SUBMIT, _S.RETURNED, _S.SUBMITTED),
    _T(ClaimStep.WITHDRAW, _S.DRAFT, _S.WITHDRAWN),
    _T(ClaimStep.WITHDRAW, _S.RETURNED, _S.WITHDRAWN),
    _T(ClaimStep.RETURN, _S.SUBMITTED, _S.RETURNED, needs_note=True),
    _T(ClaimStep.RETURN, _S.REVIEWED, _S.RETURNED, needs_note=True),
    _T(ClaimStep.RETURN, _S.CHECKED, _S.RETURNED, needs_note=True),
    _T(ClaimStep.REVIEW, _S.SUBMITTED, _S.REVIEWED, needs_note=True),
    _T(ClaimStep.SEND_BACK, _S.REVIEWED, _S.SUBMITTED, needs_note=True),
    _T(ClaimStep.CHECK, _S.REVIEWED, _S.CHECKED),
    _T(ClaimStep.DEFER, _S.CHECKED, _S.DEFERRED, needs_note=True),
    _T(ClaimStep.RELEASE, _S.DEFERRED, _S.CHECKED, needs_note=True),
    _T(ClaimStep.DECIDE, _S.CHECKED, _S.DECIDED),
    _T(ClaimStep.DENY, _S.CHECKED, _S.DENIED, needs_note=True),
    _T(ClaimStep.APPEAL, _S.DENIED, _S.CHECKED, needs_note=True),
    _T(ClaimStep.APPEAL, _S.DECIDED, _S.CHECKED, needs_note=True),
    _T(ClaimStep.APPEAL, _S.NOTICED, _S.CHECKED, needs_note=True),  # publishing at once takes no appeal away
    _T(ClaimStep.PUBLISH, _S.DECIDED, _S.NOTICED),
    _T(ClaimStep.UPHOLD, _S.NOTICED, _S.CHECKED, needs_note=True),
    _T(ClaimStep.APPROVE, _S.NOTICED, _S.APPROVED),
    _T(ClaimStep.PAY, _S.APPROVED, _S.PAID),
    _T(ClaimStep.OWE, _S.PAID, _S.APPROVED, needs_note=True),
    _T(ClaimStep.RECALL, _S.APPROVED, _S.RECALLED, needs_note=True),  # a part is paid, and nothing more will be
    _T(ClaimStep.RECALL, _S.PAID, _S.RECALLED, needs_note=True),
)
TURNS: Mapping[ClaimState, Turn] = {
    _S.DRAFT: Turn(Holder.BANK),
    _S.SUBMITTED: Turn(Holder.REVIEWER, "review"),
    _S.RETURNED: Turn(Holder.BANK, "supplement"),
    _S.REVIEWED: Turn(Holder.CHECKER, "check"),
    _S.CHECKED: Turn(Holder.AUTHORITY, "opinion"),
    _S.DEFERRED: Turn(Holder.NOBODY),
    _S.DECIDED: Turn(Holder.MANAGER),
    _S.NOTICED: Turn(Holder.MANAGER, "notice"),
    _S.APPROVED: Turn(Holder.MANAGER, "payment"),
    _S.PAID: Turn(Holder.NOBODY),
    _S.DENIED: Turn(Holder.NOBODY),
    _S.RECALLED: Turn(Holder.BANK, "remit"),
    _S.WITHDRAWN: Turn(Holder.NOBODY),
}
WAY: tuple[ClaimState, ...] = (
    _S.DRAFT, _S.SUBMITTED, _S.REVIEWED, _S.CHECKED, _S.DECIDED, _S.NOTICED, _S.APPROVED, _S.PAID,
)  # fmt: skip
WITH_MONEY = frozenset({_S.DECIDED, _S.NOTICED, _S.APPROVED, _S.PAID, _S.RECALLED})
STATE_NAMES: Mapping[ClaimState, Text] = {
    _S.DRAFT: Text("草稿", "Draft"),
    _S.SUBMITTED: Text("待初审", "To review"),
    _S.RETURNED: Text("退回补正", "Returned to be completed"),
    _S.REVIEWED: Text("待复核", "To check"),
    _S.CHECKED: Text("待审定", "To decide"),
    _S.DEFERRED: Text("暂缓", "Deferred"),
    _S.DECIDED: Text("已决定", "Decided"),
    _S.NOTICED: Text("公示中", "On public notice"),
    _S.APPROVED: Text("待拨付", "To be paid"),
    _S.PAID: Text("已拨付", "Paid"),
    _S.DENIED: Text("不予补偿", "Denied"),
    _S.RECALLED: Text("追回中", "Recalled"),
    _S.WITHDRAWN: Text("已撤回", "Withdrawn"),
}
STATE_VERDICTS: Mapping[ClaimState, str] = {
    _S.DRAFT: "idle", _S.SUBMITTED: "idle", _S.RETURNED: "warn", _S.REVIEWED: "idle", _S.CHECKED: "idle",
    _S.DEFERRED: "warn", _S.DECIDED: "ok", _S.NOTICED: "idle", _S.APPROVED: "ok", _S.PAID: "ok", _S.DENIED: "bad",
    _S.RECALLED: "bad", _S.WITHDRAWN: "idle",
}  # fmt: skip
STEP_NAMES: Mapping[ClaimStep, Text] = {
    ClaimStep.SUBMIT: Text("提交申请", "Submitted"),
    ClaimStep.WITHDRAW: Text("撤回", "Withdrawn"),
    ClaimStep.REVIEW: Text("初审", "Reviewed"),
    ClaimStep.SEND_BACK: Text("退回初审", "Sent back to the reviewer"),
    ClaimStep.RETURN: Text("退回补正", "Returned to be completed"),
    ClaimStep.CHECK: Text("复核", "Checked"),
    ClaimStep.DEFER: Text("暂缓", "Deferred"),
    ClaimStep.RELEASE: Text("解除暂缓", "Released"),
    ClaimStep.DECIDE: Text("审定", "Decided"),
    ClaimStep.DENY: Text("不予补偿", "Denied"),
    ClaimStep.APPEAL: Text("申请复议", "Appealed"),
    ClaimStep.PUBLISH: Text("公示", "Put on public notice"),
    ClaimStep.UPHOLD: Text("异议成立", "Objection upheld"),
    ClaimStep.APPROVE: Text("公示通过", "Notice passed"),
    ClaimStep.PAY: Text("拨付", "Paid"),
    ClaimStep.OWE: Text("恢复待拨", "To be paid again"),
    ClaimStep.RECALL: Text("追回", "Recalled"),
}
HOLDER_NAMES: Mapping[Holder, Text] = {
    Holder.BANK: Text("申请机构", "the claimant"),
    Holder.REVIEWER: Text("受托管理机构初审", "the manager's reviewer"),
    Holder.CHECKER: Text("受托管理机构复核", "the manager's checker"),
    Holder.AUTHORITY: Text("科技局", "the authority"),
    Holder.MANAGER: Text("受托管理机构", "the manager"),
    Holder.NOBODY: Text("无", "nobody"),
}
_BY_STEP_AND_STATE = {(each.step, each.from_state): each for each in TRANSITIONS}


def next_claim_state(state: ClaimState | str, step: ClaimStep, *, note: str = "") -> ClaimState:
    """Return the state that `step` leads to from `state`.

    Raises: `POOL.CLAIM.STEP` where the table has no such row, `POOL.CLAIM.NOTE` where a reason is missing.

    >>> next_claim_state("noticed", ClaimStep.APPROVE)
    <ClaimState.APPROVED: 'approved'>
    """
    found = ClaimState(state)
    row = _BY_STEP_AND_STATE.get((step, found))
    if row is None:
        needed = [STATE_NAMES[each.from_state] for each in TRANSITIONS if each.step == step]
        raise ClaimStepError(step=STEP_NAMES[step], found=STATE_NAMES[found], needed=needed)
    if row.needs_note and not note.strip():
        raise ClaimNoteError(step=STEP_NAMES[step])
    return row.to_state


def possible_claim_steps(state: ClaimState | str) -> tuple[ClaimStep, ...]:
    """Return the steps that the table has from `state`, in its order.

    >>> possible_claim_steps("withdrawn")
    ()
    """
    return tuple(each.step for each in TRANSITIONS if each.from_state == state)
