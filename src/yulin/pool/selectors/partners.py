"""Partner banks of a scheme and their products."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Case, Count, Q, QuerySet, Sum, Value, When

from yulin.base.text import OWN_CURRENCY, Text
from yulin.people.core.actors import Actor
from yulin.pool.adapters.packs import published_laws
from yulin.pool.core.states import IN_FORCE
from yulin.pool.errors import PartnershipNotFoundError, ProductNotFoundError
from yulin.pool.models import Enrolment, Partnership, Product
from yulin.rules.selectors import pack_currencies


def partner_intervals(scheme_id: str, *, bank_id: int) -> list[tuple[date, date | None]] | None:
    """Return the half-open intervals in which a bank is a partner; None where the scheme names no partners at all."""
    rows = list(Partnership.objects.filter(scheme_id=scheme_id).values_list("bank_id", "valid_from", "valid_until"))
    if not rows:
        return None
    return [(start, end) for bank, start, end in rows if bank == bank_id]


def banks_outside(scheme_id: str, *, bank_ids: Iterable[int], on: date) -> set[int]:
    """Return which of some banks take no part in a scheme on a day; none where the scheme names no partners at all."""
    if not Partnership.objects.filter(scheme_id=scheme_id).exists():
        return set()
    return set(bank_ids) - set(partnerships_on(scheme_id, on=on).values_list("bank_id", flat=True))


def partnerships_on(scheme_id: str, *, on: date) -> QuerySet[Partnership]:
    """Return the partners of a scheme on a day, with their banks."""
    return (
        Partnership.objects.filter(
            Q(valid_until__isnull=True) | Q(valid_until__gt=on), scheme_id=scheme_id, valid_from__lte=on
        )
        .select_related("bank")
        .order_by("bank__code", "unit_name")
    )


def all_partnerships(*, on: date) -> QuerySet[Partnership]:
    """Return every partnership with its bank and how it stands on a day: `standing` is now, ahead or ended."""
    standing = Case(
        When(valid_from__gt=on, then=Value("ahead")),
        When(valid_until__lte=on, then=Value("ended")),
        default=Value("now"),
    )
    return Partnership.objects.select_related("bank").annotate(standing=standing)


def scheme_titles() -> dict[str, Text]:
    """Return the published schemes under which loans are filed, by the latest title, newest first."""
    laws = sorted(published_laws(), key=lambda law: law.effective_from)
    titles = {law.pack.id: law.pack.title for law in laws}
    latest = {law.pack.id: law.effective_from for law in laws}
    return {scheme_id: titles[scheme_id] for scheme_id in sorted(titles, key=lambda one: latest[one], reverse=True)}


def scheme_currencies() -> dict[str, str]:
    """Return the currency of each published scheme."""
    return pack_currencies()


def schemes_without_partners() -> set[str]:
    """Return the schemes that name no partner, so that every bank may file under them."""
    named = set(Partnership.objects.order_by().values_list("scheme_id", flat=True).distinct())
    return set(scheme_titles()) - named


@dataclass(frozen=True)
class PartnershipPage:
    """One partnership and what stands under it."""

    partnership: Partnership
    scheme: Text
    open_loans: int
    outstanding_fen: int
    currency: str
    others: list[Partnership]  # the bank's other partnerships, newest first


def partnership_page(partnership_id: int, *, on: date) -> PartnershipPage:
    """Return one partnership with the loans in force of its bank and scheme.

    Raises: `POOL.PARTNERSHIP.NOT_FOUND`.
    """
    rows = all_partnerships(on=on)
    found = rows.filter(pk=partnership_id).first()
    if found is None:
        raise PartnershipNotFoundError(partnership=partnership_id)
    sums = Enrolment.objects.filter(
        bank_id=found.bank_id, scheme_id=found.scheme_id, state__in=[str(state) for state in IN_FORCE]
    ).aggregate(loans=Count("pk"), outstanding=Sum("outstanding_fen"))
    return PartnershipPage(
        partnership=found,
        scheme=scheme_titles().get(found.scheme_id, Text(found.scheme_id, found.scheme_id)),
        open_loans=sums["loans"],
        outstanding_fen=sums["outstanding"] or 0,
        currency=pack_currencies([found.scheme_id]).get(found.scheme_id, OWN_CURRENCY),
        others=list(rows.filter(bank_id=found.bank_id).exclude(pk=found.pk).order_by("-valid_from", "pk")),
    )


def products_of(bank_id: int) -> QuerySet[Product]:
    """Return a bank's loan products, open ones first."""
    return Product.objects.filter(bank_id=bank_id).order_by("-is_open", "name_zh")


def product_for(actor: Actor, product_id: int) -> Product:
    """Return one product of the actor's own bank.

    Raises: `POOL.PRODUCT.NOT_FOUND`, also when it is another bank's.
    """
    found = Product.objects.filter(pk=product_id, bank_id=actor.organisation_id or 0).first()
    if found is None:
        raise ProductNotFoundError(product=product_id)
    return found


def is_listed_publicly(bank_id: int, *, on: date) -> bool:
    """Tell whether the public page shows a bank's products: while it is a partner of some scheme."""
    held = Partnership.objects.filter(bank_id=bank_id, valid_from__lte=on)
    return held.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=on)).exists()
