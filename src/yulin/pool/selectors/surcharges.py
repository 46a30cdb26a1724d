"""Where lenders stand on a scheme's surcharge: from their claims of each year against their yearly cap."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

from django.db.models import Sum

from yulin.kit.row_security import EVERYTHING, scope
from yulin.pool.core.fees import PlusOf, no_plus
from yulin.pool.core.ratios import WHOLE_BP
from yulin.pool.core.surcharge import CapYear, SurchargeStanding, window
from yulin.pool.models import Claim
from yulin.pool.selectors.claim_case import lender_year

if TYPE_CHECKING:
    from yulin.pool.core.deciding import Law
    from yulin.rules.core.scheme import MoneyCap, Surcharge

_MEASURED = frozenset({"fees", "recoveries"})


class Surcharges:
    """The standings of lenders under laws, each worked out once: by law, lender and year."""

    def __init__(self) -> None:
        self._found: dict[tuple[int, int, int], SurchargeStanding] = {}

    def standing(self, law: Law, bank_id: int, year: int) -> SurchargeStanding | None:
        """Return a lender's standing in a year; None where the law has no surcharge."""
        rule = law.pack.scheme.surcharge
        if rule is None:
            return None
        key = (law.published_id, bank_id, year)
        if key not in self._found:
            self._found[key] = SurchargeStanding(rule, year, tuple(_years(law, rule, bank_id, window(rule, year))))
        return self._found[key]

    def plus_of(self, law: Law, bank_id: int) -> PlusOf:
        """Return what is added to a lender's rates, by year."""
        if law.pack.scheme.surcharge is None:
            return no_plus

        def plus(year: int) -> int | None:
            found = self.standing(law, bank_id, year)
            return found.plus_bp if found else 0

        return plus


def _years(law: Law, rule: Surcharge, bank_id: int, years: Iterable[int]) -> Iterable[CapYear]:
    cut = _cut_by_year(law.pack.id, bank_id)
    caps = [cap for mode in law.pack.scheme.modes.values() for cap in mode.money_caps if cap.id == rule.cap]
    for year in years:
        if not cut.get(year):  # nothing was cut: whatever the cap was, the claims did not pass it
            yield CapYear(year, 0, 0, None)
            continue
        sums = lender_year(law, bank_id, year)
        yield CapYear(year, sums["paid"], cut[year], yearly_cap_fen(caps[0], sums))


def _cut_by_year(scheme_id: str, bank_id: int) -> Mapping[int, int]:
    with scope(EVERYTHING):
        rows = Claim.objects.with_money().filter(scheme_id=scheme_id, bank_id=bank_id, decided_on__isnull=False)
        sums = rows.order_by().values("decided_on__year").annotate(cut=Sum("over_cap_fen"))
        return {row["decided_on__year"]: int(row["cut"] or 0) for row in sums}


def yearly_cap_fen(cap: MoneyCap, sums: Mapping[str, int]) -> int | None:
    """Return a lender's cap of a year, rounded down; None where it is measured by what is not kept by year."""
    if cap.used != "paid" or cap.bands or cap.times_ratio or not _MEASURED.issuperset(cap.of):
        return None
    total = sum(sums[name] for name in cap.of)
    parts = [total * (cap.rate_bp or WHOLE_BP) // WHOLE_BP] if cap.of else []
    parts += [] if cap.at_most_fen is None else [cap.at_most_fen]
    return min(parts, default=None)
