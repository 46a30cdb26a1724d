"""Insurer mode: the loss ratio, the level at which new business stops, and public money for the part above it.

Loss ratio = claims ÷ premium. Finance pays its share of the claims above the level; business stops as soon as the ratio
or the overdue rate reaches its level (Yunnan pilot: 80 % of what is above 120 %, stop at 120 % or 10 % overdue, R-11).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction

from yulin.pool.core.ratios import WHOLE_BP
from yulin.rules.core.scheme import Provision, Scheme


@dataclass(frozen=True)
class ExcessLossRule:
    """The level of the loss ratio, finance's share of what is above it, and the overdue rate that also stops."""

    level_bp: int
    subsidy_bp: int
    overdue_stop_bp: int | None = None


def excess_rule(provisions: Sequence[Provision]) -> ExcessLossRule | None:
    """Return a scheme's rule on loss ratios; None where it states no level that somebody has confirmed.

    `loss_ratio_stop`, `excess_subsidy` and `overdue_stop` are ratios of the scheme's chapter on insurance; without a
    subsidy finance pays nothing.

    >>> excess_rule(()) is None
    True
    """
    said = {one.id: one.number for one in provisions if one.unit == "ratio" and not one.row.is_unverified}
    level = said.get("loss_ratio_stop")
    if level is None:
        return None
    return ExcessLossRule(level, said.get("excess_subsidy") or 0, said.get("overdue_stop"))


def subsidy_payer(scheme: Scheme) -> str:
    """Return the layer that bears finance's part: as the scheme says, else its first that is no district's; "" if none.

    A district's layer cannot bear it: an insurer's year is that of firms in every district.
    """
    stated = next((one.payer for one in scheme.insurance if one.payer), "")
    return stated or next((layer.party for layer in scheme.layers.values() if not layer.by_district), "")


@dataclass(frozen=True)
class InsuranceYear:
    """A year of insured lending, in fen."""

    premium_fen: int
    claims_fen: int
    lent_fen: int = 0
    overdue_fen: int = 0


@dataclass(frozen=True)
class ExcessLoss:
    """Where a year stands: its ratio (None without premium), finance's subsidy, and whether new business stops."""

    loss_ratio: Fraction | None
    subsidy_fen: int
    stops: bool


def excess_loss(rule: ExcessLossRule, year: InsuranceYear) -> ExcessLoss:
    """Return what finance pays of a year's claims and whether business stops.

    **Rounding**: the subsidy is rounded down. Without premium the ratio is unknown: claims then stop business, and
    finance pays nothing until somebody has stated the premium.

    >>> excess_loss(ExcessLossRule(12_000, 8_000), InsuranceYear(100_000, 150_000)).subsidy_fen
    24000
    """
    above = excess_fen(year, rule.level_bp) if year.premium_fen else Fraction()
    ratio = Fraction(year.claims_fen, year.premium_fen) if year.premium_fen else None
    is_reached = ratio * WHOLE_BP >= rule.level_bp if ratio is not None else year.claims_fen > 0
    is_overdue = (
        rule.overdue_stop_bp is not None
        and year.lent_fen > 0
        and year.overdue_fen * WHOLE_BP >= year.lent_fen * rule.overdue_stop_bp
    )
    return ExcessLoss(ratio, int(above * rule.subsidy_bp / WHOLE_BP), is_reached or is_overdue)


def excess_fen(year: InsuranceYear, level_bp: int) -> Fraction:
    """Return by how much a year's claims pass the level of its premiums, exactly; nothing where they do not."""
    return max(Fraction(year.claims_fen) - Fraction(year.premium_fen * level_bp, WHOLE_BP), Fraction())


class SubsidyVerdict(StrEnum):
    """Whether finance's part of a year can be decided, or why not."""

    DUE = "due"
    YEAR_RUNS = "year_runs"
    NO_PAYER = "no_payer"
    NO_PREMIUM = "no_premium"
    NOTHING = "nothing"


def subsidy_verdict(scheme: Scheme, year: InsuranceYear, number: int, today: date) -> SubsidyVerdict:
    """Tell whether finance's part of the year `number` can be decided on a day.

    A year is over on the first day of the next: until then claims come in, and a part that is decided once for all
    would leave them out.

    >>> excess = {"insurance": (), "layers": {}, "modes": {}, "rounding": "ceiling"}
    >>> subsidy_verdict(Scheme(**excess), InsuranceYear(1, 9), 2021, date(2022, 1, 1)).value
    'nothing'
    """
    rule = excess_rule(scheme.insurance)
    if rule is None or not rule.subsidy_bp:
        return SubsidyVerdict.NOTHING
    if today.year <= number:
        return SubsidyVerdict.YEAR_RUNS
    if year.claims_fen and not year.premium_fen:
        return SubsidyVerdict.NO_PREMIUM
    if not excess_loss(rule, year).subsidy_fen:
        return SubsidyVerdict.NOTHING
    return SubsidyVerdict.DUE if subsidy_payer(scheme) else SubsidyVerdict.NO_PAYER
