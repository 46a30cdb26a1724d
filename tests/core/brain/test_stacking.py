"""The best combination of benefits, held against a plain search through all of them."""

from __future__ import annotations

from itertools import combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from yulin.base.text import Text
from yulin.brain.adapters.stacking_solver import CpSat
from yulin.brain.core.stacked import Why, nominal_fen, stacked
from yulin.brain.core.stacking import Benefit, Clause, Level, Rule, RuleKind, Stack, broken_by, check
from yulin.brain.errors import StackingCircleError, StackingContradictionError

NAMES = "abcdef"
LAW = Clause("穗1号", "第三条", "yes")
UNREAD = Clause("穗2号", "第九条", "no")
SOLVER = CpSat()
EXAMPLES = 40


def benefit(name, fen, clause=LAW, **more):
    return Benefit(name, Text(name, name), Level.CITY, fen, clause, **more)


def rule(kind, members, to="", clause=LAW, **more):
    return Rule(f"{kind}-{members}-{to}", kind, tuple(members), clause, tuple(to), **more)


def stack_of(amounts, *rules):
    return Stack.of([benefit(name, fen) for name, fen in amounts.items()], rules)


# The plain search: every set of benefits that breaks no rule, and what it pays under the caps, fen by fen.


def paid(stack, taken):
    nominal = sorted(nominal_fen(stack, taken).items())
    caps = [one for one in stack.rules if one.kind is RuleKind.CAP]

    def most(number, rooms):
        if number == len(nominal):
            return 0
        name, fen = nominal[number]
        limit = min([fen, *(room for cap, room in zip(caps, rooms, strict=True) if name in cap.members)])
        return max(
            pay + most(number + 1, tuple(
                room - pay * (name in cap.members) for cap, room in zip(caps, rooms, strict=True)
            ))
            for pay in range(limit + 1)
        )  # fmt: skip

    return most(0, tuple(cap.at_most_fen for cap in caps)) if caps else sum(fen for _, fen in nominal)


def allowed(stack):
    names = [one.id for one in stack.benefits]
    for size in range(len(names) + 1):
        for chosen in combinations(names, size):
            taken = frozenset(chosen)
            if not any(broken_by(one, taken) for one in stack.rules):
                yield taken


def useful(stack, taken):
    """How many unknown amounts taken can at once find a fen of room under every cap, next to as much known money."""
    most, unknown = paid(stack, taken), sorted(taken & stack.unknown)

    def leaves_room(names):
        rules = [
            Rule(one.id, one.kind, one.members, one.clause, at_most_fen=one.at_most_fen - 1)
            if one.kind is RuleKind.CAP and names & set(one.members)
            else one
            for one in stack.rules
        ]
        return paid(Stack(stack.benefits, tuple(rules)), taken) == most

    sizes = range(len(unknown), 0, -1)
    return next((n for n in sizes if any(leaves_room(set(names)) for names in combinations(unknown, n))), 0)


def worth(stack, taken):
    return paid(stack, taken), useful(stack, taken), -len(taken)


amounts = st.one_of(st.none(), st.integers(1, 6))


@st.composite
def stacks(draw, unknown=True):
    names = NAMES[: draw(st.integers(1, 6))]
    given_fen = {name: draw(amounts if unknown else st.integers(1, 6)) for name in names}
    subset = st.lists(st.sampled_from(names), min_size=1, max_size=4, unique=True).map(
        lambda each: "".join(sorted(each))
    )
    rules = []
    for _ in range(draw(st.integers(0, 5))):
        kind = draw(st.sampled_from(list(RuleKind)))
        members, to = draw(subset), draw(subset)
        to = "".join(sorted(set(to) - set(members)))
        if kind in {RuleKind.AT_MOST, RuleKind.HIGHER_ONLY}:
            rules.append(rule(kind, members, most=1 if kind is RuleKind.HIGHER_ONLY else draw(st.integers(1, 2))))
        elif kind is RuleKind.CAP:
            rules.append(rule(kind, members, at_most_fen=draw(st.integers(1, 9))))
        elif to and kind is not RuleKind.BONUS:
            rules.append(rule(kind, members, to))
        elif to and not any(one.kind is RuleKind.BONUS and one.members[0] == members[0] for one in rules):
            share, most = draw(st.integers(1, 10_000)), draw(st.one_of(st.none(), st.integers(1, 4)))
            to = "".join(sorted(set(to) - {members[0]}))
            given_fen[members[0]] = None
            rules.append(rule(kind, members[0], to, share_bp=share, at_most_fen=most))
    rules = list({one.id: one for one in rules}.values())
    try:
        check(rules)
    except (StackingCircleError, StackingContradictionError):
        rules = [one for one in rules if one.kind in {RuleKind.AT_MOST, RuleKind.HIGHER_ONLY, RuleKind.CAP}]
        given_fen = {name: fen or 3 for name, fen in given_fen.items()}
    return stack_of(given_fen, *rules)


