"""The window of a call: each of its boundaries, what becomes of a draft, extensions that never shorten."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yulin.brain.core.windows import Fate, Phase, Window, check_window, extended, fate, why_missed, why_phase
from yulin.brain.errors import CallDatesError

FIRST, LAST = date(2022, 1, 4), date(2022, 1, 31)
WINDOW = Window(FIRST, LAST, grace_days=3)
ONE = timedelta(days=1)
SHANGHAI = ZoneInfo("Asia/Shanghai")

days = st.dates(date(2021, 1, 1), date(2023, 12, 31))


@st.composite
def windows(draw):
    first = draw(days)
    last = first + timedelta(days=draw(st.integers(0, 90)))
    later = draw(st.lists(st.integers(-30, 90), max_size=4))
    return Window(first, last, draw(st.integers(0, 60)), tuple(last + timedelta(days=one) for one in later))


@pytest.mark.parametrize(
    ("today", "phase", "of_draft"),
    [
        (FIRST - ONE, Phase.AHEAD, Fate.DRAFT),
        (FIRST, Phase.OPEN, Fate.DRAFT),
        (LAST - ONE, Phase.OPEN, Fate.DRAFT),
        (LAST, Phase.OPEN, Fate.DRAFT),
        (LAST + ONE, Phase.GRACE, Fate.DRAFT_IN_GRACE),
        (LAST + 3 * ONE, Phase.GRACE, Fate.DRAFT_IN_GRACE),
        (LAST + 4 * ONE, Phase.SHUT, Fate.MISSED),
    ],
)
def test_window_at_each_of_its_days(today, phase, of_draft):
    assert WINDOW.phase(today) is phase
    assert fate(WINDOW, today, None) is of_draft
    assert WINDOW.takes(today) is (phase in {Phase.OPEN, Phase.GRACE})


@pytest.mark.parametrize(
    ("submitted_on", "is_late"), [(LAST - ONE, False), (LAST, False), (LAST + ONE, True), (LAST + 3 * ONE, True)]
)
def test_submission_is_late_from_the_day_after_the_last(submitted_on, is_late):
    assert fate(WINDOW, date(2022, 6, 1), submitted_on) is (Fate.LATE if is_late else Fate.IN_TIME)


def test_last_second_of_the_last_day_is_in_time_and_the_next_is_not_where_a_server_keeps_utc():
    window = Window(FIRST, LAST)
    last = datetime(2022, 1, 31, 15, 59, 59, tzinfo=UTC)
    days_there = [instant.astimezone(SHANGHAI).date() for instant in (last, last + timedelta(seconds=1))]
    assert [window.phase(day) for day in days_there] == [Phase.OPEN, Phase.SHUT]


def test_window_of_one_day_is_open_on_it():
    window = Window(FIRST, FIRST)
    assert [window.phase(FIRST + n * ONE) for n in (-1, 0, 1)] == [Phase.AHEAD, Phase.OPEN, Phase.SHUT]


def test_extension_that_is_not_later_is_refused():
    for until in (LAST - ONE, LAST):
        with pytest.raises(CallDatesError):
            extended(WINDOW, until)
    assert extended(WINDOW, LAST + ONE).last_on == LAST + ONE


def test_extension_takes_lateness_back_and_lets_a_missed_draft_in_again():
    longer = extended(WINDOW, LAST + 10 * ONE)
    assert fate(longer, date(2022, 6, 1), LAST + ONE) is Fate.IN_TIME
    assert fate(longer, LAST + 5 * ONE, None) is Fate.DRAFT


@pytest.mark.parametrize("window", [Window(LAST, FIRST), Window(FIRST, LAST, -1), Window(FIRST, LAST, 61)])
def test_days_that_make_no_window_are_refused(window):
    with pytest.raises(CallDatesError):
        check_window(window)


def test_missed_draft_says_until_when_and_that_it_is_kept():
    said = why_missed(WINDOW)
    assert "2022-02-03 24:00" in said.zh
    assert "留存" in said.zh
    assert "3 Feb 2022" in said.en


@given(windows(), days)
def test_window_only_moves_on_from_phase_to_phase(window, today):
    order = list(Phase)
    assert order.index(window.phase(today)) <= order.index(window.phase(today + ONE))
    assert why_phase(window, today).zh


@given(windows(), st.integers(1, 100), days)
def test_extension_takes_everything_that_was_taken_before(window, more, today):
    longer = extended(window, window.last_on + timedelta(days=more))
    assert longer.last_on > window.last_on
    assert not window.takes(today) or longer.takes(today)
    assert not longer.is_late(today) or window.is_late(today)


@given(windows(), days, st.randoms())
def test_order_of_extensions_does_not_matter(window, today, chance):
    shuffled = list(window.extensions)
    chance.shuffle(shuffled)
    other = Window(window.opens_on, window.closes_on, window.grace_days, tuple(shuffled))
    assert (other.last_on, other.phase(today)) == (window.last_on, window.phase(today))
