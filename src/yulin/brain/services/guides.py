"""Every write of what explains a policy: the term that a new policy starts, the guide and the manual."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.urls import reverse

from yulin.base.text import Text
from yulin.brain.core.guides import GUIDE_NAMES, GuideKind, guides_missing, guides_owed
from yulin.brain.enums import VersionState
from yulin.brain.errors import GuideTextError, PolicyNotFoundError
from yulin.brain.models import GuideTerm, Policy, PolicyGuide, PolicyVersion
from yulin.kit import clock
from yulin.people.adapters.calendar import recent_work_calendar
from yulin.people.core.actors import Actor
from yulin.people.enums import Action, OrganisationKind
from yulin.people.errors import NotAllowedError
from yulin.people.selectors import organisations_of_kind
from yulin.people.services import NewNotice, notify_all, record_audit, settle_notices

_ABOUT = "guide_term"


def start_terms(*, actor: Actor, versions: Sequence[PolicyVersion]) -> None:
    """Start the term of policies that are published for the first time and are new, in the caller's transaction.

    Effects: their terms; a notice to the authorities each.
    """
    calendar, today = recent_work_calendar(), clock.business_date()
    owed = {one.policy_id: guides_owed(one.issued_on, today, calendar) for one in versions}
    before = PolicyVersion.objects.filter(policy__in=owed, state=VersionState.PUBLISHED.value)
    known = set(before.exclude(pk__in=[one.pk for one in versions]).values_list("policy_id", flat=True))
    new = [one for one in versions if owed[one.policy_id][0] and one.policy_id not in known]
    GuideTerm.objects.bulk_create(GuideTerm(policy_id=one.policy_id, due_on=owed[one.policy_id][1]) for one in new)
    houses = organisations_of_kind(OrganisationKind.AUTHORITY) if new else []
    title = Text("发布解读与办事指南：%(title)s", "Publish the guide and the manual: %(title)s")
    notices = (
        NewNotice(
            house.pk, "brain.guide", title.with_values(title=one.title), due_on=owed[one.policy_id][1],
            path=f"{reverse('brain:policy', args=[one.policy_id])}#guides", about=(_ABOUT, one.policy_id),
        )
        for one in new
        for house in houses
    )  # fmt: skip
    notify_all(actor=actor, notices=notices)


@transaction.atomic
def publish_guide(*, actor: Actor, policy_id: int, kind: GuideKind, text: str) -> PolicyGuide:
    """Publish a policy's guide or manual; one that stood before stays among the earlier ones.

    Effects: the text; where both are there, the term's end and its notices; audit row.
    Raises: PEOPLE.NOT_ALLOWED, BRAIN.POLICY.NOT_FOUND, BRAIN.GUIDE.TEXT.
    """
    if not actor.may(Action.EDIT_POLICIES) or actor.user_id is None:
        raise NotAllowedError(action=str(Action.EDIT_POLICIES), role=str(actor.role))
    policy = Policy.objects.select_for_update(of=("self",)).select_related("current").filter(pk=policy_id).first()
    if policy is None or policy.current is None:
        raise PolicyNotFoundError(policy=policy_id)
    said = text.strip()
    last = policy.guides.filter(kind=kind.value).first()
    if not said or (last is not None and last.text == said):
        raise GuideTextError(kind=GUIDE_NAMES[kind], policy=policy.current.title)
    made = PolicyGuide.objects.create(
        policy=policy, version=policy.current, kind=kind.value, text=said, made_by_id=actor.user_id,
        made_by_name=actor.name,
    )  # fmt: skip
    if not guides_missing(set(policy.guides.values_list("kind", flat=True))):
        GuideTerm.objects.filter(policy=policy, done_on__isnull=True).update(done_on=clock.business_date())
        settle_notices(about=(_ABOUT, policy.pk))
    facts = {"policy": policy.key, "kind": kind.value, "version": policy.current.number, "characters": len(said)}
    record_audit(actor=actor, action="brain.publish_guide", subject=("policy_guide", made.pk), facts=facts)
    return made
