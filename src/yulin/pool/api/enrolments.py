"""Enrolments for a bank's own systems: one loan filed by the rules of the file, and what the bank has in the book.

The same loan twice is one enrolment, whether by `Idempotency-Key` or by its number.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema
from pydantic import ConfigDict, model_validator

from yulin.kit.api import PROBLEMS
from yulin.kit.idempotency import once_per_header
from yulin.people.adapters.tokens import callers
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.pool.api.speaking import refusing_in_currency_of
from yulin.pool.enums import EnrolmentState, Mode, Security
from yulin.pool.errors import EnrolmentNotFoundError
from yulin.pool.models import Enrolment
from yulin.pool.selectors.enrolments import enrolments_visible_to
from yulin.pool.services.enrol_loan import enrol_loan

router = Router(tags=["pool"])
PER_PAGE = 100
_LARGEST_FEN = 10**15
Fen = Annotated[int, Field(gt=0, le=_LARGEST_FEN)]


class Loan(Schema):
    """One loan to enrol. Facts of the firm by the names of the vocabulary; the register fills in what it knows."""

    model_config = ConfigDict(extra="forbid")

    scheme: Annotated[str, Field(max_length=60, examples=["gz-credit-2021"])]
    firm_code: Annotated[str, Field(max_length=60, description="the firm's USCC, where the scheme goes by it")] = ""
    firm_name: Annotated[str, Field(min_length=1, max_length=300)]
    loan_number: Annotated[str, Field(min_length=1, max_length=64, description="借据号")]
    contract_number: Annotated[str, Field(max_length=64, description="合同号")] = ""
    bank_branch: Annotated[str, Field(max_length=200)] = ""
    disbursed_on: date
    due_on: date
    loan_amount_fen: Annotated[Fen, Field(description="the loan, in fen (cents of the scheme's currency)")]
    eligible_amount_fen: Annotated[Fen | None, Field(description="the loan if left out")] = None
    line_fen: Fen | None = None
    annual_rate_ppm: Annotated[int, Field(ge=0, le=10**6, description="4.35 % is 43500")]
    security: Security
    mode: Mode = Mode.BANK
    guarantor: Annotated[str | None, Field(max_length=200, description="code or name of the guarantor")] = None
    guaranteed_amount_fen: Fen | None = None
    insurer: Annotated[str | None, Field(max_length=200, description="code or name of the insurer")] = None
    insured_amount_fen: Fen | None = None
    premium_rate_ppm: Annotated[
        int | None, Field(ge=0, le=10**6, description="the yearly premium rate of the insurance; 2.7 % is 27000")
    ] = None
    purpose: Annotated[str, Field(max_length=300)] = ""
    predecessor_loan_number: Annotated[str | None, Field(max_length=64, description="the loan it renews")] = None
    facts: dict[str, str | int | bool | None] = Field(default_factory=dict)

    @model_validator(mode="after")
    def _in_order(self) -> Loan:
        if self.due_on <= self.disbursed_on:
            raise ValueError(f"due_on {self.due_on} must be after disbursed_on {self.disbursed_on}")
        if self.eligible_amount_fen is not None and self.eligible_amount_fen > self.loan_amount_fen:
            raise ValueError("eligible_amount_fen must be at most loan_amount_fen")
        return self


class Remark(Schema):
    """What was found on a loan that was enrolled all the same."""

    code: str
    message: str
    message_en: str


class Filed(Schema):
    """What became of a loan; the number is null until the manager has confirmed it."""

    enrolment_id: int | None
    number: str | None
    state: EnrolmentState | None
    is_unchanged: bool
    remarks: list[Remark]


class EnrolmentOut(Schema):
    """One enrolment as the book holds it."""

    id: int
    number: str | None
    verification_code: str | None
    scheme: str
    pack_version: str
    state: EnrolmentState
    firm_name: str
    firm_code: str
    loan_number: str
    contract_number: str
    disbursed_on: date
    due_on: date
    loan_amount_fen: int
    eligible_amount_fen: int
    enrolled_amount_fen: int
    annual_rate_ppm: int | None
    outcome: Literal["met", "not_met", "unknown"]
    missing: list[str]
    ratio_bp: dict[str, int | None]
    ratio_clause: str
    guarantor: str | None
    insurer: str | None
    contract_bp: dict[str, int]
    submitted_on: date | None
    confirmed_on: date | None
    loan_status: str
    outstanding_fen: int


class Page(Schema):
    """Enrolments, newest first; `next` is what to ask for as `before`, null on the last page."""

    items: list[EnrolmentOut]
    next: int | None


class Asked(Schema):
    """Which enrolments: all of the caller's, or those of a state or a scheme."""

    before: Annotated[int | None, Field(ge=1, le=2**63 - 1, description="only enrolments with a smaller id")] = None
    state: EnrolmentState | None = None
    scheme: Annotated[str, Field(max_length=60)] = ""


@router.post(
    "enrolments", response={200: Filed, **PROBLEMS}, operation_id="enrol_loan", auth=callers(Action.ENROL_LOANS)
)
def enrol(request: HttpRequest, loan: Loan) -> Any:
    """Enrol one loan of the caller's bank, or say by which rule it is refused."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the middleware or the token
    fields = loan.dict(exclude={"scheme", "facts"}, exclude_none=True)
    fields |= {"mode": loan.mode.value, "security": loan.security.value}

    def work() -> dict[str, Any]:
        bank_id = actor.organisation_id or 0
        filed: dict[str, Any] = enrol_loan(
            actor=actor, bank_id=bank_id, scheme_id=loan.scheme, loan=fields, facts=loan.facts
        )
        return filed

    with refusing_in_currency_of(loan.scheme):
        return once_per_header(request, content=loan.dict(), work=work)


@router.get(
    "enrolments", response={200: Page, **PROBLEMS}, operation_id="enrolments", auth=callers(Action.SEE_ENROLMENTS)
)
def enrolments(request: HttpRequest, asked: Query[Asked]) -> Any:
    """Return what the caller has in the book, newest first, by pages."""
    rows = enrolments_visible_to(request.actor)  # type: ignore[attr-defined]  # set by the middleware or the token
    wanted = {"pk__lt": asked.before, "state": asked.state and asked.state.value, "scheme_id": asked.scheme}
    rows = rows.filter(**{name: value for name, value in wanted.items() if value})
    found = list(rows.select_related("pack", "guarantor", "insurer").order_by("-pk")[: PER_PAGE + 1])
    items = [_shown(row) for row in found[:PER_PAGE]]
    return {"items": items, "next": items[-1]["id"] if len(found) > PER_PAGE else None}


@router.get(
    "enrolments/{number}",
    response={200: EnrolmentOut, **PROBLEMS},
    operation_id="enrolment",
    auth=callers(Action.SEE_ENROLMENTS),
)
def enrolment(request: HttpRequest, number: str) -> Any:
    """Return one enrolment by its confirmation number."""
    rows = enrolments_visible_to(request.actor)  # type: ignore[attr-defined]  # set by the middleware or the token
    found = rows.select_related("pack", "guarantor", "insurer").filter(number=number).first()
    if found is None:
        raise EnrolmentNotFoundError(enrolment=number)
    return _shown(found)


def _shown(row: Enrolment) -> dict[str, Any]:
    parties = {"guarantor": row.guarantor and row.guarantor.code, "insurer": row.insurer and row.insurer.code}
    same = set(EnrolmentOut.model_fields) - {"scheme", "pack_version", *parties}
    plain = {name: getattr(row, name) for name in same}
    return {"scheme": row.scheme_id, "pack_version": row.pack.version, **parties, **plain}
