"""Texts as search sees them: folding, grams, passages, sentences, clauses."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from yulin.brain.core.clauses import clause_at, clauses_of
from yulin.brain.core.passages import best_sentence, folded, grams, overlap_with, passages, sentences

TEXT = """科技贷款贴息办法
为支持科技企业，制定本办法。
一、支持对象
（一）注册在本区的科技型中小企业；
（二）上年度研发费用占比不低于百分之五。
二、支持标准
1.按贷款利息的百分之五十贴息，每户每年最高20万元。
2.贴息期限不超过三年。
三、附则
本办法自2025年1月1日起施行。
"""


@given(st.text(max_size=1000), st.integers(2, 300), st.data())
def test_passages_cover_every_character_that_says_something(text, size, data):
    overlap = data.draw(st.integers(0, size - 1))
    spans = passages(text, size, overlap)
    assert all(0 < end - start <= size and text[start:end].strip() for start, end in spans)
    assert spans == sorted(spans)
    covered = {at for start, end in spans for at in range(start, end)}
    assert all(at in covered for at, one in enumerate(text) if one.strip())


@given(st.text(max_size=600))
def test_clauses_follow_one_another_and_leave_nothing_out(text):
    clauses = clauses_of(text)
    assert all(one.start < one.end for one in clauses)
    assert all(one.end <= other.start for one, other in pairwise(clauses))
    kept = "".join(text[one.start : one.end] for one in clauses)
    assert "".join(kept.split()) == "".join(text.split())


def test_a_text_of_one_passage_has_one_and_an_empty_one_none():
    assert passages("字" * 220) == [(0, 220)]
    assert passages("字" * 221) == [(0, 220), (180, 221)]
    assert passages("  \n ") == []


def test_width_case_and_blanks_make_no_difference():
    assert folded("ＬＰＲ　Rate") == folded("lprrate") == "lprrate"
    assert grams("贷") == ["贷"]
    assert grams("") == []


def test_clauses_carry_their_marks_and_those_above():
    found = [(one.label, one.path, one.heading) for one in clauses_of(TEXT)]
    assert found == [
        ("", "", "科技贷款贴息办法"),
        ("一、", "", "一、支持对象"),
        ("（一）", "一、", "（一）注册在本区的科技型中小企业"),
        ("（二）", "一、", "（二）上年度研发费用占比不低于百分之五"),
        ("二、", "", "二、支持标准"),
        ("1.", "二、", "1.按贷款利息的百分之五十贴息，每户每年最高20万元"),
        ("2.", "二、", "2.贴息期限不超过三年"),
        ("三、", "", "三、附则"),
    ]


def test_chapters_stand_above_articles_and_an_amount_is_no_number_of_a_clause():
    found = clauses_of("第一章 总则\n第一条 目的。\n3.5万元以下不计。\n第二条 范围。\n第二章 标准\n第三条之一 补充。")
    assert [(one.label, one.path) for one in found] == [
        ("第一章", ""),
        ("第一条", "第一章"),
        ("第二条", "第一章"),
        ("第二章", ""),
        ("第三条之一", "第二章"),
    ]


def test_the_clause_at_a_place_is_the_one_it_lies_in():
    clauses = clauses_of(TEXT)
    assert clause_at(clauses, TEXT.index("最高20万元")).label == "1."
    assert clause_at(clauses, TEXT.index("自2025年")).label == "三、"
    assert clause_at([], 3) is None


def test_the_best_sentence_holds_most_of_the_question():
    start, end = best_sentence(TEXT, grams("贴息期限多长"))
    assert TEXT[start:end] == "2.贴息期限不超过三年。"
    assert best_sentence("", grams("贴息")) == (0, 0)
    assert [TEXT[a:b] for a, b in sentences("甲；乙")] == [TEXT[0:2], TEXT[2:3]]


def test_overlap_counts_a_pair_for_two_characters():
    assert overlap_with("贴息", grams("贷款贴息")) == 0.4  # 贴, 息, 贴息 of 贷款贴息
    assert overlap_with("什么", []) == 0.0
