"""The register of experts: entered and changed by the authority, with who employs them and which firms they avoid."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db import transaction

from yulin.brain.errors import ApplicationNotFoundError
from yulin.brain.models import Expert
from yulin.brain.services._applications import person
from yulin.kit import clock
from yulin.people.core.actors import Actor
from yulin.people.enums import Action, Role
from yulin.people.selectors import people_in_role
from yulin.people.services import record_audit
from yulin.pool.services._steps import draw_from_series


@dataclass(frozen=True)
class ExpertFacts:
    """What is known of an expert, and what the expert has named."""

    fields: str = ""
    employer: str = ""
    employer_name: str = ""
    person_code: str = ""
    declared: Sequence[str] = ()
    told_apart: Sequence[str] = ()
    is_active: bool = True


@transaction.atomic
def keep_expert(*, actor: Actor, membership_id: int, facts: ExpertFacts) -> Expert:
    """Enter a person in the role of an expert into the register, or write anew what is known of them.

    Effects: the expert; audit row. Raises: `PEOPLE.NOT_ALLOWED`, `BRAIN.APPLICATION.NOT_FOUND`.
    """
    person(actor, Action.EDIT_EXPERTS)
    today = clock.business_date()
    seat = next((one for one in people_in_role(Role.EXPERT, on=today) if one.pk == membership_id), None)
    if seat is None:
        raise ApplicationNotFoundError(application=membership_id)
    expert = Expert.objects.filter(user=seat.user_id).first()
    expert = expert or Expert(user_id=seat.user_id, number=draw_from_series("ZJ", today.year, 1)[0])
    expert.organisation_id, expert.name, expert.made_by_name = seat.organisation_id, seat.user.name, actor.name
    expert.fields, expert.employer = facts.fields.strip()[:200], facts.employer.strip()[:40]
    expert.employer_name, expert.person_code = facts.employer_name.strip()[:200], facts.person_code.strip()[:80]
    expert.declared, expert.told_apart = sorted(set(facts.declared)), sorted(set(facts.told_apart))
    expert.is_active = facts.is_active
    expert.save()
    record_audit(
        actor=actor, action="brain.keep_expert", subject=("expert", expert.pk),
        facts={
            "number": expert.number, "employer": expert.employer, "declared": expert.declared,
            "told_apart": expert.told_apart, "is_active": expert.is_active,
        },
    )  # fmt: skip
    return expert
