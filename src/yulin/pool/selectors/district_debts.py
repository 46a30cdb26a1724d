"""What a district sees of assignments: the debts that its own layer compensated, each with what became of it.

Invariant: a district gets its own debts and no other's; of a package only what says where its debt is and to whom.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, Sum

from yulin.base.text import OWN_CURRENCY
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor
from yulin.people.enums import OrganisationKind
from yulin.pool.core.postings import DISTRICT
from yulin.pool.enums import PackageState, VoucherState
from yulin.pool.models import AssignedDebt, DebtPackage, Voucher


@dataclass(frozen=True)
class DistrictDebt:
    """One debt of a district's loans in a package: the package it lies in, and what the district's layer paid."""

    debt: AssignedDebt
    package: DebtPackage
    layer_fen: int


def district_debts(actor: Actor) -> QuerySet[AssignedDebt]:
    """Return the debts of a district's loans that were put into packages; nothing for anybody else.

    A package that its bank has not submitted is the bank's own business.
    """
    rows = AssignedDebt.objects.filter(claim__district_code=actor.district_code)
    if actor.kind != OrganisationKind.DISTRICT or not actor.district_code:
        return rows.none()
    return rows.exclude(package__state=PackageState.DRAFT.value).select_related("package")


def shown_debts(rows: Iterable[AssignedDebt]) -> list[DistrictDebt]:
    """Return some of `district_debts` with their packages and what the district's layer paid on each."""
    debts = list(rows)
    packages = DebtPackage.objects.select_related("bank", "transferee").in_bulk({one.package_id for one in debts})
    paid = _layer_fen([one.claim_id for one in debts])
    return [DistrictDebt(one, packages[one.package_id], paid.get(one.claim_id, 0)) for one in debts]


def _layer_fen(claim_ids: list[int]) -> Mapping[int, int]:
    rows = Voucher.objects.filter(claim_id__in=claim_ids, party=DISTRICT, state=VoucherState.PAID.value).order_by()
    return dict(rows.values_list("claim_id").annotate(Sum("amount_fen")))


@dataclass(frozen=True)
class DistrictSums:
    """Of the packages that stand: how many debts; by currency their principal, and what of it is the transferees'."""

    count: int
    whole: Mapping[str, int]
    active: Mapping[str, int]


def district_sums(actor: Actor) -> DistrictSums:
    """Return what a district's debts in packages that stand add up to."""
    rows = district_debts(actor).filter(is_open=True).order_by()
    active = Sum("principal_fen", filter=Q(package__state=PackageState.ACTIVE.value), default=0)
    with scope(EVERYTHING):
        found = list(
            rows.values("package__currency")
            .annotate(count=Count("pk"), whole=Sum("principal_fen"), active=active)
            .values_list("package__currency", "count", "whole", "active")
        )
    return DistrictSums(
        count=sum(count for _, count, _, _ in found),
        whole={currency: whole for currency, _, whole, _ in found} or {OWN_CURRENCY: 0},
        active={currency: part for currency, _, _, part in found} or {OWN_CURRENCY: 0},
    )
