"""The steps beside an enrolment after its review: active, closed, opened again, revoked; each offered or explained."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.forms import Form

from yulin.base.text import Text
from yulin.kit.clock import business_date
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.pool.core.names import STEP_ACTS
from yulin.pool.core.states import Step, next_state, possible_steps
from yulin.pool.errors import NotLentYetError, StepNotPossibleError
from yulin.pool.forms.review import ActivateForm, CloseForm, ReopenForm, RevokeForm
from yulin.pool.models import Enrolment
from yulin.pool.selectors.enrolment_page import EnrolmentPage, refusal_clauses
from yulin.pool.services.lifecycle import (
    activate_enrolment,
    close_enrolment,
    reopen_enrolment,
    revoke_enrolment,
)

RIGHTS = {
    Step.ACTIVATE: Action.CONFIRM_ENROLMENTS,
    Step.CLOSE: Action.CONFIRM_ENROLMENTS,
    Step.REOPEN: Action.REVOKE_ENROLMENTS,
    Step.REVOKE: Action.REVOKE_ENROLMENTS,
}
_OTHERS_DO_IT = Text("由受托管理机构复核人员办理。", "a checker of the manager does it.")
_OTHER_GROUND = "other"


@dataclass(frozen=True)
class StepLine:
    """One step: its form where it can be taken now, else why not."""

    step: str
    act: Text
    form: Form | None = None
    why: Text | str | None = None


def step_lines(actor: Actor, page: EnrolmentPage, given: Mapping[str, Form] | None = None) -> list[StepLine]:
    """Return what the manager can do with an enrolment beside its review; nothing for other roles.

    `given` holds a form that was sent and could not be carried out, by its step.
    """
    if not actor.may(Action.CONFIRM_ENROLMENTS):
        return []
    return [_line(step, actor, page, given or {}) for step in RIGHTS]


def _line(step: Step, actor: Actor, page: EnrolmentPage, given: Mapping[str, Form]) -> StepLine:
    why = _why_not(step, actor, page.enrolment)
    form = None if why else given.get(step.value) or step_form(step, page)
    return StepLine(step.value, STEP_ACTS[step.value], form, why)


def _why_not(step: Step, actor: Actor, enrolment: Enrolment) -> Text | str | None:
    if step not in possible_steps(enrolment.state):
        try:
            next_state(enrolment.state, step)
        except StepNotPossibleError as refusal:
            return refusal.message
    if not actor.may(RIGHTS[step]):
        return _OTHERS_DO_IT
    if step == Step.ACTIVATE and enrolment.disbursed_on > business_date():
        return NotLentYetError(on=enrolment.disbursed_on, today=business_date()).message
    return None


def step_form(step: Step, page: EnrolmentPage, data: Any = None) -> Form:
    """Return the form of a step."""
    if step == Step.REVOKE:
        return RevokeForm(data, clauses=_grounds(page), auto_id="revoke_%s")
    if step == Step.CLOSE:
        return CloseForm(data, initial={"on": business_date().isoformat()}, auto_id="close_%s")
    if step == Step.REOPEN:
        return ReopenForm(data, auto_id="reopen_%s")
    return ActivateForm(data, auto_id="activate_%s")


def _grounds(page: EnrolmentPage) -> list[tuple[str, Text]]:
    other = Text("其他依据（在理由中写明）", "Another ground (named in the reason)")
    return [*refusal_clauses(page.law), (_OTHER_GROUND, other)]


def take(step: Step, actor: Actor, page: EnrolmentPage, given: Mapping[str, Any], version: int) -> None:
    """Carry a step out with what its form gives."""
    target: dict[str, Any] = {"actor": actor, "enrolment_id": page.enrolment.pk, "version": version}
    if step == Step.REVOKE:
        clauses = {key: name.zh for key, name in _grounds(page)}
        revoke_enrolment(clause=clauses[given["clause"]], note=given["note"], **target)
    elif step == Step.CLOSE:
        close_enrolment(on=given["on"], note=given["note"], **target)
    elif step == Step.REOPEN:
        reopen_enrolment(note=given["note"], **target)
    else:
        activate_enrolment(note=given["note"], **target)
