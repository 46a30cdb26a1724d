"""A scheme whose claims chapter is filled, loans in default, claims on every stage of their way."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from tests.factories.experts import visited
from tests.factories.people import make_actor, make_organisation
from tests.factories.pool import WAN, make_bank, make_enrolment, make_law

from yulin.people.core.actors import Actor
from yulin.people.enums import OrganisationKind, Role
from yulin.pool.core.claims.checklist import DiligenceAnswer, Statement
from yulin.pool.core.deciding import Law
from yulin.pool.models import Claim, Enrolment, MonthlyReturn
from yulin.pool.selectors.claim_case import law_of, settled
from yulin.pool.services.claims.deciding import decide_claim
from yulin.pool.services.claims.open_claim import open_claim
from yulin.pool.services.claims.papers import PaperFile, add_paper, fill_in_claim, submit_claim
from yulin.pool.services.claims.reviewing import check_claim, review_claim

TODAY = date(2022, 1, 19)
DEFAULTED_ON = date(2021, 12, 20)
RULES: dict[str, Any] = {
    "claim": {"overdue": {"days": 60, "clause": "规程一"}},
    "timetable": {
        "review": {"workdays": 5, "clause": "规程三"},
        "check": {"workdays": 3, "clause": "规程三"},
        "opinion": {"workdays": 5, "clause": "规程三"},
        "supplement": {"workdays": 5, "clause": "规程三"},
        "notice": {"workdays": 5, "clause": "规程三"},
        "appeal": {"workdays": 10, "clause": "规程三"},
    },
    "documents": {"form": {"checks": ["amount", "code", "loan", "dated"], "clause": "规程四"}},
    "diligence": {"purpose": {"clause": "规程五", "text": ["未核查用途", "Purpose not checked"]}},
    "routing": {"amount": {"money": "400万", "clause": "规程六"}, "early_default": {"months": 3, "clause": "规程六"}},
}


def make_claim_law(*, currency: str = "CNY", **more: Any) -> Law:
    """Publish Guangzhou 2021 with its districts and a filled chapter on claims; `more` fills or replaces chapters."""
    return make_law(values={**RULES, **more}, currency=currency)


def make_default(actor: Actor, law: Law, *, outstanding_fen: int = 300 * WAN, **fields: Any) -> Enrolment:
    """Enrol a loan of which the return of December 2021 says: 90 days overdue, substandard."""
    enrolment = make_enrolment(actor, law, **fields)
    shown = {"outstanding_fen": outstanding_fen, "overdue_days": 90, "five_class": "substandard"}
    for name, value in {
        **shown, "loan_status": "overdue", "defaulted_on": DEFAULTED_ON, "last_return_month": date(2021, 12, 1),
    }.items():  # fmt: skip
        setattr(enrolment, name, value)
    enrolment.save()
    MonthlyReturn.objects.create(
        enrolment=enrolment, month=date(2021, 12, 1), loan_status="overdue", received_at="2022-01-08T02:00Z", **shown
    )
    return enrolment


def make_claim(actor: Actor, law: Law, **fields: Any) -> Claim:
    """Open a claim on a loan in default."""
    return open_claim(actor=actor, enrolment_id=make_default(actor, law, **fields).pk)


@dataclass(frozen=True)
class People:
    """Those who handle a claim, each in a house of their own kind."""

    clerk: Actor
    reviewer: Actor
    checker: Actor
    authority: Actor
    other_authority: Actor


def make_people() -> People:
    """Make everybody who handles a claim."""
    manager = make_organisation(OrganisationKind.MANAGER)
    bureau = make_organisation(OrganisationKind.AUTHORITY)
    return People(
        clerk=make_bank()[1],
        reviewer=make_actor(Role.MANAGER_CLERK, manager),
        checker=make_actor(Role.MANAGER_CHECKER, manager),
        authority=make_actor(Role.AUTHORITY_CHECKER, bureau),
        other_authority=make_actor(Role.AUTHORITY_OFFICER, bureau),
    )


def complete(clerk: Actor, claim: Claim, content: bytes = b"") -> Claim:
    """Fill in the form, answer the cases of non-diligence, add the papers."""
    statement = Statement(is_declared=True, default_reason="主要客户破产", is_fraud=False, other_public_fen=0)
    answers = {"purpose": DiligenceAnswer(is_case=False, evidence="受托支付凭证")}
    fill_in_claim(actor=clerk, claim_id=claim.pk, version=None, statement=statement, answers=answers)
    add_paper(actor=clerk, claim_id=claim.pk, paper=paper_for(claim, content), limit_bytes=1_000_000)
    claim.refresh_from_db()
    return claim


def paper_for(claim: Claim, content: bytes = b"") -> PaperFile:
    """Return a form that agrees with its claim."""
    return PaperFile(
        kind="form", file_name="申请表.pdf", content=content or f"form of {claim.number}".encode(),
        amount_fen=claim.loss_base_fen, code=claim.enrolment.firm_code, loan=claim.loan_number,
        dated_on=date(2022, 1, 10),
    )  # fmt: skip


def submitted(people: People, law: Law, **fields: Any) -> Claim:
    """Return a claim that the bank has submitted."""
    claim = complete(people.clerk, make_claim(people.clerk, law, **fields))
    return submit_claim(actor=people.clerk, claim_id=claim.pk, version=None)


def checked(people: People, law: Law, **fields: Any) -> Claim:
    """Return a claim that waits for the authority."""
    claim = submitted(people, law, **fields)
    review_claim(actor=people.reviewer, claim_id=claim.pk, version=None, note="材料齐全")
    visited(people.reviewer, claim, TODAY)
    return check_claim(actor=people.checker, claim_id=claim.pk, version=None)


def shown_fen(claim: Claim) -> int:
    """Return what a page would show as public compensation now."""
    return settled(claim, law_of(claim), on=TODAY).public_fen


def decided(people: People, law: Law, **fields: Any) -> Claim:
    """Return a claim that is decided in full."""
    claim = checked(people, law, **fields)
    return decide_claim(actor=people.authority, claim_id=claim.pk, version=None, shown_public_fen=shown_fen(claim))
