"""What every write of a package does: lock it, count its version up, write its step, its event and the audit row."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse

from yulin.base.text import Text
from yulin.kit import clock
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.people.errors import NotAllowedError
from yulin.people.services import notify, record_audit, settle_notices
from yulin.pool.core.assignment.package import (
    OPEN_STATES,
    PACKAGE_NAMES,
    PackageStep,
    next_package_state,
    package_amounts,
)
from yulin.pool.core.assignment.timeline import OwnershipRow
from yulin.pool.enums import PackageState
from yulin.pool.errors import PackageChangedError, PackageNotFoundError, PackageStepError
from yulin.pool.models import AssignedDebt, DebtOwnership, DebtPackage, PackageEvent
from yulin.pool.selectors.assignments import KeptRow, packages_visible_to

_ABOUT = "package"


def check_may(actor: Actor, action: Action) -> None:
    """Refuse an actor without the right. Raises: `PEOPLE.NOT_ALLOWED`."""
    if not actor.may(action):
        raise NotAllowedError(action=str(action), role=str(actor.role))


def locked_package(actor: Actor, package_id: int, *, version: int | None = None) -> DebtPackage:
    """Return one package of the actor's, locked until the transaction ends.

    Raises: `POOL.ASSIGNMENT.NOT_FOUND`, `POOL.ASSIGNMENT.CHANGED`.
    """
    found = packages_visible_to(actor).filter(pk=package_id).select_for_update(of=("self",)).first()
    if found is None:
        raise PackageNotFoundError(package=package_id)
    if version is not None and found.version != version:
        raise PackageChangedError(package=found.number, found=found.version, expected=version)
    return found


def locked_draft(actor: Actor, package_id: int, step: Text, *, version: int | None = None) -> DebtPackage:
    """Return a package that its bank may still change, locked. Raises: also `POOL.ASSIGNMENT.STEP`."""
    package = locked_package(actor, package_id, version=version)
    if package.state != PackageState.DRAFT:
        found, needed = PACKAGE_NAMES[PackageState(package.state)], [PACKAGE_NAMES[PackageState.DRAFT]]
        raise PackageStepError(step=step, found=found, needed=needed)
    return package


def write_package(package: DebtPackage, **changes: Any) -> None:
    """Write fields of a locked package and count its version up."""
    for name, value in (changes | {"version": package.version + 1}).items():
        setattr(package, name, value)
    package.save(update_fields=["version", *changes])


def price_debts(package: DebtPackage) -> None:
    """Write a package's amounts and the price of each of its debts, so that the parts sum to the whole."""
    debts = list(package.debts.order_by("id"))
    amounts = package_amounts({debt.pk: debt.principal_fen for debt in debts}, package.price_ratio_ppm)
    for debt in debts:
        debt.price_fen = amounts.prices_fen[debt.pk]
    AssignedDebt.objects.bulk_update(debts, ["price_fen"])
    write_package(
        package, debt_count=len(debts), principal_fen=amounts.principal_fen, price_fen=amounts.price_fen
    )  # fmt: skip


def take_package_step(actor: Actor, package: DebtPackage, step: PackageStep, note: str = "", **changes: Any) -> None:
    """Move a locked package by one step of the table, with `changes` of its fields.

    Effects: the package with its next version; its debts free where it ends; one event; audit row.
    Raises: `POOL.ASSIGNMENT.STEP`, `POOL.ASSIGNMENT.NOTE`.
    """
    before = package.state
    after = next_package_state(before, step, note=note)
    write_package(package, state=after.value, **changes)
    if after not in OPEN_STATES:
        package.debts.filter(is_open=True).update(is_open=False)
    record_event(actor, package, step.value, from_state=before, note=note)
    audit_package(actor, package, step.value, {"from": before, "to": after.value, "note": note})


def record_event(actor: Actor, package: DebtPackage, step: str, *, from_state: str = "", note: str = "") -> None:
    """Write what happened to a package into its history; what was asked about it is done by that."""
    settle_notices(about=(_ABOUT, package.pk))
    PackageEvent.objects.create(
        package=package, on=clock.business_date(), actor_user_id=actor.user_id,
        actor_organisation_id=actor.organisation_id, actor_name=actor.name, step=step,
        from_state=from_state or package.state, to_state=package.state, note=note[:1000],
    )  # fmt: skip


def audit_package(actor: Actor, package: DebtPackage, action: str, facts: Mapping[str, Any]) -> None:
    """Write the audit row of a write to a package."""
    record_audit(
        actor=actor,
        action=f"pool.{action}_package",
        subject=("debt_package", package.pk),
        facts={"number": package.number, **facts},
    )


def write_rows(debt: AssignedDebt, kept: Sequence[KeptRow], after: Sequence[OwnershipRow]) -> None:
    """Write what changed of a debt's ownership: rows that end now, and rows that begin."""
    for old, new in zip(kept, after, strict=False):
        if old.row != new:
            DebtOwnership.objects.filter(pk=old.pk).update(valid_until=new.valid_until)
    DebtOwnership.objects.bulk_create(
        DebtOwnership(
            debt=debt, claim_id=debt.claim_id, ask_id=int(row.request.id), act=row.request.act.value,
            state=row.state.value, valid_from=row.valid_from, valid_until=row.valid_until, reason=row.reason[:500],
        )
        for row in after[len(kept) :]
    )  # fmt: skip


def tell(
    actor: Actor,
    package: DebtPackage,
    organisation_ids: Sequence[int],
    title: Text,
    body: str = "",
    *,
    asks: bool = False,
) -> None:
    """Send organisations a notice about a package; where it asks for something, that stands in the title."""
    for organisation_id in dict.fromkeys(organisation_ids):
        notify(
            actor=actor,
            organisation_id=organisation_id,
            kind="pool.debt_package",
            title=title.with_values(package=package.number),
            body=Text(body, body) if body else None,
            path=reverse("pool:package", args=[package.pk]),
            due_on=package.settles_on,
            about=(_ABOUT, package.pk) if asks else None,
        )
