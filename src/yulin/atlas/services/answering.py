"""A partner asks a yes-or-no question about a firm and gets a signed answer, with proof and without a value."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from yulin.atlas.adapters.shipped_questions import question_of
from yulin.atlas.core.questions import ANSWERS, Answered, Question, answer, commitment
from yulin.atlas.enums import Channel
from yulin.atlas.errors import ConsentMissingError
from yulin.atlas.models import Firm, Reading, SignedAnswer
from yulin.atlas.selectors import facts_of
from yulin.atlas.selectors.objections import marks_of
from yulin.atlas.selectors.rights import access_of
from yulin.kit import clock
from yulin.kit.signing import sign
from yulin.people.core.actors import Actor
from yulin.people.services import record_audit

_NONCE_BYTES = 16


@dataclass(frozen=True)
class Asked:
    """A question about a firm on a day, from what is known at an instant."""

    question: str
    on: date
    known_at: datetime


@transaction.atomic
def answer_question(*, actor: Actor, firm: Firm, question: str) -> SignedAnswer:
    """Answer yes, no or unknown, signed; the nonces that open the commitments stay here for whoever audits.

    Raises: `ATLAS.QUESTION.UNKNOWN`, `ATLAS.CONSENT.MISSING`, `ATLAS.FIRM.NOT_FOUND`.
    Effects: one `SignedAnswer`; one `Reading` in the firm's log; audit row.
    """
    asked, access = question_of(question), access_of(actor, firm)
    if not access.opens(ANSWERS):
        raise ConsentMissingError(reader=actor.name)
    when = Asked(question, clock.business_date(), clock.now())
    found = answer(asked, facts_of([firm.pk], on=when.on, known_at=when.known_at)[firm.pk], when.on)
    openings = [{"nonce": secrets.token_hex(_NONCE_BYTES), "fact": said.fact} for said in found.used]
    content = _content(firm, asked, when, found)
    content["statements"] = sorted(
        commitment(opening["nonce"], said) for opening, said in zip(openings, found.used, strict=True)
    )
    made = SignedAnswer.objects.create(
        firm=firm,
        organisation_id=actor.organisation_id,
        question=question,
        content=content,
        signature=sign(content),
        openings=openings,
    )
    if not access.is_itself:
        Reading.objects.create(
            firm=firm,
            organisation_id=actor.organisation_id,
            user_id=actor.user_id,
            reader_name=actor.name,
            channel=str(Channel.PREDICATE),
            basis=list(access.basis),
            purpose="；".join(access.purposes)[:200],
            classes=[ANSWERS],
            facts=[said.fact for said in found.used],
            facts_on=when.on,
            known_by=when.known_at,
        )
    record_audit(actor=actor, action="atlas.answer_question", subject=("answer", made.pk), facts={"question": question})
    return made


def answer_now(signed: SignedAnswer) -> str:
    """Return what a signed answer would say of its own day from what is known now: yes, no or unknown."""
    on = date.fromisoformat(signed.content["on"])
    known = facts_of([signed.firm_id], on=on, known_at=clock.now())[signed.firm_id]
    return _word(answer(question_of(signed.question), known, on))


def _word(found: Answered) -> str:
    return {"met": "yes", "not_met": "no"}.get(found.outcome.value, "unknown")


def _content(firm: Firm, asked: Question, when: Asked, found: Answered) -> dict[str, Any]:
    marks = marks_of(firm)
    return {
        "firm_code": firm.identifier,
        "question": asked.id,
        "that": asked.that,
        "answer": _word(found),
        # Which facts behind the answer the firm contests: the receiver is told, no value is.
        "contested": sorted(said.fact for said in found.used if said.fact in marks and marks[said.fact].is_open),
        "on": when.on.isoformat(),
        "known_at": when.known_at.isoformat(),
    }
