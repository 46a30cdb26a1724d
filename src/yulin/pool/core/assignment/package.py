"""A package of debts: its states and steps as one table, its amounts, and what its price gives each debt.

draft → submitted → approved → active → bought back; on the way it can be declined or cancelled. A package is agreed at
one price for all its debts, a share of their principal; each debt has its part of it.

Invariant: principal and price of a package are the sums of those of its debts, to the fen.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from yulin.base.shares import split_shares
from yulin.base.text import Text
from yulin.pool.core.assignment.timeline import WHOLE_PPM
from yulin.pool.enums import AssignmentPaperKind, NoticeWay, PackageState, RequestState, TransferAct
from yulin.pool.errors import PackageNoteError, PackageStepError


class PackageStep(StrEnum):
    """What moves a package from one state to the next."""

    SUBMIT = "submit"
    APPROVE = "approve"
    DECLINE = "decline"
    CANCEL = "cancel"
    LAPSE = "lapse"
    TAKE_EFFECT = "take_effect"
    BUY_BACK = "buy_back"
    OFFSET = "offset"


@dataclass(frozen=True)
class PackageTransition:
    """One row of the table."""

    step: PackageStep
    from_state: PackageState
    to_state: PackageState
    needs_note: bool = False


_S, _T = PackageState, PackageTransition
PACKAGE_TRANSITIONS: tuple[PackageTransition, ...] = (
    _T(PackageStep.SUBMIT, _S.DRAFT, _S.SUBMITTED),
    _T(PackageStep.CANCEL, _S.DRAFT, _S.CANCELLED, needs_note=True),
    _T(PackageStep.APPROVE, _S.SUBMITTED, _S.APPROVED),
    _T(PackageStep.DECLINE, _S.SUBMITTED, _S.DECLINED, needs_note=True),
    _T(PackageStep.CANCEL, _S.SUBMITTED, _S.CANCELLED, needs_note=True),
    _T(PackageStep.LAPSE, _S.SUBMITTED, _S.DECLINED),
    _T(PackageStep.OFFSET, _S.SUBMITTED, _S.CANCELLED),
    _T(PackageStep.CANCEL, _S.APPROVED, _S.CANCELLED, needs_note=True),
    _T(PackageStep.LAPSE, _S.APPROVED, _S.DECLINED),
    _T(PackageStep.OFFSET, _S.APPROVED, _S.CANCELLED),
    _T(PackageStep.TAKE_EFFECT, _S.APPROVED, _S.ACTIVE),
    _T(PackageStep.BUY_BACK, _S.ACTIVE, _S.BOUGHT_BACK),
)
OPEN_STATES = frozenset({_S.DRAFT, _S.SUBMITTED, _S.APPROVED, _S.ACTIVE})
PACKAGE_NAMES: Mapping[PackageState, Text] = {
    _S.DRAFT: Text("草稿", "Draft"),
    _S.SUBMITTED: Text("待审批", "To approve"),
    _S.APPROVED: Text("待交割", "To settle"),
    _S.ACTIVE: Text("已生效", "In effect"),
    _S.BOUGHT_BACK: Text("已回购", "Bought back"),
    _S.DECLINED: Text("未通过", "Declined"),
    _S.CANCELLED: Text("已撤销", "Cancelled"),
}
PACKAGE_VERDICTS: Mapping[PackageState, str] = {
    _S.DRAFT: "idle", _S.SUBMITTED: "warn", _S.APPROVED: "warn", _S.ACTIVE: "ok", _S.BOUGHT_BACK: "idle",
    _S.DECLINED: "bad", _S.CANCELLED: "idle",
}  # fmt: skip
STEP_NAMES: Mapping[PackageStep, Text] = {
    PackageStep.SUBMIT: Text("提交转让申请", "Submitted"),
    PackageStep.APPROVE: Text("批准", "Approved"),
    PackageStep.DECLINE: Text("不予批准", "Declined"),
    PackageStep.CANCEL: Text("撤销", "Cancelled"),
    PackageStep.LAPSE: Text("未能交割", "Did not take effect"),
    PackageStep.TAKE_EFFECT: Text("转让生效", "Took effect"),
    PackageStep.BUY_BACK: Text("回购生效", "Bought back"),
    PackageStep.OFFSET: Text("与回购相抵", "Offset by its buy-back"),
}
ACT_NAMES: Mapping[TransferAct, Text] = {
    TransferAct.SALE: Text("转让", "Assignment"),
    TransferAct.BUY_BACK: Text("回购", "Buy-back"),
}
REQUEST_NAMES: Mapping[RequestState, Text] = {
    RequestState.SUBMITTED: Text("待审批", "To approve"),
    RequestState.APPROVED: Text("待交割", "To settle"),
    RequestState.DONE: Text("已生效", "In effect"),
    RequestState.DECLINED: Text("未通过", "Declined"),
    RequestState.CANCELLED: Text("已撤销", "Cancelled"),
}
PAPER_NAMES: Mapping[AssignmentPaperKind, Text] = {
    AssignmentPaperKind.CONTRACT: Text("债权转让合同", "Assignment contract"),
    AssignmentPaperKind.DEBT_LIST: Text("转让清单（逐借据）", "List of debts, loan by loan"),
    AssignmentPaperKind.RESOLUTION: Text("内部决议", "Internal resolution"),
    AssignmentPaperKind.DELIVERY: Text("通知送达证明", "Proof of delivery of a notice"),
    AssignmentPaperKind.ANNOUNCEMENT: Text("转让公告", "Public announcement"),
    AssignmentPaperKind.COURT: Text("变更申请执行人裁定", "Court order naming the new creditor"),
    AssignmentPaperKind.PRICE: Text("价款回单", "Receipt of the price"),
}
NOTICE_NAMES: Mapping[NoticeWay, Text] = {
    NoticeWay.REGISTERED_POST: Text("挂号邮寄", "Registered post"),
    NoticeWay.IN_PERSON: Text("当面送达", "In person"),
    NoticeWay.ELECTRONIC: Text("约定的电子送达", "Electronic, as agreed"),
    NoticeWay.NOTARY: Text("公证送达", "By a notary"),
    NoticeWay.ANNOUNCEMENT: Text("公告", "Public announcement"),
    NoticeWay.PLATFORM: Text("平台内签收", "Acknowledged on the platform"),
}
_BY_STEP_AND_STATE = {(each.step, each.from_state): each for each in PACKAGE_TRANSITIONS}


def next_package_state(state: PackageState | str, step: PackageStep, *, note: str = "") -> PackageState:
    """Return the state that `step` leads to from `state`.

    Raises: `POOL.ASSIGNMENT.STEP` where the table has no such row, `POOL.ASSIGNMENT.NOTE` where a reason is missing.

    >>> next_package_state("submitted", PackageStep.APPROVE)
    <PackageState.APPROVED: 'approved'>
    """
    found = PackageState(state)
    row = _BY_STEP_AND_STATE.get((step, found))
    if row is None:
        needed = [PACKAGE_NAMES[each.from_state] for each in PACKAGE_TRANSITIONS if each.step == step]
        raise PackageStepError(step=STEP_NAMES[step], found=PACKAGE_NAMES[found], needed=needed)
    if row.needs_note and not note.strip():
        raise PackageNoteError(step=STEP_NAMES[step])
    return row.to_state


@dataclass(frozen=True)
class PackageAmounts:
    """What a package adds up to, and the price of each debt by its key."""

    principal_fen: int
    price_fen: int
    prices_fen: Mapping[int, int]


def package_amounts(principals_fen: Mapping[int, int], price_ratio_ppm: int | None) -> PackageAmounts:
    """Return principal and price of a package of debts; no ratio yet: no price yet.

    **Rounding**: the price of the whole package is rounded down to the fen, then divided in the ratio of the
    principals, so that the parts sum to it.

    >>> package_amounts({1: 333, 2: 334}, 500_000).prices_fen
    {1: 166, 2: 167}
    """
    principal = sum(principals_fen.values())
    price = principal * (price_ratio_ppm or 0) // WHOLE_PPM
    parts = split_shares(price, {str(key): fen for key, fen in principals_fen.items()}) if principal else {}
    return PackageAmounts(principal, price, {key: parts.get(str(key), 0) for key in principals_fen})
