"""Deadlines of policies: a person's calendar address, made and taken back, and reminders inside Yulin.

The address holds a signed token and nothing else; it answers while it is not taken back and while its person still
works for the firm.
"""

from __future__ import annotations

from datetime import date, timedelta

from django.core import signing
from django.db import transaction
from django.urls import reverse

from yulin.atlas.selectors import firms
from yulin.base.text import Text
from yulin.brain.core.check_up import Standing
from yulin.brain.core.criteria import pack_id
from yulin.brain.errors import FeedNotFoundError, FirmNotFoundError
from yulin.brain.models import DeadlineFeed, DeadlineReminder, RadarRun
from yulin.brain.selectors.check_up import own_firm
from yulin.brain.selectors.radar import FEED_SALT, firms_standing, latest_radar, radar_policies
from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor
from yulin.people.selectors import firm_organisation
from yulin.people.services import notify, record_audit

REMIND_DAYS = 7


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
    """Tell firms once of each policy that they are entitled to and that ends within a week; return how many were told.

    Effects: a reminder and a notice a firm and policy.
    """
    run, told = latest_radar(), 0
    if run is None:
        return 0
    for criteria in radar_policies(on).criteria:
        ends_on = criteria.version.ends_on
        if ends_on is not None and on <= ends_on <= on + timedelta(days=REMIND_DAYS):
            told += _remind(actor, run, criteria.policy_id, criteria.version.title, ends_on)
    return told


def _remind(actor: Actor, run: RadarRun, policy_id: int, policy: str, ends_on: date) -> int:
    title = Text("%(title)s：还可申报", "%(title)s: you can still apply").with_values(title=policy)
    with transaction.atomic(), scope(EVERYTHING):
        before = DeadlineReminder.objects.filter(policy=policy_id, ends_on=ends_on)
        told = set(before.values_list("firm_id", flat=True))
        new = sorted(firms_standing(run, pack_id(policy_id), Standing.MET.value, policy_id) - told)
        for firm in firms(new).values():
            house = firm_organisation(firm.identifier)
            if house is not None:
                notify(
                    actor=actor, organisation_id=house.pk, kind="brain.deadline", title=title, due_on=ends_on,
                    path=reverse("brain:firm-radar", args=[firm.pk]), about=("policy", policy_id),
                )  # fmt: skip
        DeadlineReminder.objects.bulk_create(
            [DeadlineReminder(policy_id=policy_id, firm_id=pk, ends_on=ends_on) for pk in new], ignore_conflicts=True
        )
    return len(new)
