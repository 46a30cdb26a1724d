"""How near a firm is to a title: the requirements of which one alone, if it held, would bring it.

This is the definition of *near* that a firm's page and an area's list share; `column_requirements` mirrors it for whole
tables, and a property test holds both equal. A firm that is refused is near where one requirement alone would bring the
title, or would leave it open with at most `OPEN_FACTS` facts to find out; of a market, only where it brings it.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import reduce
from typing import Any

from yulin.rules.core.bounds import AND, FALSE, TRUE, Env, named_undefined
from yulin.rules.core.facts import environment, known_facts
from yulin.rules.core.pack import Condition, Pack
from yulin.rules.core.program import Program, program_of
from yulin.rules.core.requirements import OPEN_FACTS, POINTS_TO_GO, Requirement, parts_of, requirements_of


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
    may_stay_open = not asks_all(pack) and len(open_slots(program, env)) <= OPEN_FACTS
    asked = (each for each in requirements_of(pack) if not each.row.is_unverified)
    after = ((each, _supposing(program, each, env)) for each in asked)
    return tuple(each for each, mask in after if mask == TRUE or (mask != FALSE and may_stay_open))


def open_slots(program: Program, env: Env) -> frozenset[str]:
    """Return the unknown facts of the rows that are open, those aside that nobody has verified."""
    found: set[str] = set()
    for part in program.parts:
        result = env[part.key]
        is_open = result not in {TRUE, FALSE} if isinstance(result, int) else result[0] != result[1]
        if is_open:
            found |= part.slots - env["known"]
    return frozenset(found)


def _supposing(program: Program, each: Requirement, env: Env) -> Any:
    """Return the verdict with one requirement supposed to hold."""
    pack = program.pack
    inner = {**env}
    if each.part is None:
        low, high, _ = env[each.row.id]
        most = pack.scores[each.row.id.removeprefix("scores.")].at_most
        inner[each.row.id] = (min(low + POINTS_TO_GO, most), min(high + POINTS_TO_GO, most), 0)
    else:
        inner[each.row.id] = _but_for(program, _condition(pack, each), each, env)
    return program.conclude(inner)


def _condition(pack: Pack, each: Requirement) -> Condition:
    section = pack.conditions if each.row.id.startswith("conditions.") else pack.routes
    return next(one for one in section.values() if one.row.id == each.row.id)


def _but_for(program: Program, condition: Condition, each: Requirement, env: Env) -> int:
    others = (
        named_undefined(program.value(part, env), condition.undefined)
        for place, part in enumerate(parts_of(condition))
        if place != each.place
    )
    return reduce(lambda a, b: AND[a][b], others, TRUE)
