"""Ask what a draft would have cost. Nothing is written but that it was asked."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from django.db import transaction

from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.people.errors import NotAllowedError
from yulin.people.services import record_audit
from yulin.pool.adapters.packs import law_by_id, laws_of
from yulin.pool.core.deciding import Law
from yulin.pool.core.simulation.draft import drafted
from yulin.pool.core.simulation.effects import Effects, effects_of
from yulin.pool.core.simulation.run import Simulation, simulate
from yulin.pool.core.simulation.scenario import Scenario
from yulin.pool.errors import SchemeUnknownError
from yulin.pool.selectors.simulation import bank_history, past_claims


@dataclass(frozen=True)
class Simulated:
    """The answer: the law as drafted, the claims under it, and what that means for whom."""

    scenario: Scenario
    law: Law
    since: date
    until: date
    simulation: Simulation
    effects: Effects


def simulate_scheme(*, actor: Actor, scenario: Scenario, today: date) -> Simulated:
    """Return what the claims of some years would have come to under a draft.

    Effects: audit row. Raises: `PEOPLE.NOT_ALLOWED`, `POOL.SCHEME.UNKNOWN`, `RULES.PACK.UNKNOWN`.
    """
    if not actor.may(Action.SIMULATE_SCHEMES):
        raise NotAllowedError(action=str(Action.SIMULATE_SCHEMES), role=str(actor.role))
    since, until = scenario.interval(today)
    with transaction.atomic(), scope(EVERYTHING):
        law = drafted(_law(scenario), scenario.draft)
        claims = past_claims(law, scenario.scheme, since=since, until=until)
        found = simulate(law, claims, bank_history(scenario.scheme, since=since, until=until))
        record_audit(
            actor=actor,
            action="pool.simulate_scheme",
            subject=("scheme", scenario.scheme),
            facts={**scenario.plain(), "claims": len(claims), "unknown": len(found.unknown)},
        )
    return Simulated(scenario, law, since, until, found, effects_of(found))


def _law(scenario: Scenario) -> Law:
    laws = laws_of(scenario.scheme)
    if not laws:
        raise SchemeUnknownError(scheme=scenario.scheme)
    if scenario.version is None:
        return laws[-1]
    law = law_by_id(scenario.version)
    return law if law.layers else replace(law, layers=laws[-1].layers)
