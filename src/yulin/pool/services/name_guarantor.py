"""The guarantor of a loan in guarantee mode, where nobody named it: added once, with its share; never changed.

Until then nobody can claim on the loan: its bank may not, and no guarantor is known.
"""

from __future__ import annotations

from django.db import transaction

from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor
from yulin.people.enums import Action, OrganisationKind
from yulin.people.errors import NotAllowedError
from yulin.people.selectors import organisations_of_kind
from yulin.people.services import record_audit
from yulin.pool.core.ratios import WHOLE_BP
from yulin.pool.enums import Mode
from yulin.pool.errors import GuarantorNotNamedError, NoteMissingError
from yulin.pool.models import Enrolment, EnrolmentEvent
from yulin.pool.services._steps import locked_enrolment

STEP = "guarantor"


def name_guarantor(
    *, actor: Actor, enrolment_id: int, guarantor_id: int, share_bp: int, note: str, version: int | None = None
) -> Enrolment:
    """Name the guarantor of a loan in guarantee mode that lacks one, and the share that its contract gives it.

    Effects: the enrolment; event; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.ENROLMENT.GUARANTOR`, `POOL.ENROLMENT.NOTE`, `KIT.CHANGED_MEANWHILE`.
    """
    if not actor.may(Action.CONFIRM_ENROLMENTS):
        raise NotAllowedError(action=str(Action.CONFIRM_ENROLMENTS), role=str(actor.role))
    if not note.strip():
        raise NoteMissingError(step=STEP)
    with transaction.atomic(), scope(EVERYTHING):
        enrolment = locked_enrolment(actor, enrolment_id, version=version)
        known = organisations_of_kind(OrganisationKind.GUARANTOR).filter(pk=guarantor_id).first()
        is_free = enrolment.mode == Mode.GUARANTEE and enrolment.guarantor_id is None
        if known is None or not is_free or not 0 < share_bp <= WHOLE_BP:
            raise GuarantorNotNamedError(loan=enrolment.loan_number, share_bp=share_bp)
        enrolment.guarantor, enrolment.contract_bp = known, {**enrolment.contract_bp, "guarantor": share_bp}
        enrolment.version += 1
        enrolment.save(update_fields=["guarantor", "contract_bp", "version"])
        EnrolmentEvent.objects.create(
            enrolment=enrolment, actor_user_id=actor.user_id, actor_organisation_id=actor.organisation_id,
            actor_name=actor.name, step=STEP, from_state=enrolment.state, to_state=enrolment.state, note=note[:1000],
        )  # fmt: skip
        record_audit(
            actor=actor,
            action="pool.name_guarantor",
            subject=("enrolment", enrolment.pk),
            facts={"guarantor": known.code, "share_bp": share_bp, "note": note},
        )
    return enrolment
