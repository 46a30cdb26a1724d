"""Keep a pre-loan answer with a bank's file: found again by an unguessable token, never changed."""

from __future__ import annotations

import secrets

from django.db import transaction

from yulin.kit import clock
from yulin.people.core.actors import Actor
from yulin.people.services import record_audit
from yulin.pool.core.questions import Question
from yulin.pool.models import PreLoanAnswer
from yulin.pool.selectors.answers import pre_loan_answer


@transaction.atomic
def keep_answer(*, actor: Actor, question: Question) -> PreLoanAnswer:
    """Ask once more and keep question and answer.

    Raises: as `pre_loan_answer`.
    Effects: one `PreLoanAnswer`; audit row.
    """
    given = pre_loan_answer(actor, question)
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
