"""Who may not judge, who is drawn, what scores and votes say together."""

from __future__ import annotations

from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from yulin.brain.core.review import (
    Judge,
    Scored,
    Side,
    Tie,
    Vote,
    draw,
    may_see_scores,
    mean_points,
    panel_result,
    ties_of,
)

SIDE = Side(
    "F1",
    holders=frozenset({"P9", "H1"}),
    holder_names=frozenset({"王示例"}),
    tied_firms=frozenset({"F1", "D1"}),
    funders=frozenset({"B01"}),
    organisations=frozenset({7, 8}),
    names_in_office=frozenset({"赵示例"}),
)


@pytest.mark.parametrize(
    ("judge", "ties"),
    [
        (Judge("1", "李示例"), ()),
        (Judge("1", "李示例", person_code="P9"), (Tie.HOLDS,)),
        (Judge("1", "李示例", employer="F1"), (Tie.EMPLOYED,)),
        (Judge("1", "李示例", employer="H1"), (Tie.EMPLOYER_HOLDS,)),
        (Judge("1", "李示例", employer="D1"), (Tie.EMPLOYER_HOLDS,)),
        (Judge("1", "李示例", employer="B01"), (Tie.FUNDER,)),
        (Judge("1", "李示例", organisations=frozenset({8})), (Tie.MEMBER,)),
        (Judge("1", "李示例", declared=frozenset({"F1"})), (Tie.DECLARED,)),
        (Judge("1", "王示例"), (Tie.SAME_NAME,)),
        (Judge("1", "王示例", told_apart=frozenset({"F1"})), ()),
        (Judge("1", "王示例", told_apart=frozenset({"F2"})), (Tie.SAME_NAME,)),
        (Judge("1", "赵示例"), (Tie.NAME_IN_OFFICE,)),
        (Judge("1", "赵示例", told_apart=frozenset({"F1"})), ()),
    ],
)
def test_tie_of_an_expert_to_an_applicant(judge, ties):
    assert ties_of(judge, SIDE) == ties


def test_unknown_employer_and_code_tie_to_nobody_without_a_code():
    assert (
        ties_of(Judge("1", "李示例"), Side("F1", frozenset({""}), frozenset(), frozenset({""}), frozenset({""}))) == ()
    )


numbers = st.lists(st.text("0123456789", min_size=1, max_size=4), unique=True, max_size=12)


@given(numbers, st.text(max_size=8), st.integers(0, 6), st.randoms())
def test_draw_depends_on_seed_and_experts_alone_and_holds_nobody_who_is_tied(found, seed, count, chance):
    judges = [Judge(one, f"示例{one}", employer="F1" if int(one) % 3 == 0 else "") for one in found]
    shuffled = list(judges)
    chance.shuffle(shuffled)
    first, again = (draw(each, SIDE, seed=seed, count=count) for each in (judges, shuffled))
    assert first == again
    drawn = [one for one in first if one.is_drawn]
    free = [one for one in first if not one.ties]
    assert drawn == free[:count]
    assert [one.order for one in first] == sorted(sha256(f"{seed}|{one}".encode()).hexdigest() for one in found)


@given(st.lists(st.sampled_from(Vote), max_size=9), st.integers(1, 9))
def test_panel_is_for_only_by_more_than_half_of_those_who_chose_and_with_enough_votes(votes, quorum):
    result = panel_result(votes, quorum)
    assert result.has_quorum is (len(votes) >= quorum)
    assert result.is_for is (len(votes) >= quorum and votes.count(Vote.FOR) > votes.count(Vote.AGAINST))


def test_mean_of_nobody_is_unknown():
    assert mean_points([]) is None
    assert mean_points([Scored("1", {"a": 1}), Scored("2", {"a": 2}), Scored("3", {"a": 2})]) * 3 == 5


@pytest.mark.parametrize(
    ("own_is_in", "is_expert", "may"), [(False, True, False), (True, True, True), (False, False, True)]
)
def test_scores_of_others_are_hidden_until_ones_own_is_in(own_is_in, is_expert, may):
    assert may_see_scores(own_is_in, is_expert=is_expert) is may
