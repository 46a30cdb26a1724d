"""Closed lists in the words that banks write (担保方式, 企业规模, …) and their codes in the PBoC loan extract.

Words are compared after NFKC, without case, blanks and punctuation. What no table knows is read as `other` where the
list has such a member (with a remark), and stays unknown where it has none.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

import polars as pl

from yulin.base.text import Text
from yulin.exchange.core.sheets import plain_head

_SECURITY = {
    "credit": "信用 信用贷款 信用免担保 信用/免担保贷款 免担保 纯信用 d unsecured credit none n",
    "guarantee": "保证 保证贷款 担保 担保贷款 第三方保证 联保 联保贷款 其他保证贷款 保证担保 c c01 c99 guarantee",
    "mortgage": "抵押 抵押贷款 房地产抵押 房产抵押 房地产抵押贷款 其他抵押贷款 抵押担保 b b01 b99 mortgage",
    "pledge": "质押 质押贷款 权利质押 股权质押 存单质押 保证金质押 质押担保 a pledge",
    "ip_pledge": "知识产权质押 知识产权质押贷款 专利权质押 专利质押 商标权质押 商标质押 著作权质押 ippledge ip",
    "receivables": "应收账款质押 应收账款 应收款质押 保理 receivables",
    "inventory": "存货质押 存货 仓单质押 动产质押 inventory",
    "insurance": "保证保险 贷款保证保险 履约保证保险 信用保险 insurance",
    "environmental_rights": "环境权益质押 环境权益 碳排放权质押 排污权质押 碳配额质押 environmentalrights",
    "other": "其他 其它 组合担保 组合 混合担保 e z other y",
}
_MODE = {
    "bank": "政银 银行 政银合作 bank",
    "guarantee": "政担 政银担 担保 银担 guarantee",
    "five_plus_x": "5+X 5x 五加x fiveplusx",
    "portfolio": "组合 批量 portfolio",
}
_SIZE = {
    "large": "大型 大型企业 大 cs01 large",
    "medium": "中型 中型企业 中 cs02 medium",
    "small": "小型 小型企业 小 cs03 small",
    "micro": "微型 微型企业 微 小微 cs04 micro",
}
_SECTOR = {"iab": "iab 新一代信息技术 人工智能 生物医药", "nem": "nem 新能源 新材料", "other": "其他 其它 无 否 other"}
_FIVE_CLASS = {
    "normal": "正常 正常类 fq01 1 normal pass",
    "special_mention": "关注 关注类 fq02 2 specialmention",
    "substandard": "次级 次级类 fq03 3 substandard",
    "doubtful": "可疑 可疑类 fq04 4 doubtful",
    "loss": "损失 损失类 fq05 5 loss",
}
_LOAN_STATUS = {
    "current": "正常 未逾期 ls01 current",
    "overdue": "逾期 ls03 overdue delinquent pstdue delinq",
    "deferred": "延期 展期 ls02 deferred",
    "in_liquidation": "清收 清收中 诉讼 诉讼中 liquid inliquidation",
    "paid": "结清 已结清 还清 pif paid paidinfull",
    "transferred": "已转让 转让 transferred",
    "purchased": "已受让 受让 已代偿 代偿 purchased chgoff",
    "undisbursed": "未放款 未发放 commit undisbursed",
}
_INDUSTRY = {
    "agriculture": "农业 农林牧渔 农林牧渔业 agriculture",
    "industry": "工业 制造业 采矿业 电力热力燃气及水生产和供应业 industry manufacturing",
    "construction": "建筑业 construction",
    "wholesale": "批发业 批发 wholesale",
    "retail": "零售业 零售 retail",
    "transport": "交通运输业 交通运输 transport",
    "storage": "仓储业 仓储 storage",
    "post": "邮政业 邮政 post",
    "lodging": "住宿业 住宿 lodging",
    "catering": "餐饮业 餐饮 catering",
    "information_transmission": "信息传输业 信息传输 informationtransmission",
    "software": "软件和信息技术服务业 软件业 软件 信息技术 software",
    "real_estate": "房地产开发经营 房地产开发 realestate",
    "property_management": "物业管理 propertymanagement",
    "leasing": "租赁和商务服务业 租赁 商务服务 leasing",
    "other": "其他未列明行业 其他 其它 科学研究和技术服务业 other",
}
_BY_LIST = {
    "security": _SECURITY,
    "mode": _MODE,
    "size_class": _SIZE,
    "sector": _SECTOR,
    "five_class": _FIVE_CLASS,
    "loan_status": _LOAN_STATUS,
    "industry": _INDUSTRY,
}
_FALL_BACK_TO_OTHER = frozenset({"security"})
_MUST_BE_KNOWN = frozenset({"mode", "five_class", "loan_status"})

# GB/T 4754-2017 divisions as the size standard of 2011 groups them.
_DIVISIONS = (
    (r"^A", "agriculture"),
    (r"^[BCD]", "industry"),
    (r"^E", "construction"),
    (r"^F51", "wholesale"),
    (r"^F52", "retail"),
    (r"^G5[3-8]", "transport"),
    (r"^G59", "storage"),
    (r"^G60", "post"),
    (r"^H61", "lodging"),
    (r"^H62", "catering"),
    (r"^I6[34]", "information_transmission"),
    (r"^I65", "software"),
    (r"^K7010", "real_estate"),
    (r"^K7020", "property_management"),
    (r"^L", "leasing"),
    (r"^(M|N|R|Q)", "other"),
    (r"^(J|P|S|T|O)", "not_covered"),
)
_TRUE = "是 有 y yes true 1 t √ ✓"
_FALSE = "否 无 n no false 0 f × 不是"
_MODES_OF_PURPOSE = (
    ("refinancing", "续贷|归还|借新还旧|无还本|转贷"),
    ("research", "研发|研究|开发|试验|测试"),
    ("equipment", "设备|仪器|生产线"),
    ("premises", "厂房|基建|装修|场地"),
    ("working_capital", "流动|周转|经营|采购|原材料|货款|工资|日常"),
)


def words_of(list_name: str) -> dict[str, str]:
    """Return the words of a closed list in plain form with their members; a member's own name is one."""
    table: dict[str, str] = {}
    for member, words in _BY_LIST[list_name].items():
        for word in (member, *words.split()):
            table[plain_head(word)] = member
    return table


