"""The terms of each decided claim, fee and subsidy, derived anew from its law and the facts frozen with its loan."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet

from yulin.base.errors import YulinError
from yulin.pool.core.audit_pack.terms import fee_terms, settlement_terms, subsidy_terms
from yulin.pool.core.claims.deciding import Deduction, settle_claim
from yulin.pool.core.deciding import Law
from yulin.pool.core.fees import fee_table
from yulin.pool.models import Claim, ClaimDeduction, ExcessSubsidy, FeeCharge
from yulin.pool.selectors.audit_pack import Laws
from yulin.pool.selectors.claim_case import case_of


def settlement_lines(claims: QuerySet[Claim], laws: Laws) -> Iterator[dict[str, Any]]:
    """Give each claim that has a sheet with the terms that its shares follow from; null where the law is silent now.

    Caps in money are measured by the book of the day of a decision and are not part of the terms.
    """
    current = Prefetch("deductions", ClaimDeduction.objects.filter(is_current=True).order_by("pk"))
    rows = claims.exclude(sheet={}).select_related("enrolment").prefetch_related(current).order_by("pk")
    for claim in rows.iterator(chunk_size=500):
        yield {
            "claim": claim.pk,
            "terms": _terms(claim, laws.law(claim.pack_id)),
            "over_cap_fen": claim.sheet["over_cap_fen"],
            "outside_fen": claim.sheet.get("outside_fen", 0),
            "unverified": claim.sheet["unverified"],
        }


def _terms(claim: Claim, law: Law) -> dict[str, Any] | None:
    case = case_of(claim, law, {})
    deductions = [Deduction(one.item, one.amount_fen, one.clause, one.reason) for one in claim.deductions.all()]
    try:
        return settlement_terms(law, case, settle_claim(law, case, deductions))
    except YulinError:  # an open number, a fact that is missing: the pack says so and shows nothing
        return None


def fee_lines(charges: QuerySet[FeeCharge], laws: Laws) -> Iterator[dict[str, Any]]:
    """Give each fee with its table's terms, by the day of the guarantee; null where the law has no such table now."""
    for charge in charges.order_by("pk").iterator(chunk_size=500):
        approved, terms = charge.measured.get("approved_on"), None
        if charge.pack_id is not None and approved:
            scheme = laws.law(charge.pack_id).pack.scheme
            table = fee_table(scheme.fees, charge.kind, date.fromisoformat(approved))
            terms = None if table is None else fee_terms(table, scheme.surcharge)
        yield {"charge": charge.pk, "terms": terms}


def subsidy_lines(subsidies: QuerySet[ExcessSubsidy], laws: Laws) -> Iterator[dict[str, Any]]:
    """Give each subsidy with its rule's terms; null where the law has no such rule now."""
    for one in subsidies.order_by("pk").iterator(chunk_size=500):
        yield {"subsidy": one.pk, "terms": subsidy_terms(laws.law(one.pack_id).pack.scheme)}
