"""The way of an enrolment: which step leads from which state to which, as one table.

draft → submitted → reviewed → confirmed (number) or conditional → active → closed; revoked ends every way. A refused
filing is revoked with its clause, so the same loan may be filed again; a conditional filing that misses its day lapses.
A loan that was closed by mistake is opened again, with the reason.

Invariant: a step that is not in the table does not exist; the database checks the same list of states.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from yulin.pool.core.names import STEP_ACTS, state_name
from yulin.pool.enums import EnrolmentState
from yulin.pool.errors import NoteMissingError, StepNotPossibleError


class Step(StrEnum):
    """What moves an enrolment from one state to the next."""

    SUBMIT = "submit"
    REVIEW = "review"
    RETURN = "return"
    REFUSE = "refuse"
    CONFIRM = "confirm"
    CONFIRM_CONDITIONALLY = "confirm_conditionally"
    FULFIL = "fulfil"
    LAPSE = "lapse"
    ACTIVATE = "activate"
    CLOSE = "close"
    REOPEN = "reopen"
    REVOKE = "revoke"


@dataclass(frozen=True)
class Transition:
    """One row of the table: a step, from where, to where, and whether it must give a reason."""

    step: Step
    from_state: EnrolmentState
    to_state: EnrolmentState
    needs_note: bool = False


_S = EnrolmentState
TRANSITIONS: tuple[Transition, ...] = (
    Transition(Step.SUBMIT, _S.DRAFT, _S.SUBMITTED),
    Transition(Step.REVIEW, _S.SUBMITTED, _S.REVIEWED),
    Transition(Step.RETURN, _S.SUBMITTED, _S.DRAFT, needs_note=True),
    Transition(Step.RETURN, _S.REVIEWED, _S.DRAFT, needs_note=True),
    Transition(Step.REFUSE, _S.SUBMITTED, _S.REVOKED, needs_note=True),
    Transition(Step.REFUSE, _S.REVIEWED, _S.REVOKED, needs_note=True),
    Transition(Step.CONFIRM, _S.REVIEWED, _S.CONFIRMED),
    Transition(Step.CONFIRM_CONDITIONALLY, _S.REVIEWED, _S.CONDITIONAL, needs_note=True),
    Transition(Step.FULFIL, _S.CONDITIONAL, _S.CONFIRMED),
    Transition(Step.LAPSE, _S.CONDITIONAL, _S.REVOKED, needs_note=True),
    Transition(Step.ACTIVATE, _S.CONFIRMED, _S.ACTIVE),
    Transition(Step.CLOSE, _S.ACTIVE, _S.CLOSED),
    Transition(Step.REOPEN, _S.CLOSED, _S.ACTIVE, needs_note=True),
    Transition(Step.REVOKE, _S.DRAFT, _S.REVOKED, needs_note=True),
    Transition(Step.REVOKE, _S.CONFIRMED, _S.REVOKED, needs_note=True),
    Transition(Step.REVOKE, _S.CONDITIONAL, _S.REVOKED, needs_note=True),
    Transition(Step.REVOKE, _S.ACTIVE, _S.REVOKED, needs_note=True),
)
NUMBERED = frozenset({_S.CONFIRMED, _S.ACTIVE, _S.CLOSED})
IN_FORCE = frozenset({_S.CONFIRMED, _S.CONDITIONAL, _S.ACTIVE})

_BY_STEP_AND_STATE = {(each.step, each.from_state): each for each in TRANSITIONS}


def next_state(state: EnrolmentState | str, step: Step, *, note: str = "") -> EnrolmentState:
    """Return the state that `step` leads to from `state`.

    Raises: `POOL.ENROLMENT.STEP` where the table has no such row, `POOL.ENROLMENT.NOTE` where a reason is missing.

    >>> next_state("reviewed", Step.CONFIRM)
    <EnrolmentState.CONFIRMED: 'confirmed'>
    """
    found = EnrolmentState(state)
    row = _BY_STEP_AND_STATE.get((step, found))
    if row is None:
        raise StepNotPossibleError(
            step=STEP_ACTS[step.value],
            found=state_name(found),
            needed=[state_name(each) for each in states_of(step)],
        )
    if row.needs_note and not note.strip():
        raise NoteMissingError(step=str(step))
    return row.to_state


def possible_steps(state: EnrolmentState | str) -> tuple[Step, ...]:
    """Return the steps that the table has from `state`, in its order.

    >>> possible_steps("closed"), possible_steps("revoked")
    ((<Step.REOPEN: 'reopen'>,), ())
    """
    return tuple(each.step for each in TRANSITIONS if each.from_state == state)


def states_of(step: Step) -> tuple[EnrolmentState, ...]:
    """Return the states from which the table has a step.

    >>> [state.value for state in states_of(Step.CLOSE)]
    ['active']
    """
    return tuple(each.from_state for each in TRANSITIONS if each.step == step)


def automatic_way(*, is_disbursed: bool) -> tuple[Transition, ...]:
    """Return the steps that a clean row takes by itself: reviewed and confirmed, and active once the money was lent.

    >>> [row.to_state.value for row in automatic_way(is_disbursed=False)]
    ['submitted', 'reviewed', 'confirmed']
    """
    steps = [(Step.SUBMIT, _S.DRAFT), (Step.REVIEW, _S.SUBMITTED), (Step.CONFIRM, _S.REVIEWED)]
    if is_disbursed:
        steps.append((Step.ACTIVATE, _S.CONFIRMED))
    return tuple(_BY_STEP_AND_STATE[key] for key in steps)
