"""Partner banks of a scheme and their products."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from yulin.pool.models import Partnership, Product


def partner_intervals(scheme_id: str, *, bank_id: int) -> list[tuple[date, date | None]] | None:
    """Return the half-open intervals in which a bank is a partner; None where the scheme names no partners at all."""
    rows = list(Partnership.objects.filter(scheme_id=scheme_id).values_list("bank_id", "valid_from", "valid_until"))
    if not rows:
        return None
    return [(start, end) for bank, start, end in rows if bank == bank_id]


def partnerships_on(scheme_id: str, *, on: date) -> QuerySet[Partnership]:
    """Return the partners of a scheme on a day, with their banks."""
    return (
        Partnership.objects.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gt=on), scheme_id=scheme_id, valid_from__lte=on
        )
        .select_related("bank")
        .order_by("bank__code", "unit_name")
    )


def products_of(bank_id: int) -> QuerySet[Product]:
    """Return a bank's loan products, open ones first."""
    return Product.objects.filter(bank_id=bank_id).order_by("-is_open", "name_zh")
