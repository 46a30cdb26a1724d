"""A firm contests a fact; who answers for the source decides; what was wrong is corrected and called back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db import transaction
from django.urls import reverse

from yulin.atlas.adapters.house_rules import shipped_rules
from yulin.atlas.core.access import OF_ITSELF
from yulin.atlas.core.statements import Said
from yulin.atlas.enums import EndReason
from yulin.atlas.errors import NothingToContestError, ObjectionDecidedError, ObjectionNotFoundError, ObjectionOpenError
from yulin.atlas.models import Firm, Objection, ObjectionDecision, ObjectionNote, Particular, Statement
from yulin.atlas.selectors.objections import answerer_of, objection_of, objection_to, open_objection
from yulin.atlas.selectors.particulars import particular_that_counts
from yulin.atlas.selectors.portrait import portrait_of
from yulin.atlas.selectors.rights import own_firm_of
from yulin.atlas.services.correcting import correct_particular, correct_statement
from yulin.atlas.services.naming import NAME, settle_name
from yulin.atlas.services.recalling import Gone, recall_fact
from yulin.base.text import Text
from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.adapters.calendar import work_calendar
from yulin.people.core.actors import Actor
from yulin.people.selectors import firm_organisation
from yulin.people.services import notify, record_audit, settle_notices


@transaction.atomic
def contest_fact(*, actor: Actor, fact: str, reason: str) -> Objection:
    """Contest what counts today of a fact or a particular of the actor's own firm: its mark is seen at once.

    Raises: `ATLAS.FIRM.NOT_FOUND`, `ATLAS.OBJECTION.NOTHING_KNOWN`, `ATLAS.OBJECTION.OPEN`.
    Effects: one `Objection`; a notice to who answers for the source; audit row.
    """
    firm = Firm.objects.select_for_update().get(pk=own_firm_of(actor).pk)
    particular = particular_that_counts(firm, fact)
    said, today = particular or _said(firm, fact), clock.business_date()
    if said is None:
        raise NothingToContestError(fact=fact)
    earlier = open_objection(firm, fact)
    if earlier is not None:
        raise ObjectionOpenError(fact=fact, due_on=earlier.due_on)
    made = Objection.objects.create(
        firm=firm,
        fact=fact,
        statement=_statement(firm, said) if isinstance(said, Said) else None,
        particular=particular,
        said={
            "value": said.value,
            "source": said.source,
            "valid_from": said.valid_from.isoformat(),
            "priority": said.priority,
        },
        reason=reason.strip(),
        routed_to_id=answerer_of(said.source),
        made_by_id=actor.user_id,
        made_on=today,
        due_on=work_calendar().add_workdays(today, shipped_rules().objection_workdays),
    )
    notify(
        actor=actor,
        organisation_id=made.routed_to_id,
        kind="atlas.objection",
        title=Text("核查并答复数据异议：%(firm)s", "Answer an objection to a fact: %(firm)s").with_values(
            firm=firm.name
        ),
        path=reverse("atlas:objection", args=[made.pk]),
        due_on=made.due_on,
        about=("objection", made.pk),
    )
    facts = {"firm": firm.identifier, "fact": fact, "routed_to": made.routed_to_id, "due": made.due_on.isoformat()}
    record_audit(actor=actor, action="atlas.contest_fact", subject=("objection", made.pk), facts=facts)
    return made


def _said(firm: Firm, fact: str) -> Said | None:
    found = portrait_of(firm, OF_ITSELF, on=clock.business_date(), known_at=clock.now())
    return next((line.said for section in found.sections for line in section.lines if line.fact == fact), None)


def _statement(firm: Firm, said: Said) -> Statement | None:
    about = Statement.objects.filter(firm=firm, fact=said.fact, source=said.source, known_at=said.known_at)
    return about.filter(valid_from=said.valid_from, value=said.value).order_by("-pk").first()


@dataclass(frozen=True)
class Verdict:
    """What is decided: upheld with the right value as written (none: there is no value), or rejected; and why.

    Of a particular the right value is its fields as written; none: there is no such thing.
    """

    is_upheld: bool
    reasons: str
    value: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


@transaction.atomic
def decide_objection(*, actor: Actor, objection_id: int, verdict: Verdict) -> ObjectionDecision:
    """Decide an objection that the actor's organisation has to answer.

    Upheld, what is wrong ends and a new row of the same source says what is right; every partner that received it is
    told to drop it.

    Raises: `ATLAS.OBJECTION.NOT_FOUND`, `ATLAS.OBJECTION.DECIDED`, `ATLAS.OBJECTION.VALUE`.
    Effects: one `ObjectionDecision`; those of `correct_statement` or `correct_particular`, of `settle_name` where the
    firm's name was wrong; a recall; a notice to the firm; audit row.
    """
    objection = objection_to(actor, objection_id)
    if objection.routed_to_id != actor.organisation_id:
        raise ObjectionNotFoundError(objection=objection_id)
    Objection.objects.select_for_update().get(pk=objection.pk)
    if ObjectionDecision.objects.filter(objection=objection).exists():
        raise ObjectionDecidedError(objection=objection_id)
    with scope(EVERYTHING):  # a bank corrects what it said of a firm, also where it may read of it no more
        right = _correct(objection, verdict) if verdict.is_upheld else {}
        if right and objection.fact == NAME:
            settle_name(actor=actor, firm_id=objection.firm_id, cause=f"objection:{objection.pk}")
    decided = ObjectionDecision.objects.create(
        objection=objection,
        is_upheld=verdict.is_upheld,
        reasons=verdict.reasons.strip(),
        **right,
        decided_by_id=actor.user_id,
        decided_on=clock.business_date(),
    )
    if verdict.is_upheld:
        gone = Gone(EndReason.CORRECTED, objection.said["value"], f"objection:{objection.pk}")
        recall_fact(actor=actor, firm=objection.firm, fact=objection.fact, gone=gone)
    _tell_firm(actor, objection, verdict)
    facts = {"is_upheld": verdict.is_upheld, "correction": next((one.pk for one in right.values() if one), None)}
    record_audit(actor=actor, action="atlas.decide_objection", subject=("objection", objection.pk), facts=facts)
    return decided


def _correct(objection: Objection, verdict: Verdict) -> dict[str, Statement | Particular | None]:
    """Return what the same source now says, in the decision's field for it."""
    if objection.particular is not None:
        return {"corrected_particular": correct_particular(objection, objection.particular, verdict.fields)}
    return {"correction": correct_statement(objection, verdict.value)}


