from __future__ import annotations

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from opencc import OpenCC

from yulin.atlas.core.name_folding import fold_name, fold_names
from yulin.atlas.core.name_parts import BRANCH, BRAND, DIVISION, FORM, GROUP, INDUSTRY, take_apart
from yulin.atlas.core.name_search import NameSearch, SearchWeights, short_text
from yulin.atlas.core.names import NameVerdict, compare_names

PLACES = st.sampled_from(["广州", "深圳", "上海", "成都", "呼和浩特"])
BRANDS = st.text("海格云衡岚赛昊鑫泓灵珞", min_size=2, max_size=4)
TRADES = st.sampled_from(["科技", "电子科技", "生物医药", "机械设备", "贸易"])
FORMS = st.sampled_from(["有限公司", "股份有限公司", "集团有限公司"])
NAMES = st.builds("{}{}{}{}".format, PLACES, BRANDS, TRADES, FORMS)
TO_TRADITIONAL = OpenCC("s2t")
ANY_TEXT = st.text("广州海格通信（）()集团股份有限公司分公司北京市天河区十三１2abＡ・ 豐\u3000", max_size=24)


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("广州海格通信集团股份有限公司", ["广州", "海格", "通信", "集团", "股份有限公司", ""]),
        ("安维思电子科技（广州）有限公司", ["广州", "安维思", "电子科技", "", "有限公司", ""]),
        ("佛山市顺德区华顺铸造有限公司", ["佛山市顺德区", "华顺铸造", "", "", "有限公司", ""]),
        ("中国银行股份有限公司肇庆工农北路支行", ["中国", "银行", "", "", "股份有限公司", "肇庆工农北路支行"]),
        ("上海荟实投资管理合伙企业（有限合伙）", ["上海", "荟实", "投资管理", "", "合伙企业有限合伙", ""]),
        ("肇庆市高要区中信市场开发有限公司", ["肇庆市高要区", "中信市场", "开发", "", "有限公司", ""]),
        ("三亚国光五金有限公司", ["3亚", "国光", "5金", "", "有限公司", ""]),
        ("北京有限公司", ["", "北京", "", "", "有限公司", ""]),
    ],
)
def test_name_taken_apart(name: str, parts: list[str]) -> None:
    taken = take_apart(name)
    assert [taken.part(mark) for mark in (DIVISION, BRAND, INDUSTRY, GROUP, FORM, BRANCH)] == parts


@given(ANY_TEXT)
def test_folding_twice_is_folding_once_and_the_column_folds_alike(text: str) -> None:
    folded = fold_name(text)
    assert fold_name(folded) == folded
    assert fold_names(pl.Series([text])) == [folded]


@given(ANY_TEXT)
def test_each_character_belongs_to_one_part(text: str) -> None:
    taken = take_apart(text)
    assert len(taken.marks) == len(taken.folded)
    assert sorted("".join(map(taken.part, "DBIGFX"))) == sorted(c for c in taken.folded if c not in "()")


@given(NAMES | ANY_TEXT, NAMES | ANY_TEXT)
def test_comparing_is_symmetric(one: str, other: str) -> None:
    there, back = compare_names(one, other), compare_names(other, one)
    assert (there.verdict, there.score) == (back.verdict, back.score)
    assert [found.agreement for found in there.findings] == [found.agreement for found in back.findings]


@given(PLACES, BRANDS, TRADES, FORMS)
def test_spelling_changes_nothing(place: str, brand: str, trade: str, form: str) -> None:
    plain = f"{place}{brand}{trade}{form}"
    moved = TO_TRADITIONAL.convert(f"{brand}{trade}（{place}）{form}")
    for written in (plain, f"{plain} ", f"{place}市{brand}{trade}{form}", moved):
        found = compare_names(plain, written)
        assert (found.verdict, found.score) == (NameVerdict.MATCH, 1.0)


