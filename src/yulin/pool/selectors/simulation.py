"""The past that a draft is tried on: decided claims with their frozen facts, and what breakers divide by.

Invariant: what was decided is read as it was kept; what a claim lacks stays lacking.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from django.db.models import BigIntegerField, F, Prefetch, Q, QuerySet, Sum, Value
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Cast, Coalesce

from yulin.kit.row_security import EVERYTHING, scope
from yulin.pool.core.claims.deciding import Deduction, reduced
from yulin.pool.core.claims.sheet import UNCOVERED, read_sheet
from yulin.pool.core.deciding import Law
from yulin.pool.core.ratios import WHOLE_BP
from yulin.pool.core.simulation.run import BankHistory, PastClaim
from yulin.pool.core.simulation.run import Sum as Added
from yulin.pool.enums import Mode
from yulin.pool.models import Claim, ClaimDeduction, Enrolment, MonthlyReturn
from yulin.pool.selectors.claim_case import case_of

_BAD = ("substandard", "doubtful", "loss")


def past_claims(law: Law, scheme_id: str, *, since: date, until: date) -> list[PastClaim]:
    """Return the claims of a scheme that were decided in a half-open interval, in the order of their decisions."""
    current = Prefetch("deductions", ClaimDeduction.objects.filter(is_current=True).order_by("pk"))
    rows = (
        Claim.objects.with_money()
        .filter(scheme_id=scheme_id, decided_on__gte=since, decided_on__lt=until)
        .exclude(sheet={})
        .select_related("enrolment")
        .prefetch_related(current)
        .order_by("decided_on", "pk")
    )
    return [_past(claim, law) for claim in rows.iterator(chunk_size=1_000)]


def _past(claim: Claim, law: Law) -> PastClaim:
    sheet = read_sheet(claim.sheet)
    covered = [line for line in sheet.lines if line.kind != UNCOVERED]
    case = case_of(claim, law, {})
    deductions = [Deduction(one.item, one.amount_fen, one.clause, one.reason) for one in claim.deductions.all()]
    return PastClaim(
        id=claim.pk,
        number=claim.number,
        decided_on=claim.decided_on or claim.since_on,
        bank_id=claim.bank_id,
        claimant_kind="bank" if claim.bank_id == claim.lender_id else "guarantor",
        district_code=claim.district_code,
        firm_class=str(claim.enrolment.facts.get("size_class") or ""),
        case=replace(reduced(case, deductions, None), other_modes=frozenset()),
        booked_fen={line.party: line.amount_fen for line in covered},
        public=frozenset(line.party for line in covered if line.kind == "public"),
    )


def bank_history(scheme_id: str, *, since: date, until: date) -> BankHistory:
    """Return what the breakers of a scheme divide by: enrolled by day, guaranteed by day, balances by month."""
    share = Coalesce(Cast(KeyTextTransform("guarantor", "contract_bp"), BigIntegerField()), Value(WHOLE_BP))
    with scope(EVERYTHING):
        loans = Enrolment.objects.live().filter(scheme_id=scheme_id, disbursed_on__lt=until)
        loans = loans.filter(disbursed_on__year__gte=since.year)
        guaranteed = loans.filter(mode=Mode.GUARANTEE.value, guarantor__isnull=False)
        months = MonthlyReturn.objects.filter(
            enrolment__scheme_id=scheme_id, month__gte=date(since.year - 1, 12, 1), month__lt=until
        )
        fen = "outstanding_fen"
        return BankHistory(
            enrolled=_by(loans, "bank", "disbursed_on", Sum("enrolled_amount_fen")),
            guaranteed=_by(guaranteed, "guarantor", "disbursed_on", Sum(F("enrolled_amount_fen") * share / WHOLE_BP)),
            balances=_by(months, "enrolment__bank", "month", Sum(fen)),
            bad_balances=_by(months, "enrolment__bank", "month", Coalesce(Sum(fen, filter=Q(five_class__in=_BAD)), 0)),
        )


def _by(rows: QuerySet[Any], owner: str, day: str, total: Any) -> dict[int, list[Added]]:
    found: dict[int, list[Added]] = {}
    lines: Iterable[dict[str, Any]] = rows.order_by().values(owner, day).annotate(total=total).order_by(owner, day)
    for line in lines:
        known_on = line[day] if day != "month" else _next_month(line[day])  # a month's balance stands at its end
        found.setdefault(line[owner], []).append(Added(known_on, line["total"] or 0))
    return found


def _next_month(first: date) -> date:
    return date(first.year + first.month // 12, first.month % 12 + 1, 1)
