"""Finance's part of an insurer's year: never above what the law gives, nothing below the level, borne by one layer."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yulin.pool.core.insurance import (
    ExcessLossRule,
    InsuranceYear,
    SubsidyVerdict,
    excess_loss,
    subsidy_payer,
    subsidy_verdict,
)
from yulin.rules.adapters.shipped import shipped_texts, shipped_vocabulary
from yulin.rules.core.load import load_pack
from yulin.rules.errors import PackFormError

FEN = st.integers(0, 10**13)
RULES = st.builds(ExcessLossRule, st.integers(0, 50_000), st.integers(0, 10_000))
JAN, DEC = date(2023, 1, 1), date(2022, 12, 31)


def scheme(chapter: str):
    """Return Guangzhou 2021 with a chapter on insurance."""
    texts = shipped_texts("gz-credit-2021")
    lines = [chapter if line.startswith("insurance:") else line for line in texts["pack.yaml"].splitlines()]
    return load_pack(texts | {"pack.yaml": "\n".join(lines) + "\n"}, shipped_vocabulary()).scheme


def chapter(payer: str = "", subsidy: str = "80%") -> str:
    row = "clause: 规程八, source: V1, verified: yes"
    said = f", payer: {payer}" if payer else ""
    stop = f"loss_ratio_stop: {{ratio: 120%, {row}}}"
    return f"insurance: {{{stop}, excess_subsidy: {{ratio: {subsidy}, {row}{said}}}}}"


@given(RULES, FEN.filter(bool), FEN)
def test_a_subsidy_is_the_share_of_the_excess_rounded_down_and_never_above_it(rule, premium, claims):
    given_fen = excess_loss(rule, InsuranceYear(premium, claims)).subsidy_fen
    exact = max(Fraction(claims) - Fraction(premium * rule.level_bp, 10_000), 0) * rule.subsidy_bp / 10_000
    assert exact - 1 < given_fen <= exact
    assert given_fen <= claims


@given(RULES, FEN.filter(bool), FEN, st.integers(0, 10**12))
def test_more_claims_never_give_less_and_more_premium_never_gives_more(rule, premium, claims, more):
    now = excess_loss(rule, InsuranceYear(premium, claims)).subsidy_fen
    assert excess_loss(rule, InsuranceYear(premium, claims + more)).subsidy_fen >= now
    assert excess_loss(rule, InsuranceYear(premium + more, claims)).subsidy_fen <= now


@pytest.mark.parametrize(
    ("premium", "claims", "today", "said"),
    [
        (100, 121, DEC, SubsidyVerdict.YEAR_RUNS),
        (100, 121, JAN, SubsidyVerdict.NOTHING),  # 0.8 of a fen
        (100, 122, JAN, SubsidyVerdict.DUE),
        (100, 120, JAN, SubsidyVerdict.NOTHING),
        (0, 1, JAN, SubsidyVerdict.NO_PREMIUM),
        (0, 0, JAN, SubsidyVerdict.NOTHING),
    ],
)
def test_what_can_be_decided_of_a_year(premium, claims, today, said):
    year = InsuranceYear(premium, claims)
    assert subsidy_verdict(scheme(chapter()), year, 2022, today) is said


def test_a_scheme_without_a_level_or_a_share_gives_nothing():
    year = InsuranceYear(100, 1_000)
    assert subsidy_verdict(scheme(""), year, 2022, JAN) is SubsidyVerdict.NOTHING
    assert subsidy_verdict(scheme(chapter(subsidy="0%")), year, 2022, JAN) is SubsidyVerdict.NOTHING


def test_the_first_layer_that_is_no_districts_bears_it_unless_the_scheme_names_one():
    assert subsidy_payer(scheme(chapter())) == subsidy_payer(scheme(chapter("city"))) == "city"
    for wrong in ("district", "bank", "nobody"):
        with pytest.raises(PackFormError):
            scheme(chapter(wrong))


def test_a_payer_is_said_of_the_subsidy_only():
    with pytest.raises(Exception, match="payer"):
        scheme(chapter().replace("loss_ratio_stop: {", "loss_ratio_stop: {payer: city, "))
