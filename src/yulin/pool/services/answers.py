"""Give pre-loan answers, which the firm reads of in its log, and keep them with a bank's file, never changed."""

from __future__ import annotations

import secrets

from django.db import transaction

from yulin.atlas.selectors.particulars import AsKnown
from yulin.atlas.services.reading import note_facts_used
from yulin.kit import clock
from yulin.people.core.actors import Actor
from yulin.people.services import record_audit
from yulin.pool.core.deciding import Law
from yulin.pool.core.questions import Question
from yulin.pool.models import PreLoanAnswer
from yulin.pool.selectors.answers import Given, RegisterFacts, pre_loan_answer, register_facts_of


def give_answer(*, actor: Actor, question: Question) -> Given:
    """Answer a question before lending.

    Raises: as `pre_loan_answer`.
    Effects: a `Reading` in the firm's log where the answer used what only consent or duty opens.
    """
    given = pre_loan_answer(actor, question)
    if given.read is not None:
        note_facts_used(actor=actor, found=given.read, when=AsKnown(question.on, given.asked_at))
    return given


def show_register(*, actor: Actor, code: str, law: Law) -> RegisterFacts:
    """Return what the register says of a firm today to who asks before lending.

    Effects: as `give_answer`.
    """
    on, at = clock.business_date(), clock.now()
    found = register_facts_of(actor, code, law, AsKnown(on, at))
    if found.read is not None:
        note_facts_used(actor=actor, found=found.read, when=AsKnown(on, at))
    return found


@transaction.atomic
def keep_answer(*, actor: Actor, question: Question) -> PreLoanAnswer:
    """Ask once more and keep question and answer.

    Raises: as `pre_loan_answer`.
    Effects: one `PreLoanAnswer`; those of `give_answer`; audit row.
    """
    given = give_answer(actor=actor, question=question)
    kept = PreLoanAnswer.objects.create(
        token=secrets.token_urlsafe(16),
        organisation_id=actor.organisation_id,
        asked_by_user_id=actor.user_id,
        asked_on=clock.business_date(),
        inputs=question.as_json(),
        answer=given.as_json(),
        pack_id=given.law.published_id,
        valid_until=given.valid_until,
    )
    record_audit(
        actor=actor,
        action="pool.keep_answer",
        subject=("pre_loan_answer", kept.pk),
        facts={
            "scheme": question.scheme_id,
            "firm_code": question.firm_code,
            "covered": given.answer["covered"],
            "version": given.answer["version"],
        },
    )
    return kept
