"""Postings rank as BM25 says, whole or in parts, and joining them changes nothing."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from yulin.brain.core import postings as under_test
from yulin.brain.core.passages import folded, grams
from yulin.brain.core.postings import K1, B, Groups, Part, Ranking, gram_numbers, joined, postings_of

TEXT = st.text(alphabet="贷款贴息企业a ", max_size=12)
TEXTS = st.lists(TEXT, min_size=1, max_size=12)
QUESTION = st.text(alphabet="贷款贴息企业x", min_size=1, max_size=6)


def whole(made, stands=None):
    return Part(made, np.ones(len(made.numbers), bool) if stands is None else np.array(stands))


def rows_of(texts, first=0):
    return [(first + place, place % 3, text) for place, text in enumerate(texts)]


def by_hand(texts: list[str], question: str) -> dict[int, float]:
    """Return what BM25 says, from its formula and the texts alone."""
    held = [[*(plain := folded(text)), *(a + b for a, b in pairwise(plain))] for text in texts]
    mean = sum(map(len, held)) / len(held)
    scores = dict.fromkeys(range(len(texts)), 0.0)
    for gram in grams(question):
        having = sum(gram in one for one in held)
        weight = math.log(1 + (len(held) - having + 0.5) / (having + 0.5))
        for place, one in enumerate(held):
            often = one.count(gram)
            scores[place] += weight * often * (K1 + 1) / (often + K1 * (1 - B + B * len(one) / max(mean, 1)))
    return {place: score for place, score in scores.items() if score > 0}


def found(ranking: Ranking, question: str, limit: int = 100, groups=None) -> dict[int, float]:
    ranked = ranking.best(grams(question), limit, groups)
    return dict(zip(ranked.numbers.tolist(), ranked.scores.tolist(), strict=True))


@given(TEXTS, QUESTION)
def test_scores_are_those_of_the_formula(texts, question):
    assert found(Ranking([whole(postings_of(rows_of(texts)))]), question) == pytest.approx(
        by_hand(texts, question), rel=1e-5
    )


@given(TEXTS, TEXTS, QUESTION)
def test_parts_rank_as_the_whole_and_as_what_is_joined(some, others, question):
    parts = [whole(postings_of(rows_of(some))), whole(postings_of(rows_of(others, len(some))))]
    at_once = found(Ranking([whole(postings_of(rows_of([*some, *others])))]), question)
    assert found(Ranking(parts), question) == pytest.approx(at_once, rel=1e-5)
    assert found(Ranking([whole(joined(parts))]), question) == pytest.approx(at_once, rel=1e-5)


@given(st.data(), TEXTS, QUESTION)
def test_what_is_gone_is_not_found_and_leaves_when_joined(data, texts, question):
    made = postings_of(rows_of(texts))
    stands = data.draw(st.lists(st.booleans(), min_size=len(texts), max_size=len(texts)))
    part = whole(made, stands)
    assert set(found(Ranking([part]), question)) == {place for place in by_hand(texts, question) if stands[place]}
    kept = [row for row, stays in zip(rows_of(texts), stands, strict=True) if stays]
    again, alone = joined([part]), postings_of(kept)
    for name in under_test.COLUMNS:
        assert getattr(again, name).tolist() == getattr(alone, name).tolist()


@given(TEXTS, QUESTION, st.sets(st.integers(0, 3)))
def test_only_named_groups_are_found(texts, question, groups):
    ranking = Ranking([whole(postings_of(rows_of(texts)))])
    everything = found(ranking, question)
    named = found(ranking, question, groups=Groups(np.array(sorted(groups), dtype=np.int64)))
    assert named == {number: score for number, score in everything.items() if number % 3 in groups}


@given(TEXTS, QUESTION, st.integers(1, 4))
def test_the_best_are_the_first_of_all(texts, question, limit):
    ranking = Ranking([whole(postings_of(rows_of(texts)))])
    ranked = ranking.best(grams(question), len(texts))
    assert ranking.best(grams(question), limit).numbers.tolist() == ranked.numbers[:limit].tolist()
    assert ranked.scores.tolist() == sorted(ranked.scores.tolist(), reverse=True)


def test_frequent_grams_are_looked_up_for_the_leading_texts_alone(monkeypatch):
    monkeypatch.setattr(under_test, "_LOOKED_AT", 1)
    monkeypatch.setattr(under_test, "_WEIGHED", 2)
    texts = ["贷款", "贷款贴息", "贷款贷款", "贴息", "企业"]
    ranking = Ranking([whole(postings_of(rows_of(texts)))])
    assert found(ranking, "贷款贴息", limit=2) == pytest.approx(
        {place: score for place, score in by_hand(texts, "贷款贴息").items() if place in {1, 3}}, rel=1e-5
    )


@pytest.mark.parametrize("text", ["", " ", "𠮷𠮷", "a\x00b", "字" * 70_000])
def test_texts_of_any_kind_have_postings(text):
    made = postings_of([(1, 0, text), (2, 0, "字")])
    for place in made.stretches(gram_numbers(grams(text))):
        assert made.counts[place].min() >= 1
    assert len(made.numbers) == 2


def test_no_texts_have_no_postings():
    assert found(Ranking([whole(postings_of([]))]), "贷款") == found(Ranking([]), "贷款") == {}
