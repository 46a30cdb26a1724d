"""Words and meaning made one ranking."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from yulin.brain.core.fusion import Asked, Near, meaning_weight, read_again, repeated_share, weighed

SCORES = st.dictionaries(st.integers(1, 12), st.integers(1, 500).map(lambda n: n / 10), max_size=8)
COSINES = st.dictionaries(
    st.integers(1, 12), st.integers(700, 1000).map(lambda n: Near(n / 1000 - 0.8, n / 1000)), max_size=8
)
ASKED = Asked(4, 100, (3, 5, 20, 60))


@given(SCORES, COSINES)
def test_every_text_found_is_ranked_once_and_scores_fall(words, cosines):
    found = weighed(ASKED, words, cosines)
    assert sorted(one.document_id for one in found) == sorted({**words, **cosines})
    assert [one.score for one in found] == sorted((one.score for one in found), reverse=True)


@given(SCORES)
def test_without_meaning_the_order_is_that_of_the_words(words):
    found = [one.document_id for one in weighed(ASKED, words, {})]
    assert found == sorted(words, key=lambda number: (-words[number], number))


@given(SCORES, COSINES, st.floats(1.1, 3))
def test_a_question_that_is_repeated_more_leaves_meaning_less_weight(words, cosines, times):
    more = {number: score * times for number, score in words.items()}
    assert meaning_weight(ASKED, more) <= meaning_weight(ASKED, words)


def test_meaning_decides_between_texts_that_hold_as_many_words():
    assert [one.document_id for one in weighed(ASKED, {1: 2.0, 2: 2.0}, {1: Near(0.0, 0.80), 2: Near(0.1, 0.90)})] == [
        2,
        1,
    ]


def test_a_text_without_vectors_is_judged_by_its_words():
    found = weighed(ASKED, {1: 9.0, 2: 2.0, 3: 1.0}, {2: Near(0.05, 0.85), 3: Near(0.05, 0.85)})
    assert found[0].document_id == 1
    assert found[0].cosine is None


def test_an_empty_question_repeats_nothing():
    assert repeated_share(Asked(0, 0, ()), {}) == 0.0
    assert weighed(Asked(0, 0, ()), {}, {}) == []


def test_meaning_ranks_by_what_ranks_and_the_cosine_stands_beside_it():
    found = weighed(ASKED, {1: 2.0, 2: 2.0}, {1: Near(0.2, 0.85), 2: Near(0.1, 0.95)})
    assert [(one.document_id, one.cosine) for one in found] == [(1, 0.85), (2, 0.95)]


@given(SCORES, COSINES, st.dictionaries(st.integers(1, 12), st.text("贷款贴息", max_size=6), max_size=8))
def test_what_is_read_again_is_the_same_texts_and_what_holds_all_that_is_asked_for_loses_no_place(words, near, texts):
    found = weighed(ASKED, words, near)
    again = read_again(found, {"贷款": 3, "贴息": 5}, 100, texts)
    assert sorted(one.document_id for one in again) == sorted(one.document_id for one in found)
    assert [one.score for one in again] == sorted((one.score for one in again), reverse=True)
    before, after = ([one.document_id for one in order] for order in (found, again))
    for number, text in texts.items():
        if number in before and "贷款" in text and "贴息" in text:
            assert after.index(number) <= before.index(number)
