"""Every read of layers' budgets: how the law funds a layer, what was granted, what is held, paid, left and received."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet, Sum

from yulin.pool.adapters.packs import laws_of
from yulin.pool.core.budgets import year_cap_fen
from yulin.pool.core.layers import covers_area
from yulin.pool.core.postings import Place
from yulin.pool.enums import VoucherState
from yulin.pool.models import Voucher
from yulin.rules.core.scheme import Layer

CASH_POOL = "cash_pool"


@dataclass(frozen=True)
class LayerLaw:
    """How the law funds a layer in a year; None where no published text says so."""

    layer: Layer | None
    cap_fen: int | None
    year: int

    @property
    def account_year(self) -> int | None:
        """The year of the budget's account; none for a pot, which goes on from year to year."""
        return None if self.layer is not None and self.layer.budget == CASH_POOL else self.year


def layer_law(place: Place, year: int) -> LayerLaw:
    """Return how the law of a scheme's latest version in a year funds one of its layers.

    A district's layer is funded as its own pack says.
    """
    laws = [law for law in laws_of(place.scheme_id) if law.effective_from <= date(year, 12, 31)]
    if not laws:
        return LayerLaw(None, None, year)
    law = laws[-1]
    district = int(place.district_code) if place.district_code and place.district_code.isdecimal() else None
    own = [pack for pack in law.layers if district is not None and covers_area(pack, district)]
    for pack in (*own, law.pack):
        layer = pack.scheme.layers.get(place.party)
        if layer is not None and layer.budget:
            return LayerLaw(layer, year_cap_fen(pack.scheme, place.party), year)
    return LayerLaw(None, None, year)


def vouchers_of_year(place: Place, year: int | None) -> QuerySet[Voucher]:
    """Return a layer's vouchers on claims that were decided in a year; in all years where none is named."""
    rows = Voucher.objects.filter(
        claim__scheme_id=place.scheme_id, party=place.party, district_code=place.district_code
    )
    return (rows if year is None else rows.filter(claim__decided_on__year=year)).select_related("claim")


def paid_out_fen(place: Place, year: int | None) -> int:
    """Return what a layer has paid on claims decided in a year, or in all years."""
    paid = vouchers_of_year(place, year).filter(state=VoucherState.PAID.value)
    return int(paid.aggregate(sum=Sum("amount_fen"))["sum"] or 0)
