"""Recoveries replayed in value-date order: any order of entry ends the same, corrections add up, both ways to remit."""

from __future__ import annotations

from collections import Counter
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yulin.pool.core.recoveries import DatedReceipt, DebtTerms, booked_of, corrections, half_year, net_fen, replay
from yulin.rules.core.pack import Row
from yulin.rules.core.scheme import Recovery
from yulin.rules.errors import Where

ROW = Row("", "", "yes", "", None, "", Where())
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
