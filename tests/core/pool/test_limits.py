"""Running totals under shared limits: the fast way equals the plain one, and no total passes its limit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yulin.pool.core.limits import Ask, Usage, fitting_rows

WAN = 1_000_000


def plain(asks_of_row, usages):
    """Decide row by row over all limits, as a clerk would."""
    running = [usage.used_fen for usage in usages]
    fits = []
    for mine in asks_of_row:
        good = all(usages[key].limit_fen is None or running[key] + fen <= usages[key].limit_fen for key, fen in mine)
        for key, fen in mine if good else ():
            running[key] += fen
        fits.append(good)
    return fits, running


@st.composite
def books(draw):
    count = draw(st.integers(1, 5))
    limit = st.one_of(st.integers(500, 1500), st.none())
    usages = [Usage(draw(limit), draw(st.integers(0, 500))) for _ in range(count)]
    ask = st.builds(Ask, st.integers(0, count - 1), st.integers(1, 400))
    return draw(st.lists(st.lists(ask, max_size=3, unique_by=lambda one: one.limit), max_size=25)), usages


@given(books())
def test_fast_way_equals_the_plain_way(book):
    asks_of_row, usages = book
    fits, running = plain(asks_of_row, usages)
    assert [excess is None for excess in fitting_rows(asks_of_row, usages)] == fits
    assert all(
        usage.limit_fen is None or total <= usage.limit_fen for total, usage in zip(running, usages, strict=True)
    )


@given(books())
def test_refused_row_names_a_limit_that_it_would_have_passed(book):
    asks_of_row, usages = book
    for mine, excess in zip(asks_of_row, fitting_rows(asks_of_row, usages), strict=True):
        if excess is not None:
            assert Ask(excess.limit, excess.amount_fen) in mine
            assert excess.total_fen > usages[excess.limit].limit_fen


@pytest.mark.parametrize(("asked", "fits"), [(600 * WAN - 1, True), (600 * WAN, True), (600 * WAN + 1, False)])
def test_one_fen_under_at_and_over_the_room(asked, fits):
    usage = Usage(limit_fen=3_000 * WAN, used_fen=2_400 * WAN)
    assert [excess is None for excess in fitting_rows([[Ask(0, asked)]], [usage])] == [fits]


def test_row_that_fails_one_limit_takes_nothing_of_the_other():
    found = fitting_rows([[Ask(0, 200), Ask(1, 200)], [Ask(1, 300)]], [Usage(100, 0), Usage(300, 0)])
    assert [excess is None for excess in found] == [False, True]


def test_room_and_excess():
    usage = Usage(limit_fen=3_000 * WAN, used_fen=2_400 * WAN)
    assert usage.room_fen == 600 * WAN
    assert usage.over_fen(700 * WAN) == 100 * WAN
    assert Usage(limit_fen=None, used_fen=1).room_fen is None
    assert Usage(limit_fen=None, used_fen=1).over_fen(10**15) == 0
