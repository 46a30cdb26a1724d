"""The cheapest ways to qualify: the least changes of few facts that turn *not met* into *met*.

Each way is proved by assessing the firm with the change; it is never read off a single row. Effort is how far facts
move against what they are: +10 % costs 0.1, a yes-or-no costs 1, a fall of an amount or a head count five times as much
as a rise, for nobody wants to shrink. Past years and dates are not offered: they cannot be changed.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import count
from typing import Any

from yulin.base.outcome import Outcome
from yulin.rules.core.assess import Assessment, assess, assess_without_asking
from yulin.rules.core.pack import Pack

_MOVABLE = frozenset({"money", "count", "ratio", "days", "months"})
_FALL_COSTS = 5.0


@dataclass(frozen=True)
class Change:
    """One fact, what it is and what it would have to be, in its own unit; `own` is None where it is not known."""

    fact: str
    own: Any
    new: Any


@dataclass(frozen=True)
class Way:
    """Changes that together bring the title, how far they move the firm, and what then still has to be known."""

    changes: tuple[Change, ...]
    effort: float
    points: int | None
    is_open: bool = False
    missing: tuple[str, ...] = ()


@dataclass(frozen=True)
class Limits:
    """How far to look: facts to change, ways to find, assessments to spend; whether open ways name what is missing."""

    changes: int = 3
    ways: int = 3
    tries: int = 250
    asks: bool = True


FULL = Limits()


def ways(pack: Pack, facts: Mapping[str, Any], on: date, limits: Limits = FULL) -> list[Way]:
    """Return the ways to a title, the least effort first, none containing another; empty where none was found.

    From *not met* a way may lead to an open answer; it then names what is still missing, if `limits.asks` for it.

    `facts` as `check_up.facts_for` gives them: those of the last full year by their bare name.

    Raises: RULES.PACK.NOT_IN_FORCE, RULES.FACT.VALUE.
    """
    start = assess_without_asking(pack, facts, on, explains=False).outcome
    wanted_outcomes = {Outcome.MET, Outcome.UNKNOWN} - {start}
    found: list[Way] = []
    turns = count()
    waiting: list[tuple[float, int, dict[str, Any]]] = [(0.0, next(turns), {})]
    seen: set[frozenset[tuple[str, Any]]] = set()
    for _ in range(limits.tries):
        if start is Outcome.MET or not waiting or len(found) == limits.ways:
            break
        effort, _, changes = heapq.heappop(waiting)
        if any(_contains(changes, way) for way in found):
            continue
        changed = {**facts, **changes}
        answer = assess_without_asking(pack, changed, on, explains=False)
        if answer.outcome in wanted_outcomes:
            if limits.asks and answer.outcome is Outcome.UNKNOWN:
                answer = assess(pack, changed, on, explains=False)  # and what is then missing
            found.append(_way(facts, changes, effort, answer))
            continue
        for name, value in _openings(pack, changed, assess_without_asking(pack, changed, on)):
            further = {**changes, name: value}
            key = frozenset(further.items())
            if len(further) <= limits.changes and key not in seen:
                seen.add(key)
                heapq.heappush(waiting, (_effort(pack, facts, further), next(turns), further))
    return found


def _contains(changes: Mapping[str, Any], way: Way) -> bool:
    return all(change.fact in changes for change in way.changes)


def _way(facts: Mapping[str, Any], changes: Mapping[str, Any], effort: float, answer: Assessment) -> Way:
    made = tuple(Change(name, facts.get(name), value) for name, value in changes.items())
    is_open = answer.outcome is Outcome.UNKNOWN
    return Way(made, effort, answer.score, is_open, answer.missing if is_open else ())


def _openings(pack: Pack, facts: Mapping[str, Any], answer: Assessment) -> Iterator[tuple[str, Any]]:
    """Yield single changes that a finding says would help: what a condition lacks, what earns the next band."""
    for finding in answer.findings:
        if finding.next_band is not None:
            yield from _moved(pack, facts, finding.next_band.gap)
        for question in finding.questions:
            if question.outcome is not Outcome.NOT_MET:
                continue
            yield from _moved(pack, facts, question.gap)
            if len(question.facts) == 1 and question.needed in {"yes", "no"}:
                fact = pack.vocabulary.find(question.facts[0])
                if fact is not None and fact.type.kind == "bool":
                    yield question.facts[0], question.needed == "yes"


def _moved(pack: Pack, facts: Mapping[str, Any], gap: Mapping[str, int]) -> Iterator[tuple[str, int]]:
    """Yield the changes that close a gap; a fall only where no rise closes it."""
    has_rise = any(more > 0 for more in gap.values())
    for name, more in gap.items():
        fact = pack.vocabulary.find(name)
        own = facts.get(name)
        is_wanted = more > 0 or not has_rise
        if is_wanted and fact is not None and fact.type.kind in _MOVABLE and isinstance(own, int):
            yield name, own + more


def _effort(pack: Pack, facts: Mapping[str, Any], changes: Mapping[str, Any]) -> float:
    return sum(_cost(pack, facts.get(name), name, value) for name, value in changes.items())


def _cost(pack: Pack, own: Any, name: str, new: Any) -> float:
    if isinstance(new, bool) or not isinstance(own, int):
        return 1.0
    moved: float = abs(new - own) / max(abs(own), abs(new), 1)
    fact = pack.vocabulary.find(name)
    falls = new < own and fact is not None and fact.type.kind in {"money", "count"}
    return moved * (_FALL_COSTS if falls else 1.0)
