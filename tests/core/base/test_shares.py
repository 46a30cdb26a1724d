from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yulin.base.errors import RatioError, SharesError
from yulin.base.ratios import compare_ratio, portion_fen
from yulin.base.shares import split_ceiling, split_shares

FEN = st.integers(0, 10**15)
PARTIES = ["city", "district", "guarantor", "insurer", "fund"]


@st.composite
def ceilings(draw: st.DrawFn) -> dict[str, int | Fraction]:
    """Ratios of up to five parties that leave room for the bank."""
    cuts = sorted(draw(st.lists(st.integers(0, 30_000), min_size=1, max_size=5)))
    steps = [after - before for before, after in zip([0, *cuts], cuts, strict=False)]
    return {party: Fraction(step, 3) for party, step in zip(PARTIES, steps, strict=False)}


VECTORS = st.dictionaries(st.sampled_from(PARTIES), st.integers(0, 10**6), min_size=1).filter(lambda v: any(v.values()))


@given(FEN, ceilings())
def test_ceiling_sums_to_the_loss_and_nobody_exceeds_the_ratio(total: int, shares: dict[str, int | Fraction]) -> None:
    parts = split_ceiling(total, shares, "bank")
    assert sum(parts.values()) == total
    assert list(parts) == [*shares, "bank"]
    for party, share in shares.items():
        assert parts[party] * 10_000 <= total * share < (parts[party] + 1) * 10_000
    assert parts["bank"] >= 0


@given(FEN, VECTORS)
def test_shares_sum_to_the_loss_and_each_is_within_a_fen(total: int, vector: dict[str, int]) -> None:
    parts = split_shares(total, vector)
    assert sum(parts.values()) == total
    assert list(parts) == list(vector)
    whole = sum(vector.values())
    for party, share in vector.items():
        assert abs(parts[party] - Fraction(total * share, whole)) < 1


@given(FEN, VECTORS, st.integers(1, 1_000))
def test_shares_depend_on_proportions_alone(total: int, vector: dict[str, int], factor: int) -> None:
    assert split_shares(total, vector) == split_shares(total, {party: n * factor for party, n in vector.items()})


@pytest.mark.parametrize(
    ("total", "parts"),
    [
        (33_333, {"pool": 16_666, "insurer": 13_333, "bank": 3_334}),
        (1, {"pool": 0, "insurer": 0, "bank": 1}),
        (0, {"pool": 0, "insurer": 0, "bank": 0}),
    ],
)
def test_ceiling_of_worked_example_r05(total: int, parts: dict[str, int]) -> None:
    assert split_ceiling(total, {"pool": 5_000, "insurer": 4_000}, "bank") == parts


def test_shares_of_worked_examples_r05_and_r06() -> None:
    thirds = split_shares(10_000, {"a": 1, "b": 1, "c": 1})
    fund = split_shares(123_456_789, {"fund": 54, "bank": 26, "insurer": 16, "appraiser": 4})
    assert list(thirds.values()) == [3_334, 3_333, 3_333]
    assert list(fund.values()) == [66_666_666, 32_098_765, 19_753_086, 4_938_272]


def test_shares_left_over_goes_to_the_largest_fraction() -> None:
    assert split_shares(100, {"a": 1, "b": 5}) == {"a": 17, "b": 83}
    assert split_shares(3, {"a": 1, "b": 1}) == {"a": 2, "b": 1}


@pytest.mark.parametrize(
    ("total", "shares"),
    [(-1, {"city": 5_000}), (1, {"city": -1}), (1, {"city": 5_000, "x": 5_001}), (1, {"city": 5_000, "bank": 5_000})],
)
def test_ceiling_refuses_what_does_not_fit(total: int, shares: dict[str, int]) -> None:
    with pytest.raises(SharesError):
        split_ceiling(total, shares, "bank")


@pytest.mark.parametrize(("total", "shares"), [(-1, {"a": 1}), (1, {"a": 0}), (1, {"a": -1, "b": 2}), (1, {})])
def test_shares_refuse_what_does_not_fit(total: int, shares: dict[str, int]) -> None:
    with pytest.raises(SharesError):
        split_shares(total, shares)


@pytest.mark.parametrize(
    ("part", "whole", "answer"),
    [(49_999, 1_000_000, -1), (50_000, 1_000_000, 0), (50_001, 1_000_000, 1), (600_000_001, 20_000_000_000, -1)],
)
def test_ratio_one_fen_under_at_and_over(part: int, whole: int, answer: int) -> None:
    assert compare_ratio(part, whole, 500) == answer


def test_ratio_of_nothing_is_refused() -> None:
    with pytest.raises(RatioError):
        compare_ratio(1, 0, 500)


@given(FEN, st.integers(0, 10_000))
def test_portion_is_at_most_the_ratio(total: int, bp: int) -> None:
    assert compare_ratio(portion_fen(total, bp), max(total, 1), bp) <= 0 or total == 0
