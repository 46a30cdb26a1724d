"""Guarantee fees of a loan: which are due, from when, of what base; printed examples stand in test_worked_examples."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from yulin.pool.adapters.schemes import scheme_pack
from yulin.pool.core.fees import GuaranteedLoan, fees_due

SBA, CGTMSE, CSBFP = (scheme_pack(name).scheme.fees for name in ("us-sba-7a", "in-cgtmse", "ca-csbfp"))
LOAN = GuaranteedLoan(date(2025, 5, 1), 60_000_000, 60_000_000, 40_000_000, bank_bp=2_500)


def due(tables, loan=LOAN, charged=None):
    return {one.kind: (one.number, one.due_on, one.amount_fen) for one in fees_due(tables, loan, charged or ())}


def test_sba_charges_once_and_every_year_by_the_tables_of_the_day_of_approval():
    day = date(2025, 5, 1)
    assert due(SBA) == {"upfront": (1, day, 1_350_000), "annual": (1, day, 165_000)}
    later = due(SBA, replace(LOAN, outstanding_fen=0), {("upfront", 1), ("annual", 1), ("annual", 2)})
    assert later == {"annual": (3, date(2027, 5, 1), 0)}


def test_cgtmse_is_of_the_guaranteed_amount_first_and_of_what_is_outstanding_after():
    loan = replace(LOAN, gross_fen=1_000_000_000, enrolled_fen=1_000_000_000, outstanding_fen=700_000_000)
    assert due(CGTMSE, loan) == {"guarantee": (1, date(2025, 5, 1), 4_500_000)}
    assert due(CGTMSE, loan, {("guarantee", 1)}) == {"guarantee": (2, date(2026, 5, 1), 4_200_000)}


def test_csbfp_registers_by_the_loan_and_yearly_by_what_is_outstanding():
    assert due(CSBFP) == {
        "registration": (1, date(2025, 5, 1), 1_200_000), "annual": (1, date(2025, 5, 1), 500_000),
    }  # fmt: skip


@pytest.mark.parametrize(
    ("approved_on", "kinds"),
    [
        (date(2022, 9, 30), set()),
        (date(2022, 10, 1), {"upfront"}),
        (date(2026, 9, 30), {"upfront", "manufacturer", "short", "annual"}),
        (date(2026, 10, 1), set()),
    ],
)
def test_a_fiscal_year_that_nobody_has_read_has_no_fees(approved_on, kinds):
    assert set(due(SBA, replace(LOAN, approved_on=approved_on))) == kinds


def test_an_open_rate_or_an_open_ratio_is_unknown_and_never_nothing():
    large = replace(LOAN, approved_on=date(2023, 1, 2), gross_fen=100_000_100, enrolled_fen=100_000_100)
    assert due(SBA, large)["upfront"] == (1, date(2023, 1, 2), None)
    assert due(SBA, replace(LOAN, bank_bp=None))["upfront"] == (1, date(2025, 5, 1), None)


def test_the_fee_is_of_the_exact_share_and_rounded_once():
    (one,) = [one for one in fees_due(SBA, replace(LOAN, enrolled_fen=33, bank_bp=2_500), ()) if one.kind == "upfront"]
    assert (one.base_fen, one.rounded_base_fen, one.amount_fen) == (Fraction(99, 4), 25, 1)
