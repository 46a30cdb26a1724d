"""Insurer mode: the loss ratio, the level at which new business stops, and public money for the part above it.

Loss ratio = claims ÷ premium. Finance pays its share of the claims above the level; business stops as soon as the ratio
or the overdue rate reaches its level (Yunnan pilot: 80 % of what is above 120 %, stop at 120 % or 10 % overdue, R-11).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from yulin.pool.core.ratios import WHOLE_BP
from yulin.rules.core.scheme import Provision


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

    **Rounding**: the subsidy is rounded down. Without premium the ratio is unknown; claims then stop business.

    >>> excess_loss(ExcessLossRule(12_000, 8_000), InsuranceYear(100_000, 150_000)).subsidy_fen
    24000
    """
    above = max(Fraction(year.claims_fen) - Fraction(year.premium_fen * rule.level_bp, WHOLE_BP), Fraction())
    ratio = Fraction(year.claims_fen, year.premium_fen) if year.premium_fen else None
    is_reached = ratio * WHOLE_BP >= rule.level_bp if ratio is not None else year.claims_fen > 0
    is_overdue = (
        rule.overdue_stop_bp is not None
        and year.lent_fen > 0
        and year.overdue_fen * WHOLE_BP >= year.lent_fen * rule.overdue_stop_bp
    )
    return ExcessLoss(ratio, int(above * rule.subsidy_bp / WHOLE_BP), is_reached or is_overdue)
