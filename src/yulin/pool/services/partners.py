"""Partner banks of a scheme and the products that a bank offers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from yulin.kit import clock
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.people.errors import NotAllowedError
from yulin.people.services import record_audit
from yulin.pool.errors import PartnershipOverlapError
from yulin.pool.models import Partnership, Product


@transaction.atomic
def record_partnership(
    *,
    actor: Actor,
    scheme_id: str,
    bank_id: int,
    valid_from: date,
    valid_until: date | None = None,
    unit_name: str = "",
) -> Partnership:
    """Record that a bank takes part in a scheme over a half-open interval.

    Effects: one `Partnership`; audit row. Raises: `PEOPLE.NOT_ALLOWED`, `POOL.PARTNERSHIP.OVERLAP`.
    """
    _require(actor, Action.EDIT_PARTNERSHIPS)
    try:
        with transaction.atomic():
            made = Partnership.objects.create(
                scheme_id=scheme_id,
                bank_id=bank_id,
                valid_from=valid_from,
                valid_until=valid_until,
                unit_name=unit_name,
            )
    except IntegrityError:
        held = Partnership.objects.filter(scheme_id=scheme_id, bank_id=bank_id, unit_name=unit_name).first()
        raise PartnershipOverlapError(scheme=scheme_id, since=held.valid_from if held else valid_from) from None
    facts = {"scheme": scheme_id, "bank": bank_id, "from": str(valid_from), "until": str(valid_until or "")}
    record_audit(actor=actor, action="pool.record_partnership", subject=("partnership", made.pk), facts=facts)
    return made


@transaction.atomic
def end_partnership(*, actor: Actor, partnership_id: int, on: date) -> Partnership:
    """End a partnership from a day on; loans enrolled before stay under their law.

    Effects: the partnership's end; audit row. Raises: `PEOPLE.NOT_ALLOWED`.
    """
    _require(actor, Action.EDIT_PARTNERSHIPS)
    held = Partnership.objects.select_for_update().get(pk=partnership_id)
    held.valid_until = on
    held.save(update_fields=["valid_until"])
    record_audit(
        actor=actor, action="pool.end_partnership", subject=("partnership", held.pk), facts={"until": on.isoformat()}
    )
    return held


@transaction.atomic
def keep_product(*, actor: Actor, bank_id: int, name_zh: str, fields: Mapping[str, Any]) -> Product:
    """Make or change a product of the actor's own bank; its name tells it from the bank's others.

    Effects: one `Product`, with the day of the change; audit row. Raises: `PEOPLE.NOT_ALLOWED`.
    """
    _require(actor, Action.EDIT_PRODUCTS)
    if not actor.sees_all_rows and actor.organisation_id != bank_id:
        raise NotAllowedError(action=str(Action.EDIT_PRODUCTS), role=str(actor.role))
    values = {**fields, "updated_on": clock.business_date()}
    product, is_new = Product.objects.update_or_create(bank_id=bank_id, name_zh=name_zh, defaults=values)
    record_audit(
        actor=actor,
        action="pool.keep_product",
        subject=("product", product.pk),
        facts={"name": name_zh, "is_new": is_new, "fields": sorted(fields)},
    )
    return product


def _require(actor: Actor, action: Action) -> None:
    if not actor.may(action):
        raise NotAllowedError(action=str(action), role=str(actor.role))
