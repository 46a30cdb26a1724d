"""Limits that point at a rate: what a term of a rate pack is by day, and what a scheme makes of it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction

import pytest

from yulin.pool.adapters.schemes import scheme_pack
from yulin.rules.adapters.shipped import shipped_pack
from yulin.rules.core.rates import term_steps, with_rates
from yulin.rules.errors import PackFormError, UnknownPackError

LPR = shipped_pack("rate-lpr")


@pytest.mark.parametrize(
    ("on", "ppm"),
    [
        (date(2019, 8, 19), None),  # before the first quote
        (date(2019, 8, 20), 57_500),
        (date(2025, 5, 19), 46_000),
        (date(2025, 5, 20), 45_000),
        (date(2026, 9, 19), 45_000),
        (date(2026, 9, 20), None),  # from then on nobody has seen a quote
    ],
)
def test_a_bound_by_rate_is_that_of_the_day(on, ppm):
    assert scheme_pack("hb-knowledge-2025").scheme.limits["rate"].most_ppm(on) == ppm


def test_half_a_basis_point_is_kept():
    steps = dict(term_steps(shipped_pack("rate-pboc-benchmark"), "one_year_plus_30_percent"))
    assert steps[date(2015, 10, 24)] == Fraction(5655, 100_000)


def test_a_rate_that_nobody_verified_is_unknown():
    series = {key: replace(one, row=replace(one.row, verified="no")) for key, one in LPR.series.items()}
    steps = term_steps(replace(LPR, series=series), "one_year_plus_150bp")
    assert {rate for _, rate in steps} == {None}


def test_a_rate_pack_that_is_not_there_leaves_the_bound_unknown_and_a_wrong_term_is_refused():
    pack = shipped_pack("hb-knowledge-2025")
    assert with_rates(pack, lambda _: None).scheme.limits["rate"].most_ppm(date(2025, 7, 1)) is None
    wrong = {"limits.rate": {"at_most": {"pack": "rate-lpr", "term": "two_years"}}}
    with pytest.raises(PackFormError) as refused:
        scheme_pack("hb-knowledge-2025", wrong)
    assert "one_year_plus_150bp" in refused.value.message.en
    with pytest.raises(UnknownPackError):
        scheme_pack("hb-knowledge-2025", {"limits.rate": {"at_most": {"pack": "rate-none", "term": "x"}}})
