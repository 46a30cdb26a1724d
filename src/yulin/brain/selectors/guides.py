"""What explains a policy, and the policies whose guide or manual is still owed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from yulin.base.text import Text
from yulin.brain.core.guides import GUIDE_NAMES, GuideKind, guides_missing
from yulin.brain.models import GuideTerm, PolicyGuide

_SHOWN = 50


@dataclass(frozen=True)
class GuideShown:
    """The newest text of a kind, and whether the policy has a newer version than it explains."""

    guide: PolicyGuide
    name: Text
    is_behind: bool


def guides_of(policy_id: int, version_id: int | None) -> list[GuideShown]:
    """Return the newest guide and manual of a policy whose current version is named."""
    rows = PolicyGuide.objects.filter(policy=policy_id).select_related("version").order_by("kind", "-pk")
    newest = rows.distinct("kind")
    return [GuideShown(one, GUIDE_NAMES[GuideKind(one.kind)], one.version_id != version_id) for one in newest]


def term_of(policy_id: int) -> GuideTerm | None:
    """Return by when a policy's guide and manual are owed, or were."""
    return GuideTerm.objects.filter(policy=policy_id).first()


@dataclass(frozen=True)
class GuideOwed:
    """A policy whose guide or manual is not published yet."""

    policy_id: int
    title: str
    due_on: date | None
    missing: tuple[Text, ...]


def guides_owed() -> list[GuideOwed]:
    """Return the policies that wait for a guide or a manual, the earliest day first."""
    terms = GuideTerm.objects.filter(done_on__isnull=True).select_related("policy__current").order_by("due_on", "pk")
    shown = [
        (one, one.policy.current) for one in terms.defer("policy__current__text", "policy__current__parts")[:_SHOWN]
    ]
    published: dict[int, set[str]] = {}
    rows = PolicyGuide.objects.filter(policy__in=[one.policy_id for one, _ in shown]).order_by()
    for number, kind in rows.values_list("policy_id", "kind"):
        published.setdefault(number, set()).add(kind)
    return [
        GuideOwed(
            one.policy_id,
            current.title,
            one.due_on,
            tuple(GUIDE_NAMES[kind] for kind in guides_missing(published.get(one.policy_id, set()))),
        )
        for one, current in shown
        if current is not None
    ]
