"""The headline figures: rounding, milestones, growth, the seed's numbers (P-23, R-22)."""

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from yulin.pool.core import board


def test_p_23_shares_of_the_seeds_firms_and_t_04_the_one_that_the_newspaper_rounds_up():
    assert board.share_percent(3748, 6550) == Decimal("57.22")
    assert board.share_percent(5190, 6550) == Decimal("79.24")
    assert board.share_percent(4835, 6550) == Decimal("73.82")  # the newspaper prints 73.83


def test_share_percent_of_nothing_is_unknown():
    assert board.share_percent(0, 0) is None


def test_r_22_what_was_lent_for_each_yuan_that_was_paid_in_2020():
    assert board.times(3_009_900, 7_100) == Decimal("423.9")
    assert round(1 / board.times(3_009_900, 7_100) * 100, 4) == Decimal("0.2359")


def test_r_22_yearly_growth_from_100_to_504_in_three_years():
    assert board.yearly_growth_percent(100 * board.YI_FEN, 504 * board.YI_FEN, 3) == Decimal("71.5")


def test_yearly_growth_within_one_year_is_unknown():
    assert board.yearly_growth_percent(100, 504, 0) is None


def test_times_of_the_budget_ceiling():
    assert board.times(504 * board.YI_FEN, board.BUDGET_CEILING_FEN) == Decimal("252.0")


def test_milestone_is_the_day_on_which_the_sum_reaches_it():
    days = [(date(2018, 10, 8), 99), (date(2018, 10, 9), 1), (date(2018, 10, 10), 1)]
    assert board.milestones(days, (100, 300)) == [
        board.Milestone(100, date(2018, 10, 9)),
        board.Milestone(300, None),
    ]


@given(st.lists(st.integers(1, 1000), max_size=60), st.integers(1, 5000))
def test_milestone_day_is_the_first_whose_running_sum_is_enough(amounts, mark):
    days = [(date(2016, 2, 1) + timedelta(n), amount) for n, amount in enumerate(amounts)]
    (found,) = board.milestones(days, (mark,))
    until = [amount for day, amount in days if found.reached_on is None or day < found.reached_on]
    assert sum(until) < mark
    if found.reached_on is not None:
        assert sum(amount for day, amount in days if day <= found.reached_on) >= mark


@given(st.lists(st.tuples(st.integers(30_000, 90_000), st.integers(1, 10**9)), min_size=1, max_size=30))
def test_weighted_band_equals_the_band_of_money_laid_out_one_by_one(pairs):
    pairs = sorted((rate, amount % 50 + 1) for rate, amount in pairs)
    laid_out = sorted(rate for rate, amount in pairs for _ in range(amount))
    low = laid_out[-(-len(laid_out) * 1 // 100) - 1]
    high = laid_out[-(-len(laid_out) * 99 // 100) - 1]
    assert board.weighted_band(pairs) == (low, high)


def test_every_figure_has_both_languages_and_its_own_key():
    keys = [each.key for each in board.FIGURES]
    assert len(keys) == len(set(keys))
    for each in board.FIGURES:
        assert each.name.zh
        assert each.definition.en
        if each.kind == "share":
            assert each.numerator
            assert each.denominator
            assert each.rounding
