"""Every read of a claim's joint meetings and of what makes its later instalments due."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from yulin.base.text import Text
from yulin.pool.core.claims.instalments import awaiting, waits_for_thirds
from yulin.pool.core.claims.routing import needs_meeting
from yulin.pool.core.claims.sheet import read_sheet
from yulin.pool.enums import VoucherState
from yulin.pool.models import Claim, ClaimVisit, InstalmentEvent, JointMeeting
from yulin.pool.selectors.claim_case import law_of
from yulin.rules.core.scheme import DUE_EVENTS, DueEvent, Mode


def must_meet(claim: Claim) -> bool:
    """Tell whether a claim is decided on a joint meeting's minutes."""
    return needs_meeting(law_of(claim).pack.scheme.routing, loss_base_fen=claim.loss_base_fen)


def meetings_of(claim: Claim) -> list[JointMeeting]:
    """Return the joint meetings on a claim, the latest first."""
    return list(JointMeeting.objects.filter(claim=claim).order_by("-id"))


def visits_of(claim: Claim) -> list[ClaimVisit]:
    """Return the visits to a claim's firm, the latest first, for those who see all rows."""
    return list(ClaimVisit.objects.filter(claim=claim).order_by("-id"))


def meeting_of_round(claim: Claim) -> JointMeeting | None:
    """Return the latest meeting since the claim last came before the authority."""
    return JointMeeting.objects.filter(claim=claim, held_on__gte=claim.since_on).order_by("-id").first()


@dataclass(frozen=True)
class Waiting:
    """An instalment that waits: for which events, what was stated, from when it can be paid."""

    instalment: int
    amount_fen: int
    events: tuple[DueEvent, ...]
    stated: tuple[InstalmentEvent, ...]

    @property
    def due_on(self) -> date | None:
        """The day from which it can be paid; None until an event is stated."""
        return min((one.due_on for one in self.stated), default=None)

    @property
    def choices(self) -> list[tuple[str, Text]]:
        """The events that have not been stated yet."""
        done = {one.event for one in self.stated}
        return [(one.id, DUE_EVENTS[one.id]) for one in self.events if one.id not in done]

    @property
    def told(self) -> list[tuple[Text, InstalmentEvent]]:
        """What was stated, by name."""
        return [(DUE_EVENTS[one.event], one) for one in self.stated]


def waiting_instalments(claim: Claim) -> list[Waiting]:
    """Return the instalments of a claim that wait for an event, and are not paid or void."""
    open_states = [VoucherState.HELD.value, VoucherState.QUEUED.value, VoucherState.FAILED.value]
    amounts: dict[int, int] = {}
    vouchers = claim.vouchers.filter(awaits_event=True, state__in=open_states)
    for number, fen in vouchers.values_list("instalment", "amount_fen"):
        amounts[number] = amounts.get(number, 0) + fen
    if not amounts:
        return []
    by_number = instalment_events(claim)
    stated = list(InstalmentEvent.objects.filter(claim=claim))
    return [
        Waiting(number, fen, by_number.get(number, ()), tuple(one for one in stated if one.instalment == number))
        for number, fen in sorted(amounts.items())
    ]


def instalment_events(claim: Claim) -> dict[int, tuple[DueEvent, ...]]:
    """Return the events of the law that a claim's instalments wait for, by number."""
    modes: list[Mode] = list(law_of(claim).pack.scheme.modes_for(claim.enrolment.mode))
    after = waits_for_thirds(read_sheet(claim.sheet)) if claim.sheet else False
    return next((found for mode in modes if (found := awaiting(mode, after_thirds=after))), {})
