"""Partner banks of a scheme and the products that a bank offers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from yulin.kit import clock
from yulin.people.core.actors import Actor
from yulin.people.enums import Action, OrganisationKind
from yulin.people.errors import NotAllowedError
from yulin.people.selectors import organisations_of_kind
from yulin.people.services import record_audit
from yulin.pool.adapters.packs import laws_of
from yulin.pool.errors import (
    NotABankError,
    PartnershipIntervalError,
    PartnershipNotFoundError,
    PartnershipOverlapError,
    ProductNameTakenError,
    ProductNotFoundError,
    SchemeUnknownError,
)
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

    Effects: one `Partnership`; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.SCHEME.UNKNOWN`, `POOL.PARTNERSHIP.BANK`, `POOL.PARTNERSHIP.INTERVAL`,
    `POOL.PARTNERSHIP.OVERLAP`.
    """
    _require(actor, Action.EDIT_PARTNERSHIPS)
    if not laws_of(scheme_id):
        raise SchemeUnknownError(scheme=scheme_id)
    if not organisations_of_kind(OrganisationKind.BANK).filter(pk=bank_id).exists():
        raise NotABankError(organisation=bank_id)
    if valid_until is not None and valid_until <= valid_from:
        raise PartnershipIntervalError(since=valid_from, until=valid_until)
    made = Partnership(
        scheme_id=scheme_id, bank_id=bank_id, valid_from=valid_from, valid_until=valid_until, unit_name=unit_name
    )
    _write_interval(made)
    facts = {"scheme": scheme_id, "bank": bank_id, "from": str(valid_from), "until": str(valid_until or "")}
    record_audit(actor=actor, action="pool.record_partnership", subject=("partnership", made.pk), facts=facts)
    return made


@transaction.atomic
def end_partnership(*, actor: Actor, partnership_id: int, on: date) -> Partnership:
    """End a partnership from a day on; loans enrolled before stay under their law.

    Effects: the partnership's end; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.PARTNERSHIP.NOT_FOUND`, `POOL.PARTNERSHIP.INTERVAL`,
    `POOL.PARTNERSHIP.OVERLAP` where a later end would run into the bank's next partnership.
    """
    _require(actor, Action.EDIT_PARTNERSHIPS)
    held = Partnership.objects.select_for_update().filter(pk=partnership_id).first()
    if held is None:
        raise PartnershipNotFoundError(partnership=partnership_id)
    if on <= held.valid_from:
        raise PartnershipIntervalError(since=held.valid_from, until=on)
    before, held.valid_until = held.valid_until, on
    _write_interval(held)
    facts = {"until": on.isoformat(), "until_before": str(before or "")}
    record_audit(actor=actor, action="pool.end_partnership", subject=("partnership", held.pk), facts=facts)
    return held


@transaction.atomic
def keep_product(*, actor: Actor, bank_id: int, fields: Mapping[str, Any], product_id: int | None = None) -> Product:
    """Make a product of the actor's own bank, or change the one that is named; `fields` of the model, `name_zh` first.

    Effects: one `Product`, with the day of the change; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.PRODUCT.NOT_FOUND`, `POOL.PRODUCT.NAME_TAKEN`.
    """
    _require(actor, Action.EDIT_PRODUCTS)
    if actor.organisation_id != bank_id:
        raise NotAllowedError(action=str(Action.EDIT_PRODUCTS), role=str(actor.role))
    if product_id is None:
        product = Product(bank_id=bank_id)
    else:
        found = Product.objects.select_for_update().filter(pk=product_id, bank_id=bank_id).first()
        if found is None:
            raise ProductNotFoundError(product=product_id)
        product = found
    for name, value in fields.items():
        setattr(product, name, value)
    product.updated_on = clock.business_date()
    try:
        with transaction.atomic():
            product.save()
    except IntegrityError:
        raise ProductNameTakenError(name=product.name_zh) from None
    record_audit(
        actor=actor,
        action="pool.keep_product",
        subject=("product", product.pk),
        facts={"name": product.name_zh, "is_new": product_id is None, "fields": sorted(fields)},
    )
    return product


def _write_interval(partnership: Partnership) -> None:
    """Save an interval; the database refuses one that overlaps another of the same bank, scheme and unit."""
    try:
        with transaction.atomic():
            partnership.save()
    except IntegrityError:
        same = Partnership.objects.filter(
            scheme_id=partnership.scheme_id, bank_id=partnership.bank_id, unit_name=partnership.unit_name
        )
        since = same.exclude(pk=partnership.pk).order_by("-valid_from").values_list("valid_from", flat=True).first()
        raise PartnershipOverlapError(scheme=partnership.scheme_id, since=since or partnership.valid_from) from None


def _require(actor: Actor, action: Action) -> None:
    if not actor.may(action):
        raise NotAllowedError(action=str(action), role=str(actor.role))
