"""Guarantee fees of a loan: which are due, from when, of what base; printed examples stand in test_worked_examples."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from yulin.pool.adapters.schemes import scheme_pack
from yulin.pool.core.fees import GuaranteedLoan, fees_between, fees_due

SBA, CGTMSE, CSBFP = (scheme_pack(name).scheme.fees for name in ("us-sba-7a", "in-cgtmse", "ca-csbfp"))
LOAN = GuaranteedLoan(
    date(2025, 5, 1), 60_000_000, 60_000_000, 40_000_000, bank_bp=2_500, lent_on=date(2025, 5, 1),
    matures_on=date(2030, 5, 1),
)  # fmt: skip


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
        (date(2026, 9, 30), {"upfront", "manufacturer", "annual"}),
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


@pytest.mark.parametrize(
    ("matures_on", "kinds"),
    [
        (date(2026, 10, 31), {"short": 112_500, "annual": 165_000}),
        (date(2026, 11, 1), {"short": 112_500, "annual": 165_000}),  # twelve months, to the day
        (date(2026, 11, 2), {"upfront": 1_350_000, "manufacturer": None, "annual": 165_000}),
        (None, {"upfront": None, "manufacturer": None, "short": None, "annual": 165_000}),
    ],
)
def test_a_loan_of_twelve_months_owes_the_short_fee_and_a_longer_one_the_other(matures_on, kinds):
    loan = replace(LOAN, approved_on=date(2025, 11, 1), lent_on=date(2025, 11, 1), matures_on=matures_on)
    assert {kind: fee for kind, (_, _, fee) in due(SBA, loan).items()} == kinds


def test_a_fee_that_nobody_has_read_is_unknown_for_short_loans_too():
    short = replace(LOAN, matures_on=date(2026, 5, 1))
    assert due(SBA, short)["short"] == (1, date(2025, 5, 1), None)
    assert "upfront" not in due(SBA, short)


@pytest.mark.parametrize(
    ("matures_on", "years"),
    [
        (date(2026, 4, 30), [1]),
        (date(2026, 5, 1), [1]),  # matures on the day on which a second year would begin
        (date(2026, 5, 2), [1, 2]),
        (date(2027, 5, 1), [1, 2]),
        (date(2027, 5, 2), [1, 2, 3]),
        (None, [1, 2, 3, 4, 5]),
    ],
)
@pytest.mark.parametrize(("tables", "kind"), [(SBA, "annual"), (CGTMSE, "guarantee"), (CSBFP, "annual")])
def test_no_year_of_a_guarantee_begins_once_the_loan_has_matured(tables, kind, matures_on, years):
    loan = replace(LOAN, matures_on=matures_on)
    found = fees_between(tables, loan, date(2025, 1, 1), date(2030, 1, 1))
    assert [one.number for one in found if one.kind == kind] == years
    last = {(kind, number) for number in years}
    assert (kind in due(tables, loan, last)) is (matures_on is None)


@pytest.mark.parametrize(
    ("matures_on", "part", "amount_fen"),
    [
        (date(2025, 8, 1), Fraction(92, 365), 126_027),
        (date(2026, 4, 30), Fraction(364, 365), 498_630),
        (date(2026, 5, 1), Fraction(1), 500_000),
        (date(2026, 5, 2), Fraction(1, 365), 1_370),
        (date(2028, 5, 1), Fraction(1), 500_000),  # the last year has 366 days
        (date(2028, 4, 30), Fraction(365, 366), 498_634),
        (None, Fraction(1), 500_000),
    ],
)
def test_a_last_year_is_whole_unless_its_table_counts_days(matures_on, part, amount_fen):
    by_days = [replace(one, part_year="days") for one in CSBFP]
    loan = replace(LOAN, matures_on=matures_on)
    until = matures_on or date(2026, 1, 1)
    last = [one for one in fees_between(by_days, loan, date(2025, 1, 1), until) if one.kind == "annual"][-1]
    assert (last.part, last.amount_fen) == (part, amount_fen)
    whole = [one for one in fees_between(CSBFP, loan, date(2025, 1, 1), until) if one.kind == "annual"][-1]
    assert (whole.part, whole.amount_fen) == (1, 500_000)
    once = [one for one in fees_between(by_days, loan, date(2025, 1, 1), until) if one.kind == "registration"]
    assert [one.amount_fen for one in once] == [1_200_000]
