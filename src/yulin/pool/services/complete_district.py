"""The district of a firm at filing, where nobody named it: completed once, with what shows it; never changed.

Until then a layer that joins by district is neither promised nor left out: the ratio is open and a claim is stopped.
"""

from __future__ import annotations

from django.db import transaction

from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.people.errors import NotAllowedError
from yulin.people.services import record_audit
from yulin.pool.adapters.packs import law_by_id
from yulin.pool.core.filing import FiledRatio, Filing, ratio_at_filing
from yulin.pool.core.names import district_name
from yulin.pool.errors import DistrictKnownError, NoteMissingError
from yulin.pool.models import Claim, Enrolment, EnrolmentEvent
from yulin.pool.selectors.claim_case import contract_bp
from yulin.pool.services._steps import locked_enrolment

STEP = "district"
_CLAUSE_LETTERS = 200


def complete_district(
    *, actor: Actor, enrolment_id: int, district_code: str, note: str, version: int | None = None
) -> Enrolment:
    """Add the firm's district at filing to an enrolment that lacks it; the ratio follows from it.

    Effects: the frozen facts with the district, the ratio anew, its open claims' district; event; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.ENROLMENT.DISTRICT_KNOWN`, `POOL.ENROLMENT.NOTE`, `KIT.CHANGED_MEANWHILE`.
    """
    if not actor.may(Action.CONFIRM_ENROLMENTS):
        raise NotAllowedError(action=str(Action.CONFIRM_ENROLMENTS), role=str(actor.role))
    if not note.strip():
        raise NoteMissingError(step=STEP)
    with transaction.atomic(), scope(EVERYTHING):
        enrolment = locked_enrolment(actor, enrolment_id, version=version)
        if enrolment.district_code:
            raise DistrictKnownError(loan=enrolment.loan_number, district=district_name(enrolment.district_code))
        before = dict(enrolment.ratio_bp)
        enrolment.district_code = district_code
        enrolment.facts = {**enrolment.facts, "district_code": district_code}
        found = _ratio(enrolment)
        enrolment.ratio_bp, enrolment.ratio_clause = dict(found.ratio_bp), found.clause[:_CLAUSE_LETTERS]
        enrolment.version += 1
        enrolment.save(update_fields=["district_code", "facts", "ratio_bp", "ratio_clause", "version"])
        Claim.objects.open().filter(enrolment=enrolment).update(district_code=district_code)
        EnrolmentEvent.objects.create(
            enrolment=enrolment, actor_user_id=actor.user_id, actor_organisation_id=actor.organisation_id,
            actor_name=actor.name, step=STEP, from_state=enrolment.state, to_state=enrolment.state, note=note[:1000],
        )  # fmt: skip
        record_audit(
            actor=actor,
            action="pool.complete_district",
            subject=("enrolment", enrolment.pk),
            facts={"district": district_code, "note": note, "ratio_before": before, "ratio_after": enrolment.ratio_bp},
        )
    return enrolment


def _ratio(enrolment: Enrolment) -> FiledRatio:
    law = law_by_id(enrolment.pack_id)
    facts = {name: value for name, value in enrolment.facts.items() if name in law.pack.vocabulary.by_alias}
    filing = Filing(
        enrolment.disbursed_on, enrolment.mode, enrolment.loan_amount_fen, facts, contract_bp(enrolment, law)
    )
    return ratio_at_filing(law.pack, law.layers, filing)
