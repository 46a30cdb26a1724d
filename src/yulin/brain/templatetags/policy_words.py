"""Words of the library's pages: what was wrong with a reading, where versions and corrections stand."""

from __future__ import annotations

from django import template

from yulin.base.text import Text

register = template.Library()

_DEFECTS = {
    "no_text": Text(
        "没有可读文字（扫描件），原件已保存，须补录正文",
        "No readable text (a scan); the file is kept, the text has to be typed in",
    ),
    "text_cut": Text("正文在句中断开，来源不完整", "The text stops within a sentence: its source is incomplete"),
    "for_comment": Text("征求意见稿，尚未正式印发", "A draft for comment, not issued yet"),
    "issued_unreadable": Text("发布日期无法读出", "The day of issue could not be read"),
    "amount_unreadable": Text("金额无法读出，按不明处理", "The amount could not be read and is unknown"),
    "end_unreadable": Text("截止日无法读出，按不明处理", "The end could not be read and is unknown"),
    "end_before_start": Text(
        "文件写的截止日早于开始日，按不明处理", "The end in the document is before its start and is unknown"
    ),
    "broken_encoding": Text("文件有无法解读的字节", "The file holds bytes that cannot be read"),
    "ocr": Text(
        "由程序识别扫描件得出（OCR），须逐句对照原件",
        "Read from a scan by a program (OCR): compare every sentence with it",
    ),
    "mixed_encoding": Text(
        "文件混用两种编码，已逐段读出，请对照原件",
        "The file mixes two encodings; read piece by piece, compare it with the source",
    ),
    "nearly_same": Text("与另一项政策文字几乎相同", "Says nearly the same as another policy"),
}
_LEFT_OUT = {
    "not_found": Text("页面不存在", "the page is not there"),
    "list_of_names": Text("名单，不是政策", "a list of names, no policy"),
    "double": Text("与本文件另一项完全相同", "the same as another of this file"),
    "no_title": Text("没有名称", "no title"),
}
_VERSIONS = {
    "proposed": ("warn", Text("待复核", "Waits for a check")),
    "published": ("ok", Text("已发布", "Published")),
    "returned": ("bad", Text("已退回", "Returned")),
    "withdrawn": ("idle", Text("已撤回", "Withdrawn")),
}
_CRITERIA = {
    "proposed": ("warn", Text("待确认", "Waits to be confirmed")),
    "confirmed": ("ok", Text("已确认", "Confirmed")),
    "returned": ("bad", Text("已退回", "Returned")),
    "replaced": ("idle", Text("已被取代", "Replaced")),
}
_CORRECTIONS = {
    "open": ("warn", Text("待答复", "To be answered")),
    "taken": ("ok", Text("已采纳", "Taken")),
    "declined": ("idle", Text("未采纳", "Declined")),
}
_FACTS = {
    "document_number": Text("发文字号", "Document number"),
    "authority": Text("发文机构", "Authority"),
    "area": Text("适用地区", "Area"),
    "audience": Text("支持对象", "Audience"),
    "issued_on": Text("发布日期", "Issued"),
    "terms": Text("起止", "Days"),
    "text": Text("文字识别", "Text, by OCR"),
    "amount_fen": Text("最高支持金额", "Most that is paid"),
}


@register.filter
def defect(code: str) -> Text:
    """Say what was wrong with a reading."""
    return _DEFECTS.get(code, Text(code, code))


@register.filter
def left_out(why: str) -> Text:
    """Say why something was left out of the library."""
    return _LEFT_OUT.get(why, Text(why, why))


@register.filter
def version_state(state: str) -> tuple[str, Text]:
    """Say where a version stands."""
    return _VERSIONS[state]


@register.filter
def correction_state(state: str) -> tuple[str, Text]:
    """Say where a correction stands."""
    return _CORRECTIONS[state]


@register.filter
def fact_name(name: str) -> Text:
    """Name a fact that is read from a document."""
    return _FACTS.get(name, Text(name, name))


@register.filter
def place(area: str) -> Text:
    """Say where a policy applies."""
    return Text(area.replace("/", " "), area.replace("/", " ")) if area else Text("全国", "Whole country")


@register.filter
def item(mapping: dict[str, object], key: str) -> object:
    """Return what a mapping holds under a key."""
    return mapping.get(key)


@register.filter
def criteria_state(state: str) -> tuple[str, Text]:
    """Return where a set of criteria stands: its mark and its word."""
    return _CRITERIA[state]
