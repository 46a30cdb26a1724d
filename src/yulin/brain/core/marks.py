"""What names a document: its number (京发改规〔2023〕12号), who issued it, where it applies.

Numbers are written with 〔 〕 and without blanks, whatever brackets the text has, so that equal documents are equal.
"""

from __future__ import annotations

import re

from yulin.base.districts import GUANGZHOU_DISTRICTS
from yulin.base.divisions import PROVINCE_LETTERS, province_of

_NUMBER = re.compile(
    r"(?P<head>[\u4e00-\u9fa5]{2,14})\s?[〔\[［（(【]\s?(?P<year>(?:19|20)\d\d)\s?[〕\]］）)】]\s?(?P<tail>第?\s?\d{1,5})\s?号"
)
_YEAR_FIRST = re.compile(
    r"[〔\[［（(【]\s?(?P<year>(?:19|20)\d\d)\s?[〕\]］）)】]\s?(?P<head>[\u4e00-\u9fa5]{2,8})\s?(?P<tail>\d{1,5})\s?号"
)
_NOTICE = re.compile(
    r"(?P<head>[\u4e00-\u9fa5]{2,20}(?:公告|令|通告))\s?[〔\[［（(【]?(?P<year>(?:19|20)\d\d)\s?[〕\]］）)】]?\s?年?\s?"
    r"第?\s?(?P<tail>\d{1,5})\s?号"
)
_LEAD = re.compile(r"^.*(?:根据|依据|按照|参照|印发|关于|文件|详见|见|与|和|及|的|于|号)")
_BLANKS = re.compile(r"\s+")
_SIGNED = re.compile(r"^[\u4e00-\u9fa5（）()、\s]{2,40}(?:局|委员会|委|办公室|厅|部|政府|管委会|中心|银行|总局|办)$")
_DISTRICT = re.compile(r"([\u4e00-\u9fa5]{2,4}?(?:新区|开发区|自治县|区|县))")
_NO_DISTRICT = ("示范区", "园区", "地区", "市区", "辖区", "全区", "本区", "各区", "社区", "景区", "自治区", "试验区",
                "先导区", "城区", "山区", "核心区", "街区", "功能区", "保税区", "开发区")  # fmt: skip
MUNICIPALITIES = frozenset({"北京", "天津", "上海", "重庆"})


def document_numbers(text: str) -> list[str]:
    """Return the numbers of documents that a text names, in order, each once.

    >>> document_numbers("根据京科发 [2022] 5 号和财政部公告2019年第76号")
    ['京科发〔2022〕5号', '财政部公告2019年第76号']
    """
    found: dict[int, str] = {}
    for one in _NOTICE.finditer(text):
        found[one.end("head") - len(_headed(one["head"]))] = f"{_headed(one['head'])}{one['year']}年第{one['tail']}号"
    for pattern in (_NUMBER, _YEAR_FIRST):
        for one in pattern.finditer(text):
            if any(one.start() <= place < one.end() for place in found):
                continue
            head = _headed(one["head"])
            if head:
                found[one.start()] = f"{head}〔{one['year']}〕{_BLANKS.sub('', one['tail'])}号"
    return list(dict.fromkeys(found[place] for place in sorted(found)))


def signed_by(text: str) -> str:
    """Return who signed a text: the last line that names a body and has nothing but a day after it."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    for place in range(len(lines) - 1, max(len(lines) - 6, -1), -1):
        if _SIGNED.match(lines[place]):
            return _BLANKS.sub("", lines[place])
    return ""


def area_in(*texts: str) -> str:
    """Return where the first text that names a division says it applies, as a path; empty where none does.

    >>> area_in("广州市黄埔区工业和信息化局"), area_in("上海市徐汇区"), area_in("财政部")
    ('广东/广州/黄埔区', '上海/徐汇区', '')
    """
    return next((area for text in texts if (area := _area(text))), "")


def district_in(text: str) -> str:
    """Return the district or county with whose name a text begins, or nothing.

    >>> district_in("徐汇区新型工业化推进办公室"), district_in("示范区管委会")
    ('徐汇区', '')
    """
    found = _DISTRICT.match(text)
    return found[1] if found and not found[1].endswith(_NO_DISTRICT) else ""


def _area(text: str) -> str:
    place, name = _division(text)
    if place < 0:
        return next((f"广东/广州/{one.zh}" for one in GUANGZHOU_DISTRICTS.values() if one.zh in text), "")
    province = province_of()[name]
    path = province if province == name else f"{province}/{name}"
    rest = re.sub(r"^(?:省|市|自治区|特别行政区)", "", text[place + len(name) : place + len(name) + 24])
    if province == name and province not in MUNICIPALITIES:
        city = next((one for one in province_of() if province_of()[one] == province and rest.startswith(one)), "")
        if city and city != province:
            path, rest = f"{province}/{city}", re.sub(r"^(?:市|地区|州|盟)", "", rest[len(city) :])
    if path != province or province in MUNICIPALITIES:
        district = district_in(rest)
        path = f"{path}/{district}" if district else path
    return path


def _division(text: str) -> tuple[int, str]:
    """Return the first division that a text names in full (市, 省, 自治区 after it, or at its beginning)."""
    best = (-1, "")
    for name in province_of():
        for one in re.finditer(name, text):
            after = text[one.end() : one.end() + 3]
            is_whole = after.startswith(("市", "省", "自治区", "特别")) or (
                one.start() == 0 and name in PROVINCE_LETTERS
            )
            if is_whole and (best[0] < 0 or one.start() < best[0]):
                best = (one.start(), name)
                break
    return best


def _headed(head: str) -> str:
    return _LEAD.sub("", head)
