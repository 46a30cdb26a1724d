"""Which policies of the library say nearly what another is to say, or bear its title at its place."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from yulin.brain.core.likeness import NEARLY, likeness
from yulin.brain.enums import VersionState
from yulin.brain.models import Policy, PolicyVersion

MOST_COMPARED = 200  # texts that share a mark, those that share most numbers first


@dataclass(frozen=True)
class Alike:
    """A policy that another is like: by its text, as a share of what either says, or by its title at the same place."""

    policy_id: int
    key: str
    title: str
    area: str
    number: int
    is_shown: bool
    share: float
    is_same_title: bool

    @property
    def percent(self) -> int:
        """The share in whole percent, never 100 where anything differs."""
        return int(self.share * 100)


def policies_alike(one: PolicyVersion) -> list[Alike]:
    """Return what stands in the library, or waits for it, and is like a version, the most alike first.

    Not compared: the version's own policy, and its family of a general policy with local variants, which are meant to
    say the same.
    """
    title = one.title.strip()
    found = []
    for other in _compared(one):
        share, same = likeness(one.text, other.text), other.title.strip() == title and other.area == one.area
        if share >= NEARLY or same:
            found.append(
                Alike(
                    other.policy_id, other.policy.key, other.title, other.area, other.number,
                    other.policy.current_id == other.pk, share, same,
                )
            )  # fmt: skip
    return sorted(found, key=lambda each: (-each.share, each.policy_id, each.number))


def alike_while_waiting(one: PolicyVersion) -> list[Alike]:
    """Return what a version that waits for a check is like, where no file's report names that already."""
    is_named = one.state != VersionState.PROPOSED.value or "nearly_same" in one.defects
    return [] if is_named else policies_alike(one)


def _compared(one: PolicyVersion) -> list[PolicyVersion]:
    rows = PolicyVersion.objects.filter(Q(shown_for__isnull=False) | Q(state=VersionState.PROPOSED.value))
    rows = rows.exclude(policy__in=_family(one)).select_related("policy")
    rows = rows.only("title", "area", "number", "text", "sketch", "policy__key", "policy__current_id")
    marks = set(one.sketch)
    by_text = sorted(rows.filter(sketch__overlap=one.sketch), key=lambda each: -len(marks & set(each.sketch)))
    by_title = rows.filter(title=one.title.strip(), area=one.area).order_by("pk")[:MOST_COMPARED]
    return list({each.pk: each for each in [*by_text[:MOST_COMPARED], *by_title]}.values())


def _family(one: PolicyVersion) -> QuerySet[Policy]:
    head = one.general_id or one.policy_id
    return Policy.objects.filter(Q(pk__in=[one.policy_id, head]) | Q(general=head))
