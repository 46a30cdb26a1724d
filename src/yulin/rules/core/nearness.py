"""How near a firm is to a title: the requirements of which one alone, if it held, would bring it.

This is the definition of *near* that a firm's page and an area's list share; `column_requirements` mirrors it for whole
tables, and a property test holds both equal. A firm that is refused is near where one requirement alone would bring the
title, or would leave it open with at most `OPEN_FACTS` facts to find out; of a market, only where it brings it.
Where the firm is registered is no step: who lies elsewhere is not near.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import reduce
from types import MappingProxyType
from typing import Any

from yulin.rules.core.bounds import AND, FALSE, TRUE, Env, named_undefined
from yulin.rules.core.facts import environment, known_facts
from yulin.rules.core.pack import Condition, Pack
from yulin.rules.core.program import Program, program_of
from yulin.rules.core.requirements import OPEN_FACTS, POINTS_TO_GO, Requirement, parts_of, requirements_of

NOTHING_ELSE: Mapping[str, frozenset[str]] = MappingProxyType({})


def asks_all(pack: Pack) -> bool:
    """Whether nothing else may be open beside what a firm lacks: unknown facts bring no firm near a market."""
    return pack.kind == "listing"


def short_of(pack: Pack, facts: Mapping[str, Any], on: date) -> tuple[Requirement, ...]:
    """Return the requirements of which each alone keeps a firm from a title; empty where the firm is not near.

    `facts` by public names. Raises: RULES.FACT.UNKNOWN_NAME, RULES.FACT.VALUE.
    """
    pack = pack.deciding()
    if pack.outcome is None or pack.classes or pack.ladder or pack.outcome.row.is_unverified:
        return ()
    program = program_of(pack)
    env = environment(pack.vocabulary, known_facts(facts, pack.vocabulary, on), on, program.slots)
    if program.run(env) != FALSE:
        return ()
    asked = (each for each in requirements_of(pack) if not each.row.is_unverified and not each.is_of_place)
    return tuple(each for each in asked if _brings(program, each, supposing(program, each, env)))


def _brings(program: Program, each: Requirement, env: Env) -> bool:
    """Whether the title is given, or open with few facts to find out."""
    verdict = program.conclude(env)
    if verdict in {TRUE, FALSE}:
        return bool(verdict == TRUE)
    return (
        not asks_all(program.pack)
        and len(open_slots(program, env, {each.row.id: slots_beside(program.pack, each)})) <= OPEN_FACTS
    )


def slots_beside(pack: Pack, each: Requirement) -> frozenset[str]:
    """Return the facts that a requirement's row reads beside it: all of an indicator's, those of the other parts."""
    if each.part is None:
        score = pack.scores[each.row.id.removeprefix("scores.")]
        return frozenset().union(*(expression.slots for expression in score.expressions()))
    parts = parts_of(condition_of(pack, each))
    return frozenset().union(*(part.slots for place, part in enumerate(parts) if place != each.place))


def open_slots(program: Program, env: Env, read: Mapping[str, frozenset[str]] = NOTHING_ELSE) -> frozenset[str]:
    """Return the unknown facts of the rows that are open, those aside that nobody has verified.

    `read` says for some rows which facts of theirs count.
    """
    found: set[str] = set()
    for part in program.parts:
        result = env[part.key]
        is_open = result not in {TRUE, FALSE} if isinstance(result, int) else result[0] != result[1]
        if is_open:
            found |= read.get(part.key, part.slots) - env["known"]
    return frozenset(found)


def supposing(program: Program, each: Requirement, env: Env) -> Env:
    """Return the results of a run with one requirement supposed to hold."""
    pack = program.pack
    inner = {**env}
    if each.part is None:
        low, high, _ = env[each.row.id]
        most = pack.scores[each.row.id.removeprefix("scores.")].at_most
        inner[each.row.id] = (min(low + POINTS_TO_GO, most), min(high + POINTS_TO_GO, most), 0)
    else:
        inner[each.row.id] = _but_for(program, condition_of(pack, each), each, env)
    return inner


def condition_of(pack: Pack, each: Requirement) -> Condition:
    """Return the condition or route of which a requirement is a part."""
    section = pack.conditions if each.row.id.startswith("conditions.") else pack.routes
    return next(one for one in section.values() if one.row.id == each.row.id)


def _but_for(program: Program, condition: Condition, each: Requirement, env: Env) -> int:
    others = (
        named_undefined(program.value(part, env), condition.undefined)
        for place, part in enumerate(parts_of(condition))
        if place != each.place
    )
    return reduce(lambda a, b: AND[a][b], others, TRUE)
