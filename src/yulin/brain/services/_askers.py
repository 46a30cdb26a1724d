"""The person who asked for background work, as a task or a row carries them."""

from __future__ import annotations

from collections.abc import Mapping

from yulin.people.core.actors import Actor
from yulin.people.enums import OrganisationKind, Role


def carried(actor: Actor) -> dict[str, object]:
    """Return what a task carries of a person who asked for it."""
    return {
        "user_id": actor.user_id, "organisation_id": actor.organisation_id, "kind": str(actor.kind),
        "role": str(actor.role), "name": actor.name,
    }  # fmt: skip


def asker(said: Mapping[str, object]) -> Actor:
    """Return the person who asked.

    >>> person = Actor(3, None, OrganisationKind.AUTHORITY, Role.AUTHORITY_OFFICER, None, "梁示例")
    >>> asker(carried(person)) == person
    True
    """
    house = said["organisation_id"]
    return Actor(
        int(str(said["user_id"])), None if house is None else int(str(house)), OrganisationKind(str(said["kind"])),
        Role(str(said["role"])), None, str(said["name"]),
    )  # fmt: skip
