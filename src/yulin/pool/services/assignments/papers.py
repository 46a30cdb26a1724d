"""The papers of a package, the notices to its debtors with their proof, and money passed on to the new owner."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from yulin.base.text import Text
from yulin.kit import clock
from yulin.kit.documents import store
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.pool.core.assignment.package import OPEN_STATES, PACKAGE_NAMES
from yulin.pool.enums import AssignmentPaperKind, NoticeWay, PackageState
from yulin.pool.errors import (
    NoticeDayError,
    NotOwnedError,
    PackageStepError,
    RecoveryAmountError,
    ReferenceTakenError,
)
from yulin.pool.models import AssignedDebt, AssignmentPaper, DebtorNotice, DebtPackage, PassedOnPayment
from yulin.pool.selectors.assignments import owners_on
from yulin.pool.services.assignments._packages import audit_package, check_may, locked_package, write_package

_STATES = tuple(one for one in PackageState if one in OPEN_STATES)


@dataclass(frozen=True)
class Sheet:
    """A paper as it is sent."""

    kind: AssignmentPaperKind
    file_name: str
    content: bytes
    dated_on: date | None = None


@dataclass(frozen=True)
class Told:
    """How and when debtors were told, with the paper that proves it."""

    way: NoticeWay
    sent_on: date
    delivered_on: date
    proof: Sheet


@dataclass(frozen=True)
class PassedOn:
    """Money that came to the bank although the debt was another's."""

    received_on: date
    passed_on_on: date
    amount_fen: int
    reference: str


def add_sheet(*, actor: Actor, package_id: int, sheet: Sheet, limit_bytes: int) -> AssignmentPaper:
    """Keep a paper of a package by its content's hash.

    Effects: the document, one `AssignmentPaper`; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.ASSIGNMENT.NOT_FOUND`, `.STEP`, `KIT.UPLOAD.TOO_LARGE`.
    """
    check_may(actor, Action.REQUEST_ASSIGNMENTS)
    with transaction.atomic(), scope(EVERYTHING):
        package = _open_package(actor, package_id, Text("上传文件", "Add a paper"))
        return _kept(actor, package, sheet, limit_bytes)


def record_notices(
    *, actor: Actor, package_id: int, debt_ids: Sequence[int], told: Told, limit_bytes: int
) -> list[DebtorNotice]:
    """Record that debtors were told of the assignment of their debts, with the proof of delivery.

    Effects: the proof as a paper of the package, one notice a debt; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.ASSIGNMENT.NOT_FOUND`, `.STEP`, `.NOTICE_DAY`, `KIT.UPLOAD.TOO_LARGE`.
    """
    check_may(actor, Action.REQUEST_ASSIGNMENTS)
    today = clock.business_date()
    if not told.sent_on <= told.delivered_on <= today:
        raise NoticeDayError(sent_on=told.sent_on, delivered_on=told.delivered_on, today=today)
    with transaction.atomic(), scope(EVERYTHING):
        package = _open_package(actor, package_id, Text("登记通知", "Record a notice"))
        debts = list(package.debts.filter(pk__in=list(debt_ids)).order_by("id"))
        return keep_notices(actor, package, debts, told, limit_bytes)


def keep_notices(
    actor: Actor, package: DebtPackage, debts: Sequence[AssignedDebt], told: Told, limit_bytes: int
) -> list[DebtorNotice]:
    """Write notices to the debtors of a locked package's debts, their proof as a paper; audit row."""
    proof = _kept(actor, package, told.proof, limit_bytes)
    notices = DebtorNotice.objects.bulk_create(
        DebtorNotice(
            package=package, debt=debt, way=told.way.value, sent_on=told.sent_on, delivered_on=told.delivered_on,
            proof=proof, recorded_by_id=actor.user_id,
        )
        for debt in debts
    )  # fmt: skip
    facts = {
        "debts": [debt.claim_number for debt in debts], "way": told.way.value, "sha256": proof.sha256,
        "delivered_on": told.delivered_on.isoformat(),
    }  # fmt: skip
    audit_package(actor, package, "notice", facts)
    return notices


def pass_on_payment(*, actor: Actor, package_id: int, debt_id: int, passed: PassedOn) -> PassedOnPayment:
    """Record money of an assigned debt that came to the bank and was passed on to the owner of that day.

    The same reference with the same money is answered with the entry that stands.

    Effects: one `PassedOnPayment`; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.ASSIGNMENT.NOT_FOUND`, `.NOT_OWNED`, `.NOTICE_DAY`, `POOL.RECOVERY.AMOUNT`,
    `POOL.RECOVERY.REFERENCE`.
    """
    check_may(actor, Action.REQUEST_ASSIGNMENTS)
    today = clock.business_date()
    if passed.amount_fen <= 0:
        raise RecoveryAmountError(gross_fen=passed.amount_fen, cost_fen=0)
    if not passed.received_on <= passed.passed_on_on <= today:
        raise NoticeDayError(sent_on=passed.received_on, delivered_on=passed.passed_on_on, today=today)
    with transaction.atomic(), scope(EVERYTHING):
        package = locked_package(actor, package_id)
        debt = package.debts.filter(pk=debt_id).first()
        owner = owners_on([debt.claim_id], passed.received_on).get(debt.claim_id) if debt else None
        if debt is None or owner is None or owner.package_id != package.pk:
            raise NotOwnedError(debt=debt.claim_number if debt else str(debt_id), on=passed.received_on)
        standing = debt.passed_on.filter(reference=passed.reference).first()
        if standing is not None:
            if (standing.received_on, standing.amount_fen) != (passed.received_on, passed.amount_fen):
                raise ReferenceTakenError(
                    reference=passed.reference, found_fen=standing.amount_fen, found_on=standing.received_on
                )
            return standing
        kept = PassedOnPayment.objects.create(
            package=package, debt=debt, received_on=passed.received_on, passed_on_on=passed.passed_on_on,
            amount_fen=passed.amount_fen, reference=passed.reference, recorded_by_id=actor.user_id,
        )  # fmt: skip
        facts = {"claim": debt.claim_number, "amount_fen": kept.amount_fen, "reference": kept.reference}
        audit_package(actor, package, "pass_on", facts)
    return kept


def _open_package(actor: Actor, package_id: int, step: Text) -> DebtPackage:
    package = locked_package(actor, package_id)
    if package.state not in OPEN_STATES:
        raise PackageStepError(
            step=step, found=PACKAGE_NAMES[PackageState(package.state)], needed=[PACKAGE_NAMES[one] for one in _STATES]
        )
    return package


def _kept(actor: Actor, package: DebtPackage, sheet: Sheet, limit_bytes: int) -> AssignmentPaper:
    sha256 = store(sheet.content, limit_bytes=limit_bytes, name=sheet.file_name)
    kept = AssignmentPaper.objects.create(
        package=package, kind=sheet.kind.value, file_name=sheet.file_name[:200], sha256=sha256,
        size_bytes=len(sheet.content), dated_on=sheet.dated_on, added_by_id=actor.user_id,
    )  # fmt: skip
    write_package(package)
    audit_package(actor, package, "add_paper", {"kind": sheet.kind.value, "sha256": sha256, "file": sheet.file_name})
    return kept
