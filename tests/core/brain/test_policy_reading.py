"""Amounts, days, numbers, authorities and areas as a policy's own words say them; what cannot be read is unknown."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yulin.brain.core.amounts import CAP_SURE, GRANT_SURE, amounts_in, most_support
from yulin.brain.core.likeness import NEARLY, likeness, sketch
from yulin.brain.core.marks import area_in, document_numbers, signed_by
from yulin.brain.core.policies import Ending, whole_text
from yulin.brain.core.policy_clauses import clauses_of_parts, searched_text
from yulin.brain.core.policy_reading import Given, read_policy
from yulin.brain.core.tidy import joined_lines, one_line, tidy, unflattened
from yulin.brain.core.validity import days_in, validity_of

WAN = 1_000_000


@pytest.mark.parametrize(
    ("text", "fen", "sure"),
    [
        ("按投入的30%给予补助，最高不超过500万元。", 500 * WAN, CAP_SURE),
        ("给予每家企业不超过 1.5 亿元的支持", 15_000 * WAN, CAP_SURE),
        ("每项给予二十万元奖励", 20 * WAN, GRANT_SURE),
        ("一次性奖励50万元、30万元、20万元", 50 * WAN, GRANT_SURE),
        ("单个企业上限1,000万元", 1_000 * WAN, CAP_SURE),
        ("贴息不超过3000元", 300_000, CAP_SURE),
        ("年贴息额最高两百万元", 200 * WAN, CAP_SURE),
        ("最高20万元；对特别重大的给予100万元奖励", 100 * WAN, GRANT_SURE),
    ],
)
def test_the_most_that_is_given_is_read_with_how_sure_it_is(text, fen, sure):
    found = most_support(text)
    assert (found.fen, found.sure) == (fen, sure)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "具体标准另行公布。",
        "支持金额见年度指南。",
        "企业上年度营业收入不低于2000万元",
        "注册资本1亿元以上的企业给予重点支持",
        "营业收入首次突破1亿元、5亿元、10亿元的企业",
        "补贴标准为每亩300元",
        "补贴480元/吨",
        "最高100万美元",
        "最高不超过0元",
        "按合同额的20%给予补贴",
    ],
)
def test_what_is_no_amount_of_support_is_unknown_and_never_nothing(text):
    assert most_support(text) is None


@given(st.text(alphabet="最高不超过给予奖励补贴万亿元千百十两一二三0123456789.,，。、 以上", max_size=60))
def test_any_words_give_amounts_that_are_exact_and_more_than_nothing(text):
    for one in amounts_in(text):
        assert one.fen > 0
        assert text[one.start : one.end].endswith("元")


@pytest.mark.parametrize(
    ("text", "ending", "opens_on", "ends_on"),
    [
        ("自2024年3月1日起施行，有效期至2026年12月31日。", Ending.DATED, date(2024, 3, 1), date(2026, 12, 31)),
        ("本办法自2024年3月1日起施行，有效期两年。", Ending.DATED, date(2024, 3, 1), date(2026, 2, 28)),
        ("申报时间：2025-01-01至2025-02-28", Ending.DATED, date(2025, 1, 1), date(2025, 2, 28)),
        ("截止2025年6月", Ending.DATED, None, date(2025, 6, 30)),
        ("二〇二四年一月一日起执行，长期有效", Ending.PERMANENT, date(2024, 1, 1), None),
        ("常年受理", Ending.PERMANENT, None, None),
        ("从2023年9月起", Ending.UNKNOWN, date(2023, 9, 1), None),
        ("每年8月左右", Ending.UNKNOWN, None, None),
        ("", Ending.UNKNOWN, None, None),
    ],
)
def test_days_are_read_as_the_document_writes_them(text, ending, opens_on, ends_on):
    found = validity_of(text)
    said_opens = found.opens_on
    assert (found.ending, found.ends_on, found.wrong) == (ending, ends_on, "")
    assert said_opens == opens_on or found.ending == Ending.PERMANENT


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("自2024年1月1日起施行，有效期至2023年12月31日", "end_before_start"),
        ("截止2024年2月30日", "end_unreadable"),
        ("2022年8月26日起，2025年失效。", "end_unreadable"),
    ],
)
def test_an_end_that_cannot_be_is_reported_and_unknown(text, wrong):
    found = validity_of(text)
    assert (found.ending, found.ends_on, found.wrong) == (Ending.UNKNOWN, None, wrong)


@given(st.text(alphabet="自从至起有效期年月日0123456789-—止施行二〇三截", max_size=60))
def test_any_words_give_an_end_that_is_not_before_the_start(text):
    found = validity_of(text)
    assert (found.ending == Ending.DATED) == (found.ends_on is not None)
    if found.ends_on and found.opens_on:
        assert found.opens_on <= found.ends_on


def test_days_that_no_calendar_has_are_left_out():
    assert list(days_in("2023-13-01，2024/2/29，2023年2月29日")) == [date(2024, 2, 29)]


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("穗科规字〔2024〕3 号", ["穗科规字〔2024〕3号"]),
        ("（粤府办[2023]12号）", ["粤府办〔2023〕12号"]),
        ("根据《某办法》（某科发（2022）5号）", ["某科发〔2022〕5号"]),
        ("税务总局公告2020年第5号", ["税务总局公告2020年第5号"]),
        ("某甲字〔2022〕1号、某乙字〔2022〕2号", ["某甲字〔2022〕1号", "某乙字〔2022〕2号"]),
        ("电话12345号码", []),
    ],
)
def test_numbers_of_documents_are_equal_whatever_their_brackets(text, numbers):
    assert document_numbers(text) == numbers


def test_the_body_that_signs_a_text_is_its_authority():
    assert signed_by("办法\n正文。\n示例市科学技术局\n2024年1月1日") == "示例市科学技术局"
    assert signed_by("办法\n正文。") == ""


@pytest.mark.parametrize(
    ("said", "area"),
    [
        ("广州市黄埔区科学技术局", "广东/广州/黄埔区"),
        ("广东省科学技术厅", "广东"),
        ("广东省广州市财政局", "广东/广州"),
        ("北京市经济和信息化局", "北京"),
        ("国家艺术基金", ""),
    ],
)
def test_an_area_is_a_path_of_divisions(said, area):
    assert area_in(said) == area


PARTS = [
    ("audience", "一、支持对象\n本区注册的科技企业。"),
    ("operations", "二、支持标准\n（一）给予贷款贴息，每户每年最高20万元。\n（二）期限不超过三年。"),
]


def test_a_policy_is_read_with_what_says_each_fact():
    facts = {"document_number": "示科〔2024〕 7 号", "issued_on": "2024年3月1日", "authority": "广州市示例局"}
    read = read_policy(Given("a", "贷款贴息 办法", PARTS, facts))
    assert read.title == "贷款贴息办法"
    assert (read.document_number, read.authority, read.area) == ("示科〔2024〕7号", "广州市示例局", "广东/广州")
    assert (read.amount_fen, read.sure["amount_fen"]) == (20 * WAN, CAP_SURE)
    assert read.quotes["amount_fen"] == "（一）给予贷款贴息，每户每年最高20万元"
    assert (read.terms.ending, read.defects) == (Ending.UNKNOWN, ())
    assert read.text == whole_text(PARTS)[0]


def test_what_is_wrong_with_a_policy_is_named_and_its_facts_are_unknown():
    facts = {"issued_on": "去年春天", "ends_on": "31/12/2019"}
    parts = [("amount", "另行公布"), ("body", "（征求意见稿）")]
    read = read_policy(Given("a", "办法", parts, facts))
    assert read.amount_fen is None
    assert read.issued_on is None
    assert read.terms.ends_on == date(2019, 12, 31)
    assert read.defects == ("for_comment", "issued_unreadable", "amount_unreadable")
    empty = read_policy(Given("b", "扫描件", []))
    assert (empty.text, empty.defects) == ("", ("no_text",))


def test_a_sentence_about_a_certificate_says_nothing_of_the_policy():
    body = [("body", "资质证书有效期3年。\n本办法自2024年1月1日起施行，有效期2年。")]
    read = read_policy(Given("a", "办法", body, is_running=True))
    assert (read.terms.opens_on, read.terms.ends_on) == (date(2024, 1, 1), date(2025, 12, 31))


def test_a_state_in_one_word_counts_from_the_day_of_the_source():
    day = date(2026, 5, 1)
    for said, archived_on, used_up_on in (("archived", day, None), ("used_up", None, day)):
        terms = read_policy(Given("a", "办法", PARTS, {"state": said}, known_on=day)).terms
        assert (terms.archived_on, terms.used_up_on) == (archived_on, used_up_on)


def test_clauses_are_addressed_through_the_whole_text():
    whole = whole_text(PARTS)[0]
    found = clauses_of_parts(PARTS)
    assert [one.number for one in found] == list(range(1, len(found) + 1))
    assert "".join(whole[one.start : one.end] for one in found) == whole.replace("\n二、", "二、")
    last = found[-1]
    assert (last.part, last.path, last.label, last.context) == ("operations", "二、", "（二）", "二、支持标准")
    assert searched_text("贴息办法", last, whole).split("\n") == [
        "贴息办法 支持内容 二、支持标准",
        "（二）期限不超过三年。",
    ]


def test_lines_of_a_page_are_joined_where_a_sentence_goes_on():
    lines = ["支持企业在本市开展技术攻关和成果转", "化，给予补助。", "（1）第一类", "（2）第二类"]
    assert joined_lines(lines, 34) == "支持企业在本市开展技术攻关和成果转化，给予补助。\n（1）第一类\n（2）第二类"


def test_marks_of_the_file_are_taken_away_and_words_stay():
    assert tidy("最高 500 万元&nbsp;&amp;\u00a0其他 \x00\r\n\r\nABC def") == "最高500万元&其他\nABC def"
    assert one_line("甲\n乙\nabc\ndef") == "甲乙abc def"
    flat = "总则。" * 150 + " 一、对象 企业。 （一）甲"
    assert unflattened(flat).count("\n") == 2


@given(st.text(min_size=1, max_size=200))
def test_a_text_is_wholly_like_itself(text):
    assert likeness(text, text) == 1.0
    assert sketch(text) == sketch(text)


def test_texts_that_differ_in_a_word_share_a_mark_of_their_sketches():
    base = "".join(f"第{n}条企业在第{n}年给予补助{n * 7}万元。" for n in range(40))
    near, far = base.replace("第5年", "第六年"), "".join(f"租金减免{n}个月" for n in range(80))
    assert likeness(base, near) > NEARLY
    assert set(sketch(base)) & set(sketch(near))
    assert likeness(base, far) < 0.1
