"""In which currency something of the pool is: that of the scheme version it stands under."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from django.db.models import F, QuerySet

from yulin.base.text import OWN_CURRENCY
from yulin.pool.adapters.packs import currency_under
from yulin.pool.models import Claim, Enrolment, Recovery, WriteOff
from yulin.rules.selectors import pack_currencies

__all__ = ["currency_of", "currency_of_row", "currency_under", "sums_by_currency", "with_currency"]


def currency_of(scheme_id: str) -> str:
    """Return the currency of a scheme; the yuan where it is not published."""
    return pack_currencies([scheme_id]).get(scheme_id, OWN_CURRENCY)


def currency_of_row(name: str, key: int) -> str:
    """Return the currency of what an address names (`claim_id`, …); the yuan where nothing is seen under the key."""
    rows, path = _ROWS[name]
    pack_id = rows().filter(pk=key).values_list(path, flat=True).first()
    return OWN_CURRENCY if pack_id is None else currency_under(pack_id)


def sums_by_currency(amounts: Iterable[tuple[str, int]]) -> dict[str, int]:
    """Return the sums of amounts, each given with its scheme, by currency; amounts of two currencies never add up."""
    listed = list(amounts)
    known = pack_currencies({scheme_id for scheme_id, _ in listed}) if listed else {}
    sums: dict[str, int] = {}
    for scheme_id, fen in listed:
        currency = known.get(scheme_id, OWN_CURRENCY)
        sums[currency] = sums.get(currency, 0) + fen
    return sums


def with_currency(rows: QuerySet[Any, Any]) -> Any:
    """Return claims or enrolments, each with the currency of its version as `currency`."""
    return rows.annotate(currency=F("pack__currency"))


_ROWS: Mapping[str, tuple[Callable[[], QuerySet[Any, Any]], str]] = {
    "claim_id": (Claim.objects.all, "pack_id"),
    "enrolment_id": (Enrolment.objects.all, "pack_id"),
    "recovery_id": (Recovery.objects.all, "claim__pack_id"),
    "write_off_id": (WriteOff.objects.all, "claim__pack_id"),
}
