"""Where a rule stands in its document, as people cite it, in English: 第十九条（三）is Art. 19(3).

What is a name and no number stays as it is written: nothing is guessed.
"""

from __future__ import annotations

import re

_DIGITS = {character: value for value, character in enumerate("零一二三四五六七八九")}
_TENS = re.compile(r"(?P<tens>[二三四五六七八九]?)十(?P<ones>[一二三四五六七八九]?)")
_NUMBER = r"[一二三四五六七八九十百零]+"
_ROMAN = ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X")
_PLACES = (
    (re.compile(rf"第({_NUMBER})条"), "Art. {}"),
    (re.compile(rf"第({_NUMBER})章"), "Ch. {}"),
    (re.compile(rf"第({_NUMBER})部分"), "part {}"),
    (re.compile(r"第(\d+)页"), "p. {}"),
    (re.compile(r"第(\d+)段"), "para. {}"),
    (re.compile(rf"第({_NUMBER})款"), ", para. {}"),
    (re.compile(r"第(\d+)项"), ", item {}"),
    (re.compile(r"(\d+)号(?=$|[（一二三四五六七八九十])"), "No. {}"),
    (re.compile(r"附件(\d+)"), "Annex {}"),
    (re.compile(rf"（({_NUMBER})）"), "({})"),
)
_HEAD = re.compile(r"(?<=\d)([一二三四五六七八九十])(?=\()")  # 附件2一（一）: the part of an annex that has no mark
# Headings and documents that laws shipped with Yulin are cited by; longer ones before those that they begin with.
_WORDS = (
    ("科创属性评价指引", "Guideline on science and innovation attributes, "),
    ("征求意见稿", "draft for comment, "),
    ("征集公告", "call for banks, "),
    ("咸宁细则", "Xianning rules, "),
    ("青岛指南", "Qingdao guide, "),
    ("创业板申报及推荐暂行规定", "ChiNext rules on filing and recommendation"),
    ("民法典", "Civil Code, "),
    ("演示规程", "Demo rules "),
    ("适用地区", "Where it applies"),
    ("条号未见", "no number seen"),
    ("补偿比例", "Ratios"),
    ("直接认定", ", direct recognition"),
    ("交叉认定", "Cross-classing"),
    ("修复条件", "Conditions of repair"),
    ("个人贷款", "Loans to persons"),
    ("年度通知", "yearly notice"),
    ("月度通知", "monthly notice"),
    ("办事指南", "Service guide"),
    ("公示期", "Term of publication"),
    ("定义条", "Definitions"),
    ("定义", "Definitions"),
    ("受让方", "Transferee"),
    ("洁净性", "Clean transfer"),
    ("真实性", "True transfer"),
    ("总则", "General rules"),
    ("附则", "Final rules"),
    ("范围", "Scope"),
    ("批量", "Batches"),
    ("文件", "Papers"),
    ("项目表", "List of items"),
    ("题注", "Caption"),
    ("公告", "Announcement"),
    ("关注", "Special mention"),
    ("次级", "Substandard"),
    ("可疑", "Doubtful"),
    ("损失", "Loss"),
    ("附表", "Table"),
    ("AGF注", "AGF note"),
    ("函", " letter"),
    ("通知", " notice"),
    ("链、品", ", chain and brand"),
    ("专", ", specialised"),
    ("精", ", refined"),
    ("特", ", distinctive"),
    ("新", ", innovative "),
    ("至", " to "),
    ("、", ", "),
)
_HAN = re.compile("[\u4e00-\u9fff]")


def article_en(clause: str) -> str:
    """Return a place in English; a part of it that is a name and no number stays as it stands.

    >>> article_en("第十九条（三）；195号五（二）"), article_en("附件2第7项；工信厅企业〔2024〕75号")
    ('Art. 19(3); No. 195, V(2)', 'Annex 2, item 7; 工信厅企业〔2024〕75号')
    >>> article_en("第八条、第十六条"), article_en("演示规程")
    ('Art. 8, Art. 16', 'Demo rules')
    >>> article_en("第12段"), article_en("适用地区"), article_en("第二十八条第二款")
    ('para. 12', 'Where it applies', 'Art. 28, para. 2')
    >>> article_en("演示规程第六条"), article_en("附件3新（一）"), article_en("示例办法第二条")
    ('Demo rules Art. 6', 'Annex 3, innovative (1)', '示例办法第二条')
    """
    return "; ".join(_part(part) for part in clause.split("；"))


def _part(part: str) -> str:
    said = part
    for pattern, form in _PLACES:
        said = pattern.sub(lambda found, form=form: form.format(_number(found[1])), said)  # type: ignore[misc]
    said = _HEAD.sub(lambda found: f", {_ROMAN[_number(found[1])]}", said)
    for word, english in _WORDS:
        said = said.replace(word, english)
    return part if _HAN.search(said) else " ".join(said.split()).replace(" ,", ",")


def _number(text: str) -> int:
    """Return a number below one thousand.

    >>> [_number(one) for one in ("六", "十", "十六", "二十", "一百零三", "五百四十六", "285")]
    [6, 10, 16, 20, 103, 546, 285]
    """
    if text.isdecimal():
        return int(text)
    hundreds, _, rest = text.rpartition("百")
    tens = _TENS.fullmatch(rest.removeprefix("零"))
    below = _DIGITS.get(rest.removeprefix("零"), 0)
    if tens is not None:
        below = 10 * _DIGITS.get(tens["tens"], 1) + _DIGITS.get(tens["ones"], 0)
    return 100 * _DIGITS.get(hundreds, 0) + below
