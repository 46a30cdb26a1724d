"""Every read of packages of debts: what an actor may see, what can be assigned, who owns a debt on which day.

Invariant: a bank sees its own packages, a guarantor or insurer those in which it is the transferee, manager, authority
and auditor all; row security says the same again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from yulin.people.core.actors import Actor
from yulin.people.enums import OrganisationKind
from yulin.pool.core.assignment.debts import Debt, debt_blocks
from yulin.pool.core.assignment.kinds import KIND_LAWS
from yulin.pool.core.assignment.preflight import DECLARED, PACK_ID, Preflight, Transfer, preflight
from yulin.pool.core.assignment.timeline import OwnershipRow, TransferRequest
from yulin.pool.enums import (
    AssignmentKind,
    AssignmentPaperKind,
    AssignmentState,
    ClaimState,
    Collector,
    LaterMoney,
    LoanStatus,
    PackageState,
    TransferAct,
    TransfereeKind,
    WriteOffState,
)
from yulin.pool.errors import PackageNotFoundError
from yulin.pool.models import AssignedDebt, Claim, DebtOwnership, DebtPackage, RecoveryLine, TransferAsk, WriteOff
from yulin.rules.selectors import pack_in_force

_X = (OrganisationKind.GUARANTOR, OrganisationKind.INSURER)
_MOVES_TITLE = [kind.value for kind, law in KIND_LAWS.items() if law.moves_title]
_OPEN_DEBT = AssignedDebt.objects.filter(claim=OuterRef("pk"), is_open=True)
_COLLECTS = [
    kind.value
    for kind, law in KIND_LAWS.items()
    if law.collector == Collector.TRANSFEREE and law.later_money == LaterMoney.POOL
]
_BUYERS_MONEY = [kind.value for kind, law in KIND_LAWS.items() if law.later_money == LaterMoney.TRANSFEREE]


@dataclass(frozen=True)
class KeptRow:
    """One row of a debt's ownership with its key in the table."""

    pk: int
    row: OwnershipRow


@dataclass(frozen=True)
class Owner:
    """Who owns a debt that left its bank: since when, by which package, and whether later money is the owner's.

    `collects` tells whether the owner collects what is shared as before, and hands on all parts but its own.
    """

    name: str
    since: date
    package_id: int
    number: str
    has_later_money: bool
    organisation_id: int | None = None
    collects: bool = False


def packages_visible_to(actor: Actor) -> QuerySet[DebtPackage]:
    """Return the packages that an actor may see: those it sells, those it buys, or all."""
    rows = DebtPackage.objects.select_related("bank", "transferee")
    if actor.sees_all_rows:
        return rows
    if actor.kind == OrganisationKind.BANK and actor.organisation_id is not None:
        return rows.filter(bank_id=actor.organisation_id)
    if actor.kind in _X and actor.organisation_id is not None:
        # What a bank has not submitted yet is its own business.
        return rows.filter(transferee_id=actor.organisation_id).exclude(state=PackageState.DRAFT.value)
    return rows.none()


def package_for(actor: Actor, package_id: int) -> DebtPackage:
    """Return one package.

    Raises: `POOL.ASSIGNMENT.NOT_FOUND`, also when it is somebody else's.
    """
    found = packages_visible_to(actor).filter(pk=package_id).first()
    if found is None:
        raise PackageNotFoundError(package=package_id)
    return found


def packages_to_decide(actor: Actor) -> QuerySet[TransferAsk]:
    """Return the requests that the actor's organisation could decide on, the nearest settlement first."""
    rows = TransferAsk.objects.filter(state="submitted").select_related("package__bank")
    if actor.kind == OrganisationKind.MANAGER:
        rows = rows.exclude(package__transferee_id=actor.organisation_id)
    elif actor.kind != OrganisationKind.AUTHORITY:
        return rows.none()
    return rows.order_by("settles_on", "id")


def draft_packages(actor: Actor) -> QuerySet[DebtPackage]:
    """Return the packages that a bank has begun and not submitted."""
    return packages_visible_to(actor).filter(state=PackageState.DRAFT.value).order_by("id")


def debts_visible(actor: Actor) -> QuerySet[Claim]:
    """Return the claims that an actor may put into packages or plan with: a bank's own, or all."""
    rows = Claim.objects.filter(bank__kind=OrganisationKind.BANK.value)  # a guarantor's claim is no debt of a bank
    if not actor.sees_all_rows:
        is_bank = actor.kind == OrganisationKind.BANK and actor.organisation_id is not None
        rows = rows.filter(bank_id=actor.organisation_id) if is_bank else rows.none()
    written_off = WriteOff.objects.filter(claim=OuterRef("pk"), state=WriteOffState.APPROVED.value)
    lines = RecoveryLine.objects.filter(claim=OuterRef("pk")).order_by().values("claim")
    return rows.select_related("bank", "enrolment__firm").annotate(
        written_off_on=Subquery(written_off.values("on")[:1]),
        returned_fen=Coalesce(Subquery(lines.annotate(sum=Sum("amount_fen")).values("sum")), 0),
    )


