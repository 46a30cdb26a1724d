"""Flags on the use of a loan's money: each pattern at its bounds, and nothing of what a bank did not say."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from yulin.pool.core.fund_use import UsedLoan, UseFlag, UseReturn, use_flags

LOAN = UsedLoan(date(2021, 12, 20), date(2022, 12, 20), 1_000, "流动资金")
DECEMBER, JANUARY = UseReturn(date(2021, 12, 1), 1_000), UseReturn(date(2022, 1, 1), 0)


def flags(loan, *returns):
    return {one.flag: one.month for one in use_flags(loan, returns)}


@pytest.mark.parametrize(
    ("loan", "december", "january", "is_flagged"),
    [
        ({}, {}, {}, True),
        ({"disbursed_on": date(2021, 10, 1)}, {}, {}, True),
        ({"disbursed_on": date(2021, 9, 30)}, {}, {}, False),
        ({}, {"outstanding_fen": 900}, {}, True),
        ({}, {"outstanding_fen": 899}, {}, False),
        ({}, {}, {"outstanding_fen": 1}, False),
        ({}, {}, {"month": date(2022, 2, 1)}, False),
        ({"due_on": date(2022, 3, 2)}, {}, {}, True),
        ({"due_on": date(2022, 3, 1)}, {}, {}, False),
    ],
)
def test_lent_before_the_quarters_end_and_repaid_after_it(loan, december, january, is_flagged):
    found = flags(replace(LOAN, **loan), replace(DECEMBER, **december), replace(JANUARY, **january))
    assert found == ({UseFlag.REPAID_AFTER_QUARTER: date(2022, 1, 1)} if is_flagged else {})


def test_the_end_of_another_month_is_no_reporting_day():
    november = replace(LOAN, disbursed_on=date(2021, 11, 20))
    assert flags(november, UseReturn(date(2021, 11, 1), 1_000), UseReturn(date(2021, 12, 1), 0)) == {}


@pytest.mark.parametrize(("deposit", "is_flagged"), [(None, False), (949, False), (950, True), (2_000, True)])
def test_deposits_as_large_as_what_is_owed(deposit, is_flagged):
    found = flags(LOAN, replace(DECEMBER, deposit_fen=deposit), replace(JANUARY, outstanding_fen=500, deposit_fen=0))
    assert found == ({UseFlag.DEPOSIT_AS_LOAN: date(2021, 12, 1)} if is_flagged else {})


@pytest.mark.parametrize(
    ("filed", "found", "is_flagged"),
    [("流动资金", "", False), ("", "购房", False), ("流动资金", " 流动 资金", False), ("流动资金", "购房", True)],
)
def test_another_use_than_was_filed(filed, found, is_flagged):
    said = flags(replace(LOAN, purpose=filed), replace(DECEMBER, purpose=found))
    assert said == ({UseFlag.PURPOSE_CHANGED: date(2021, 12, 1)} if is_flagged else {})
