"""Compensated debts, and packages of them on each stage of their way."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.factories.claims import RULES, make_claim_law
from tests.factories.claims import make_claim as make_claim_of
from tests.factories.people import make_actor
from tests.factories.pool import FIRM_CODES

from yulin.people.core.actors import Actor
from yulin.people.enums import Role
from yulin.pool.core.claims.deciding import settle_claim
from yulin.pool.core.claims.sheet import sheet_of
from yulin.pool.core.deciding import Law
from yulin.pool.enums import AssignmentKind, AssignmentPaperKind, NoticeWay, TransfereeKind
from yulin.pool.models import Claim, DebtPackage
from yulin.pool.selectors.claim_case import loss_case, loss_of
from yulin.pool.services.assignments.deciding import approve_request, submit_package
from yulin.pool.services.assignments.make_package import Terms, make_package
from yulin.pool.services.assignments.papers import Sheet, Told, add_sheet, record_notices
from yulin.rules.services import draft_shipped_pack, publish_pack

LIMIT_BYTES = 1_000_000
SETTLES_ON = date(2022, 1, 21)
ANSWERS = {"is_true_sale": True, "has_buy_back_promise": False, "has_hidden_guarantee": False}
TERMS = Terms(
    AssignmentKind.TO_AMC,
    transferee_kind=TransfereeKind.LOCAL_AMC,
    transferee_name="示例资产管理有限公司",
    transferee_code="91440101DEMOAMC001",
    price_ratio_ppm=300_000,
    settles_on=SETTLES_ON,
    answers=ANSWERS,
)


def make_transfer_law() -> Law:
    """Publish the scheme with its chapter on claims, and the pre-flight's pack."""
    maker, checker = make_actor(Role.AUTHORITY_OFFICER), make_actor(Role.AUTHORITY_CHECKER)
    publish_pack(actor=checker, draft_id=draft_shipped_pack(actor=maker, pack_id="debt-transfer-2012").pk)
    terms = {**RULES["timetable"], "remit": {"workdays": 5, "clause": "规程八"}, "payment": {"workdays": 10}}
    return make_claim_law(timetable=terms)


def make_paid_claim(clerk: Actor, law: Law, **fields: Any) -> Claim:
    """Return a claim that was paid in full."""
    claim = make_claim_of(clerk, law, **fields)
    found = settle_claim(law, loss_case(claim.enrolment, law, loss_of(claim), book={}))
    Claim.objects.filter(pk=claim.pk).update(
        state="paid", decided_by_id=1, decision="full", decided_on=date(2022, 1, 10), submitted_on=date(2022, 1, 4),
        decided_base_fen=found.decided_base_fen, public_fen=found.public_fen, sheet=sheet_of(found).plain(),
        paid_on=date(2022, 1, 14),
    )  # fmt: skip
    return Claim.objects.get(pk=claim.pk)


def make_debts(clerk: Actor, law: Law, count: int = 2) -> list[Claim]:
    """Return compensated debts of different firms."""
    return [make_paid_claim(clerk, law, firm_code=FIRM_CODES[place]) for place in range(count)]


def make_draft(clerk: Actor, claims: list[Claim], terms: Terms = TERMS) -> DebtPackage:
    """Return a draft with its terms."""
    return make_package(actor=clerk, terms=terms, claim_ids=[claim.pk for claim in claims])


def prove(clerk: Actor, package: DebtPackage) -> DebtPackage:
    """Add the contract, and tell every debtor."""
    contract = Sheet(AssignmentPaperKind.CONTRACT, "转让合同.pdf", b"contract", date(2022, 1, 17))
    add_sheet(actor=clerk, package_id=package.pk, sheet=contract, limit_bytes=LIMIT_BYTES)
    proof = Sheet(AssignmentPaperKind.DELIVERY, "回执.pdf", b"receipt", date(2022, 1, 18))
    told = Told(NoticeWay.REGISTERED_POST, date(2022, 1, 17), date(2022, 1, 18), proof)
    debts = list(package.debts.values_list("pk", flat=True))
    record_notices(actor=clerk, package_id=package.pk, debt_ids=debts, told=told, limit_bytes=LIMIT_BYTES)
    package.refresh_from_db()
    return package


def make_submitted(clerk: Actor, claims: list[Claim], terms: Terms = TERMS) -> DebtPackage:
    """Return a package that waits for approval, its papers complete."""
    package = prove(clerk, make_draft(clerk, claims, terms))
    return submit_package(actor=clerk, package_id=package.pk, version=package.version)


def make_approved(clerk: Actor, checker: Actor, claims: list[Claim], terms: Terms = TERMS) -> DebtPackage:
    """Return a package that waits for its settlement."""
    package = make_submitted(clerk, claims, terms)
    return approve_request(actor=checker, package_id=package.pk, version=None, note="")