@given(PLACES, PLACES, BRANDS, BRANDS, TRADES, FORMS)
def test_twins_never_match(place: str, elsewhere: str, brand: str, other: str, trade: str, form: str) -> None:
    name = f"{place}{brand}{trade}{form}"
    if brand != other:
        assert compare_names(name, f"{place}{other}{trade}{form}").verdict is not NameVerdict.MATCH
    if place != elsewhere:
        assert compare_names(name, f"{elsewhere}{brand}{trade}{form}").verdict is NameVerdict.DIFFERENT
    assert compare_names(name, f"{name}{elsewhere}分公司").verdict is NameVerdict.DIFFERENT


def test_each_part_says_why() -> None:
    found = compare_names("广东华科科技有限公司", "广州市华科电子科技有限公司")
    assert found.verdict is NameVerdict.POSSIBLE
    assert [one.why.en for one in found.findings] == [
        "One division lies in the other: 广东 / 广州市",
        "Same brand: 华科",
        "One industry lies in the other: 科技 / 电子科技",
        "Same form: 有限公司",
    ]


def test_a_county_and_a_city_cannot_be_told_apart() -> None:
    assert compare_names("顺德区华顺有限公司", "佛山华顺有限公司").verdict is NameVerdict.POSSIBLE
    assert compare_names("顺德区华顺有限公司", "南海区华顺有限公司").verdict is NameVerdict.DIFFERENT


LISTED = [
    "广东电力发展股份有限公司",
    "包头明天科技股份有限公司",
    "深圳市宝明科技股份有限公司",
    "浙江海亮股份有限公司",
    "南通江海电容器股份有限公司",
    "成都纵横自动化技术有限公司",
    "成都纵横自动化技术股份有限公司",
    "鞍山重型矿山机器股份有限公司",
    "上海西井信息科技有限公司",
    "iStaging",
]


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("粤电力Ａ", "广东电力发展股份有限公司"),
        ("*ST明科", "包头明天科技股份有限公司"),  # begins its brand, though 宝明科技 has it in one run
        ("江海股份", "南通江海电容器股份有限公司"),  # 江 of 浙江 does not run on into 海亮
        ("纵横股份", "成都纵横自动化技术股份有限公司"),
        ("鞍重", "鞍山重型矿山机器股份有限公司"),
        ("WestWell西井科技", "上海西井信息科技有限公司"),
        ("istaging", "iStaging"),
    ],
)
def test_short_name_finds_the_full_one(short: str, full: str) -> None:
    assert LISTED[NameSearch(LISTED).find(short)[0].position] == full


@given(st.lists(NAMES, min_size=1, max_size=6, unique=True), st.data())
def test_the_very_name_is_found_first_however_it_is_written(names: list[str], data: st.DataObject) -> None:
    search = NameSearch(names)
    at = data.draw(st.integers(0, len(names) - 1))
    plain = search.find(names[at])
    assert (plain[0].position, plain[0].score) == (at, 1.0)
    assert search.find(TO_TRADITIONAL.convert(f" {names[at]}．")) == plain


@given(st.lists(ANY_TEXT, max_size=5), ANY_TEXT, st.integers(1, 3))
def test_hits_are_few_ranked_and_within_bounds(names: list[str], query: str, top: int) -> None:
    hits = NameSearch(names).find(query, top)
    assert len(hits) <= top
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert all(0 < hit.score <= 1 and 0 <= hit.position < len(names) for hit in hits)


def test_a_trade_in_a_short_name_counts_less_than_its_brand() -> None:
    firms = [f"{place}云{brand}机器人有限公司" for place, brand in (("广州", "白"), ("苏州", "远"))]
    firms = [*firms, "杭州黑石机器人有限公司", "云衡（北京）科技有限公司"]
    hits = NameSearch(firms).find("云衡机器人")
    alike = NameSearch(firms, SearchWeights(trade_in_query=1.0)).find("云衡机器人")
    assert firms[hits[0].position] == "云衡（北京）科技有限公司"
    assert hits[0].score > alike[0].score


def test_what_an_exchange_adds_is_left_out() -> None:
    assert [short_text(text) for text in ("S*ST托普", "退市吉恩", "新城B股", "小米集团-W", "ST")] == [
        "托普",
        "吉恩",
        "新城",
        "小米集团",
        "st",
    ]
