"""What waits of contracts for an actor: one to draft or to sign, a milestone to report, to accept, to release."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import islice

from django.db.models import Exists, OuterRef, Prefetch, Q

from yulin.base.text import Text
from yulin.brain.core.application_states import ApplicationState
from yulin.brain.core.contracts import MilestoneState
from yulin.brain.models import Application, ApplicationAppeal, GrantMilestone
from yulin.brain.selectors.applications import applications_visible_to
from yulin.people.core.actors import Actor
from yulin.people.enums import Action

_M = MilestoneState
_SHOWN = 20
Step = tuple[Application, Text, date | None]


def contracts_of_firm(actor: Actor) -> Iterator[Step]:
    """Yield what a firm has to do under its contracts: name its account, then report the next milestone, by its day."""
    rows = applications_visible_to(actor).filter(
        state=ApplicationState.CONTRACTED.value, contract__signed_on__isnull=False
    )
    planned = GrantMilestone.objects.filter(state=_M.PLANNED.value).order_by("place")
    rows = rows.select_related("contract").prefetch_related(Prefetch("milestones", queryset=planned))
    for one in rows.order_by("pk")[:_SHOWN]:
        first = next(iter(one.milestones.all()), None)
        if not one.contract.account:
            yield one, Text("填写合同收款账户", "Name the contract's account"), None
        elif first is not None:
            said = Text("报告节点：%(title)s", "Report the milestone: %(title)s").with_values(title=first.title)
            yield one, said, first.due_on


def contracts_to_decide(actor: Actor, today: date) -> Iterator[Step]:
    """Yield the contracts that wait for one of the authority: grants whose notice is over, signing, milestones."""
    return islice(_to_decide(actor, today), _SHOWN)


def _to_decide(actor: Actor, today: date) -> Iterator[Step]:
    """Yield drafts, then signatures, then milestones, out of one query where nothing waits: a home asks many things."""
    objected = ApplicationAppeal.objects.filter(application=OuterRef("pk"), is_upheld__isnull=True)
    unsigned = Q(~Exists(objected), state=ApplicationState.GRANTED.value, notice_until__lt=today) & Q(
        contract__signed_on__isnull=True
    )
    waits = Q(state=_M.REPORTED.value) | Q(state=_M.ACCEPTED.value) & ~Q(first_release_by=actor.user_id)
    milestones = GrantMilestone.objects.filter(waits, contract__signed_on__isnull=False).order_by("pk")
    due = Exists(milestones.filter(application=OuterRef("pk")))
    rows = applications_visible_to(actor).filter(unsigned | due).select_related("contract").order_by("pk")
    found = list(rows.prefetch_related(Prefetch("milestones", queryset=milestones, to_attr="waiting_milestones")))
    open_grants = [one for one in found if one.state == ApplicationState.GRANTED.value]
    for one in open_grants:
        if not hasattr(one, "contract"):
            yield one, Text("拟定合同", "Draft the contract"), None
    for one in open_grants:
        if hasattr(one, "contract") and one.contract.signed_on is None and _may_sign(actor, one):
            yield one, Text("签订合同", "Sign the contract"), None
    waiting = [(milestone, one) for one in found for milestone in one.waiting_milestones]
    for milestone, one in sorted(waiting, key=lambda pair: pair[0].pk):
        words = (
            Text("验收节点：%(title)s", "Accept the milestone: %(title)s")
            if milestone.state == _M.REPORTED
            else Text("放款：%(title)s", "Release: %(title)s")
        )
        yield one, words.with_values(title=milestone.title), None


def _may_sign(actor: Actor, one: Application) -> bool:
    return actor.may(Action.CONFIRM_APPLICATIONS) and one.contract.made_by_id != actor.user_id