def members_in_words(list_name: str) -> list[Text]:
    """Return the members of a closed list as a template offers them: the first Chinese word, the member's own name."""
    return [Text(words.split()[0], member.replace("_", " ")) for member, words in _BY_LIST[list_name].items()]


def read_choices(texts: pl.Series, list_name: str) -> tuple[pl.Series, pl.Series]:
    """Return the members that `texts` name and the code of what was not understood, per cell."""
    table = _by_text(texts, list_name)
    values = texts.replace_strict(table, default=None, return_dtype=pl.String)
    code = "FILE.CHOICE.REFUSED" if list_name in _MUST_BE_KNOWN else "FILE.CHOICE.UNKNOWN"
    if list_name in _FALL_BACK_TO_OTHER:
        code = "FILE.CHOICE.OTHER"
    frame = pl.DataFrame({"text": texts, "value": values})
    problems = frame.select(pl.when(pl.col("text").is_not_null() & pl.col("value").is_null()).then(pl.lit(code)))
    if list_name in _FALL_BACK_TO_OTHER:
        values = frame.select(
            pl.when(pl.col("text").is_not_null()).then(pl.col("value").fill_null("other"))
        ).to_series()
    return values, problems.to_series()


def _by_text(texts: pl.Series, list_name: str) -> Mapping[str, str | None]:
    words = words_of(list_name)
    distinct = texts.drop_nulls().unique().to_list()
    found = {text: words.get(plain_head(text)) for text in distinct}
    if list_name == "industry":
        found = {text: member or industry_of_code(text) for text, member in found.items()}
    return found


def industry_of_code(text: str) -> str | None:
    """Return the size standard's industry of a GB/T 4754 code with its letter.

    >>> industry_of_code("C3562"), industry_of_code("I6513"), industry_of_code("3562")
    ('industry', 'software', None)
    """
    code = text.strip().upper()
    if not re.fullmatch(r"[A-T]\d{0,4}", code):
        return None
    return next((industry for pattern, industry in _DIVISIONS if re.match(pattern, code)), None)


def read_flags(texts: pl.Series) -> tuple[pl.Series, pl.Series]:
    """Return yes and no as booleans and the code of what is neither, per cell."""
    table = {plain_head(word): True for word in _TRUE.split()} | {plain_head(word): False for word in _FALSE.split()}
    by_text = {text: table.get(plain_head(text)) for text in texts.drop_nulls().unique().to_list()}
    values = texts.replace_strict(by_text, default=None, return_dtype=pl.Boolean)
    frame = pl.DataFrame({"text": texts, "value": values})
    problem = pl.when(pl.col("text").is_not_null() & pl.col("value").is_null()).then(pl.lit("FILE.CHOICE.UNKNOWN"))
    return values, frame.select(problem).to_series()


def purpose_classes(texts: pl.Series) -> pl.Series:
    """Return the vocabulary's class of each purpose as filed: the first class of which a word occurs, else `other`."""
    by_text = {text: _purpose_class(text) for text in texts.drop_nulls().unique().to_list()}
    return texts.replace_strict(by_text, default=None, return_dtype=pl.String)


def _purpose_class(text: str) -> str:
    return next((name for name, words in _MODES_OF_PURPOSE if re.search(words, text)), "other")
