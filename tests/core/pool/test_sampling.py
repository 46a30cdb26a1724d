"""A sample audit's draw and estimate: the same for everybody, never below what was found."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yulin.pool.core.sampling import Estimate, SampleRule, drawn

NUMBERS = st.lists(st.text(min_size=1, max_size=8), unique=True, max_size=30)


@given(NUMBERS, st.integers(0, 40), st.randoms())
def test_the_draw_does_not_depend_on_the_order_and_takes_what_there_is(numbers, count, dice):
    shuffled = list(numbers)
    dice.shuffle(shuffled)
    found = drawn(numbers, seed="s", count=count)
    assert found == drawn(shuffled, seed="s", count=count)
    assert len(found) == min(count, len(numbers))
    assert drawn(numbers, seed="s", count=count + 1)[: len(found)] == found


@given(st.integers(1, 10**12), st.integers(0, 10**12), st.integers(0, 10**12))
def test_the_estimate_lies_between_what_was_found_and_the_whole(audited, error, more):
    error = min(error, audited)
    found = Estimate(audited, error, audited + more)
    assert error <= found.extrapolated_fen <= found.population_fen
    assert found.extrapolated_fen * audited >= error * found.population_fen


@pytest.mark.parametrize(("error", "passes"), [(0, True), (200, True), (201, False)])
def test_the_rate_itself_still_passes(error, passes):
    assert Estimate(10_000, error, 10_000).passes(SampleRule(1, 200)) is passes


def test_without_a_stated_rate_any_error_holds_back():
    assert Estimate(10_000, 0, 10_000).passes(SampleRule(1))
    assert not Estimate(10_000, 1, 10_000).passes(SampleRule(1))
