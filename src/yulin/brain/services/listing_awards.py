"""A list of entitled firms made in the background, so that the page that asks for it answers at once.

One list of a policy is made at a time. What refuses it there is kept and shown to who asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from django.db import transaction

from yulin.atlas.selectors import firm_count
from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.brain.core.awards import Rhythm
from yulin.brain.errors import AwardTermsError
from yulin.brain.models import AwardBatch, AwardListing, Policy
from yulin.brain.services._applications import person
from yulin.brain.services._askers import asker, carried
from yulin.brain.services.awarding import BatchTerms, payable, propose_batch
from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.kit.tasks import defer
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.people.services import record_audit

STALLED = timedelta(minutes=5)  # without progress: asked for again


def ask_for_batch(*, actor: Actor, policy_id: int, terms: BatchTerms) -> AwardListing:
    """Put the making of a list into the queue, and return where its progress is kept.

    What can be refused at once is; a list that has stood still is put into the queue again, on its own terms.

    Effects: the listing; a task; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `BRAIN.POLICY.NOT_FOUND`, `BRAIN.AWARD.POLICY`, `.TERMS`, the last also while another
    list of the policy is being made.
    """
    asker_id, now = person(actor, Action.DECIDE_APPLICATIONS), clock.now()
    with transaction.atomic(), scope(EVERYTHING):
        criteria = payable(Policy.objects.select_for_update().filter(pk=policy_id), policy_id, terms)
        open_one = AwardListing.objects.filter(policy=policy_id, done_at=None).first()
        if open_one is not None and now - open_one.moved_at <= STALLED:
            why = Text("另一份名单正在拟定", "another list is being made")
            raise AwardTermsError(policy=criteria.version.title, why=why)
        made = open_one or AwardListing.objects.create(
            policy_id=policy_id, on=terms.on, rhythm=terms.rhythm.value, budget_fen=terms.budget_fen,
            notice_workdays=terms.notice_workdays, asked_by_id=asker_id, asked_as=carried(actor), asked_at=now,
            moved_at=now, firms_total=firm_count(),
        )  # fmt: skip
        AwardListing.objects.filter(pk=made.pk).update(moved_at=now)
        defer("brain.list_awards", once_as=f"brain.list_awards:{made.pk}", listing_id=made.pk)
        facts = {"policy": criteria.policy.key, "on": terms.on.isoformat(), "budget_fen": terms.budget_fen}
        record_audit(actor=actor, action="brain.ask_for_award_batch", subject=("award_listing", made.pk), facts=facts)
    return made


def make_list(*, listing_id: int) -> None:
    """Make a list that somebody asked for, in their name; one that is done stays as it is.

    Effects: how far it is, after each few firms; as `propose_batch`; the listing's batch or what refused it.
    """
    with scope(EVERYTHING):
        listing = AwardListing.objects.filter(pk=listing_id, done_at=None).first()
    if listing is None:
        return
    terms = BatchTerms(listing.on, Rhythm(listing.rhythm), listing.budget_fen, listing.notice_workdays)

    def moved(done: int) -> None:
        with scope(EVERYTHING):
            AwardListing.objects.filter(pk=listing_id).update(firms_done=done, moved_at=clock.now())

    who, policy_id = asker(listing.asked_as), listing.policy_id
    try:
        propose_batch(
            actor=who, policy_id=policy_id, terms=terms, moved=moved, kept=lambda batch: _done(listing_id, batch=batch)
        )
    except YulinError as refusal:
        said = {language: refusal.envelope(language) for language in ("zh-hans", "en")}
        _done(listing_id, refusal=said)


def _done(listing_id: int, *, batch: AwardBatch | None = None, refusal: Mapping[str, object] | None = None) -> None:
    with transaction.atomic(), scope(EVERYTHING):
        listing = AwardListing.objects.select_for_update().get(pk=listing_id)
        listing.batch, listing.refusal, listing.done_at = batch, dict(refusal or {}), clock.now()
        listing.save(update_fields=["batch", "refusal", "done_at"])
