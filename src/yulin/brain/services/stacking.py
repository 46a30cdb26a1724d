"""The book's own law of stacking: proposed by one person, put in force by another; what does not hold is refused."""

from __future__ import annotations

import hashlib
import re

from django.db import transaction
from django.urls import reverse

from yulin.base.text import Text
from yulin.brain.enums import VersionState
from yulin.brain.errors import (
    PolicyNotFoundError,
    PolicyReasonError,
    PolicyStaleError,
    PolicyStateError,
    SamePersonError,
    StackingNothingNewError,
)
from yulin.brain.models import StackingVersion
from yulin.brain.selectors.stacking_law import law_texts, law_with, policies_not_held
from yulin.kit import clock
from yulin.people.core.actors import Actor
from yulin.people.enums import Action, OrganisationKind
from yulin.people.errors import NotAllowedError
from yulin.people.selectors import organisations_of_kind
from yulin.people.services import notify, record_audit, settle_notices

_ABOUT = "stacking_version"
_KEY = re.compile(r"[a-z0-9][a-z0-9-]{0,59}\Z")


@transaction.atomic
def propose_stacking(*, actor: Actor, key: str, base: int, text: str, note: str) -> StackingVersion:
    """Propose what one text of the law says from now on; `base` is the version from which the person started.

    Raises: PEOPLE.NOT_ALLOWED, BRAIN.POLICY.STALE, BRAIN.POLICY.REASON, BRAIN.STACKING.NOTHING_NEW,
    BRAIN.POLICY.NOT_FOUND for a key that the library does not hold; loading errors.
    Effects: the version; notices to the checkers; audit row.
    """
    maker_id = _person(actor, Action.EDIT_POLICIES)
    text = text.replace("\r\n", "\n").strip() + "\n"
    if not note.strip() or not _KEY.match(key):
        raise PolicyReasonError(policy=key)
    now = law_texts().get(key)
    if (now.number if now else 0) != base:
        raise PolicyStaleError(policy=key, found=base, needed=now.number if now else 0)
    if now is not None and now.text.strip() == text.strip():
        raise StackingNothingNewError(key=key)
    not_held = policies_not_held(law_with(key, text))
    if not_held:
        raise PolicyNotFoundError(policy=not_held[0])
    of_key = StackingVersion.objects.select_for_update().filter(key=key)
    numbers = list(of_key.values_list("number", "state"))
    if any(state == VersionState.PROPOSED.value for _, state in numbers):
        raise PolicyStaleError(policy=key, found=base, needed=max(number for number, _ in numbers))
    version = StackingVersion.objects.create(
        key=key, number=max((number for number, _ in numbers), default=0) + 1, text=text, note=note.strip()[:600],
        content_hash=hashlib.sha256(text.encode()).hexdigest(), made_by_id=maker_id, made_by_name=actor.name,
    )  # fmt: skip
    title = Text("复核叠加规则：%(key)s", "Check the rules of stacking: %(key)s").with_values(key=key)
    for organisation in organisations_of_kind(OrganisationKind.AUTHORITY):
        notify(
            actor=actor, organisation_id=organisation.pk, kind="brain.policy", title=title,
            path=reverse("brain:stacking-law"), about=(_ABOUT, version.pk),
        )  # fmt: skip
    _record(actor, "brain.propose_stacking", version)
    return version


@transaction.atomic
def decide_stacking(*, actor: Actor, version_id: int, is_published: bool, reason: str = "") -> StackingVersion:
    """Put a proposal in force, or return it with the reason.

    Raises: PEOPLE.NOT_ALLOWED, BRAIN.POLICY.NOT_FOUND, BRAIN.POLICY.STATE, BRAIN.POLICY.SAME_PERSON,
    BRAIN.POLICY.REASON, every loading error: the rest of the law may have changed since.
    Effects: the version's state; its notices settled; audit row.
    """
    checker_id = _person(actor, Action.PUBLISH_POLICIES)
    version = _proposed(version_id)
    if version.made_by_id == checker_id:
        raise SamePersonError(policy=version.key, name=version.made_by_name)
    if not is_published and not reason.strip():
        raise PolicyReasonError(policy=version.key)
    if is_published:
        law_with(version.key, version.text)
    version.state = (VersionState.PUBLISHED if is_published else VersionState.RETURNED).value
    version.reason = "" if is_published else reason.strip()[:600]
    version.checked_by_id, version.checked_by_name, version.checked_at = checker_id, actor.name, clock.now()
    version.save(update_fields=["state", "checked_by", "checked_by_name", "checked_at", "reason"])
    settle_notices(about=(_ABOUT, version.pk))
    _record(actor, "brain.publish_stacking" if is_published else "brain.return_stacking", version)
    return version


@transaction.atomic
def withdraw_stacking(*, actor: Actor, version_id: int) -> StackingVersion:
    """Take one's own proposal back. Raises: PEOPLE.NOT_ALLOWED, BRAIN.POLICY.NOT_FOUND, BRAIN.POLICY.STATE.

    Effects: the version's state; its notices settled; audit row.
    """
    maker_id = _person(actor, Action.EDIT_POLICIES)
    version = _proposed(version_id)
    if version.made_by_id != maker_id:
        raise NotAllowedError(action=str(Action.EDIT_POLICIES), role=str(actor.role))
    version.state = VersionState.WITHDRAWN.value
    version.save(update_fields=["state"])
    settle_notices(about=(_ABOUT, version.pk))
    _record(actor, "brain.withdraw_stacking", version)
    return version


def _proposed(version_id: int) -> StackingVersion:
    found = StackingVersion.objects.select_for_update().filter(pk=version_id).first()
    if found is None:
        raise PolicyNotFoundError(policy=version_id)
    if found.state != VersionState.PROPOSED.value:
        raise PolicyStateError(policy=found.key, found=found.state)
    return found


def _record(actor: Actor, action: str, version: StackingVersion) -> None:
    facts = {"key": version.key, "number": version.number, "hash": version.content_hash, "reason": version.reason}
    record_audit(actor=actor, action=action, subject=(_ABOUT, version.pk), facts=facts)


def _person(actor: Actor, action: Action) -> int:
    if not actor.may(action) or actor.user_id is None:
        raise NotAllowedError(action=str(action), role=str(actor.role))
    return actor.user_id
