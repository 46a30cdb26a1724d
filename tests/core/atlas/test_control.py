"""Who stands behind a firm: exact parts through chains and rings, one controller, groups that do not overlap."""

from __future__ import annotations

from fractions import Fraction
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yulin.atlas.core.control import (
    Fault,
    Holding,
    Ownership,
    controllers,
    exposure_of_groups,
    groups,
    owners_in_the_end,
    shares_behind,
    sort_holdings,
)


def owned(*rows: tuple[str, str, int]) -> Ownership:
    return sort_holdings(Holding(holder, firm, Fraction(part, 100)) for holder, firm, part in rows)


@pytest.mark.parametrize(
    ("rows", "fault", "found"),
    [
        ([("张", "甲", 60), ("李", "甲", 41)], Fault.ABOVE_WHOLE, "101%"),
        ([("张", "甲", 0)], Fault.OUT_OF_RANGE, "张 0%"),
        ([("张", "甲", 101)], Fault.OUT_OF_RANGE, "张 101%"),
        ([("甲", "甲", 10)], Fault.OF_ITSELF, "甲 10%"),
        ([("张", "甲", 10), ("张", "甲", 20)], Fault.CONTRADICTING, "张 10%, 20%"),
    ],
)
def test_a_firm_with_a_faulty_holding_is_set_aside_and_the_rest_counts(
    rows: list[tuple[str, str, int]], fault: Fault, found: str
) -> None:
    ownership = owned(*rows, ("王", "乙", 100))
    assert [(one.firm, one.fault, one.found) for one in ownership.set_aside] == [("甲", fault, found)]
    assert list(ownership.holders_of) == ["乙"]
    assert found in ownership.set_aside[0].why.zh


def test_the_same_holding_said_twice_counts_once() -> None:
    assert owned(("张", "甲", 60), ("张", "甲", 60)).holders_of == {"甲": {"张": Fraction(3, 5)}}


def test_parts_through_a_ring_are_summed_over_its_endless_ways() -> None:
    ownership = owned(("张", "甲", 90), ("乙", "甲", 10), ("甲", "乙", 50), ("李", "乙", 50))
    assert owners_in_the_end(ownership, "甲") == {"张": Fraction(18, 19), "李": Fraction(1, 19)}
    assert shares_behind(ownership, "甲")["乙"] == Fraction(2, 19)


def test_firms_that_hold_each_other_whole_have_nobody_behind_them() -> None:
    ownership = owned(("甲", "乙", 100), ("乙", "甲", 100))
    assert owners_in_the_end(ownership, "甲") == {}
    assert controllers(ownership) == {}
    assert groups(ownership) == {"乙": ("乙", "甲")}


def test_a_ring_that_controls_itself_has_no_controller_and_is_one_group() -> None:
    ownership = owned(("甲", "乙", 60), ("乙", "甲", 60), ("张", "甲", 40), ("乙", "丙", 51))
    assert controllers(ownership) == {}
    assert groups(ownership) == {"丙": ("丙", "乙", "甲")}


def test_half_is_no_control_and_a_hair_more_is() -> None:
    assert controllers(owned(("张", "甲", 50), ("李", "甲", 50))) == {}
    assert controllers(owned(("张", "甲", 51), ("李", "甲", 49))) == {"甲": "张"}


def test_what_a_firm_and_its_own_firms_hold_together_controls() -> None:
    ownership = owned(("张", "甲", 80), ("甲", "乙", 40), ("张", "乙", 15), ("乙", "丙", 60), ("李", "乙", 45))
    assert controllers(ownership) == {"丙": "张", "乙": "张", "甲": "张"}
    assert groups(ownership) == {"张": ("丙", "乙", "张", "甲")}
    assert exposure_of_groups(ownership, {"甲": 1, "乙": 2, "丁": 4}) == {"丁": 4, "张": 3}


def test_a_knot_too_large_is_said_and_not_computed() -> None:
    ring = [(f"f{n:03}", f"f{(n + 1) % 201:03}", 10) for n in range(201)]
    ownership = owned(*ring, ("张", "甲", 100))
    assert {one.fault for one in ownership.set_aside} == {Fault.KNOT_TOO_LARGE}
    assert list(ownership.holders_of) == ["甲"]


FIRMS, PERSONS = "甲乙丙丁戊", "张李王"
HOLDINGS = st.lists(
    st.builds(
        Holding,
        st.sampled_from(FIRMS + PERSONS),
        st.sampled_from(FIRMS),
        st.integers(1, 60).map(lambda n: Fraction(n, 60)),
    ),
    max_size=14,
)


def filled(holdings: list[Holding]) -> list[Holding]:
    """Return the holdings that count, what is missing to a whole held by a person."""
    kept = sort_holdings(holdings).holders_of
    rows = [Holding(holder, firm, share) for firm, holders in kept.items() for holder, share in holders.items()]
    rests = {firm: 1 - sum(holders.values(), Fraction()) for firm, holders in kept.items()}
    return rows + [Holding("赵", firm, rest) for firm, rest in rests.items() if rest]


@given(HOLDINGS, st.randoms(use_true_random=False))
def test_the_order_of_holdings_changes_nothing(holdings: list[Holding], dice: Random) -> None:
    once = sort_holdings(holdings)
    dice.shuffle(holdings)
    again = sort_holdings(holdings)
    assert again == once
    assert controllers(again) == controllers(once)
    assert groups(again) == groups(once)


@given(HOLDINGS)
def test_owners_in_the_end_hold_the_whole_where_all_holders_are_known(holdings: list[Holding]) -> None:
    ownership = sort_holdings(filled(holdings))
    for firm in ownership.holders_of:
        ends = owners_in_the_end(ownership, firm)
        assert sum(ends.values()) == (1 if ends else 0)
        assert all(0 < share <= 1 for share in ends.values())


@given(HOLDINGS)
def test_parts_are_what_a_long_walk_through_the_holdings_finds(holdings: list[Holding]) -> None:
    ownership = sort_holdings(filled(holdings))
    for firm in ownership.holders_of:
        ends, at = dict.fromkeys(PERSONS + "赵", 0.0), {firm: 1.0}
        for _ in range(200):
            after: dict[str, float] = {}
            for each, flow in at.items():
                for holder, share in ownership.holders_of.get(each, {}).items():
                    target = after if holder in ownership.holders_of else ends
                    target[holder] = target.get(holder, 0.0) + flow * float(share)
            at = after
        exact = owners_in_the_end(ownership, firm)
        if exact and sum(at.values()) < 1e-9:
            assert {name: share for name, share in ends.items() if share} == pytest.approx(
                {name: float(share) for name, share in exact.items()}
            )


@given(HOLDINGS, st.dictionaries(st.sampled_from(FIRMS + PERSONS), st.integers(0, 10**15)))
def test_groups_do_not_overlap_and_their_exposure_is_that_of_the_firms(
    holdings: list[Holding], exposure_fen: dict[str, int]
) -> None:
    ownership = sort_holdings(holdings)
    found = groups(ownership)
    members = [firm for firms in found.values() for firm in firms]
    assert len(members) == len(set(members))
    assert sum(exposure_of_groups(ownership, exposure_fen).values()) == sum(exposure_fen.values())
    for firm, end in controllers(ownership).items():
        under = found[end]
        votes = sum((share for holder, share in ownership.holders_of[firm].items() if holder in under), Fraction())
        assert votes > Fraction(1, 2)