@settings(max_examples=EXAMPLES, deadline=None)
@given(stacks(unknown=False))
def test_the_best_combination_pays_what_the_plain_search_finds(stack):
    found = stacked(stack, SOLVER)
    assert worth(stack, found.best.names) == max(worth(stack, taken) for taken in allowed(stack))
    assert found.best.total_fen == paid(stack, found.best.names)


@settings(max_examples=EXAMPLES, deadline=None)
@given(stacks())
def test_with_unknown_amounts_the_best_holds_most_of_them_that_cost_no_known_fen(stack):
    found = stacked(stack, SOLVER)
    assert worth(stack, found.best.names) == max(worth(stack, taken) for taken in allowed(stack))


@settings(max_examples=EXAMPLES, deadline=None)
@given(stacks())
def test_the_runner_up_is_the_best_that_takes_what_the_best_leaves_out(stack):
    found = stacked(stack, SOLVER)
    best = found.best.names
    others = [taken for taken in allowed(stack) if any(comes_in(stack, found, taken, one) for one in found.left_out)]
    if found.runner_up is None:
        assert others == []
    else:
        assert worth(stack, found.runner_up.names) == max(worth(stack, taken) for taken in others)
        assert found.runner_up.names - best
        assert best - found.runner_up.names


def comes_in(stack, found, taken, one):
    """Whether a combination takes a benefit that was left out, and lets go what stood in its way."""
    if one.benefit.id not in taken or one.why in {Why.LACKS, Why.ADDS_NOTHING}:
        return False
    users = {name for cap in one.rules for name in cap.members} & found.best.names
    return one.why is Why.FORBIDDEN or bool(users - taken)


@settings(max_examples=EXAMPLES, deadline=None)
@given(stacks())
def test_every_reason_for_leaving_a_benefit_out_is_true(stack):
    found = stacked(stack, SOLVER)
    best = found.best.names
    assert best | {one.benefit.id for one in found.left_out} == set(stack.by_id)
    for one in found.left_out:
        added = best | {one.benefit.id}
        if one.why in {Why.FORBIDDEN, Why.LACKS}:
            assert one.rules
            assert all(broken_by(each, added) for each in one.rules)
        else:
            assert paid(stack, added) == paid(stack, best)


@settings(max_examples=EXAMPLES, deadline=None)
@given(stacks())
def test_an_unknown_amount_left_out_would_change_the_answer_exactly_above_the_sum_named(stack):
    found = stacked(stack, SOLVER)
    for one in found.undecided:
        with_it = [taken for taken in allowed(stack) if one.benefit.id in taken]
        assert found.best.total_fen - one.condition.more_than_fen == max(paid(stack, taken) for taken in with_it)


@settings(max_examples=EXAMPLES, deadline=None)
@given(stacks(), st.randoms())
def test_the_order_of_benefits_and_rules_changes_nothing(stack, random):
    benefits, rules = list(stack.benefits), list(stack.rules)
    random.shuffle(benefits)
    random.shuffle(rules)
    assert stacked(Stack.of(benefits, rules), SOLVER) == stacked(stack, SOLVER)


# The cases that a firm's adviser would try.


def test_district_bonus_of_30_percent_on_the_city_award_is_not_missed():
    bonus = rule(RuleKind.BONUS, ["district"], ["city"], share_bp=3000, at_most_fen=50_000_000)
    stack = stack_of({"city": 100_000_000, "district": None}, bonus)
    found = stacked(stack, SOLVER)
    assert found.best.received_fen == {"city": 100_000_000, "district": 30_000_000}
    assert found.left_out == ()
    assert found.runner_up is None


def test_higher_only_takes_the_higher_and_names_the_clause_against_the_other():
    only = rule(RuleKind.HIGHER_ONLY, ["city", "province"])
    found = stacked(stack_of({"city": 5, "province": 9, "park": 2}, only), SOLVER)
    assert [one.id for one in found.best.taken] == ["province", "park"]
    assert [(one.benefit.id, one.why, one.rules) for one in found.left_out] == [("city", Why.FORBIDDEN, (only,))]
    assert [one.id for one in found.runner_up.taken] == ["city", "park"]
    assert found.best.total_fen - found.runner_up.total_fen == 4


