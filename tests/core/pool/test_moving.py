"""The report of a move: every loan counted once, every full loss shared to the fen before and after."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from yulin.pool.core.moving import REASONS, Line, borne_fen, move_report, reason_of
from yulin.pool.enums import MoveRule

SHARES = st.dictionaries(st.sampled_from(["city", "district", "guarantor"]), st.integers(0, 3_333)).map(
    lambda found: {**found, "bank": 10_000 - sum(found.values())}
)
LINES = st.lists(
    st.builds(
        Line,
        id=st.integers(1, 10**6),
        number=st.just("N"),
        firm=st.just("F"),
        bank_id=st.integers(1, 3),
        amount_fen=st.integers(1, 10**12),
        before=st.one_of(SHARES, st.just({})),
        after=SHARES,
        reason=st.sampled_from(["", *REASONS]),
    ),
    max_size=12,
)


@given(LINES)
def test_every_loan_is_counted_once_and_every_loss_is_shared_to_the_fen(lines):
    report = move_report(MoveRule.MOVE, lines)
    assert report["can_move"] + report["stay"] == report["loans_in_all"] == len(lines) == len(report["loans"])
    opened = sum(line.amount_fen for line in lines if line.can_move and not line.before)
    assert sum(report["opened_fen"].values()) == opened
    compared = report["moving_fen"] - opened
    assert sum(report["before_fen"].values()) == sum(report["after_fen"].values()) == compared
    assert sum(each["loans"] for each in report["reasons"]) == report["stay"]
    assert report["moving_fen"] + sum(each["amount_fen"] for each in report["reasons"]) == report["amount_fen"]
    assert sum(each["moving"] for each in report["banks"]) == report["can_move"]
    assert sum(each["loans"] for each in report["banks"]) == len(lines)


@given(SHARES, st.integers(0, 10**12))
def test_no_party_but_the_bank_bears_more_than_its_ratio(ratio_bp, amount_fen):
    borne = borne_fen(ratio_bp, amount_fen)
    assert sum(borne.values()) == amount_fen
    assert all(fen * 10_000 <= amount_fen * ratio_bp[party] for party, fen in borne.items() if party != "bank")


def test_the_first_reason_that_keeps_a_loan_is_the_one_named():
    known = {"city": 5_000, "bank": 5_000}
    asked = [
        (False, "not_met", {}, False, "POOL.MODE.NOT_OFFERED"),
        (True, "not_met", {}, False, "POOL.ELIGIBILITY.NOT_MET"),
        (True, "unknown", {}, False, "POOL.ELIGIBILITY.UNKNOWN"),
        (True, "met", {}, False, "POOL.RATIO.OPEN"),
        (True, "met", known, False, "POOL.BANK.NOT_PARTNER"),
        (True, "met", known, True, ""),
    ]
    for is_offered, outcome, ratio_bp, is_partner, reason in asked:
        assert reason_of(is_offered=is_offered, outcome=outcome, ratio_bp=ratio_bp, is_partner=is_partner) == reason
