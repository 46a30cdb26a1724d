"""Each insurer's year under a scheme: premiums, claims, its loss ratio, what finance pays above the level, the stop.

Invariant: an insurer sees its own line only; a scheme without a confirmed level stops nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db.models import Sum

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
from yulin.pool.models import Claim, Enrolment, Premium

if TYPE_CHECKING:
    from yulin.people.models import Organisation

_INSURER = "insurer"


@dataclass(frozen=True)
class InsurerLine:
    """One insurer under one scheme in one year."""

    insurer: Organisation
    law: Law
    rule: ExcessLossRule
    year: InsuranceYear
    result: ExcessLoss

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


def insurer_lines(actor: Actor, *, today: date) -> list[InsurerLine]:
    """Return each insurer under each scheme with a confirmed level, in the year of a day; an insurer gets its own."""
    own = actor.organisation_id if actor.kind == OrganisationKind.INSURER else None
    if own is None and not actor.sees_all_rows:
        return []
    return [line for law in _laws(today) for line in _lines(law, today.year) if own in {None, line.insurer.pk}]


def stopped_insurers(law: Law, *, year: int) -> set[int]:
    """Return the insurers whose new business has stopped under a scheme in a year."""
    if excess_rule(law.pack.scheme.insurance) is None:
        return set()
    return {line.insurer.pk for line in _lines(law, year) if line.result.stops}


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
    return [InsurerLine(known[pk], law, rule, one, excess_loss(rule, one)) for pk, one in sorted(years.items())]


def _years(scheme_id: str, year: int) -> dict[int, InsuranceYear]:
    loans = Enrolment.objects.live().filter(scheme_id=scheme_id, insurer_id__isnull=False).order_by()
    lent = dict(loans.filter(disbursed_on__year=year).values_list("insurer_id").annotate(Sum("enrolled_amount_fen")))
    overdue = dict(
        loans.in_force().filter(disbursed_on__year=year, overdue_days__gt=0).values_list("insurer_id")
        .annotate(Sum("outstanding_fen"))
    )  # fmt: skip
    premiums = dict(Premium.objects.filter(scheme_id=scheme_id, year=year).values_list("insurer_id", "premium_fen"))
    claims: dict[int, int] = {}
    decided = Claim.objects.with_money().filter(scheme_id=scheme_id, insurer_id__isnull=False, decided_on__year=year)
    for insurer_id, sheet in decided.values_list("insurer_id", "sheet"):
        part = sum(line.amount_fen for line in read_sheet(sheet).lines if line.party == _INSURER)
        claims[insurer_id] = claims.get(insurer_id, 0) + part
    return {
        pk: InsuranceYear(premiums.get(pk, 0), claims.get(pk, 0), lent.get(pk, 0), overdue.get(pk, 0))
        for pk in {*lent, *premiums, *claims}
    }