def test_a_bonus_makes_the_lower_award_the_better_choice():
    only = rule(RuleKind.HIGHER_ONLY, ["city", "province"])
    bonus = rule(RuleKind.BONUS, ["district"], ["city"], share_bp=5000)
    found = stacked(stack_of({"city": 80, "province": 100, "district": None}, only, bonus), SOLVER)
    assert found.best.received_fen == {"city": 80, "district": 40}


def test_a_cap_that_is_used_up_leaves_out_what_it_would_not_pay():
    cap = rule(RuleKind.CAP, ["a", "b", "c"], at_most_fen=100)
    found = stacked(stack_of({"a": 70, "b": 60, "c": 10}, cap), SOLVER)
    assert found.best.total_fen == 100
    assert len(found.best.taken) == 2
    assert [(one.why, one.rules) for one in found.left_out] == [(Why.CAP_USED, (cap,))]


def test_an_unknown_amount_is_never_counted_as_nothing():
    only = rule(RuleKind.AT_MOST, ["known", "unread"])
    found = stacked(stack_of({"known": 500, "unread": None}, only), SOLVER)
    assert found.best.received_fen == {"known": 500}
    (left,) = found.undecided
    assert (left.benefit.id, left.condition.more_than_fen, left.condition.loses) == ("unread", 500, ())
    assert [one.id for one in found.runner_up.unknown] == ["unread"]


def test_two_unknown_amounts_that_exclude_each_other_leave_the_answer_open():
    only = rule(RuleKind.AT_MOST, ["a", "b"])
    found = stacked(stack_of({"a": None, "b": None, "c": 7}, only), SOLVER)
    (left,) = found.undecided
    assert found.best.total_fen == 7
    assert (left.condition.more_than_fen, left.condition.loses) == (0, (found.best.unknown[0].id,))


def test_an_amount_that_nobody_has_verified_is_unknown():
    stack = Stack.of([benefit("a", 900, UNREAD), benefit("b", 5)], [rule(RuleKind.AT_MOST, "ab")])
    found = stacked(stack, SOLVER)
    assert found.best.received_fen == {"b": 5}
    assert [one.benefit.id for one in found.undecided] == ["a"]


def test_a_rule_that_nobody_has_verified_holds_and_what_hangs_on_it_is_said():
    doubted = rule(RuleKind.AT_MOST, "ab", clause=UNREAD)
    found = stacked(stack_of({"a": 9, "b": 5}, doubted), SOLVER)
    assert found.best.total_fen == 9
    assert found.doubted == (doubted,)
    assert found.unless_doubted.total_fen == 14


def test_nothing_to_be_had_is_an_empty_answer():
    found = stacked(Stack.of([], []), SOLVER)
    assert (found.best.total_fen, found.best.taken, found.runner_up) == (0, (), None)


def test_a_benefit_whose_prerequisite_cannot_be_had_is_left_out_for_it():
    needs = rule(RuleKind.NEEDS, "b", "z")
    found = stacked(Stack.of([benefit("b", 5)], [needs]), SOLVER)
    assert [(one.why, [each.id for each in one.rules]) for one in found.left_out] == [(Why.LACKS, [needs.id])]


def test_circular_giving_way_is_refused_with_its_chain():
    rules = [rule(RuleKind.GIVES_WAY, "a", "b"), rule(RuleKind.GIVES_WAY, "b", "c"), rule(RuleKind.GIVES_WAY, "c", "a")]
    with pytest.raises(StackingCircleError) as caught:
        check(rules)
    assert caught.value.facts["chain"] == ["a", "b", "c", "a"]


def test_circular_prerequisites_through_a_bonus_are_refused():
    with pytest.raises(StackingCircleError):
        check([rule(RuleKind.NEEDS, "a", "b"), rule(RuleKind.BONUS, "b", "a", share_bp=3000)])


def test_a_benefit_that_presupposes_what_is_forbidden_beside_it_is_refused():
    rules = [rule(RuleKind.NEEDS, "a", "b"), rule(RuleKind.NEEDS, "b", "c"), rule(RuleKind.HIGHER_ONLY, "acd")]
    with pytest.raises(StackingContradictionError) as caught:
        check(rules)
    assert caught.value.facts["benefit"] == "a"