def _tell_firm(actor: Actor, objection: Objection, verdict: Verdict) -> None:
    settle_notices(about=("objection", objection.pk))
    house = firm_organisation(objection.firm.identifier)
    if house is None:
        return
    upheld, rejected = (
        Text("异议成立，已更正", "Objection upheld and corrected"),
        Text("异议不成立", "Objection rejected"),
    )
    notify(
        actor=actor,
        organisation_id=house.pk,
        kind="atlas.objection",
        title=upheld if verdict.is_upheld else rejected,
        body=Text(verdict.reasons.strip(), verdict.reasons.strip()),
        path=reverse("atlas:objection", args=[objection.pk]),
    )


@transaction.atomic
def annotate_fact(*, actor: Actor, objection_id: int, text: str) -> ObjectionNote:
    """Let the firm's own words stand beside a fact that was left as it was; what stands there already stays.

    Raises: `ATLAS.OBJECTION.NOT_FOUND`.
    Effects: one `ObjectionNote`; audit row.
    """
    objection = objection_of(own_firm_of(actor), objection_id)
    decision = ObjectionDecision.objects.filter(objection=objection).first()
    if decision is None or decision.is_upheld:
        raise ObjectionNotFoundError(objection=objection_id)
    note, is_new = ObjectionNote.objects.get_or_create(objection=objection, defaults={"text": text.strip()})
    if is_new:
        record_audit(actor=actor, action="atlas.annotate_fact", subject=("objection", objection.pk))
    return note
