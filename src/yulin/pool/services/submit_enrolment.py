"""The bank completes a filing that was given back, and files it again: decided anew on what is known now."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from django.db import transaction

from yulin.base.outcome import Outcome
from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import SYSTEM_ACTOR, Actor
from yulin.pool.adapters.packs import law_by_id
from yulin.pool.core.deciding import Decision, decide_loan
from yulin.pool.core.filing import Filing
from yulin.pool.core.states import Step
from yulin.pool.models import Enrolment
from yulin.pool.services._steps import Why, is_disbursed, locked_enrolment, number_fields, take_step

_CLAUSE_LETTERS = 200


def submit_enrolment(
    *, actor: Actor, enrolment_id: int, facts: Mapping[str, Any], version: int | None = None, note: str = ""
) -> Enrolment:
    """File a draft again with further facts; what the rules can decide now is confirmed at once.

    Effects: the frozen facts with what was added, outcome, ratios; submitted, and where the law is met reviewed,
    confirmed and active with a number; events; audit rows.
    Raises: `POOL.ENROLMENT.STEP`, `KIT.CHANGED_MEANWHILE`, `RULES.FACT.VALUE`.
    """
    with transaction.atomic(), scope(EVERYTHING):
        enrolment = locked_enrolment(actor, enrolment_id, version=version)
        known = {**enrolment.facts, **{name: value for name, value in facts.items() if value is not None}}
        found = _decision(enrolment, known)
        take_step(
            actor,
            enrolment,
            Step.SUBMIT,
            Why(note=note, facts={"added": sorted(facts)}),
            facts=json.loads(json.dumps(known, default=str)),
            outcome=found.outcome.value,
            missing=list(found.missing),
            ratio_bp=dict(found.ratio.ratio_bp),
            ratio_clause=found.ratio.clause[:_CLAUSE_LETTERS],
            submitted_on=clock.business_date(),
            is_hnte=known.get("has_valid_hnte", enrolment.is_hnte),
        )
        if found.outcome is Outcome.MET and not found.ratio.is_open:
            _confirm(enrolment)
    return enrolment


def _decision(enrolment: Enrolment, facts: Mapping[str, Any]) -> Decision:
    law = law_by_id(enrolment.pack_id)
    said = {name: value for name, value in facts.items() if name in law.pack.vocabulary.by_alias}
    filing = Filing(enrolment.disbursed_on, enrolment.mode, enrolment.loan_amount_fen, said)
    return decide_loan(law, said, filing)


def _confirm(enrolment: Enrolment) -> None:
    why = Why(note="按规则自动办理")
    take_step(SYSTEM_ACTOR, enrolment, Step.REVIEW, why)
    take_step(SYSTEM_ACTOR, enrolment, Step.CONFIRM, why, **number_fields(enrolment, clock.business_date()))
    if is_disbursed(enrolment):
        take_step(SYSTEM_ACTOR, enrolment, Step.ACTIVATE, why)
