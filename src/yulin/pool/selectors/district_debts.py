"""What a district sees of assignments: the debts that its own layer compensated, each with what became of it.

Invariant: a district gets its own debts and no other's; of a package only what says where its debt is and to whom.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from django.db.models import Count, Q, QuerySet, Sum

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


def district_sums(actor: Actor) -> Mapping[str, int]:
    """Return of the packages that stand: how many debts, their principal, and what of it is the transferees' now."""
    rows = district_debts(actor).filter(is_open=True)
    active = Sum("principal_fen", filter=Q(package__state=PackageState.ACTIVE.value))
    with scope(EVERYTHING):
        found = rows.aggregate(active_fen=active, count=Count("pk"), whole_fen=Sum("principal_fen"))
    return {name: int(value or 0) for name, value in found.items()}
