"""What kinds of packs, standings of versions and remarks of the linter are called."""

from __future__ import annotations

from collections.abc import Mapping

from yulin.base.text import Text
from yulin.rules.core.law_diff import Kind

KIND_NAMES: Mapping[str, Text] = {
    "title": Text("资质", "Titles"),
    "score": Text("评分", "Scores"),
    "class": Text("分类", "Classes"),
    "listing": Text("上市与挂牌板块", "Listing boards"),
    "rate": Text("利率", "Rates"),
    "product": Text("银行产品", "Products of banks"),
    "policy": Text("政策", "Policies"),
}
REMARK_NAMES: Mapping[str, Text] = {
    "unreachable": Text("达不到", "Out of reach"),
    "dead": Text("不起作用", "Without effect"),
    "order": Text("档位倒置", "Bands out of order"),
    "always": Text("恒定", "Always the same"),
    "cliff": Text("断崖", "Cliff"),
    "twice": Text("一条两数", "One clause, two numbers"),
    "no_clause": Text("缺条款号", "No clause"),
    "no_source": Text("缺来源", "No source"),
    "untouched": Text("案例未覆盖", "No case"),
    "unused": Text("未被使用", "Never used"),
    "gap": Text("空档", "Gap"),
    "overlap": Text("重叠", "Overlap"),
}
CHANGE_NAMES: Mapping[Kind, Text] = {
    Kind.ADDED: Text("新增", "Added"),
    Kind.REMOVED: Text("删去", "Removed"),
    Kind.CHANGED: Text("修改", "Changed"),
    Kind.RESTATED: Text("仅文字", "Words only"),
}
PART_NAMES: Mapping[str, Text] = {
    "clause": Text("条款", "clause"),
    "text.zh": Text("中文", "Chinese"),
    "text.en": Text("英文", "English"),
    "text.0": Text("中文", "Chinese"),
    "text.1": Text("英文", "English"),
    "zh": Text("中文", "Chinese"),
    "en": Text("英文", "English"),
    "that": Text("规则", "rule"),
    "when": Text("规则", "rule"),
    "met": Text("规则", "rule"),
    "value": Text("值", "value"),
    "bands.of": Text("计算", "what is measured"),
    "at_most": Text("满分", "at most"),
    "points": Text("分数", "points"),
    "undefined": Text("除数为零时", "where the divisor is zero"),
    "from": Text("自", "from"),
    "until": Text("至（不含）", "until (not included)"),
    "verified": Text("核实", "verified"),
    "source": Text("来源", "source"),
    "note": Text("说明", "note"),
}


def part_name(path: str) -> Text:
    """Return what a part of a row is called; a part without a name of its own is named by its path.

    >>> part_name("text.en").en, part_name("bands.at_least.30%").en
    ('English', 'bands.at_least.30%')
    """
    return PART_NAMES.get(path, Text(path, path))


DRAFT_NAMES: Mapping[str, tuple[str, Text]] = {
    "open": ("warn", Text("起草中", "Being written")),
    "submitted": ("warn", Text("待复核", "Waits for its check")),
    "published": ("ok", Text("已发布", "Published")),
    "withdrawn": ("idle", Text("已撤回", "Withdrawn")),
}
ACT_NAMES: Mapping[str, Text] = {
    "start": Text("开始起草", "Begun"),
    "submit": Text("提交复核", "Submitted"),
    "return": Text("退回", "Returned"),
    "publish": Text("发布", "Published"),
    "withdraw": Text("撤回", "Withdrawn"),
}
