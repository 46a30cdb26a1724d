"""Each insurer's year under a scheme: premiums, claims, its loss ratio, what finance pays above the level, the stop.

The law of a year is the scheme's latest version in it; what is decided of finance's part stands beside the figures.

Invariant: an insurer sees its own line only; a scheme without a confirmed level stops nobody.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import QuerySet, Sum

from yulin.base.text import Text
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor
from yulin.people.enums import OrganisationKind
from yulin.people.selectors import organisation_names
from yulin.pool.adapters.packs import published_laws
from yulin.pool.core.claims.sheet import read_sheet
from yulin.pool.core.deciding import Law
from yulin.pool.core.insurance import ExcessLoss, ExcessLossRule, InsuranceYear, excess_loss, excess_rule
from yulin.pool.core.words import percent_word
from yulin.pool.errors import SubsidyNotFoundError
from yulin.pool.models import Claim, Enrolment, ExcessSubsidy, Premium

if TYPE_CHECKING:
    from yulin.people.models import Organisation

_INSURER = "insurer"


@dataclass(frozen=True)
class InsurerLine:
    """One insurer under one scheme in one year."""

    insurer: Organisation
    law: Law
    rule: ExcessLossRule
    number: int
    year: InsuranceYear
    result: ExcessLoss
    subsidy: ExcessSubsidy | None = None  # the one that stands

    @property
    def ratio(self) -> str:
        """The loss ratio in words."""
        found = self.result.loss_ratio
        return "—" if found is None else f"{float(found) * 100:.2f}%"

    @property
    def level(self) -> str:
        """The level at which business stops."""
        return percent_word(self.rule.level_bp)

    @property
    def verdict(self) -> tuple[str, Text]:
        """Whether new business stops."""
        if self.result.stops:
            return "bad", Text("停办新业务", "new business stopped")
        return "ok", Text("正常", "open")


@dataclass(frozen=True)
class CountedClaim:
    """One claim of an insurer's year, with what the insurer bears of it."""

    claim: Claim
    part_fen: int


def insurer_lines(actor: Actor, *, today: date, year: int | None = None) -> list[InsurerLine]:
    """Return each insurer under each scheme with a confirmed level, in a year (that of `today`); an insurer its own."""
    own = actor.organisation_id if actor.kind == OrganisationKind.INSURER else None
    if own is None and not actor.sees_all_rows:
        return []
    number = today.year if year is None else year
    laws = _laws(_law_day(number, today))
    return [line for law in laws for line in _lines(law, number) if own in {None, line.insurer.pk}]


def insurer_line(actor: Actor, place: tuple[str, int, int], *, today: date) -> InsurerLine:
    """Return one insurer's year: of a scheme, an insurer, a year.

    Raises: `POOL.SUBSIDY.NOT_FOUND`, also where it is somebody else's.
    """
    scheme_id, insurer_id, year = place
    is_own = actor.kind == OrganisationKind.INSURER and actor.organisation_id == insurer_id
    laws = _laws(_law_day(year, today)) if (actor.sees_all_rows or is_own) and 2000 <= year <= today.year else []
    lines = [line for law in laws if law.pack.id == scheme_id for line in _lines(law, year)]
    found = next((line for line in lines if line.insurer.pk == insurer_id), None)
    if found is None:
        raise SubsidyNotFoundError(scheme=scheme_id, insurer=insurer_id, year=year)
    return found


def counted_claims(scheme_id: str, insurer_id: int, year: int) -> list[CountedClaim]:
    """Return the claims of which an insurer's year is made, in the order of their decisions."""
    rows = _decided(scheme_id, year).filter(insurer_id=insurer_id).select_related("bank")
    return [CountedClaim(one, _insurer_part(one.sheet)) for one in rows.order_by("decided_on", "id")]


def stopped_insurers(law: Law, *, year: int) -> set[int]:
    """Return the insurers whose new business has stopped under a scheme in a year."""
    if excess_rule(law.pack.scheme.insurance) is None:
        return set()
    return {line.insurer.pk for line in _lines(law, year) if line.result.stops}


def insurance_year(scheme_id: str, insurer_id: int, year: int) -> InsuranceYear:
    """Return one insurer's year as its premium and its claims stand, without what was lent."""
    stated = Premium.objects.filter(scheme_id=scheme_id, insurer_id=insurer_id, year=year)
    sheets = _decided(scheme_id, year).filter(insurer_id=insurer_id).values_list("sheet", flat=True)
    premium = stated.values_list("premium_fen", flat=True).first() or 0
    return InsuranceYear(premium, sum(_insurer_part(sheet) for sheet in sheets))


def _laws(today: date) -> list[Law]:
    latest = {law.pack.id: law for law in published_laws() if law.effective_from <= today}
    return [law for law in latest.values() if excess_rule(law.pack.scheme.insurance) is not None]


def _lines(law: Law, year: int) -> list[InsurerLine]:
    rule = excess_rule(law.pack.scheme.insurance)
    if rule is None:
        return []
    with scope(EVERYTHING):
        years = _years(law.pack.id, year)
        known = organisation_names(years)
        rows = ExcessSubsidy.objects.standing().filter(scheme_id=law.pack.id, year=year)
        standing = {one.insurer_id: one for one in rows}
    return [
        InsurerLine(known[pk], law, rule, year, one, excess_loss(rule, one), standing.get(pk))
        for pk, one in sorted(years.items())
    ]


def _law_day(year: int, today: date) -> date:
    return min(today, date(year, 12, 31))


def _decided(scheme_id: str, year: int) -> QuerySet[Claim]:
    rows: QuerySet[Claim] = Claim.objects.with_money()
    return rows.filter(scheme_id=scheme_id, insurer_id__isnull=False, decided_on__year=year)


def _insurer_part(sheet: Mapping[str, Any]) -> int:
    return sum(line.amount_fen for line in read_sheet(sheet).lines if line.party == _INSURER)


def _years(scheme_id: str, year: int) -> dict[int, InsuranceYear]:
    loans = Enrolment.objects.live().filter(scheme_id=scheme_id, insurer_id__isnull=False).order_by()
    lent = dict(loans.filter(disbursed_on__year=year).values_list("insurer_id").annotate(Sum("enrolled_amount_fen")))
    overdue = dict(
        loans.in_force().filter(disbursed_on__year=year, overdue_days__gt=0).values_list("insurer_id")
        .annotate(Sum("outstanding_fen"))
    )  # fmt: skip
    premiums = dict(Premium.objects.filter(scheme_id=scheme_id, year=year).values_list("insurer_id", "premium_fen"))
    claims: dict[int, int] = {}
    for insurer_id, sheet in _decided(scheme_id, year).values_list("insurer_id", "sheet"):
        claims[insurer_id] = claims.get(insurer_id, 0) + _insurer_part(sheet)
    return {
        pk: InsuranceYear(premiums.get(pk, 0), claims.get(pk, 0), lent.get(pk, 0), overdue.get(pk, 0))
        for pk in {*lent, *premiums, *claims}
    }
