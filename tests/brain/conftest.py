"""The authority and its two people, by whom most of what the brain holds is proposed and checked."""

from __future__ import annotations

import pytest
from tests.factories.people import make_actor, make_organisation

from yulin.people.core.actors import Actor
from yulin.people.enums import OrganisationKind, Role
from yulin.people.models import Organisation


@pytest.fixture
def bureau() -> Organisation:
    return make_organisation(OrganisationKind.AUTHORITY)


@pytest.fixture
def officer(bureau: Organisation) -> Actor:
    return make_actor(Role.AUTHORITY_OFFICER, bureau)


@pytest.fixture
def checker(bureau: Organisation) -> Actor:
    return make_actor(Role.AUTHORITY_CHECKER, bureau)
