"""The table of an enrolment's steps."""

from __future__ import annotations

import itertools

import pytest

from yulin.pool.core.states import TRANSITIONS, Step, automatic_way, next_state, possible_steps
from yulin.pool.enums import EnrolmentState
from yulin.pool.errors import NoteMissingError, StepNotPossibleError

NOTE = "第六条：不在本市"
EXPECTED = {
    ("draft", "submit"): "submitted",
    ("submitted", "review"): "reviewed",
    ("submitted", "return"): "draft",
    ("reviewed", "return"): "draft",
    ("submitted", "refuse"): "revoked",
    ("reviewed", "refuse"): "revoked",
    ("reviewed", "confirm"): "confirmed",
    ("reviewed", "confirm_conditionally"): "conditional",
    ("conditional", "fulfil"): "confirmed",
    ("conditional", "lapse"): "revoked",
    ("confirmed", "activate"): "active",
    ("active", "close"): "closed",
    ("closed", "reopen"): "active",
    ("draft", "revoke"): "revoked",
    ("confirmed", "revoke"): "revoked",
    ("conditional", "revoke"): "revoked",
    ("active", "revoke"): "revoked",
}


@pytest.mark.parametrize("state", list(EnrolmentState))
@pytest.mark.parametrize("step", list(Step))
def test_every_pair_of_state_and_step(state, step):
    wanted = EXPECTED.get((state.value, step.value))
    if wanted is None:
        with pytest.raises(StepNotPossibleError):
            next_state(state, step, note=NOTE)
    else:
        assert next_state(state, step, note=NOTE) == wanted


def test_nothing_leaves_revoked_and_closed_only_by_being_opened_again():
    assert possible_steps("closed") == (Step.REOPEN,)
    assert possible_steps("revoked") == ()


@pytest.mark.parametrize(
    "row", [row for row in TRANSITIONS if row.needs_note], ids=lambda row: f"{row.from_state}-{row.step}"
)
def test_step_that_sets_back_without_reason(row):
    with pytest.raises(NoteMissingError):
        next_state(row.from_state, row.step, note="  ")


@pytest.mark.parametrize("is_disbursed", [True, False])
def test_automatic_way_is_a_chain_of_the_table(is_disbursed):
    way = automatic_way(is_disbursed=is_disbursed)
    assert way[0].from_state == "draft"
    assert all(before.to_state == after.from_state for before, after in itertools.pairwise(way))
    assert way[-1].to_state == ("active" if is_disbursed else "confirmed")
