"""Every read of calls: those that everybody sees, those that wait for a second person, one with its window."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet

from yulin.base.text import Text
from yulin.brain.core.call_forms import CallForm
from yulin.brain.core.windows import PHASES, Phase, Window, why_phase
from yulin.brain.enums import CallState
from yulin.brain.errors import CallNotFoundError
from yulin.brain.models import Call
from yulin.people.core.actors import Actor
from yulin.people.enums import Action

CALL_STATES: Mapping[str, tuple[str, Text]] = {
    CallState.PROPOSED.value: ("warn", Text("待发布", "To be published")),
    CallState.PUBLISHED.value: ("ok", Text("已发布", "Published")),
    CallState.RETURNED.value: ("bad", Text("已退回", "Returned")),
    CallState.WITHDRAWN.value: ("idle", Text("已撤回", "Withdrawn")),
}


@dataclass(frozen=True)
class CallShown:
    """A call as lists and pages show it on a day."""

    call: Call
    window: Window
    phase: Phase
    state: tuple[str, Text]
    why: Text

    @property
    def is_published(self) -> bool:
        """Whether applicants see it."""
        return self.call.state == CallState.PUBLISHED.value

    @property
    def taken_on(self) -> date:
        """The last day that counts now: in the days of grace their last one."""
        return self.window.taken_until if self.phase is Phase.GRACE else self.window.last_on

    @property
    def form(self) -> CallForm:
        """What it asks for."""
        return self.call.asks


def calls_visible_to(actor: Actor) -> QuerySet[Call]:
    """Return the published calls; to who edits calls, every call."""
    rows = Call.objects.select_related("policy__current").prefetch_related("extensions")
    return rows if actor.may(Action.EDIT_CALLS) else rows.filter(state=CallState.PUBLISHED.value)


def calls_under(policies: Iterable[int], today: date) -> dict[int, list[CallShown]]:
    """Return by policy the published calls that take applications on a day or will, the nearest last day first."""
    rows = Call.objects.filter(policy__in=list(policies), state=CallState.PUBLISHED.value)
    shown = [call_shown(call, today) for call in rows.prefetch_related("extensions").order_by("pk")]
    found: dict[int, list[CallShown]] = {}
    for one in sorted(shown, key=lambda one: one.window.taken_until):
        if one.phase is not Phase.SHUT:
            found.setdefault(one.call.policy_id, []).append(one)
    return found


def call_for(actor: Actor, call_id: int) -> Call:
    """Return a call that an actor may see. Raises: `BRAIN.CALL.NOT_FOUND`."""
    found = calls_visible_to(actor).filter(pk=call_id).first()
    if found is None:
        raise CallNotFoundError(call=call_id)
    return found


def call_shown(call: Call, today: date) -> CallShown:
    """Return a call as it stands on a day."""
    window = call.window
    phase = window.phase(today)
    if call.state != CallState.PUBLISHED.value:
        return CallShown(call, window, phase, CALL_STATES[call.state], Text("尚未公开", "not public yet"))
    return CallShown(call, window, phase, PHASES[phase], why_phase(window, today))
