"""Running totals under shared limits: the fast way equals the plain one, and no total passes its limit."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yulin.pool.core.limits import Usage, fitting_rows

WAN = 1_000_000


def plain(amounts, limits_of_row, usages):
    """Decide row by row over all limits, as a clerk would."""
    running = [usage.used_fen for usage in usages]
    fits = []
    for amount, mine in zip(amounts, limits_of_row, strict=True):
        good = all(usages[key].limit_fen is None or running[key] + amount <= usages[key].limit_fen for key in mine)
        for key in mine if good else ():
            running[key] += amount
        fits.append(good)
    return fits, running


@st.composite
def books(draw):
    count = draw(st.integers(1, 5))
    limit = st.one_of(st.integers(500, 1500), st.none())
    usages = [Usage(draw(limit), draw(st.integers(0, 500))) for _ in range(count)]
    mine = st.lists(st.integers(0, count - 1), max_size=3, unique=True)
    rows = draw(st.lists(st.tuples(st.integers(1, 400), mine), max_size=25))
    return [amount for amount, _ in rows], [limits for _, limits in rows], usages


@given(books())
def test_fast_way_equals_the_plain_way(book):
    amounts, limits_of_row, usages = book
    fits, running = plain(amounts, limits_of_row, usages)
    assert [excess is None for excess in fitting_rows(amounts, limits_of_row, usages)] == fits
    assert all(
        usage.limit_fen is None or total <= usage.limit_fen for total, usage in zip(running, usages, strict=True)
    )


@given(books())
def test_refused_row_names_a_limit_that_it_would_have_passed(book):
    amounts, limits_of_row, usages = book
    for mine, excess in zip(limits_of_row, fitting_rows(amounts, limits_of_row, usages), strict=True):
        if excess is not None:
            assert excess.limit in mine
            assert excess.total_fen > usages[excess.limit].limit_fen


@pytest.mark.parametrize(("asked", "fits"), [(600 * WAN - 1, True), (600 * WAN, True), (600 * WAN + 1, False)])
def test_one_fen_under_at_and_over_the_room(asked, fits):
    usage = Usage(limit_fen=3_000 * WAN, used_fen=2_400 * WAN)
    assert [excess is None for excess in fitting_rows([asked], [[0]], [usage])] == [fits]


def test_row_that_fails_one_limit_takes_nothing_of_the_other():
    found = fitting_rows([200, 300], [[0, 1], [1]], [Usage(100, 0), Usage(300, 0)])
    assert [excess is None for excess in found] == [False, True]


def test_room_and_excess():
    usage = Usage(limit_fen=3_000 * WAN, used_fen=2_400 * WAN)
    assert usage.room_fen == 600 * WAN
    assert usage.over_fen(700 * WAN) == 100 * WAN
    assert Usage(limit_fen=None, used_fen=1).room_fen is None
    assert Usage(limit_fen=None, used_fen=1).over_fen(10**15) == 0
