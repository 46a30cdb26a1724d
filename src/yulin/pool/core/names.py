"""What the pool's codes are called on screens and in lists: districts, sectors, states. Data, in both languages."""

from __future__ import annotations

from collections.abc import Mapping

from yulin.base.text import Text

# Administrative divisions of Guangzhou, GB/T 2260; the Development Zone lies in Huangpu.
DISTRICTS: Mapping[str, Text] = {
    "440103": Text("荔湾区", "Liwan"),
    "440104": Text("越秀区", "Yuexiu"),
    "440105": Text("海珠区", "Haizhu"),
    "440106": Text("天河区", "Tianhe"),
    "440111": Text("白云区", "Baiyun"),
    "440112": Text("黄埔区", "Huangpu"),
    "440113": Text("番禺区", "Panyu"),
    "440114": Text("花都区", "Huadu"),
    "440115": Text("南沙区", "Nansha"),
    "440117": Text("从化区", "Conghua"),
    "440118": Text("增城区", "Zengcheng"),
}
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
