"""What rested on a fact that turned out wrong is decided again, and what it says otherwise now is kept beside it.

What was decided is never changed: the answer stays as it was given, the redecision stands beside it. Both sides are
computed now, with the wrong value and without it, so that nothing but the correction makes the difference.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import Q
from django.urls import reverse

from yulin.atlas.selectors import codes_of
from yulin.atlas.selectors.rights import signed_answers_resting_on
from yulin.atlas.services.answering import answer_now
from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import SYSTEM_ACTOR, Actor
from yulin.people.enums import OrganisationKind
from yulin.people.selectors import firm_organisation
from yulin.people.services import notify, record_audit
from yulin.pool.core.questions import GIVEN, Question
from yulin.pool.core.redecisions import SaidOtherwise, answer_said, differences, in_json
from yulin.pool.enums import RedecisionKind
from yulin.pool.models import PreLoanAnswer, Redecision
from yulin.pool.selectors.answers import pre_loan_answer
from yulin.rules.adapters.shipped import shipped_vocabulary

if TYPE_CHECKING:
    from yulin.atlas.models import Firm, SignedAnswer

_ANSWERS = {"yes": Text("是", "yes"), "no": Text("否", "no"), "unknown": Text("未知", "unknown")}
_SAID = Text("答复", "Answer")


@dataclass(frozen=True)
class Correction:
    """A fact of a firm whose value counts no longer: what it was, why it went, and the decision that says so."""

    firm: Firm
    fact: str
    was: Any
    why: str
    cause: str


@transaction.atomic
def keep_redecision(
    *,
    actor: Actor,
    correction: Correction,
    changes: Sequence[SaidOtherwise],
    of: PreLoanAnswer | SignedAnswer | None = None,
) -> Redecision | None:
    """Keep what a correction changed in a check-up, or in an answer; None where that is kept already.

    Effects: one `Redecision`; a notice to who holds it where something changed; audit row.
    """
    subject: dict[str, Any] = {"kind": RedecisionKind.CHECK_UP}
    if isinstance(of, PreLoanAnswer):
        subject = {"kind": RedecisionKind.PRE_LOAN_ANSWER, "answer": of}
    elif of is not None:
        subject = {"kind": RedecisionKind.SIGNED_ANSWER, "signed_answer": of}
    made, is_new = Redecision.objects.get_or_create(
        firm=correction.firm,
        cause=correction.cause,
        **{"answer": None, "signed_answer": None, **subject},
        defaults={
            "organisation_id": of.organisation_id if of else None,
            "fact": correction.fact,
            "why": correction.why,
            "changes": in_json(changes),
            "decided_on": clock.business_date(),
        },
    )
    if not is_new:
        return None
    if changes:
        _tell(actor, made)
    facts = {"kind": str(made.kind), "fact": made.fact, "cause": made.cause, "changed": len(changes)}
    record_audit(actor=actor, action="pool.decide_again", subject=("redecision", made.pk), facts=facts)
    return made


def _tell(actor: Actor, made: Redecision) -> None:
    """Tell who holds it; of a check-up the firm itself."""
    house = firm_organisation(made.firm.identifier) if made.kind == RedecisionKind.CHECK_UP else made.organisation
    if house is None:
        return
    titles = {
        RedecisionKind.CHECK_UP: Text(
            "事实已更正，科技体检结论有变", "A fact was corrected: your check-up says otherwise now"
        ),
        RedecisionKind.PRE_LOAN_ANSWER: Text(
            "事实已更正，已存贷前答复会不同：%(firm)s", "A fact was corrected: a kept answer would differ: %(firm)s"
        ),
        RedecisionKind.SIGNED_ANSWER: Text(
            "事实已更正，签名答复会不同：%(firm)s", "A fact was corrected: a signed answer would differ: %(firm)s"
        ),
    }
    path = reverse("pool:answer-kept", args=[made.answer.token]) if made.answer else ""
    kind = RedecisionKind(made.kind)
    title = titles[kind].with_values(firm=made.firm.name) if kind != RedecisionKind.CHECK_UP else titles[kind]
    notify(actor=actor, organisation_id=house.pk, kind="pool.redecision", title=title, path=path)


def decide_answers_again(*, actor: Actor, correction: Correction) -> int:
    """Decide again every kept and every signed answer that rested on a corrected fact; return how many are new.

    Effects: as `keep_redecision`, each in a transaction of its own.
    """
    with scope(EVERYTHING):
        made = [
            keep_redecision(actor=actor, correction=correction, changes=_answered_again(one, correction), of=one)
            for one in _resting_on(correction)
        ]
        made += [
            keep_redecision(actor=actor, correction=correction, changes=_signed_again(one), of=one)
            for one in signed_answers_resting_on(correction.firm, correction.fact)
        ]
    return sum(one is not None for one in made)


def _resting_on(correction: Correction) -> list[PreLoanAnswer]:
    """Return the kept answers that took the fact from the register; what the bank gave itself is its own."""
    fact = shipped_vocabulary().find(correction.fact)
    if fact is None:
        return []
    codes = {correction.firm.identifier, *codes_of(correction.firm.pk)}
    of_firm = Q(answer__firm__code__in=sorted(codes)) & Q(answer__facts__contains=[{"name": fact.alias}])
    rows = PreLoanAnswer.objects.filter(of_firm).select_related("organisation").order_by("pk")
    return [one for one in rows if fact.alias in _of_the_register(one.answer)]


def _of_the_register(answer: Mapping[str, Any]) -> set[str]:
    return {fact["name"] for fact in answer["facts"] if fact["source"]["zh"] != GIVEN.zh}


def _answered_again(kept: PreLoanAnswer, correction: Correction) -> list[SaidOtherwise]:
    """Return what the answer says otherwise without the wrong value."""
    question = _question(kept.inputs)
    found, asker = shipped_vocabulary().find(correction.fact), _asker(kept)
    wrong = {found.alias if found else correction.fact: correction.was}
    return differences(_said(asker, replace(question, facts={**question.facts, **wrong})), _said(asker, question))


def _said(actor: Actor, question: Question) -> dict[str, tuple[Text, Text]]:
    try:
        return answer_said(pre_loan_answer(actor, question).as_json())
    except YulinError as error:  # the scheme answers no more, or not this: that is what it says
        return {
            "sentence": (
                _SAID,
                error.message if isinstance(error.message, Text) else Text(error.message, error.message),
            )
        }


def _question(inputs: Mapping[str, Any]) -> Question:
    return Question(
        inputs["scheme"],
        date.fromisoformat(inputs["on"]),
        inputs["facts"],
        inputs["firm_code"],
        inputs["contract_bp"],
    )


def _asker(kept: PreLoanAnswer) -> Actor:
    """Return the system in the place of who asked: a bank's own limits count for it."""
    if kept.organisation is None:
        return SYSTEM_ACTOR
    return replace(SYSTEM_ACTOR, organisation_id=kept.organisation_id, kind=OrganisationKind(kept.organisation.kind))


def _signed_again(signed: SignedAnswer) -> list[SaidOtherwise]:
    """Return what a signed answer says otherwise of its own day, from what is known now."""
    said = str(signed.content["answer"])
    now = answer_now(signed)
    return [SaidOtherwise(_SAID, _ANSWERS[said], _ANSWERS[now])] if said != now else []
