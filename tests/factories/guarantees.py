"""Loans in guarantee mode under Guangzhou 2025: their guarantor, a default, what the guarantor paid out, its claim."""

from __future__ import annotations

from datetime import date
from typing import Any

from tests.factories.claims import RULES, People
from tests.factories.experts import visited
from tests.factories.people import make_actor, make_organisation
from tests.factories.pool import FIRM_CODES, WAN, enrol, loan, make_enrolment, make_law

from yulin.people.core.actors import Actor
from yulin.people.enums import OrganisationKind, Role
from yulin.people.models import Organisation
from yulin.pool.core.claims.checklist import DiligenceAnswer, Statement
from yulin.pool.core.claims.guarantee import GuaranteePayment
from yulin.pool.core.deciding import Law
from yulin.pool.models import Claim, Enrolment, MonthlyReturn
from yulin.pool.selectors.claim_case import law_of, settled
from yulin.pool.services.claims.deciding import decide_claim
from yulin.pool.services.claims.open_claim import Asked, open_claim
from yulin.pool.services.claims.papers import PaperFile, add_paper, fill_in_claim, submit_claim
from yulin.pool.services.claims.reviewing import check_claim, review_claim

TODAY = date(2026, 4, 20)
LENT_ON = date(2026, 1, 5)
DEFAULTED_ON = date(2026, 2, 28)
PAID_ON = date(2026, 4, 8)
SCHEME = "gz-credit-2025"


def make_guarantee_law(**more: Any) -> Law:
    """Publish Guangzhou 2025 with a filled chapter on claims; `more` fills or replaces chapters."""
    return make_law(SCHEME, values={**RULES, **more})


def make_guarantor(name: str = "示例担保公司") -> tuple[Organisation, Actor]:
    """Make a guarantor and its officer."""
    house = make_organisation(OrganisationKind.GUARANTOR, name=name)
    return house, make_actor(Role.GUARANTOR_OFFICER, house)


def guaranteed(house: Organisation | None = None, *, share_bp: int = 8_000, **fields: Any) -> dict[str, Any]:
    """Return the fields of a loan of 480 万 in guarantee mode, of which the guarantor answers for a share."""
    amount = fields.get("loan_amount_fen", 480 * WAN)
    named = {"guarantor": house.code, "guaranteed_amount_fen": amount * share_bp // 10_000} if house else {}
    return {
        "mode": "guarantee", "security": "guarantee", "size_class": "small", "disbursed_on": LENT_ON,
        "due_on": date(2027, 1, 5), **named, **fields,
    }  # fmt: skip


def make_room(clerk: Actor, law: Law, house: Organisation) -> None:
    """Let the guarantor stand for 9,600 万 more this year, so that its breaker is far away."""
    large = {"loan_amount_fen": 3_000 * WAN, "line_fen": 3_000 * WAN}
    enrol(clerk, law, *(loan(**guaranteed(house, **large, firm_code=code)) for code in FIRM_CODES[10:14]))


def make_guaranteed_default(clerk: Actor, law: Law, house: Organisation | None, **fields: Any) -> Enrolment:
    """Enrol a guaranteed loan; February's return shows 300 万 in default, March's that it was paid out."""
    owed = fields.pop("owed_fen", 300 * WAN)
    enrolment = make_enrolment(clerk, law, **guaranteed(house, **fields))
    for month, fen, status in (
        (date(2026, 2, 1), owed, "overdue"),
        (date(2026, 3, 1), owed // 5, "purchased"),
    ):
        MonthlyReturn.objects.create(
            enrolment=enrolment, month=month, outstanding_fen=fen, overdue_days=1, five_class="substandard",
            loan_status=status, received_at="2026-04-01T02:00Z",
        )  # fmt: skip
    shown = {
        "outstanding_fen": owed // 5, "loan_status": "purchased", "five_class": "substandard", "overdue_days": 1,
        "defaulted_on": DEFAULTED_ON, "last_return_month": date(2026, 3, 1),
    }  # fmt: skip
    for field, value in shown.items():
        setattr(enrolment, field, value)
    enrolment.save()
    return enrolment


def opened(officer: Actor, loan: Enrolment, *, paid_fen: int = 240 * WAN, recovered_fen: int = 0) -> Claim:
    """Open the guarantor's claim for what it paid."""
    asked = Asked(payment=GuaranteePayment(paid_fen, PAID_ON), recovered_fen=recovered_fen)
    return open_claim(actor=officer, enrolment_id=loan.pk, asked=asked)


def completed(officer: Actor, claim: Claim) -> Claim:
    """Fill in the form, add the certificate and the form's paper, submit."""
    statement = Statement(is_declared=True, default_reason="主要客户破产", is_fraud=False, other_public_fen=0)
    answers = {"purpose": DiligenceAnswer(is_case=False, evidence="保后检查记录")}
    fill_in_claim(actor=officer, claim_id=claim.pk, version=None, statement=statement, answers=answers)
    certificate = PaperFile(
        "guarantee_payment", "代偿证明.pdf", f"certificate {claim.number}".encode(),
        amount_fen=claim.guarantee_paid_fen, loan=claim.loan_number, dated_on=claim.guarantee_paid_on,
    )  # fmt: skip
    form = PaperFile(
        "form", "申请表.pdf", f"form {claim.number}".encode(), amount_fen=claim.loss_base_fen,
        code=claim.enrolment.firm_code, loan=claim.loan_number, dated_on=PAID_ON,
    )  # fmt: skip
    for paper in (certificate, form):
        add_paper(actor=officer, claim_id=claim.pk, paper=paper, limit_bytes=1_000_000)
    return submit_claim(actor=officer, claim_id=claim.pk, version=None)


def checked(people: People, claim: Claim) -> Claim:
    """Take a submitted claim to the authority."""
    review_claim(actor=people.reviewer, claim_id=claim.pk, version=None, note="材料齐全")
    visited(people.reviewer, claim, PAID_ON)
    return check_claim(actor=people.checker, claim_id=claim.pk, version=None)


def decided(people: People, claim: Claim) -> Claim:
    """Decide a checked claim as the page shows it."""
    shown = settled(claim, law_of(claim), on=TODAY).public_fen
    return decide_claim(actor=people.authority, claim_id=claim.pk, version=None, shown_public_fen=shown)
