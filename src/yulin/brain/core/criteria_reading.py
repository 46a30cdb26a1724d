"""Draft criteria read from a policy's own words: 研发费用占营业收入不低于3%, 成立满2年, 高新技术企业资格.

A phrase becomes a rule only where its every word is understood; what is left over stays for a person. Years on end
(近三年, 年均), growth and lists of which some suffice are left to a person whole: a rule that is nearly right is wrong.

Invariant: a draft decides nothing; each row carries the words that it was read from, their place, and how sure it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from yulin.base.districts import GUANGZHOU, GUANGZHOU_DISTRICTS
from yulin.brain.core.policies import Part
from yulin.brain.core.policy_clauses import PolicyClause, clauses_of_parts

_NUMBER = r"(?P<n>\d[\d,，]*(?:\.\d+)?|[一二两三四五六七八九十]+)"
_BEFORE = (
    r"(?P<before>不低于|不少于|不小于|不得低于|不得少于|达到|达|超过|大于|高于|≥|>=|不超过|不高于|不大于|不多于|≤|<=|"
    r"低于|小于|少于)?"
)
_AFTER = r"\s?(?P<after>[（(]?含?[）)]?(?:及)?(?:以上|以下|以内))?"
_MIDDLE = r"(?:总额|总数|总量|人数|合计)?(?:为|在)?"
_LAST = r"(?:上一?年度?|上一?会计年度|最近一?年|年度?)?"
_MONEY = {
    r"主营业务收入": "main_revenue[0]",
    r"(?:营业|销售)收入|营收|销售额": "revenue[0]",
    r"(?:研究开发|研发)(?:费用|经费|投入)": "rd_expense[0]",
    r"净利润": "net_profit[0]",
    r"净资产": "net_assets[0]",
    r"资产总额|总资产": "total_assets",
}
_HEADS = {
    r"研发人员|研究开发人员": "rd_staff_count",
    r"科技人员": "tech_staff_count",
    r"职工|从业人员|员工": "staff_count",
}
_TITLES = {
    r"国家级?高新技术企业|高新技术企业": "has_valid_hnte",
    r"科技型中小企业": "has_valid_techsme",
    r"创新型中小企业": "has_valid_innovative",
    r"专精特新[“\"「]?小巨人[”\"」]?(?:企业)?": "is_giant",
    r"专精特新(?:中小)?企业": "has_valid_srdi",
    r"(?:制造业)?单项冠军(?:企业)?": "is_single_champion",
    r"瞪羚企业": "is_on_gazelle_list",
    r"小微企业|小型微型企业": "is_small_or_micro",
    r"上市公司": "is_listed",
    r"(?:孵化器)?在孵企业": "is_incubator_tenant",
}
_CONDUCT = {
    r"经营异常名录": "is_on_abnormal_list",
    r"严重(?:违法)?失信(?:行为|记录|主体名单|企业名单|名单)?": "has_serious_dishonesty",
    r"重大(?:安全|质量|生产安全)(?:、质量)?事故": "has_major_accident",
}
_NOT = r"(?:未|没有|无|不在|不存在|未被|不得)(?:被|有|发生|列入|纳入)*(?:国家)?"
_LOCAL = {
    r"在(?:本区|区内)(?:依法)?纳税": "is_taxed_locally",
    r"在(?:本区|区内)(?:入统|统计|纳统)": "is_counted_locally",
}
_PLACES = {name.zh: code for code, name in GUANGZHOU_DISTRICTS.items()} | {
    "广州市": GUANGZHOU, "广州开发区": "440112", "广东省": "440000", "北京市": "110000", "上海市": "310000",
    "天津市": "120000", "重庆市": "500000", "深圳市": "440300",
}  # fmt: skip
_SHORT = {name.removesuffix("市").removesuffix("省"): code for name, code in _PLACES.items() if len(name) == 3}
_WHERE = (
    r"(?:工商注册地?|注册地|注册登记地?|登记注册|依法注册|注册|登记)(?:及[^，。；]{0,8})?(?:和税务登记地?)?(?:均)?"
    r"(?:在|于|位于)"
)
_WHERE_AFTER = r"(?:在|于)(?P<place2>{places})(?:内|范围内|行政区域内|辖区内)?(?:依法)?(?:工商)?(?:注册|登记)(?:登记)?"
_ONE_OF = re.compile(r"(?:之一|其一|任一|其中一项)[^\u4e00-\u9fff]*[：:]")
# Words of which headings alone are made: 其他要求, 申报主体应同时符合以下条件. What refers to a standard is no heading.
_HEADING = re.compile(
    r"(?:[（(]?[一二三四五六七八九十\d]+[）)、.．]\s*)?(?!(?:符合|满足|具备)(?!.*(?:以下|下列|如下)))"
    r"(?:基本|其他|具体|申报|申请|支持|资助|认定|准入|适用|企业|项目|主体|对象|单位|资格|应当?|须|需|同时|具备|符合|满足|"
    r"以下|下列|如下|的|和|与|及|条件|要求|范围)+[：:]?"
)
_LONGER = re.compile(r"近[一二两三四五\d]|连续|年均|累计|增长|增幅|增速|增加|翻番|平均|新增|以来|预计|每年")
_SOME = re.compile(r"之一|其一|任一|其中一项|任意|或者|（或）|前述|除外|优先|鼓励|可以?放宽|原则上|一般")
_FILLER = re.compile(
    r"^[（(]?[一二三四五六七八九十\d]+[）)、.．]|申报(?:单位|企业|主体|项目)?|(?:中小)?企业|单位|主体|对象|符合|具备|满足|"
    r"具有|取得|获得|拥有|持有|通过|认定(?:的)?|资格|资质|有效期内|有效的|处于|属于|应当?|须|必须|需要?|为|是|且|并|并且|"
    r"同时|以及|的|等|在|和|或|及|下列|以下|条件|本|法人|已|经|入库|称号|证书|年?度|上一?|占|时间|期限|注册|成立|"
    r"[\s、“”\"：:（）()·]"
)
_TEXT = re.compile(r"[\u4e00-\u9fff\d%]")
_SENTENCE = re.compile(r"[^。；;\n]+")
_PHRASE = re.compile(r"[^，,]+")
_ASKS = re.compile(r"条件|对象|适用范围|申报主体|资格要求")
_CHINESE = {mark: value for value, mark in enumerate("零一二三四五六七八九")} | {"两": 2}
SURE, HALF_SURE, UNREAD = 85, 55, 0
_READ_PARTS = frozenset({Part.CONDITIONS.value, Part.AUDIENCE.value, Part.FIRM_AGE.value, Part.STAFF.value})


@dataclass(frozen=True)
class Criterion:
    """One thing that a policy asks: its words with their place, the rule, how sure; without a rule a person looks."""

    quote: str
    start: int
    end: int
    clause: int
    that: str
    sure: int


def read_criteria(parts: Sequence[tuple[str, str]], area: str = "") -> list[Criterion]:
    """Return what a policy asks of a firm, in the order of its text; the place where it applies goes first.

    >>> for one in read_criteria([("conditions", "成立满2年，研发费用不低于100万元，信誉良好。")]):
    ...     print(one.quote, "|", one.that or "a person")
    成立满2年 | on >= registered_on + years(2)
    研发费用不低于100万元 | rd_expense[0] >= wan(100)
    信誉良好 | a person
    """
    found: list[Criterion] = []
    whole, some_in = "\n".join(text for _, text in parts), ""
    for clause in clauses_of_parts(parts):
        said = whole[clause.start : clause.end]
        if _ONE_OF.search(said) and _is_read(clause):
            some_in = clause.part  # of what follows some suffices, and where that ends no program can tell
        if clause.is_heading or not _is_read(clause):
            continue
        for one in _SENTENCE.finditer(said):
            is_some = some_in == clause.part or bool(_SOME.search(clause.context))
            found += _of_sentence(one.group(), clause.start + one.start(), clause, area, is_some=is_some)
    code = place_code(area)
    if code and not any("is_registered_in" in one.that for one in found):
        found.insert(0, Criterion(area, 0, 0, 0, f"is_registered_in({code})", HALF_SURE))
    return found


def _is_read(clause: PolicyClause) -> bool:
    return clause.part in _READ_PARTS or bool(_ASKS.search(clause.heading + clause.context))


def place_code(area: str) -> str:
    """Return the division code of an area of the library, as far as it is known; empty where it is not.

    >>> place_code("广东/广州/黄埔区"), place_code("北京"), place_code("四川/成都")
    ('440112', '110000', '')
    """
    last = area.rsplit("/", maxsplit=1)[-1] if area else ""
    return _PLACES.get(last) or _PLACES.get(f"{last}市") or _PLACES.get(f"{last}省") or ""


def _of_sentence(text: str, start: int, clause: PolicyClause, area: str, *, is_some: bool) -> Iterator[Criterion]:
    is_whole = is_some or bool(_SOME.search(text) or _LONGER.search(text))
    phrases = [re.match(r"(?s).*", text)] if is_whole else list(_PHRASE.finditer(text))
    for one in phrases:
        if one is None or len(_left(one.group())) < 1:
            continue
        lead = len(one.group()) - len(one.group().lstrip())
        at, words = start + one.start() + lead, one.group().strip()
        rules, rest = ([], words) if is_whole else _rules_of(words, area)
        if not rules:
            if len(_left(words)) > 1 and not _HEADING.fullmatch(words):
                yield Criterion(words, at, at + len(words), clause.number, "", UNREAD)
            continue
        is_read = len(_left(rest)) < 3
        sure = SURE if is_read and clause.part in _READ_PARTS else HALF_SURE
        yield Criterion(words, at, at + len(words), clause.number, _joined(rules, words), sure)
        if not is_read:
            yield Criterion(words, at, at + len(words), clause.number, "", UNREAD)


def _left(text: str) -> str:
    """Return the characters of a phrase that say something and that nothing has read."""
    return "".join(_TEXT.findall(_FILLER.sub("", text)))


def _joined(rules: Sequence[str], words: str) -> str:
    titles = [rule for rule in rules if " " not in rule and "(" not in rule]
    if len(titles) < 2 or not re.search(r"、|或", words):
        return " and ".join(rules)
    others = [rule for rule in rules if rule not in titles]
    either = " or ".join(titles)
    return " and ".join([f"({either})", *others]) if others else either


def _rules_of(words: str, area: str) -> tuple[list[str], str]:
    """Return the rules that a phrase says, and the phrase without the words that they were read from."""
    rules: list[str] = []
    for read in (_shares, _amounts, _heads, _ages, _conduct, _places, _names):
        for rule, said in read(words, area):
            if rule not in rules:
                rules.append(rule)
            words = words.replace(said, "", 1)
    return rules, words


_Found = list[tuple[str, str]]


def _shares(words: str, _area: str) -> _Found:
    found = []
    for names, tops in ((_MONEY, r"(?:营业|销售|主营业务)收入"), (_HEADS, r"(?:企业)?(?:职工|员工|从业人员|人员)")):
        for name, fact in names.items():
            below = "revenue[0]" if names is _MONEY else "staff_count"
            pattern = (
                rf"{_LAST}(?:{name})(?:总额|总数|人数)?占(?:企业)?(?:同期|同年|当年)?{_LAST}(?P<of>{tops})"
                rf"(?:总额|总数|总人数)?(?:的)?(?:比例|比重|比)?{_MIDDLE}{_BEFORE}\s?{_NUMBER}[%％]{_AFTER}"
            )
            for one in re.finditer(pattern, words):
                sign = _sign(one["before"], one["after"])
                if sign:
                    of = "main_revenue[0]" if one["of"].startswith("主营") else below
                    found.append((f"{fact} / {of} {sign} pct({_number(one['n'])})", one.group()))
    return found


def _amounts(words: str, _area: str) -> _Found:
    found: _Found = []
    for name, fact in _MONEY.items():
        pattern = rf"{_LAST}(?:{name}){_MIDDLE}{_BEFORE}(?:人民币)?\s?{_NUMBER}\s?(?P<unit>亿|万)?元{_AFTER}"
        for one in re.finditer(pattern, words):
            sign = _sign(one["before"], one["after"])
            unit = {"亿": "yi", "万": "wan"}.get(one["unit"] or "", "yuan")
            if sign and not any(one.group() in said for _, said in found):
                found.append((f"{fact} {sign} {unit}({_number(one['n'])})", one.group()))
    return found


def _heads(words: str, _area: str) -> _Found:
    found = []
    for name, fact in _HEADS.items():
        for one in re.finditer(rf"(?:{name}){_MIDDLE}{_BEFORE}\s?{_NUMBER}\s?[人名]{_AFTER}", words):
            sign = _sign(one["before"], one["after"])
            if sign:
                found.append((f"{fact} {sign} {_number(one['n'])}", one.group()))
    return found


def _ages(words: str, _area: str) -> _Found:
    found = []
    pattern = (
        r"(?:注册)?(?:成立|注册|经营|登记)(?:时间|年限)?(?P<how>满|已满|不少于|不低于|超过|未满|不超过|不足)?"
        rf"\s?{_NUMBER}\s?(?:个)?(?P<unit>完整会计)?年{_AFTER}"
    )
    for one in re.finditer(pattern, words):
        if one["unit"]:
            continue  # a whole accounting year begins on 1 January
        most = one["how"] == "不超过" or (one["after"] or "")[-2:] in {"以内", "以下"}
        sign = "<" if one["how"] in {"未满", "不足"} else "<=" if most else ">="
        if one["how"] or one["after"]:
            found.append((f"on {sign} registered_on + years({_number(one['n'])})", one.group()))
    return found


def _conduct(words: str, _area: str) -> _Found:
    found = []
    for name, fact in _CONDUCT.items():
        found += [(f"not {fact}", one.group()) for one in re.finditer(rf"{_NOT}(?:{name})", words)]
    return found


def _places(words: str, area: str) -> _Found:
    own = place_code(area)
    known = _PLACES | _SHORT | ({"本市": own, "我市": own, "本区": own, "我区": own, "本省": own} if own else {})
    places = "|".join(sorted(known, key=len, reverse=True))
    found = []
    ending = r"(?:行政区域内|行政区域|辖区内|范围内|市内|区内|内)?"
    for pattern in (rf"{_WHERE}(?P<place>(?:{places})+){ending}", _WHERE_AFTER.format(places=places)):
        for one in re.finditer(pattern, words):
            said = one.groupdict().get("place") or one.groupdict().get("place2") or ""
            last = next((name for name in sorted(known, key=len, reverse=True) if said.endswith(name)), "")
            if last:
                found.append((f"is_registered_in({known[last]})", one.group()))
    found += [(fact, one.group()) for name, fact in _LOCAL.items() for one in re.finditer(name, words)]
    return found


def _names(words: str, _area: str) -> _Found:
    if re.search(r"未|不含|不包括|除|非|推荐|培育|服务", words):
        return []
    found: _Found = []
    for name, fact in _TITLES.items():
        for one in re.finditer(name, words):
            found.append((fact, one.group()))
            words = words.replace(one.group(), "＃", 1)
    return found


def _sign(before: str | None, after: str | None) -> str:
    """Return the comparison that words around a number mean; empty where they say none.

    >>> _sign("不低于", None), _sign("超过", None), _sign(None, "以下"), _sign("不超过", None), _sign(None, None)
    ('>=', '>', '<=', '<=', '')
    """
    if before in {"不超过", "不高于", "不大于", "不多于", "≤", "<="} or (after or "")[-2:] in {"以下", "以内"}:
        return "<="
    if before in {"低于", "小于", "少于"}:
        return "<"
    if before in {"超过", "大于", "高于"}:
        return ">"
    return ">=" if before or after else ""


def _number(said: str) -> str:
    """Return a number as packs write it; Chinese numerals to ninety-nine.

    >>> _number("2,000"), _number("十五"), _number("两"), _number("2.50")
    ('2000', '15', '2', '2.5')
    """
    plain = said.replace(",", "").replace("，", "")
    if plain[0].isdigit():
        return plain.rstrip("0").rstrip(".") if "." in plain else plain
    if "十" not in plain:
        return str(_CHINESE.get(plain, plain))
    tens, _, ones = plain.partition("十")
    return str(_CHINESE.get(tens, 1) * 10 + _CHINESE.get(ones, 0))
