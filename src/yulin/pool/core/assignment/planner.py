"""The year-end plan (当年出表): which reviewed claims can leave the balance sheet in time, and what blocks each other.

A claim's earliest day is counted from the terms of the scheme for the steps that it still has before it; a debt is
assigned after its compensation, and active on the day behind settlement. A term that no scheme states is unknown, and
then so is the answer, unless the known terms alone come too late.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from yulin.base.errors import CalendarNotAnnouncedError
from yulin.base.outcome import Outcome
from yulin.base.text import Text
from yulin.pool.core.claims.states import STATE_NAMES, TURNS, WAY
from yulin.pool.core.claims.terms import TERM_NAMES, Calendar
from yulin.pool.enums import ClaimState

_A_DAY = timedelta(days=1)
_MEETING, _DECISION = "joint_meeting", TURNS[ClaimState.CHECKED].term


@dataclass(frozen=True)
class Candidate:
    """A claim that might leave the balance sheet; `terms` maps a term to its working days, None where none is stated.

    `pre_flight` maps each item of the true-sale pre-flight to its outcome; `blocks` says what stands against the debt
    itself, `questions` what nobody knows of it. `since_on` is the day on which its state began; a joint meeting that is
    still to be held has its own term before the decision.
    """

    number: str
    bank_name: str
    amount_fen: int
    state: ClaimState
    since_on: date
    terms: Mapping[str, int | None]
    pre_flight: Mapping[str, tuple[Text, Outcome]]
    blocks: tuple[Text, ...] = ()
    questions: tuple[Text, ...] = ()
    is_to_be_met: bool = False


@dataclass(frozen=True)
class PlanLine:
    """What the plan says of one claim; `earliest_on`: off the balance sheet if every step takes its term.

    The amount counts as leaving only where `outcome` is met.
    """

    candidate: Candidate
    outcome: Outcome
    earliest_on: date | None
    blocks: tuple[Text, ...]
    questions: tuple[Text, ...]


def plan_line(candidate: Candidate, *, today: date, year_end: date, calendar: Calendar) -> PlanLine:
    """Return whether a claim can be off the balance sheet on `year_end`, and what is against it.

    The last step is the transfer itself: request and settlement on one working day, active on the day behind it.
    """
    blocks = [*candidate.blocks, *(text for text, one in candidate.pre_flight.values() if one == Outcome.NOT_MET)]
    unknown = (text for text, one in candidate.pre_flight.values() if one == Outcome.UNKNOWN)
    questions = [*candidate.questions, *unknown]
    if candidate.state not in WAY:
        state = Text("申请处于“%(state)s”", "the claim is “%(state)s”")
        blocks.append(state.with_values(state=STATE_NAMES[candidate.state]))
        return PlanLine(candidate, Outcome.NOT_MET, None, tuple(blocks), tuple(questions))
    terms = _terms_left(candidate)
    questions += [_NO_TERM.with_values(term=TERM_NAMES[term]) for term, workdays in terms if workdays is None]
    earliest_on = _earliest_on(candidate, terms, today, calendar)
    if earliest_on is None:
        questions.append(_NO_CALENDAR)
    elif earliest_on > year_end:
        blocks.append(_TOO_LATE.with_values(day=earliest_on, year_end=year_end))
    outcome = Outcome.NOT_MET if blocks else Outcome.UNKNOWN if questions else Outcome.MET
    return PlanLine(candidate, outcome, earliest_on, tuple(blocks), tuple(questions))


_NO_TERM = Text("方案未规定%(term)s的期限", "the scheme states no term for: %(term)s")
_NO_CALENDAR = Text("工作日历尚未公布", "the working-day calendar is not announced yet")
_TOO_LATE = Text(
    "最早%(day)s出表，晚于%(year_end)s", "off the balance sheet on %(day)s at the earliest, after %(year_end)s"
)


def _terms_left(candidate: Candidate) -> list[tuple[str, int | None]]:
    names = [TURNS[state].term for state in WAY[WAY.index(candidate.state) :] if TURNS[state].term]
    if candidate.is_to_be_met and _DECISION in names and candidate.terms.get(_MEETING) is not None:
        names.insert(names.index(_DECISION), _MEETING)
    return [(term, candidate.terms.get(term)) for term in names]


def _earliest_on(
    candidate: Candidate, terms: Sequence[tuple[str, int | None]], today: date, calendar: Calendar
) -> date | None:
    """Return the first day off the balance sheet by the known terms, the running one counted from its start."""
    day = today
    try:
        for number, (term, workdays) in enumerate(terms):
            running = _MEETING if term == _MEETING else TURNS[candidate.state].term
            is_running = number == 0 and running == term
            end = calendar.add_workdays(candidate.since_on if is_running else day, workdays or 0)
            day = max(day, end)
        settles_on = calendar.add_workdays(day, 1)
    except CalendarNotAnnouncedError:
        return None
    return settles_on + _A_DAY
