"""The money behind a layer: each form of budget on its bounds, and over several years."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yulin.pool.adapters.schemes import scheme_pack
from yulin.pool.core.budgets import LayerBooks, ReserveGap, layer_money, layer_years, reserve_gap, year_cap_fen
from yulin.pool.core.law import law
from yulin.rules.adapters.shipped import shipped_texts, shipped_vocabulary
from yulin.rules.core.load import load_pack
from yulin.rules.core.scheme import BUDGETS
from yulin.rules.errors import RulesError

HENAN = scheme_pack("ha-tech-2021").scheme.layers["scheme"]
POOL = replace(HENAN, interest="rolls_in")
FEN = st.integers(0, 10**13)
BOOKS = st.builds(LayerBooks, *[FEN] * 6)


def pack_with(old, new):
    texts = shipped_texts("ha-tech-2021")
    assert old in texts["pack.yaml"]
    return load_pack({"pack.yaml": texts["pack.yaml"].replace(old, new, 1)}, shipped_vocabulary())


def test_interest_rolls_in_leaves_or_stands_apart_as_the_law_says():
    books = LayerBooks(granted_fen=1_000, interest_fen=30)
    funds = {word: layer_money(replace(POOL, interest=word), None, 0, books) for word in ("rolls_in", "leaves", "")}
    assert [money.available_fen for money in funds.values()] == [1_030, 1_000, 1_000]
    assert [money.uncertain_fen for money in funds.values()] == [0, 0, 30]


@pytest.mark.parametrize(("held", "available", "short"), [(699, 1, 0), (700, 0, 0), (701, 0, 1)])
@pytest.mark.parametrize("budget", BUDGETS)
def test_one_fen_under_at_and_over_what_is_there(budget, held, available, short):
    books = LayerBooks(granted_fen=1_000, verified_fen=1_000, paid_fen=300, held_fen=held)
    money = layer_money(replace(POOL, budget=budget), None, 0, books)
    assert (money.available_fen, money.short_fen) == (available, short)


def test_the_yearly_cap_binds_each_form_and_what_it_keeps_out_is_told():
    books = LayerBooks(granted_fen=900, verified_fen=800)
    found = [layer_money(replace(POOL, budget=form), 700, 0, books) for form in BUDGETS]
    assert [money.available_fen for money in found] == [700, 700, 700]
    assert [money.over_cap_fen for money in found] == [0, 200, 100]
    assert [money.closing_fen for money in found] == [900, 0, 0]


def test_a_layer_whose_form_nobody_knows_has_no_number():
    unknown = replace(POOL, budget="")
    assert layer_money(unknown, None, 10, LayerBooks()) is None
    assert list(layer_years(unknown, None, 10, [LayerBooks()])) == []


def test_a_budget_of_last_year_never_opens_the_next():
    yearly = replace(POOL, budget="yearly")
    first, second = layer_years(yearly, None, 500, [LayerBooks(granted_fen=100), LayerBooks(granted_fen=40)])
    assert (first.available_fen, second.available_fen) == (100, 40)


def test_each_layer_reads_the_cap_of_its_own_scheme_and_party():
    scheme = scheme_pack("gz-credit-2021").scheme
    assert year_cap_fen(scheme, "city") == 20_000_000_000
    assert year_cap_fen(scheme, "district") is None


def test_a_reserve_rounds_its_floor_up_and_its_ceiling_down():
    assert reserve_gap(HENAN.reserve, 1, 11) == ReserveGap(1, 0)
    assert reserve_gap(HENAN.reserve, 2, 11) == ReserveGap(0, 1)
    assert reserve_gap(replace(HENAN.reserve, at_most_bp=None), 10**9, 11) == ReserveGap(0, 0)
    assert reserve_gap(replace(HENAN.reserve, at_least_bp=None), 0, 11) == ReserveGap(0, 0)


def test_the_law_shows_the_form_the_interest_and_the_reserve():
    pack = pack_with("budget: cash_pool", "budget: cash_pool\n    interest: rolls_in")
    shown = {article.id: article.value for article in law(pack)}
    assert shown["layers.scheme"].en == "cash pool, interest rolls in"
    assert shown["layers.scheme.reserve"].zh == "不少于10%，不超过15%"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("at_least: 10%, at_most: 15%", "at_least: 16%, at_most: 15%"),
        ("at_least: 10%, at_most: 15%, ", ""),
        ("budget: cash_pool", "budget: cash_pot"),
        ("budget: cash_pool", "budget: cash_pool\n    interest: maybe"),
    ],
)
def test_a_budget_that_says_nothing_or_a_word_unknown_is_refused(old, new):
    with pytest.raises(RulesError) as refused:
        pack_with(old, new)
    assert "layers.scheme" in str(refused.value)


@given(st.integers(0, 10**13), st.lists(BOOKS, max_size=6))
def test_a_cash_pool_closes_with_what_came_in_less_what_was_paid(opening, years):
    found = list(layer_years(POOL, None, opening, years))
    came = sum(year.granted_fen + year.interest_fen + year.recovered_fen - year.paid_fen for year in years)
    assert (found[-1].closing_fen if found else opening) == opening + came


@given(st.sampled_from(BUDGETS), st.none() | FEN, FEN, BOOKS)
def test_what_may_be_committed_is_never_above_money_or_cap(budget, cap, opening, books):
    money = layer_money(replace(POOL, budget=budget), cap, opening, books)
    bound = money.funds_fen if cap is None else min(money.funds_fen, cap)
    assert money.available_fen - money.short_fen == bound - books.paid_fen - books.held_fen
    assert money.available_fen * money.short_fen == 0


@given(FEN, FEN)
def test_filling_a_reserve_by_its_gap_fills_it_to_the_fen(in_hand, outstanding):
    floor_only = replace(HENAN.reserve, at_most_bp=None)
    short = reserve_gap(floor_only, in_hand, outstanding).short_fen
    assert reserve_gap(floor_only, in_hand + short, outstanding).short_fen == 0
    assert short == 0 or reserve_gap(floor_only, in_hand + short - 1, outstanding).short_fen == 1
