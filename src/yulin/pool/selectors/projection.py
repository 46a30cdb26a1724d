"""What a projection of a scheme's fund starts from: money in hand, what the public layers stand for, the claims so far.

Invariant: every number is that of the ledger and the book today; what they do not hold starts at nothing, to be filled.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Sum

from yulin.kit.row_security import EVERYTHING, scope
from yulin.ledger.enums import AccountKind
from yulin.ledger.selectors import balances
from yulin.pool.core.deciding import Law
from yulin.pool.core.postings import Place
from yulin.pool.core.ratios import WHOLE_BP
from yulin.pool.models import Claim, Enrolment


@dataclass(frozen=True)
class ProjectionStart:
    """A scheme's fund today: what its layers have, what they stand for, what a year's claims took of that."""

    opening_fen: int
    outstanding_fen: int
    claim_rate_bp: int
    decided_fen: int


def schemes_by_outstanding() -> list[str]:
    """Return the schemes under which loans are in force, the largest balance first."""
    with scope(EVERYTHING):
        rows = Enrolment.objects.in_force().order_by().values("scheme_id").annotate(sum=Sum("outstanding_fen"))
        return [row["scheme_id"] for row in rows.order_by("-sum", "scheme_id")]


def projection_start(law: Law, *, today: date) -> ProjectionStart:
    """Return where a projection of a scheme starts: the claims are those decided in the year before today's."""
    places = [Place.of(law.pack.id, party, None) for party in law.pack.scheme.layers]
    accounts = [place.account(AccountKind.BUDGET, year) for place in places for year in (None, today.year)]
    with scope(EVERYTHING):
        opening = sum(one.available_fen for one in balances(accounts).values())
        outstanding = _public_exposure_fen(law)
        claims = Claim.objects.with_money().filter(scheme_id=law.pack.id, decided_on__gt=_year_before(today))
        decided = int(claims.aggregate(sum=Sum("public_fen"))["sum"] or 0)
    rate = -(-decided * WHOLE_BP // outstanding) if outstanding else 0
    return ProjectionStart(opening, outstanding, rate, decided)


def _public_exposure_fen(law: Law) -> int:
    """Return what the public layers would bear if every loan in force failed today, before any cap."""
    public = {party for pack in (law.pack, *law.layers) for party in pack.scheme.layers}
    rows = Enrolment.objects.in_force().filter(scheme_id=law.pack.id).order_by()
    return sum(
        fen * sum(bp for party, bp in ratio.items() if party in public) // WHOLE_BP
        for ratio, fen in rows.values_list("ratio_bp").annotate(sum=Sum("outstanding_fen"))
    )


def _year_before(day: date) -> date:
    return day.replace(year=day.year - 1, day=min(day.day, 28))
