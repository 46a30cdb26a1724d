"""Who acts: a person in a role of an organisation, or the system itself. Every service takes one first."""

from __future__ import annotations

from dataclasses import dataclass

from yulin.people.core.rights import may
from yulin.people.enums import Action, OrganisationKind, Role

_SEES_ALL_ROWS = frozenset(
    {OrganisationKind.AUTHORITY, OrganisationKind.MANAGER, OrganisationKind.AUDITOR, OrganisationKind.OPERATOR}
)


@dataclass(frozen=True)
class Actor:
    """The person in a role of an organisation who does something."""

    user_id: int | None
    organisation_id: int | None
    kind: OrganisationKind
    role: Role
    district_code: str | None
    name: str

    def may(self, action: Action) -> bool:
        """Tell whether this actor's role may do an action."""
        return may(self.role, action)

    @property
    def sees_all_rows(self) -> bool:
        """Whether rows of every organisation are this actor's business (manager, authority, auditor, system)."""
        return self.role == Role.SYSTEM or self.kind in _SEES_ALL_ROWS


SYSTEM_ACTOR = Actor(None, None, OrganisationKind.OPERATOR, Role.SYSTEM, None, "系统")
PUBLIC_ACTOR = Actor(None, None, OrganisationKind.PUBLIC, Role.PUBLIC, None, "公众")


def row_scope(actor: Actor) -> str:
    """Return the reach of an actor for row-level security.

    >>> row_scope(Actor(1, 7, OrganisationKind.DISTRICT, Role.DISTRICT_OFFICER, "440112", "陈示例"))
    'district:440112'
    """
    if actor.sees_all_rows:
        return "all"
    if actor.kind == OrganisationKind.DISTRICT and actor.district_code:
        return f"district:{actor.district_code}"
    return "none" if actor.organisation_id is None else f"organisation:{actor.organisation_id}"
