"""What the pool's codes are called on screens and in lists: districts, sectors, states. Data, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from yulin.base.districts import GUANGZHOU_DISTRICTS
from yulin.base.text import Text

DISTRICTS: Mapping[str, Text] = GUANGZHOU_DISTRICTS
SECTORS: Mapping[str, Text] = {
    "iab": Text("IAB", "IAB"),
    "nem": Text("NEM", "NEM"),
    "other": Text("其他行业", "Other sectors"),
}
STATES: Mapping[str, Text] = {
    "draft": Text("草稿", "Draft"),
    "submitted": Text("待审核", "To review"),
    "reviewed": Text("已审核", "Reviewed"),
    "confirmed": Text("已确认", "Confirmed"),
    "conditional": Text("附条件", "Conditional"),
    "active": Text("在册", "Active"),
    "closed": Text("已结清", "Closed"),
    "revoked": Text("已撤销", "Revoked"),
}
STEP_NAMES: Mapping[str, Text] = {
    "submit": Text("报送", "Filed"),
    "review": Text("审核", "Reviewed"),
    "return": Text("退回补充", "Given back"),
    "refuse": Text("不予备案", "Refused"),
    "confirm": Text("确认", "Confirmed"),
    "confirm_conditionally": Text("附条件确认", "Confirmed under a condition"),
    "fulfil": Text("条件满足", "Condition met"),
    "lapse": Text("条件失效", "Condition lapsed"),
    "activate": Text("转为在册", "Active"),
    "close": Text("结清", "Closed"),
    "reopen": Text("恢复在册", "Opened again"),
    "revoke": Text("撤销", "Revoked"),
    "move": Text("转入新方案", "Moved to another scheme"),
    "guarantor": Text("补充担保机构", "Guarantor named"),
    "district": Text("补充注册地区划", "District added"),
}
STEP_ACTS: Mapping[str, Text] = {
    "submit": Text("报送", "File"),
    "review": Text("审核", "Review"),
    "return": Text("退回补充", "Give back"),
    "refuse": Text("不予备案", "Refuse"),
    "confirm": Text("确认", "Confirm"),
    "confirm_conditionally": Text("附条件确认", "Confirm under a condition"),
    "fulfil": Text("条件满足", "Accept the condition as met"),
    "lapse": Text("条件失效", "Let the condition lapse"),
    "activate": Text("转为在册", "Make active"),
    "close": Text("登记结清", "Close"),
    "reopen": Text("恢复在册", "Open again"),
    "revoke": Text("撤销备案", "Revoke"),
}
MOVE_RULES: Mapping[str, Text] = {
    "keep": Text("保留（按原办法）", "kept under the old scheme"),
    "move": Text("转入新方案", "moved to the new scheme"),
}
MOVE_STATES: Mapping[str, Text] = {
    "proposed": Text("待复核", "Waits for the checker"),
    "carried_out": Text("已执行", "Carried out"),
    "refused": Text("已退回", "Turned down"),
}
UNKNOWN = Text("未填", "not given")


def district_name(code: str | None) -> Text:
    """Return the name of a district; a code that is not listed stands for itself."""
    if not code:
        return UNKNOWN
    return DISTRICTS.get(code[:6]) or Text(code, code)


def sector_name(code: str | None) -> Text:
    """Return the name of a sector."""
    return SECTORS.get(code or "") or UNKNOWN


def state_name(code: str) -> Text:
    """Return the name of an enrolment's state."""
    return STATES.get(code) or Text(code, code)
