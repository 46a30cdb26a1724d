"""Experts of the register, and a visit by one whom nothing ties to the claim."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.factories.people import make_actor, make_organisation

from yulin.brain.services.experts import ExpertFacts, keep_expert
from yulin.people.core.actors import Actor
from yulin.people.enums import OrganisationKind, Role
from yulin.people.models import Membership
from yulin.pool.models import Claim, ClaimVisit
from yulin.pool.selectors.experts import listed_experts
from yulin.pool.services.claims.visiting import record_visit


def make_expert(**facts: Any) -> str:
    """Enter a person into the register; return the number."""
    return enter_expert(make_actor(Role.EXPERT, make_organisation(OrganisationKind.EXPERT)), **facts)


def enter_expert(person: Actor, **facts: Any) -> str:
    """Enter a person who holds the role of an expert; return the number."""
    seat = Membership.objects.get(user_id=person.user_id, role=Role.EXPERT)
    officer = make_actor(Role.AUTHORITY_OFFICER)
    return keep_expert(actor=officer, membership_id=seat.pk, facts=ExpertFacts(**facts)).number


def visited(actor: Actor, claim: Claim, on: date, *, expert: str = "", note: str = "已停产") -> ClaimVisit:
    """Record a visit by an expert, one of the register or a new one."""
    known = [one.number for one in listed_experts()]
    number = expert or (known[0] if known else make_expert())
    return record_visit(actor=actor, claim_id=claim.pk, version=None, expert=number, on=on, note=note)
