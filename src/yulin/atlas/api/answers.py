"""Yes-or-no questions about a firm for a partner's own system: signed answers without values."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers
from ninja import Router, Schema

from yulin.atlas.adapters.shipped_questions import shipped_questions
from yulin.atlas.errors import FirmNotFoundError
from yulin.atlas.selectors import firm_by_code
from yulin.atlas.services.answering import answer_question
from yulin.kit.api import PROBLEMS
from yulin.kit.signing import public_key
from yulin.people.adapters.tokens import callers
from yulin.people.core.actors import Actor
from yulin.people.enums import Action

router = Router(tags=["atlas"], auth=callers(Action.SEE_PORTRAIT))


class QuestionLine(Schema):
    """A question that can be asked about any firm."""

    id: str
    zh: str
    en: str
    that: str


class SignedAnswerOut(Schema):
    """The answer: `content.answer` is yes, no or unknown; the signature is over `content` as sorted JSON."""

    content: dict[str, Any]
    signature: str
    public_key: str


@router.get("questions", response={200: list[QuestionLine], **PROBLEMS}, operation_id="questions")
def questions(request: HttpRequest) -> list[QuestionLine]:  # noqa: ARG001 - every caller may ask alike
    """List the questions."""
    return [
        QuestionLine(id=one.id, zh=one.title.zh, en=one.title.en, that=one.that) for one in shipped_questions().values()
    ]


@router.get(
    "firms/{code}/answers/{question}", response={200: SignedAnswerOut, **PROBLEMS}, operation_id="answer_question"
)
def answers(request: HttpRequest, response: HttpResponse, code: str, question: str) -> SignedAnswerOut:
    """Answer one question about a firm; the firm sees who asked."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the guard
    add_never_cache_headers(response)
    firm = firm_by_code(code)
    if firm is None:
        raise FirmNotFoundError(firm_code=code)
    made = answer_question(actor=actor, firm=firm, question=question)
    return SignedAnswerOut(content=made.content, signature=made.signature, public_key=public_key())
