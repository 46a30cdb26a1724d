"""The surcharge for passing the yearly cap often: what passes, how often, what follows, and what nobody knows."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from yulin.base.outcome import Outcome
from yulin.pool.core.fees import fee_fen
from yulin.pool.core.surcharge import CapYear, SurchargeStanding, window
from yulin.rules.adapters.shipped import shipped_pack, shipped_pack_ids, shipped_texts, shipped_vocabulary
from yulin.rules.core.load import load_pack
from yulin.rules.errors import PlacedError

RULE = shipped_pack("in-cgtmse").scheme.surcharge
CAP = 120


def standing(passed=0, unknown=0, rule=RULE):
    years = list(window(rule, 2026))
    found = [CapYear(year, CAP, 1, CAP) for year in years[:passed]]
    found += [CapYear(year, CAP, 1, None) for year in years[passed : passed + unknown]]
    found += [CapYear(year, CAP, 0, CAP) for year in years[passed + unknown :]]
    return SurchargeStanding(rule, 2026, tuple(found))


def test_the_rule_is_what_the_pack_says_with_its_source():
    assert (RULE.cap, RULE.more_than, RULE.years, RULE.plus_bp) == ("lender_year", 3, 5, 1_500)
    assert (RULE.row.source, RULE.row.verified) == ("V50", "yes")
    assert "默认" in RULE.row.note.zh  # which five years was not found
    assert [one for one in shipped_pack_ids() if (it := shipped_pack(one)).scheme and it.scheme.surcharge] == [
        "in-cgtmse"
    ]


@pytest.mark.parametrize(
    ("paid", "over", "cap", "is_passed"),
    [
        (CAP, 0, CAP, False),  # at the cap, nothing cut
        (CAP, 1, CAP, True),
        (CAP - 1, 1, CAP, False),  # another cap cut it: the lender has not had all that its year allows
        (CAP + 1, 1, CAP, True),
        (0, 1, 0, True),
        (0, 0, None, False),  # nothing was cut, whatever the cap was
        (CAP, 1, None, None),
    ],
)
def test_a_year_is_passed_where_its_cap_cut_something(paid, over, cap, is_passed):
    assert CapYear(2024, paid, over, cap).is_passed is is_passed


@pytest.mark.parametrize(
    ("passed", "unknown", "outcome", "plus"),
    [
        (0, 0, Outcome.NOT_MET, 0),
        (3, 0, Outcome.NOT_MET, 0),  # more than three times: not at three
        (4, 0, Outcome.MET, 1_500),
        (5, 0, Outcome.MET, 1_500),
        (3, 1, Outcome.UNKNOWN, None),
        (2, 1, Outcome.NOT_MET, 0),  # even if the open year was passed
        (2, 2, Outcome.UNKNOWN, None),
        (4, 1, Outcome.MET, 1_500),
    ],
)
def test_more_than_so_many_years_take_more(passed, unknown, outcome, plus):
    found = standing(passed, unknown)
    assert (found.outcome, found.plus_bp) == (outcome, plus)
    assert f"{passed}年索赔超过年度上限" in found.why.zh
    assert "15%" in found.why.en


def test_the_window_is_the_full_years_before():
    assert list(window(RULE, 2026)) == [2021, 2022, 2023, 2024, 2025]


@pytest.mark.parametrize(
    "open_one", [{"more_than": None}, {"years": None}, {"plus_bp": None}, {"row": replace(RULE.row, verified="no")}]
)
def test_what_the_pack_does_not_verify_is_unknown_and_never_nothing(open_one):
    found = standing(rule=replace(RULE, **open_one))
    assert (found.outcome, found.plus_bp) == (Outcome.UNKNOWN, None)
    assert "not verified" in found.why.en


@pytest.mark.parametrize(("plus", "fee"), [(0, 4_500_000), (1_500, 5_175_000)])
def test_the_rate_is_higher_by_so_much_of_itself(plus, fee):
    table = next(one for one in shipped_pack("in-cgtmse").scheme.fees if one.id == "guarantee-2023")
    gross = 1_000_000_000  # one crore; three quarters are guaranteed, at 0.60 %
    assert fee_fen(table, gross, Fraction(gross * 3, 4), plus) == fee


def test_half_a_cent_is_rounded_once_after_the_surcharge():
    table = next(one for one in shipped_pack("in-cgtmse").scheme.fees if one.id == "guarantee-2023")
    # 0.37 % of 1,000 is 3.7; with 15 % more 4.255: rounded first it would be 4.6.
    assert (fee_fen(table, 1_000, Fraction(1_000)), fee_fen(table, 1_000, Fraction(1_000), 1_500)) == (4, 4)


def test_a_surcharge_names_a_cap_that_the_pack_has():
    texts = shipped_texts("in-cgtmse")
    wrong = texts["pack.yaml"].replace("surcharge: {cap: lender_year", "surcharge: {cap: lender_years")
    with pytest.raises(PlacedError) as caught:
        load_pack({**texts, "pack.yaml": wrong}, shipped_vocabulary(), None)
    assert "surcharge" in str(caught.value)
