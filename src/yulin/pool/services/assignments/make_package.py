"""A bank puts compensated debts into a package, sets its terms, and takes debts out again while it is a draft."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from django.db import transaction

from yulin.base.text import Text
from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.people.selectors import organisation
from yulin.pool.core.assignment.debts import DEBT_BLOCKS
from yulin.pool.core.assignment.kinds import KIND_LAWS, TRANSFEREE_NAMES
from yulin.pool.core.assignment.package import PACKAGE_NAMES
from yulin.pool.core.assignment.preflight import DECLARED
from yulin.pool.core.assignment.timeline import WHOLE_PPM
from yulin.pool.enums import AssignmentKind, PackageState, TransfereeKind
from yulin.pool.errors import (
    AssignmentDebtError,
    AssignmentPriceError,
    AssignmentSettlementError,
    AssignmentStandsError,
    ClaimNotFoundError,
    DebtorToldError,
    PackageBankError,
    PackageCurrencyError,
    PackageEmptyError,
    TransfereeKindError,
)
from yulin.pool.models import AssignedDebt, Claim, DebtPackage
from yulin.pool.selectors.assignments import blocks_of, debts_visible
from yulin.pool.selectors.currencies import currency_under
from yulin.pool.services._steps import draw_from_series
from yulin.pool.services.assignments._packages import (
    audit_package,
    check_may,
    locked_draft,
    price_debts,
    record_event,
    write_package,
)

_PREFIX = "ZR"  # 转让


@dataclass(frozen=True)
class Terms:
    """What a bank states of a package; what is left open can be given until it is submitted."""

    kind: AssignmentKind
    transferee_kind: TransfereeKind | None = None
    transferee_id: int | None = None
    transferee_name: str = ""
    transferee_code: str = ""
    price_ratio_ppm: int | None = None
    settles_on: date | None = None
    answers: Mapping[str, bool | None] = field(default_factory=dict)


def make_package(*, actor: Actor, terms: Terms, claim_ids: Sequence[int]) -> DebtPackage:
    """Make a draft package of compensated debts.

    Effects: the claims locked; one package with its number, its debts as the book stands; event; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.ASSIGNMENT.EMPTY`, `.ONE_BANK`, `.DEBT`, `.STANDS`, `.TRANSFEREE_KIND`,
    `.PRICE`, `.SETTLEMENT`, `.CURRENCIES`, `POOL.CLAIM.NOT_FOUND`.
    """
    check_may(actor, Action.REQUEST_ASSIGNMENTS)
    stated = _checked(terms)
    with transaction.atomic(), scope(EVERYTHING):
        claims = _locked_debts(actor, claim_ids)
        number = draw_from_series(_PREFIX, clock.business_date().year, 1)[0]
        package = DebtPackage.objects.create(
            number=number, bank_id=claims[0].bank_id, currency=currency_under(claims[0].pack_id),
            made_by_id=actor.user_id, **stated,
        )  # fmt: skip
        AssignedDebt.objects.bulk_create(_debt(package, claim) for claim in claims)
        price_debts(package)
        record_event(actor, package, "make")
        facts = {"claims": [claim.number for claim in claims], "principal_fen": package.principal_fen}
        audit_package(actor, package, "make", facts)
    return package


def change_terms(*, actor: Actor, package_id: int, version: int | None, terms: Terms) -> DebtPackage:
    """Set the terms of a draft package; its price is divided among its debts again.

    Effects: the package, the price of each debt; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.ASSIGNMENT.NOT_FOUND`, `.CHANGED`, `.STEP`, `.TRANSFEREE_KIND`, `.PRICE`,
    `.SETTLEMENT`.
    """
    check_may(actor, Action.REQUEST_ASSIGNMENTS)
    stated = _checked(terms)
    with transaction.atomic(), scope(EVERYTHING):
        package = locked_draft(actor, package_id, Text("填写转让条件", "Set the terms"), version=version)
        write_package(package, **stated)
        price_debts(package)
        facts = {
            **{name: value for name, value in stated.items() if name != "settles_on"},
            "settles_on": terms.settles_on.isoformat() if terms.settles_on else None,
            "price_fen": package.price_fen,
        }
        audit_package(actor, package, "change", facts)
    return package


def take_out_debt(*, actor: Actor, package_id: int, debt_id: int) -> DebtPackage:
    """Take one debt out of a draft package; it can be put into another.

    Effects: the debt, the package's amounts; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.ASSIGNMENT.NOT_FOUND`, `.STEP`, `.EMPTY` of the last one, `.DEBTOR_TOLD`.
    """
    check_may(actor, Action.REQUEST_ASSIGNMENTS)
    with transaction.atomic(), scope(EVERYTHING):
        package = locked_draft(actor, package_id, Text("移出债权", "Take a debt out"))
        debt = package.debts.filter(pk=debt_id).first()
        if debt is None:
            return package
        if package.debt_count == 1:
            raise PackageEmptyError
        if debt.notices.exists():
            raise DebtorToldError(debt=debt.claim_number)
        debt.delete()
        price_debts(package)
        audit_package(actor, package, "take_out", {"claim": debt.claim_number})
    return package


def _locked_debts(actor: Actor, claim_ids: Sequence[int]) -> list[Claim]:
    wanted = sorted(set(claim_ids))
    if not wanted:
        raise PackageEmptyError
    claims = list(debts_visible(actor).filter(pk__in=wanted).order_by("pk").select_for_update(of=("self",)))
    missing = set(wanted) - {claim.pk for claim in claims}
    if missing:
        raise ClaimNotFoundError(claim=min(missing))
    banks = {claim.bank_id for claim in claims}
    if len(banks) > 1:
        raise PackageBankError(banks=len(banks))
    currencies = sorted({currency_under(claim.pack_id) for claim in claims})
    if len(currencies) > 1:
        raise PackageCurrencyError(currencies=currencies)
    _refuse_standing(claims)
    for claim in claims:
        blocks = blocks_of(claim)
        if blocks:
            raise AssignmentDebtError(debt=claim.number, reasons={code: DEBT_BLOCKS[code] for code in blocks})
    return claims


def _refuse_standing(claims: list[Claim]) -> None:
    """Refuse debts that lie in an open package; asked after the claims are locked, so that nobody is in between."""
    held = AssignedDebt.objects.filter(claim__in=claims, is_open=True).select_related("package").first()
    if held is not None:
        state = PACKAGE_NAMES[PackageState(held.package.state)]
        raise AssignmentStandsError(debt=held.claim_number, state=state, transferee=held.package.transferee_name)


def _checked(terms: Terms) -> dict[str, object]:
    law = KIND_LAWS[terms.kind]
    if terms.transferee_kind is not None and terms.transferee_kind not in law.transferees:
        needed = [TRANSFEREE_NAMES[one] for one in TransfereeKind if one in law.transferees]
        raise TransfereeKindError(kind=law.name, found=TRANSFEREE_NAMES[terms.transferee_kind], needed=needed)
    ratio = terms.price_ratio_ppm
    if ratio is not None and not 0 < ratio <= WHOLE_PPM:
        raise AssignmentPriceError(found=ratio)
    today = clock.business_date()
    if terms.settles_on is not None and terms.settles_on < today:
        raise AssignmentSettlementError(settles_on=terms.settles_on, earliest_on=today)
    house = organisation(terms.transferee_id) if terms.transferee_id is not None else None
    return {
        "kind": terms.kind.value,
        "transferee_kind": terms.transferee_kind.value if terms.transferee_kind else "",
        "transferee_id": house.pk if house else None,
        "transferee_name": (house.name.zh if house else terms.transferee_name.strip())[:140],
        "transferee_code": (house.identifier if house else terms.transferee_code.strip())[:30],
        "price_ratio_ppm": ratio,
        "settles_on": terms.settles_on,
        "answers": {name: value for name, value in terms.answers.items() if name in DECLARED and value is not None},
    }


def _debt(package: DebtPackage, claim: Claim) -> AssignedDebt:
    enrolment = claim.enrolment
    return AssignedDebt(
        package=package,
        claim=claim,
        claim_number=claim.number,
        loan_number=claim.loan_number,
        firm_name=claim.firm_name,
        firm_code=enrolment.firm_code,
        five_class=enrolment.five_class,
        loan_status=enrolment.loan_status,
        principal_fen=enrolment.outstanding_fen,
        compensated_fen=claim.public_fen,
        returned_fen=getattr(claim, "returned_fen", 0),
    )
