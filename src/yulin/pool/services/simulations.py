"""Ask what a draft would have cost. Nothing is written but that it was asked, and a drafted text that was uploaded."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from django.db import transaction

from yulin.kit import documents
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.people.errors import NotAllowedError
from yulin.people.services import record_audit
from yulin.pool.adapters.draft_texts import MOST_BYTES, read_draft
from yulin.pool.adapters.packs import law_by_id, laws_of
from yulin.pool.core.deciding import Law
from yulin.pool.core.simulation.draft import drafted, in_place
from yulin.pool.core.simulation.effects import Effects, effects_of
from yulin.pool.core.simulation.run import Simulation, simulate
from yulin.pool.core.simulation.scenario import Scenario
from yulin.pool.errors import SchemeUnknownError
from yulin.pool.selectors.simulation import bank_history, past_claims
from yulin.rules.core.pack import Pack
from yulin.rules.selectors import published_pack


@dataclass(frozen=True)
class Simulated:
    """The answer: the law as drafted, the claims under it, and what that means for whom."""

    scenario: Scenario
    law: Law
    since: date
    until: date
    simulation: Simulation
    effects: Effects


def keep_draft_text(*, actor: Actor, scheme_id: str, name: str, content: bytes) -> tuple[str, Pack]:
    """Keep a drafted text so that simulations can start from it; return its SHA-256 and what it says.

    Effects: the document; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.SCHEME.UNKNOWN`, `POOL.DRAFT.TEXT`, `RULES.PACK.*`, `KIT.UPLOAD.TOO_LARGE`.
    """
    _refuse_others(actor)
    pack = _read(_last(scheme_id), content)
    sha256 = documents.store(content, limit_bytes=MOST_BYTES, name=name)
    facts = {"scheme": scheme_id, "pack": pack.id, "version": pack.version, "file": name}
    with transaction.atomic():
        record_audit(actor=actor, action="pool.keep_draft_text", subject=("document", sha256), facts=facts)
    return sha256, pack


def simulate_scheme(*, actor: Actor, scenario: Scenario, today: date) -> Simulated:
    """Return what the claims of some years would have come to under a draft.

    Effects: audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.SCHEME.UNKNOWN`, `RULES.PACK.UNKNOWN`, `KIT.DOCUMENT.NOT_FOUND`.
    """
    _refuse_others(actor)
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


def _refuse_others(actor: Actor) -> None:
    if not actor.may(Action.SIMULATE_SCHEMES):
        raise NotAllowedError(action=str(Action.SIMULATE_SCHEMES), role=str(actor.role))


def _law(scenario: Scenario) -> Law:
    last = _last(scenario.scheme)
    if scenario.text:
        return in_place(last, _read(last, documents.read_document(scenario.text)))
    if scenario.version is None:
        return last
    law = law_by_id(scenario.version)
    return law if law.layers else replace(law, layers=last.layers)


def _last(scheme_id: str) -> Law:
    laws = laws_of(scheme_id)
    if not laws:
        raise SchemeUnknownError(scheme=scheme_id)
    return laws[-1]


def _read(law: Law, content: bytes) -> Pack:
    values = published_pack(law.published_id).manager_values
    return read_draft(content, scheme_id=law.pack.id, manager_values=values)
