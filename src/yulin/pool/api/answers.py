"""Pre-loan answers for a bank's own systems: asked by the thousand, kept by name.

An answer that is only asked for writes nothing but a line in the firm's log, where it used what only the firm's consent
or a duty opens. With `keep` it is kept under a token, once per `Idempotency-Key`.
"""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from ninja import Field, Router, Schema
from pydantic import ConfigDict

from yulin.kit import clock
from yulin.kit.api import PROBLEMS
from yulin.kit.idempotency import once_per_header
from yulin.people.adapters.tokens import callers
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.pool.api.speaking import refusing_in_currency_of
from yulin.pool.core.questions import Question, loan_facts
from yulin.pool.enums import Security
from yulin.pool.models import PreLoanAnswer
from yulin.pool.selectors.answers import kept_answer
from yulin.pool.selectors.redecisions import redecided_answers
from yulin.pool.services.answers import give_answer, keep_answer

router = Router(tags=["pool"], auth=callers(Action.ASK_PRE_LOAN_ANSWER))
Outcome = Literal["met", "not_met", "unknown"]


class Words(Schema):
    """A text in both languages."""

    zh: str
    en: str


class PreLoanQuestion(Schema):
    """A loan and a firm before lending. Facts by the names of the vocabulary; what is left out is unknown."""

    model_config = ConfigDict(extra="forbid")

    scheme: Annotated[str, Field(max_length=60, examples=["gz-credit-2021"])]
    amount_fen: Annotated[int, Field(gt=0, le=10**15, description="the loan, in fen (cents of the scheme's currency)")]
    firm_code: Annotated[str, Field(max_length=60, description="the firm's USCC")] = ""
    on: Annotated[date | None, Field(description="the day of lending; today if left out")] = None
    tenor_months: Annotated[int | None, Field(ge=1, le=600)] = None
    security: Security | None = None
    mode: Annotated[str, Field(max_length=40)] = "bank"
    annual_rate_ppm: Annotated[int | None, Field(ge=0, le=10**6, description="4.35 % is 43500")] = None
    facts: dict[str, Any] = Field(default_factory=dict, description="facts of the firm and its circumstances")
    contract_bp: dict[str, Annotated[int, Field(ge=0, le=10_000)]] = Field(
        default_factory=dict, description="third parties' shares by contract"
    )
    keep: Annotated[bool, Field(description="keep the answer under a token")] = False


class Layer(Schema):
    """One party: its ratio, and what it bears of a full loss; null where nothing can be promised."""

    party: str
    name: Words
    ratio_bp: int | None
    outcome: Outcome
    verified: Literal["yes", "partly", "no"]
    full_loss_fen: int | None
    room_before_fen: int | None
    room_after_fen: int | None
    open: list[str]


class Line(Schema):
    """One article as it meets this loan."""

    id: str
    clause: Words
    says: Words
    found: Words
    outcome: Outcome
    verified: Literal["yes", "partly", "no"]
    source: str


class Room(Schema):
    """One limit, in its own unit: what is used, what this loan asks, what is left before and after."""

    kind: str
    name: Words
    unit: str
    at_most: int | None
    at_least: int | None
    used: int | None
    asked: int | None
    before: int | None
    after: int | None
    outcome: Outcome
    code: str


class Change(Schema):
    """What the answer would be after one change."""

    id: str
    says: Words
    covered: Outcome
    others_bp: int | None
    gain_bp: int
    refusals: list[str]


class Fact(Schema):
    """One fact that the answer rests on, with its source."""

    name: str
    label: Words
    value: Any
    source: Words
    since: date | None
    is_contested: Annotated[bool, Field(description="the firm contests the register's value; no decision yet")] = False


class ClosedFactOut(Schema):
    """One fact that the scheme asks for and the asker may not see: the firm's consent to its class opens it."""

    name: str
    label: Words
    group: Words


class Firm(Schema):
    """The firm as asked for, and its name where the register has it."""

    code: str
    name: str | None


class OpenRow(Schema):
    """A row of law that nobody has verified."""

    id: str
    clause: str
    source: str


class SaidOtherwiseOut(Schema):
    """One thing that a correction changed."""

    what: Words
    before: Words
    after: Words


class RedecisionOut(Schema):
    """A fact was corrected: what the answer would say otherwise."""

    on: date
    fact: str
    why: str
    changes: list[SaidOtherwiseOut]


class PreLoanAnswerOut(Schema):
    """The answer: covered or not, by whom, under which articles, what would change it, and until when it stands."""

    # `schema` is the version of this form; Pydantic keeps that name for itself.
    schema_version: Annotated[int, Field(alias="schema")]
    pack: str
    version: str
    on: date
    currency: str
    covered: Outcome
    sentence: Words
    layers: list[Layer]
    lines: list[Line]
    rooms: list[Room]
    changes: list[Change]
    refusals: list[str]
    missing: list[str]
    unverified: list[OpenRow]
    firm: Firm
    facts: list[Fact]
    closed: list[ClosedFactOut] = Field(
        default_factory=list, description="facts that need the firm's consent, whether or not the register knows them"
    )
    asked_at: str
    valid_until: date
    token: str | None = None
    url: str | None = None
    redecisions: list[RedecisionOut] = Field(
        default_factory=list, description="what corrections of facts changed since; the answer stays as given"
    )


@router.post(
    "pre-loan-answers",
    response={200: PreLoanAnswerOut, **PROBLEMS},
    operation_id="ask_pre_loan_answer",
    by_alias=True,
)
def ask(request: HttpRequest, response: HttpResponse, question: PreLoanQuestion) -> Any:
    """Say whether a loan would be covered, at what ratio, under which articles, and what would change it."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the middleware or the token
    add_never_cache_headers(response)
    asked = _question(question)

    def keep() -> dict[str, Any]:
        return {"token": keep_answer(actor=actor, question=asked).token}

    with refusing_in_currency_of(question.scheme):
        if not question.keep:
            return give_answer(actor=actor, question=asked).as_json()
        # What is said again to a repeated call is asked anew whether it may be: a consent can have ended meanwhile.
        made = once_per_header(request, content=question.dict(), work=keep)
        return _kept_json(kept_answer(actor, made["token"]))


@router.get(
    "pre-loan-answers/{token}",
    response={200: PreLoanAnswerOut, **PROBLEMS},
    operation_id="kept_pre_loan_answer",
    by_alias=True,
)
def kept(request: HttpRequest, response: HttpResponse, token: str) -> Any:
    """Give back a kept answer, as it was; refused once the firm has taken back the consent that it rests on."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the middleware or the token
    add_never_cache_headers(response)
    return _kept_json(kept_answer(actor, token))


def _question(asked: PreLoanQuestion) -> Question:
    on = asked.on or clock.business_date()
    loan = loan_facts(
        amount_fen=asked.amount_fen,
        on=on,
        months=asked.tenor_months,
        security=asked.security.value if asked.security else "",
        mode=asked.mode,
        rate_ppm=asked.annual_rate_ppm,
    )
    return Question(asked.scheme, on, {**loan, **asked.facts}, asked.firm_code, asked.contract_bp)


def _kept_json(found: PreLoanAnswer) -> dict[str, Any]:
    again = [
        {"on": one.decided_on, "fact": one.fact, "why": one.why, "changes": one.changes}
        for one in redecided_answers(found)
    ]
    url = reverse("pool:answer-kept", args=[found.token])
    return {**found.answer, "token": found.token, "url": url, "redecisions": again}
