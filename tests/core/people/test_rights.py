from __future__ import annotations

import pytest

from yulin.people.core.actors import PUBLIC_ACTOR, SYSTEM_ACTOR, Actor, row_scope
from yulin.people.core.rights import KIND_NAMES, RIGHTS, ROLE_NAMES, ROLES_OF_KIND, fits, may
from yulin.people.enums import Action, OrganisationKind, Role


def test_every_action_has_its_line() -> None:
    assert set(RIGHTS) == set(Action)
    assert all(RIGHTS.values())


def test_every_role_belongs_to_one_kind() -> None:
    roles = [role for roles in ROLES_OF_KIND.values() for role in roles]
    assert sorted(roles) == sorted(set(Role) - {Role.SYSTEM, Role.PUBLIC})
    assert set(ROLES_OF_KIND) == set(OrganisationKind) == set(KIND_NAMES)
    assert set(ROLE_NAMES) == set(Role)


@pytest.mark.parametrize(
    ("role", "action", "allowed"),
    [
        (Role.BANK_CLERK, Action.ENROL_LOANS, True),
        (Role.MANAGER_CLERK, Action.ENROL_LOANS, False),
        (Role.AUTHORITY_OFFICER, Action.PUBLISH_PACK, False),
        (Role.AUTHORITY_CHECKER, Action.PUBLISH_PACK, True),
        (Role.DISTRICT_OFFICER, Action.REVIEW_ENROLMENTS, False),
        (Role.PUBLIC, Action.SEE_BOARD, True),
        (Role.PUBLIC, Action.SEE_HOME, False),
        (Role.FIRM_USER, Action.SEE_ENROLMENTS, False),
        (Role.SYSTEM, Action.OPERATE, True),
    ],
)
def test_rights(role: Role, action: Action, allowed: bool) -> None:
    assert may(role, action) is allowed


def test_role_fits_its_kind_only() -> None:
    assert fits("bank", Role.BANK_CLERK)
    assert not fits("bank", Role.MANAGER_CLERK)


def actor(kind: OrganisationKind, role: Role, district: str | None = None) -> Actor:
    return Actor(1, 7, kind, role, district, "示例")


@pytest.mark.parametrize(
    ("one", "reach"),
    [
        (actor(OrganisationKind.BANK, Role.BANK_CLERK), "organisation:7"),
        (actor(OrganisationKind.GUARANTOR, Role.GUARANTOR_OFFICER), "organisation:7"),
        (actor(OrganisationKind.DISTRICT, Role.DISTRICT_OFFICER, "440112"), "district:440112"),
        (actor(OrganisationKind.MANAGER, Role.MANAGER_CLERK), "all"),
        (actor(OrganisationKind.AUDITOR, Role.AUDITOR), "all"),
        (SYSTEM_ACTOR, "all"),
        (PUBLIC_ACTOR, "none"),
    ],
)
def test_reach_of_an_actor(one: Actor, reach: str) -> None:
    assert row_scope(one) == reach