def debts_to_assign(actor: Actor) -> list[Claim]:
    """Return the compensated debts that stand in no open package and can change hands, the oldest first."""
    rows = debts_visible(actor).filter(~Exists(_OPEN_DEBT), state=ClaimState.PAID.value).defer("sheet", "statement")
    return [claim for claim in rows.order_by("paid_on", "id") if not blocks_of(claim)]


def blocks_of(claim: Claim, *, settles_on: date | None = None) -> tuple[str, ...]:
    """Return the codes of what keeps a debt of `debts_visible` from being assigned.

    A write-off closes the past: where it was approved on or after the day of settlement, no price can be shared.
    """
    enrolment = claim.enrolment
    written_off_on: date | None = getattr(claim, "written_off_on", None)
    return debt_blocks(
        Debt(
            outstanding_fen=enrolment.outstanding_fen,
            loan_status=LoanStatus(enrolment.loan_status),
            is_confirmed=enrolment.state in {"confirmed", "active"},
            claim_state=ClaimState(claim.state),
            is_written_off=bool(settles_on and written_off_on and written_off_on >= settles_on),
        )
    )


def rows_of(claim_ids: Iterable[int]) -> dict[int, list[KeptRow]]:
    """Return every row of ownership of these debts over all packages, in the order in which they were written."""
    found: dict[int, list[KeptRow]] = {claim_id: [] for claim_id in claim_ids}
    kept = DebtOwnership.objects.filter(claim_id__in=list(found)).select_related("ask__package").order_by("id")
    requests: dict[int, TransferRequest] = {}
    for one in kept:
        request = requests.setdefault(one.ask_id, request_of(one.ask))
        row = OwnershipRow(request, AssignmentState(one.state), one.valid_from, one.valid_until, one.reason)
        found[one.claim_id].append(KeptRow(one.pk, row))
    return found


def request_of(ask: TransferAsk) -> TransferRequest:
    """Return a request as the timeline knows it."""
    return TransferRequest(
        id=str(ask.pk),
        act=TransferAct(ask.act),
        transferee=ask.package.transferee_name,
        price_ratio_ppm=ask.price_ratio_ppm,
        requested_on=ask.asked_on,
        settles_on=ask.settles_on,
    )


def owners_on(claim_ids: Iterable[int], on: date) -> dict[int, Owner]:
    """Return who owns these debts on a day, where it is not the bank; a right without title is no ownership."""
    rows = DebtOwnership.objects.filter(
        claim_id__in=list(claim_ids), state=AssignmentState.ACTIVE.value, valid_from__lte=on,
        debt__package__kind__in=_MOVES_TITLE,
    ).exclude(valid_until__lte=on)  # fmt: skip
    package = ("number", "transferee_name", "transferee_id", "kind")
    fields = ("claim_id", "valid_from", "debt__package_id", *(f"debt__package__{name}" for name in package))
    return {
        claim_id: Owner(
            name, since, package_id, number, kind in _BUYERS_MONEY, owner_id, owner_id is not None and kind in _COLLECTS
        )
        for claim_id, since, package_id, number, name, owner_id, kind in rows.values_list(*fields)
    }


def transferred_since(bank_id: int) -> dict[int, date]:
    """Return, by enrolment, since when a bank's loans are off its balance sheet by an assignment that stands."""
    rows = DebtOwnership.objects.filter(
        claim__bank_id=bank_id, state=AssignmentState.ACTIVE.value, valid_until__isnull=True,
        debt__package__kind__in=_MOVES_TITLE,
    )  # fmt: skip
    return dict(rows.values_list("claim__enrolment_id", "valid_from"))


def transfer_of(package: DebtPackage, debts: list[AssignedDebt]) -> Transfer:
    """Return a package as the pre-flight sees it."""
    noticed = set(package.notices.values_list("debt_id", flat=True))
    return Transfer(
        kind=AssignmentKind(package.kind),
        transferee_kind=TransfereeKind(package.transferee_kind) if package.transferee_kind else None,
        debt_count=len(debts),
        transferred_on=package.settles_on,
        answers={name: package.answers.get(name) for name in DECLARED},
        has_contract=package.papers.filter(kind=AssignmentPaperKind.CONTRACT.value).exists(),
        all_notified=bool(debts) and all(debt.pk in noticed for debt in debts),
    )


def preflight_of(package: DebtPackage, debts: list[AssignedDebt], *, today: date) -> Preflight:
    """Return how a package stands before the rule pack of the day of its transfer.

    Raises: `RULES.PACK.UNKNOWN`, `RULES.PACK.NOT_IN_FORCE`.
    """
    on = package.settles_on or today
    _, pack = pack_in_force(PACK_ID, on)
    return preflight(pack, transfer_of(package, debts), {debt.pk: debt.five_class for debt in debts}, on)


def pending_ask(package: DebtPackage, act: TransferAct | None = None) -> TransferAsk | None:
    """Return the request about a package that waits for a decision or for its settlement."""
    rows: Mapping[str, object] = {"state__in": ["submitted", "approved"]} | ({"act": act.value} if act else {})
    return package.asks.filter(**rows).order_by("-id").first()
