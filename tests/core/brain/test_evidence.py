"""How much of a question a clause and its title say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yulin.brain.core.evidence import content_asked, content_grams, content_of, evidence

WORDS = st.text("贷款贴息最高多少如何申请企业补助，？ a1", max_size=30)
HELD = st.dictionaries(st.text("贷款贴息企业", min_size=1, max_size=2), st.integers(0, 50), max_size=9)


@given(WORDS, HELD, WORDS, WORDS)
def test_evidence_lies_between_nothing_and_all(question, held_by, clause, title):
    assert 0 <= evidence(content_asked(question, held_by, 50), clause, title) <= 1 + 1e-9


@given(WORDS.filter(lambda words: words.strip()), HELD)
def test_what_repeats_the_question_is_wholly_evidence(question, held_by):
    assert evidence(content_asked(question, held_by, 50), question, question) == pytest.approx(1)


@given(WORDS, HELD, WORDS, WORDS, WORDS)
def test_more_words_of_a_clause_are_never_less_evidence(question, held_by, clause, title, more):
    asked = content_asked(question, held_by, 50)
    assert evidence(asked, clause + more, title) >= evidence(asked, clause, title) - 1e-9


def test_a_pair_over_the_border_of_two_words_takes_little_away():
    asked = content_asked("氢能国际标准", dict.fromkeys("氢能国际标准", 5) | {"氢能": 3, "国际": 4, "标准": 5}, 90)
    apart = evidence(asked, "氢能产业的重点标准，凡为国际所用", "")
    assert apart == pytest.approx(evidence(asked, "标准。氢能。国际", ""))
    assert apart > 0.5


def test_a_clause_under_a_title_of_the_subject_is_better_evidence():
    asked = content_asked("氢能标准补助多少", {}, 90)
    clause = "对国际标准每项给予资金补助"
    assert evidence(asked, clause, "氢能标准体系建设") > evidence(asked, clause, "医药产业")


def test_no_pair_stands_over_a_word_that_only_asks():
    assert content_of("建站有没有补贴？") == ("建站", "补贴")
    assert "站补" not in content_grams("建站有没有补贴？")


@pytest.mark.parametrize("question", ["多少？", "吗", "😀", "什么时候可以申请"])
def test_a_question_of_asking_words_alone_is_searched_as_it_stands(question):
    assert content_grams(question)
