"""The terms of one settlement, one fee, one subsidy, as plain numbers: anybody recomputes them without the law's works.

They are derived anew from the law that the claim's loan is enrolled under and the facts frozen with it; the sheet kept
with the decision is not asked, so that the two can be compared.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from yulin.pool.core.caps import cut_order, public_order
from yulin.pool.core.claims.clawback import recall_year_days
from yulin.pool.core.claims.deciding import ClaimSettlement
from yulin.pool.core.deciding import Law
from yulin.pool.core.insurance import excess_rule, subsidy_payer
from yulin.pool.core.loss import LossCase
from yulin.pool.core.settlement import own_public
from yulin.rules.core.scheme import FeeTable, Mode, Recovery, Scheme, Surcharge


def settlement_terms(law: Law, case: LossCase, settled: ClaimSettlement) -> dict[str, Any] | None:
    """Return what a settlement's shares follow from, or None where the law does not cover the loan.

    **Units**: ratios are exact parts of the whole, as "1/2"; names that end in _bp are basis points.
    """
    mode, ratios = settled.settlement.mode, settled.settlement.ratios or {}
    if mode is None:
        return None
    public = own_public(law.pack.scheme, ratios)
    all_public = public_order(public, case.other_public_fen)
    cap = mode.all_layers
    return {
        "mode": mode.id,
        "loss": _loss_rule(mode),
        "guarantor_bp": case.contract_bp.get("guarantor", 10_000),
        "rounding": mode.rounding,
        "rest": mode.rest,
        "ratios": [[party, str(ratio.share or Fraction())] for party, ratio in ratios.items()],
        "public": public,
        "other_public": dict(case.other_public_fen),
        "all_layers": {"bp": cap.at_most_bp, "order": cut_order(cap, all_public)} if cap else None,
        "money_caps": [cap.id for cap in mode.money_caps],
        "splits": {name: dict(layer.split) for name, layer in law.pack.scheme.layers.items() if layer.split},
        "insurance": _insurance(mode),
        "instalments_bp": [part.bp or 0 for part in mode.instalments],
        "recovery": _recovery(law.pack.scheme.recovery, mode),
    }


def fee_terms(table: FeeTable, surcharge: Surcharge | None = None) -> dict[str, Any]:
    """Return what a fee follows from: which base, how often, the rates by tier and band, what a surcharge may add."""
    return {
        **({"plus_bp": surcharge.plus_bp} if surcharge else {}),
        "table": table.id,
        "base": table.base,
        "per": table.per,
        "part_year": table.part_year,
        "tiers": [
            {"up_to_fen": tier.up_to_fen, "bands": [{"up_to_fen": one.up_to_fen, "bp": one.bp} for one in tier.bands]}
            for tier in table.tiers
        ],
    }


def subsidy_terms(scheme: Scheme) -> dict[str, Any] | None:
    """Return what an insurer's subsidy follows from: level, share, the layer that bears it; None without a rule."""
    rule = excess_rule(scheme.insurance)
    if rule is None:
        return None
    return {"level_bp": rule.level_bp, "subsidy_bp": rule.subsidy_bp, "party": subsidy_payer(scheme)}


def _loss_rule(mode: Mode) -> Mapping[str, Any]:
    rule = mode.loss_base
    days = rule.interest.days_at_most if rule.interest else None
    return {"measure": rule.measure, "parts": list(rule.parts), "less": list(rule.less), "days": days}


def _insurance(mode: Mode) -> Mapping[str, Any] | None:
    if mode.insurance is None or mode.insurance.share.bp is None:
        return None
    return {"payer": mode.insurance.payer, "insurer": mode.insurance.insurer, "bp": mode.insurance.share.bp}


def _recovery(rule: Recovery | None, mode: Mode) -> Mapping[str, Any]:
    collector = mode.insurance.payer if mode.insurance else mode.rest
    return {
        "remit": rule.remit if rule else "share",
        "cost": rule.cost if rule else "carried",
        "collector": collector,
        "recall_year_days": recall_year_days(rule),
    }
