"""Deadlines: a person's calendar address, made and taken back, and reminders of policies and drafts inside Yulin.

The address holds a signed token and nothing else; it answers while it is not taken back and while its person still
works for the firm.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.core import signing
from django.db import transaction
from django.urls import reverse

from yulin.atlas.selectors import firms
from yulin.base.dates import day_text
from yulin.base.text import Text
from yulin.brain.core.application_states import ApplicationState
from yulin.brain.core.check_up import Standing
from yulin.brain.core.contracts import MilestoneState
from yulin.brain.core.criteria import pack_id
from yulin.brain.core.windows import Phase
from yulin.brain.errors import FeedNotFoundError, FirmNotFoundError
from yulin.brain.models import Application, Call, DeadlineFeed, DeadlineReminder, GrantMilestone, RadarRun
from yulin.brain.selectors.applications import SEE
from yulin.brain.selectors.bank_orders import MILESTONE
from yulin.brain.selectors.calls import calls_under
from yulin.brain.selectors.check_up import own_firm
from yulin.brain.selectors.radar import FEED_SALT, firms_standing, latest_radar, radar_policies
from yulin.brain.services._applications import ABOUT
from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor
from yulin.people.selectors import days_told, firm_organisations
from yulin.people.services import NewNotice, notify_all, record_audit

REMIND_DAYS = 7
_REMIND = timedelta(days=REMIND_DAYS)


@transaction.atomic
def make_feed(*, actor: Actor) -> str:
    """Return the token of the actor's calendar of its own firm's deadlines; a new one takes the old one's place.

    Raises: BRAIN.FIRM.NOT_FOUND.
    Effects: one `DeadlineFeed`, the one before taken back; audit row.
    """
    firm = own_firm(actor)
    if firm is None or actor.user_id is None or actor.organisation_id is None:
        raise FirmNotFoundError(firm=0)
    DeadlineFeed.objects.filter(user=actor.user_id, firm=firm, revoked_at=None).update(revoked_at=clock.now())
    feed = DeadlineFeed.objects.create(user_id=actor.user_id, firm=firm, organisation_id=actor.organisation_id)
    record_audit(actor=actor, action="brain.make_feed", subject=("deadline_feed", feed.pk))
    return signing.dumps(feed.pk, salt=FEED_SALT)


@transaction.atomic
def revoke_feed(*, actor: Actor) -> None:
    """Take the actor's calendar address back.

    Raises: BRAIN.FEED.NOT_FOUND where there is none.
    Effects: the feed's end; audit row.
    """
    feed = DeadlineFeed.objects.select_for_update().filter(user=actor.user_id or 0, revoked_at=None).first()
    if feed is None:
        raise FeedNotFoundError
    feed.revoked_at = clock.now()
    feed.save(update_fields=["revoked_at"])
    record_audit(actor=actor, action="brain.revoke_feed", subject=("deadline_feed", feed.pk))


def remind_of_deadlines(*, actor: Actor, on: date) -> int:
    """Tell firms once of each policy that they are entitled to, and of each call under it, that ends within a week.

    Who writes a draft under a call is told by `remind_of_drafts`. Return how many were told.

    Effects: a reminder and a notice a firm, policy and day.
    """
    run = latest_radar()
    if run is None:
        return 0
    return sum(_remind(actor, run, one) for one in _endings(on) if on <= one.on <= on + _REMIND)


@dataclass(frozen=True)
class _Ending:
    """A last day: of a policy, or of a call under it."""

    policy_id: int
    title: Text
    on: date
    call: Call | None = None


def _endings(on: date) -> list[_Ending]:
    """Return the last days of the live policies, and those of their open calls."""
    live = radar_policies(on).criteria
    calls = calls_under([one.policy_id for one in live], on)
    ends = [
        _Ending(one.policy_id, Text(one.version.title, one.version.title), one.version.ends_on)
        for one in live
        if one.version.ends_on is not None
    ]
    return ends + [
        _Ending(policy, each.call.title, each.taken_on, each.call)
        for policy, shown in calls.items()
        for each in shown
        if each.window.takes(on)
    ]


def _remind(actor: Actor, run: RadarRun, ending: _Ending) -> int:
    title = Text("%(title)s：还可申报", "%(title)s: you can still apply").with_values(title=ending.title)
    policy_id, ends_on = ending.policy_id, ending.on
    with transaction.atomic(), scope(EVERYTHING):
        before = DeadlineReminder.objects.filter(policy=policy_id, ends_on=ends_on)
        told = set(before.values_list("firm_id", flat=True))
        if ending.call is not None:
            begun = Application.objects.filter(call=ending.call).exclude(state=ApplicationState.WITHDRAWN.value)
            told |= set(begun.values_list("firm_id", flat=True))
        new = firms(sorted(firms_standing(run, pack_id(policy_id), Standing.MET.value, policy_id) - told))
        houses = firm_organisations(firm.identifier for firm in new.values())
        # A firm whose people have not signed up is told once they have.
        there = {pk: houses[firm.identifier] for pk, firm in new.items() if firm.identifier in houses}
        notify_all(
            actor=actor,
            notices=[
                NewNotice(
                    house.pk, "brain.deadline", title, path=_leads_to(ending, pk), due_on=ends_on,
                    about=("policy", policy_id),
                )
                for pk, house in there.items()
            ],
        )  # fmt: skip
        DeadlineReminder.objects.bulk_create(
            [DeadlineReminder(policy_id=policy_id, firm_id=pk, ends_on=ends_on) for pk in there], ignore_conflicts=True
        )
    return len(there)


def _leads_to(ending: _Ending, firm_id: int) -> str:
    if ending.call is not None:
        return reverse("brain:call", args=[ending.call.pk])
    return reverse("brain:firm-radar", args=[firm_id])


def remind_of_drafts(*, actor: Actor, on: date) -> int:
    """Tell who writes an application, firm and advisers, that it is not handed in and its last day is near.

    Once for each last day, within a week of it: an extension, the days of grace, or a day to complete what was returned
    is another one. Return how many applications were told of.

    Effects: notices, which are done once the application is handed in or withdrawn.
    """
    with transaction.atomic(), scope(EVERYTHING):
        states = [ApplicationState.DRAFT.value, ApplicationState.RETURNED.value]
        rows = Application.objects.select_for_update(of=("self",)).filter(state__in=states).order_by("pk")
        open_ones = list(rows.select_related("call").prefetch_related("call__extensions", "helpers"))
        days = {one: day for one in open_ones if (day := _last_day(one, on)) and on <= day <= on + _REMIND}
        told = days_told(ABOUT, [one.pk for one in days])
        new = {one: day for one, day in days.items() if (str(one.pk), day) not in told}
        notify_all(actor=actor, notices=[each for one, day in new.items() for each in _draft_notices(one, day)])
    return len(new)


def _last_day(application: Application, on: date) -> date | None:
    """Return the day to whose 24:00 an open application can be handed in, as it stands on a day; None where none is."""
    if application.state == ApplicationState.RETURNED:
        return application.returned_until
    window = application.call.window
    return window.last_on if window.phase(on) is Phase.OPEN else window.taken_until


def _draft_notices(application: Application, day: date) -> list[NewNotice]:
    said = (
        Text("%(number)s须在%(day)s 24:00前补正", "Complete %(number)s by 24:00 on %(day)s")
        if application.state == ApplicationState.RETURNED
        else Text("%(number)s尚未提交，%(day)s 24:00截止", "%(number)s is not handed in; it closes at 24:00 on %(day)s")
    ).with_values(number=application.number, day=day_text(day))
    let_in = [one for one in application.helpers.all() if one.revoked_at is None]
    writing = [one.organisation_id for one in let_in if set(one.rights) != {SEE}]
    return [
        NewNotice(
            organisation_id, "brain.deadline", said, path=reverse("brain:application", args=[application.pk]),
            due_on=day, about=(ABOUT, application.pk),
        )
        for organisation_id in (application.house_id, *writing)
    ]  # fmt: skip


def remind_of_milestones(*, actor: Actor, on: date) -> int:
    """Tell firms once of each milestone of a signed contract that is not reported and due within a week.

    Return how many milestones were told of.
    Effects: notices, which are done once the milestone is reported.
    """
    with transaction.atomic(), scope(EVERYTHING):
        rows = GrantMilestone.objects.select_for_update(of=("self",)).filter(
            state=MilestoneState.PLANNED.value, contract__signed_on__isnull=False, due_on__range=(on, on + _REMIND)
        )
        due = list(rows.select_related("application").order_by("pk"))
        told = days_told(MILESTONE, [one.pk for one in due])
        new = [one for one in due if (str(one.pk), one.due_on) not in told]
        said = Text("%(number)s的节点将到期：%(title)s", "A milestone of %(number)s is due: %(title)s")
        notify_all(
            actor=actor,
            notices=[
                NewNotice(
                    one.application.house_id, "brain.deadline",
                    said.with_values(number=one.application.number, title=one.title),
                    path=reverse("brain:application", args=[one.application_id]), due_on=one.due_on,
                    about=(MILESTONE, one.pk),
                )
                for one in new
            ],
        )  # fmt: skip
    return len(new)
