"""What waits of applications for an actor: a draft to submit, one to screen, to judge, to decide, a contract."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q

from yulin.base.text import Text
from yulin.brain.core.application_states import STATE_WORDS, ApplicationState
from yulin.brain.models import Application, ApplicationDecision, ExpertReview
from yulin.brain.selectors.applications import ATTACH, HELPER_RIGHTS, WRITE, applications_visible_to
from yulin.brain.selectors.contract_queue import contracts_of_firm, contracts_to_decide
from yulin.people.core.actors import Actor
from yulin.people.enums import Action, Role

_S = ApplicationState
_TO_DO = {
    _S.DRAFT: Text("填完并提交", "Complete and submit it"),
    _S.RETURNED: Text("补正并重新提交", "Complete it and submit it again"),
    _S.SUBMITTED: Text("形式审查", "Screen it"),
    _S.ACCEPTED: Text("抽取专家", "Draw the experts"),
    _S.IN_REVIEW: Text("拟定结果", "Propose an outcome"),
    _S.DECIDED: Text("复核结果", "Confirm the outcome"),
}
_WITH_AUTHORITY = Text("已提交，等科技局", "Submitted; the authority has it")
_READ = Text("只看，由企业填写", "Read only; the firm writes it")
_OVER = [_S.WITHDRAWN.value, _S.REFUSED.value, _S.DECLINED.value, _S.GRANTED.value, _S.CONTRACTED.value]
_SHOWN = 20


@dataclass(frozen=True)
class Waiting:
    """One application that waits for an actor: what to do, by when."""

    application: Application
    todo: Text
    due_on: date | None = None

    @property
    def state(self) -> tuple[str, Text]:
        """Where it stands."""
        return STATE_WORDS[ApplicationState(self.application.state)]


def waiting_applications(actor: Actor, today: date) -> list[Waiting]:
    """Return what waits for an actor, drafts by the day on which their call shuts."""
    if actor.role == Role.FIRM_USER:
        return [*_drafts(actor, today), *(Waiting(*one) for one in contracts_of_firm(actor))]
    if actor.role == Role.SERVICE_OFFICER:
        return list(_helped(actor, today))
    if actor.may(Action.SCORE_APPLICATIONS):
        return list(_to_judge(actor))
    if not actor.may(Action.SCREEN_APPLICATIONS):
        return []
    contracts = contracts_to_decide(actor, today) if actor.may(Action.DECIDE_APPLICATIONS) else ()
    return [*_to_decide(actor), *(Waiting(*one) for one in contracts)]


def _drafts(actor: Actor, today: date) -> Iterator[Waiting]:
    open_states = [_S.DRAFT.value, _S.RETURNED.value]
    rows = applications_visible_to(actor).filter(state__in=open_states).prefetch_related("call__extensions")
    for one in rows.order_by("pk")[:_SHOWN]:
        window = one.call.window
        due_on = one.returned_until if one.state == _S.RETURNED else window.last_on
        is_open = window.takes(today) if one.state == _S.DRAFT else due_on is None or today <= due_on
        if is_open:
            yield Waiting(one, _TO_DO[ApplicationState(one.state)], due_on)


def _helped(actor: Actor, today: date) -> Iterator[Waiting]:
    """Yield what an adviser works on, by the last day: what its firm lets it do, or who has it now."""
    open_states = {_S.DRAFT.value, _S.RETURNED.value}
    found = []
    rows = applications_visible_to(actor).exclude(state__in=_OVER).prefetch_related("call__extensions", "helpers")
    for one in rows.order_by("pk"):
        if one.state not in open_states:
            found.append(Waiting(one, _WITH_AUTHORITY))
            continue
        due_on = one.returned_until if one.state == _S.RETURNED else one.call.window.last_on
        if one.call.window.takes(today) if one.state == _S.DRAFT else due_on is None or today <= due_on:
            found.append(Waiting(one, _may_do(actor, one), due_on))
    yield from sorted(found, key=lambda one: (one.due_on or date.max, one.application.pk))[:_SHOWN]


def _may_do(actor: Actor, application: Application) -> Text:
    """Return in words what an adviser may do for the firm besides reading."""
    mine = [one for one in application.helpers.all() if one.organisation_id == actor.organisation_id]
    held = {right for one in mine if one.revoked_at is None for right in one.rights}
    named = [HELPER_RIGHTS[right] for right in (WRITE, ATTACH) if right in held]
    return Text("、".join(one.zh for one in named), " and ".join(one.en.lower() for one in named)) if named else _READ


def _to_judge(actor: Actor) -> Iterator[Waiting]:
    asked = ExpertReview.objects.filter(
        expert__user=actor.user_id, recused_at__isnull=True, application__state=_S.IN_REVIEW.value
    ).select_related("application__call", "application__firm")
    for one in asked.filter(vote="").order_by("pk")[:_SHOWN]:
        todo = (
            Text("评分", "Score it") if one.scored_at is None else Text("评分到齐后表决", "Vote once every score is in")
        )
        yield Waiting(one.application, todo)


def _to_decide(actor: Actor) -> Iterator[Waiting]:
    votes = ExpertReview.objects.filter(application=OuterRef("pk"), recused_at__isnull=True)
    waits = Q(state__in=[_S.SUBMITTED.value, _S.ACCEPTED.value])
    waits |= Q(~Exists(votes.filter(vote="")), Exists(votes), state=_S.IN_REVIEW.value)
    if actor.may(Action.CONFIRM_APPLICATIONS):
        open_one = ApplicationDecision.objects.filter(
            application=OuterRef("pk"), confirmed_on__isnull=True, sent_back=""
        )
        waits |= Q(Exists(open_one.exclude(made_by=actor.user_id)), state=_S.DECIDED.value)
    rows = applications_visible_to(actor).filter(waits).order_by("pk")
    for one in rows[:_SHOWN]:
        yield Waiting(one, _TO_DO[ApplicationState(one.state)])
