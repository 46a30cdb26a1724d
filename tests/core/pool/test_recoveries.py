"""Recoveries replayed in value-date order: any order of entry ends the same, corrections add up, both ways to remit."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yulin.base.shares import split_shares
from yulin.pool.core.recoveries import (
    DatedReceipt,
    DebtTerms,
    Drawn,
    Paid,
    booked_of,
    corrections,
    half_year,
    in_money_of,
    lessened_of,
    net_fen,
    replay,
    still_to_pay,
)
from yulin.rules.core.pack import Row
from yulin.rules.core.scheme import Recovery
from yulin.rules.errors import Where

ROW = Row("", "", "yes", "", None, None, Where())
BORNE = {"city": 50_000_000, "bank": 50_000_000}


def terms(remit="share", cost="carried", borne=BORNE):
    return DebtTerms(Recovery(remit, cost, ROW), borne, "bank")


amounts = st.integers(1, 10**7)
receipts = st.lists(
    st.tuples(st.integers(0, 30), amounts, st.integers(0, 10**7)).map(
        lambda one: (date(2022, 1, 1) + timedelta(days=one[0]), one[1], one[2])
    ),
    min_size=1,
    max_size=8,
    unique_by=lambda one: one[0],
)
parties = st.dictionaries(st.sampled_from(["city", "district", "guarantor", "bank"]), amounts, min_size=1)


@given(receipts, parties, st.randoms(use_true_random=False))
def test_any_order_of_entry_is_shared_the_same(entries, borne, random):
    known = [DatedReceipt(number, *one) for number, one in enumerate(entries)]
    shuffled = list(known)
    random.shuffle(shuffled)
    assert replay(terms(borne=borne), shuffled) == replay(terms(borne=borne), known)


@given(receipts, parties)
def test_corrections_booked_one_by_one_add_up_to_the_replay(entries, borne):
    booked: Counter[tuple[int, str]] = Counter()
    known: list[DatedReceipt] = []
    for number, one in enumerate(entries):
        known.append(DatedReceipt(number, *one))
        after = booked_of(replay(terms(borne=borne), known))
        for line in corrections({key: fen for key, fen in booked.items() if fen}, after):
            booked[line.receipt, line.party] += line.amount_fen
        assert {key: fen for key, fen in booked.items() if fen} == after
    by_party: Counter[str] = Counter()
    for (_, party), fen in booked.items():
        by_party[party] += fen
    assert all(0 <= by_party[party] <= borne[party] for party in borne)


def test_r09_costs_first_then_halves():
    part = replay(terms(), [DatedReceipt(1, date(2022, 1, 5), 20_000_000, 3_000_000)])[1]
    assert part.shares_fen == {"city": 8_500_000, "bank": 8_500_000}
    assert (part.net_fen, part.remitted_fen, part.refund_due_fen) == (17_000_000, 8_500_000, 0)


def test_r09b_the_whole_is_remitted_and_the_banks_part_comes_back():
    part = replay(terms("whole"), [DatedReceipt(1, date(2022, 1, 5), 20_000_000, 3_000_000)])[1]
    assert (part.remitted_fen, part.refund_due_fen) == (17_000_000, 8_500_000)


@pytest.mark.parametrize(("cost", "net"), [("carried", [0, 70]), ("lost", [0, 100])])
def test_r09_cost_above_its_receipt_is_carried_or_lost(cost, net):
    shared = replay(
        terms(cost=cost), [DatedReceipt(1, date(2022, 1, 5), 10, 40), DatedReceipt(2, date(2022, 1, 6), 100)]
    )
    assert [shared[key].net_fen for key in (1, 2)] == net
    assert net_fen(shared) == sum(net)


def test_bl06_backdated_entry_is_shared_before_the_later_one():
    later = DatedReceipt(1, date(2022, 3, 20), 100_000_000)
    alone = replay(terms(), [later])
    both = replay(terms(), [later, DatedReceipt(2, date(2022, 3, 16), 40_000_000)])
    assert alone[1].beyond_fen == 0
    assert both[2].shares_fen == {"city": 20_000_000, "bank": 20_000_000}
    assert (both[1].shares_fen, both[1].beyond_fen) == ({"city": 30_000_000, "bank": 30_000_000}, 40_000_000)


@pytest.mark.parametrize(
    ("day", "half"),
    [
        (date(2022, 1, 1), (date(2022, 1, 1), date(2022, 7, 1))),
        (date(2022, 6, 30), (date(2022, 1, 1), date(2022, 7, 1))),
        (date(2022, 7, 1), (date(2022, 7, 1), date(2023, 1, 1))),
        (date(2022, 12, 31), (date(2022, 7, 1), date(2023, 1, 1))),
    ],
)
def test_half_year_ends_on_the_day_before_the_next(day, half):
    assert half_year(day) == half


# --- a layer that has not paid all of its share (13 CFR 107.585) ---

DRAWN_ON = date(2021, 12, 1)
COMMITTED = {"public": 50, "private": 25}  # millions, as the example has them


def partly_paid(unpaid=25, remit="share", later=()):
    paid = (Paid(DRAWN_ON, 25), *later)
    return DebtTerms(Recovery(remit, "carried", ROW), COMMITTED, "private", {"public": Drawn(unpaid, paid)})


def test_p_08_of_the_public_share_25_drawn_are_repaid_and_15_undrawn_cancelled():
    (part,) = replay(partly_paid(), [DatedReceipt(1, date(2022, 1, 5), 61, 1)]).values()
    assert part.net_fen == 60  # the accrued 1 is paid first
    assert part.shares_fen == {"public": 40, "private": 20}
    assert (part.in_money("public"), part.unpaid_fen) == (25, {"public": 15})
    assert part.net_fen - part.remitted_fen == 35  # the private investors get 35, not 20
    assert still_to_pay([25], 25 - 15) == [10]


def test_p_08_where_all_is_remitted_what_was_cancelled_is_returned_with_the_collectors_own():
    (part,) = replay(partly_paid(remit="whole"), [DatedReceipt(1, date(2022, 1, 5), 61, 1)]).values()
    assert (part.remitted_fen, part.refund_due_fen) == (60, 35)


def test_what_was_cancelled_stays_so_once_the_rest_is_paid_and_what_comes_later_is_money():
    first, second = DatedReceipt(1, date(2022, 1, 5), 60), DatedReceipt(2, date(2022, 3, 1), 15)
    after = partly_paid(15, later=[Paid(date(2022, 2, 1), 10)])
    shared = replay(after, [first, second])
    assert [(part.in_money("public"), dict(part.unpaid_fen)) for part in shared.values()] == [
        (25, {"public": 15}), (10, {}),
    ]  # fmt: skip


@pytest.mark.parametrize(("hour", "money"), [(9, 35), (11, 25)])
def test_within_one_day_a_payment_counts_for_what_is_entered_behind_it(hour, money):
    on = date(2022, 1, 5)
    receipt = DatedReceipt(1, on, 60, entered_at=datetime(2022, 1, 5, 10, tzinfo=UTC))
    paid = Paid(on, 10, datetime(2022, 1, 5, hour, tzinfo=UTC))
    (part,) = replay(partly_paid(15, later=[paid]), [receipt]).values()
    assert part.in_money("public") == money


def test_a_late_entry_of_money_from_before_a_payment_that_was_made_in_full_is_money():
    late = partly_paid(0, later=[Paid(date(2022, 2, 1), 25)])
    (part,) = replay(late, [DatedReceipt(1, date(2022, 1, 5), 60)]).values()
    assert (part.in_money("public"), part.unpaid_fen, part.remitted_fen) == (40, {}, 40)


@given(receipts, st.integers(1, 10**7), st.integers(1, 10**7), st.data())
def test_a_layer_gets_in_money_what_it_paid_at_most_and_the_rest_lessens_what_it_has_to_pay(entries, city, bank, data):
    unpaid = data.draw(st.integers(0, city))
    days = data.draw(st.lists(st.integers(-5, 35), max_size=3))
    parts = split_shares(city - unpaid, dict.fromkeys(range(len(days)), 1)) if days else {}
    paid = tuple(Paid(date(2022, 1, 1) + timedelta(days=days[key]), fen) for key, fen in parts.items())
    debt = DebtTerms(None, {"city": city, "bank": bank}, "bank", {"city": Drawn(unpaid, paid)})
    plain = DebtTerms(None, {"city": city, "bank": bank}, "bank")
    known = [DatedReceipt(number, *one) for number, one in enumerate(entries)]
    shared, whole = replay(debt, known), replay(plain, known)
    assert booked_of(shared) == booked_of(whole)  # whose share is how much does not change
    money, lessened = sum(in_money_of(shared).values()), sum(lessened_of(shared).values())
    assert money + lessened == sum(booked_of(whole).values())
    of_city = sum(fen for (_, party), fen in in_money_of(shared).items() if party == "city")
    assert 0 <= of_city <= city - unpaid
    assert 0 <= lessened <= unpaid
    assert all(part.remitted_fen == part.in_money("city") for part in shared.values())
