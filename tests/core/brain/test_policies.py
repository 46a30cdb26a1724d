"""A policy's state on a day, and which of its variants speaks at a place."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yulin.brain.core.policies import (
    LIVE,
    Ending,
    PolicyState,
    Terms,
    Variant,
    covers,
    leading_variant,
    state_of,
    why_state,
)

DAY = date(2026, 3, 31)
BEFORE, AFTER = DAY - timedelta(days=1), DAY + timedelta(days=1)
DATED = Terms(Ending.DATED, opens_on=date(2026, 1, 1), ends_on=DAY)

days = st.one_of(st.none(), st.dates(date(2025, 1, 1), date(2027, 12, 31)))


@st.composite
def some_terms(draw):
    ends_on = draw(days)
    ending = Ending.DATED if ends_on else draw(st.sampled_from([Ending.PERMANENT, Ending.UNKNOWN]))
    return Terms(ending, draw(days), ends_on, draw(days), draw(days))


@pytest.mark.parametrize(
    ("terms", "today", "state"),
    [
        (DATED, BEFORE, PolicyState.OPEN),
        (DATED, DAY, PolicyState.OPEN),
        (DATED, AFTER, PolicyState.CLOSED),
        (DATED, date(2025, 12, 31), PolicyState.AHEAD),
        (DATED, date(2026, 1, 1), PolicyState.OPEN),
        (Terms(), DAY, PolicyState.UNKNOWN_END),
        (Terms(opens_on=AFTER), DAY, PolicyState.AHEAD),
        (Terms(Ending.PERMANENT), DAY, PolicyState.PERMANENT),
        (Terms(Ending.PERMANENT, used_up_on=AFTER), DAY, PolicyState.PERMANENT),
        (Terms(Ending.PERMANENT, used_up_on=DAY), DAY, PolicyState.USED_UP),
        (Terms(Ending.DATED, ends_on=BEFORE, used_up_on=BEFORE), DAY, PolicyState.USED_UP),
        (Terms(Ending.PERMANENT, used_up_on=BEFORE, archived_on=DAY), DAY, PolicyState.ARCHIVED),
        (Terms(Ending.PERMANENT, archived_on=AFTER), DAY, PolicyState.PERMANENT),
    ],
)
def test_state_follows_from_the_terms_and_the_day(terms, today, state):
    assert state_of(terms, today) == state


def test_the_reason_names_the_day_on_which_the_state_turned():
    assert why_state(DATED, AFTER).zh == "2026-03-31 24:00截止"
    assert why_state(Terms(), DAY).en == "no end could be read in the document"


@pytest.mark.parametrize(
    ("area", "place", "is_covered"),
    [
        ("", "上海/徐汇区", True),
        ("上海", "上海/徐汇区", True),
        ("上海/徐汇区", "上海/徐汇区", True),
        ("上海/徐汇区", "上海", False),
        ("上海/徐汇区", "上海/徐汇区北", False),
        ("北京", "上海", False),
    ],
)
def test_an_area_covers_what_lies_in_it(area, place, is_covered):
    assert covers(area, place) is is_covered


def test_an_expired_local_variant_gives_way_to_the_general_one():
    general, local = Variant(1, "", Terms(Ending.PERMANENT)), Variant(2, "上海", DATED)
    assert leading_variant([general, local], "上海/徐汇区", DAY) == local
    assert leading_variant([general, local], "上海/徐汇区", AFTER) == general
    assert leading_variant([general, local], "北京", DAY) == general
    assert leading_variant([local], "北京", DAY) is None


@given(st.lists(st.tuples(st.sampled_from(["", "上海", "上海/徐汇区", "北京"]), some_terms()), max_size=6), days)
def test_a_live_variant_is_never_hidden_by_one_that_is_not(given_variants, today):
    today = today or DAY
    variants = [Variant(number, area, terms) for number, (area, terms) in enumerate(given_variants)]
    here = [one for one in variants if covers(one.area, "上海/徐汇区")]
    leads = leading_variant(variants, "上海/徐汇区", today)
    assert (leads is None) == (not here)
    if any(state_of(one.terms, today) in LIVE for one in here):
        assert state_of(leads.terms, today) in LIVE
