"""An insurer states the premiums that it took in a year under a scheme; a later statement stands in its place."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.people.errors import NotAllowedError
from yulin.people.services import record_audit
from yulin.pool.adapters.packs import laws_of
from yulin.pool.errors import PremiumFrozenError, SchemeUnknownError
from yulin.pool.models import ExcessSubsidy, Premium
from yulin.pool.services.claims._steps import lock_decisions


def state_premium(*, actor: Actor, scheme_id: str, year: int, premium_fen: int) -> Premium:
    """Keep what the actor's own organisation took in premiums in a year.

    Effects: one premium; audit row with the former number.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.SCHEME.UNKNOWN`, `POOL.SUBSIDY.PREMIUM_FROZEN`.
    """
    if not actor.may(Action.STATE_PREMIUMS) or actor.organisation_id is None:
        raise NotAllowedError(action=str(Action.STATE_PREMIUMS), role=str(actor.role))
    if not laws_of(scheme_id):
        raise SchemeUnknownError(scheme=scheme_id)
    with transaction.atomic(), scope(EVERYTHING):
        lock_decisions(scheme_id)  # a subsidy that is decided meanwhile is computed from one number
        of_year: dict[str, Any] = {"scheme_id": scheme_id, "insurer_id": actor.organisation_id, "year": year}
        stands = ExcessSubsidy.objects.standing().filter(**of_year).first()
        if stands is not None and stands.premium_fen != premium_fen:
            raise PremiumFrozenError(year=year, premium_fen=stands.premium_fen, amount_fen=stands.amount_fen)
        rows = Premium.objects.filter(**of_year)
        before = rows.select_for_update().values_list("premium_fen", flat=True).first()
        stated = {"premium_fen": premium_fen, "stated_by_id": actor.user_id}
        kept, _ = Premium.objects.update_or_create(**of_year, defaults=stated)
        facts = {"scheme": scheme_id, "year": year, "before_fen": before, "premium_fen": premium_fen}
        record_audit(actor=actor, action="pool.state_premium", subject=("premium", kept.pk), facts=facts)
    return kept
