"""One loss as it is put before a scheme, and the loss base: what of it counts before any ratio.

Principal, interest up to a day or in stages, costs, what a guarantor has paid and is still owed, or what is left
after the lender's own recovery; the scheme's mode says which. The loss base never exceeds what was lost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from yulin.rules.core.scheme import InterestRule, LossBase


@dataclass(frozen=True)
class Loss:
    """What was lost on a loan (or on a portfolio), in fen; None where the case does not say."""

    principal_fen: int = 0
    interest_fen: int = 0
    cost_fen: int = 0
    advances_fen: int = 0
    recovered_fen: int = 0
    paid_by_guarantor_fen: int | None = None
    still_owed_fen: int | None = None
    at_npa_fen: int | None = None
    at_claim_fen: int | None = None
    annual_rate_ppm: int | None = None
    interest_days: int | None = None
    days_to_next_date: int = 0


@dataclass(frozen=True)
class Receipt:
    """Money that came in after compensation, and what it cost to get it."""

    gross_fen: int
    cost_fen: int = 0
    held_by: str = ""  # who has it, where that is not the party that collects


@dataclass(frozen=True)
class LossCase:
    """One enrolled loan with its loss, the book that caps are measured against, and the money recovered since."""

    on: date
    mode: str
    loss: Loss
    amount_fen: int | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)  # by slot, as `rules.core.facts.known_facts` reads them
    classes: frozenset[str] = frozenset()  # rows of a ratio table that the enrolment names
    bonuses: frozenset[str] | None = None  # None: the facts decide
    contract_bp: Mapping[str, int] = field(default_factory=dict)
    book: Mapping[str, int] = field(default_factory=dict)  # by measure
    other_public_fen: Mapping[str, int] = field(default_factory=dict)  # public money of schemes beside this one
    other_modes: frozenset[str] = frozenset()  # modes under which the same loan is enrolled already
    recoveries: tuple[Receipt, ...] = ()


def loss_base_fen(rule: LossBase, case: LossCase) -> int:
    """Return what of the loss counts.

    **Rounding**: interest that is computed here is rounded half up.

    >>> from yulin.rules.core.pack import Row
    >>> from yulin.rules.errors import Where
    >>> row = Row("", "", "yes", "", None, None, Where())
    >>> rule = LossBase("incurred", ("principal",), ("recovered",), None, row)
    >>> loss_base_fen(rule, LossCase(date(2025, 2, 3), "bank", Loss(10_000_000, recovered_fen=4_000_000)))
    6000000
    """
    loss = case.loss
    if rule.measure == "paid_by_guarantor":
        paid = paid_by_guarantor_fen(case)
        return paid if loss.still_owed_fen is None else min(paid, loss.still_owed_fen)
    if rule.measure == "lower_of_npa_and_claim":
        stages = [stage for stage in (loss.at_npa_fen, loss.at_claim_fen) if stage is not None]
        return min(stages, default=loss.principal_fen)
    parts = {
        "principal": loss.principal_fen,
        "interest": interest_fen(rule.interest, loss),
        "cost": loss.cost_fen,
        "advances": loss.advances_fen,
    }
    less = loss.recovered_fen if "recovered" in rule.less else 0
    return max(sum(parts[part] for part in rule.parts) - less, 0)


def paid_by_guarantor_fen(case: LossCase) -> int:
    """Return what the guarantor paid the bank: as told, else its contract share of the principal, rounded down."""
    if case.loss.paid_by_guarantor_fen is not None:
        return case.loss.paid_by_guarantor_fen
    return case.loss.principal_fen * case.contract_bp.get("guarantor", 10_000) // 10_000


def interest_fen(rule: InterestRule | None, loss: Loss) -> int:
    """Return the interest that counts: as told, cut to the days allowed, or computed from the rate in stages."""
    if rule is None:
        return loss.interest_fen
    if loss.annual_rate_ppm is None:
        return _cut_to_days(rule, loss)
    a_year = Fraction(loss.principal_fen * loss.annual_rate_ppm, 1_000_000)
    if rule.stages:
        full = Fraction(loss.days_to_next_date, rule.year_days)
        staged = sum((Fraction(months * bp, 12 * 10_000) for months, bp in rule.stages), Fraction())
        return half_up(a_year * (full + staged))
    days = loss.interest_days or 0
    counted = days if rule.days_at_most is None else min(days, rule.days_at_most)
    return half_up(a_year * counted / rule.year_days)


def counted_days(rule: LossBase) -> int | None:
    """Return how many days of interest count at most; None where the scheme counts none or sets no bound."""
    return rule.interest.days_at_most if rule.interest is not None and "interest" in rule.parts else None


def _cut_to_days(rule: InterestRule, loss: Loss) -> int:
    days, most = loss.interest_days, rule.days_at_most
    if days is None or most is None or days <= most:
        return loss.interest_fen
    return loss.interest_fen * most // days


def half_up(amount: Fraction) -> int:
    """Round an amount that is not negative to whole fen, a half upwards.

    >>> half_up(Fraction(5, 2))
    3
    """
    return int(amount + Fraction(1, 2))
