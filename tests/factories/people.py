"""Organisations, people and actors for tests."""

from __future__ import annotations

from datetime import date
from itertools import count

from django.test import Client

from yulin.base.text import Text
from yulin.people import services
from yulin.people.core.actors import SYSTEM_ACTOR, Actor
from yulin.people.core.rights import ROLES_OF_KIND
from yulin.people.enums import OrganisationKind, Role
from yulin.people.models import Membership, Organisation, User
from yulin.people.selectors import actor_in

TODAY = date(2022, 1, 19)
_numbers = count(1)


def make_organisation(
    kind: OrganisationKind = OrganisationKind.BANK, code: str = "", *, name: str = "", district_code: str | None = None
) -> Organisation:
    """Make an organisation of a kind."""
    code = code or f"{kind}-{next(_numbers)}"
    if kind == OrganisationKind.DISTRICT:
        district_code = district_code or "440112"
    name = name or f"示例{code}"
    return services.create_organisation(
        actor=SYSTEM_ACTOR, kind=kind, code=code, name=Text(name, f"Demo {code}"), district_code=district_code
    )


def make_membership(role: Role, organisation: Organisation | None = None, *, user: User | None = None) -> Membership:
    """Make a person in a role, with an organisation of the kind that has it."""
    if organisation is None:
        organisation = make_organisation(next(kind for kind, roles in ROLES_OF_KIND.items() if role in roles))
    number = next(_numbers)
    user = user or services.create_user(
        actor=SYSTEM_ACTOR, username=f"user{number}", name=f"示例{number}", password="a-long-password"
    )
    return services.grant_membership(
        actor=SYSTEM_ACTOR, user_id=user.pk, organisation_id=organisation.pk, role=role, valid_from=date(2016, 1, 1)
    )


def make_actor(role: Role, organisation: Organisation | None = None) -> Actor:
    """Make a person in a role and return the actor."""
    membership = make_membership(role, organisation)
    return actor_in(membership, membership.user)


def make_client(role: Role, organisation: Organisation | None = None) -> Client:
    """Return a browser in which a person of that role is signed in."""
    client = Client()
    client.force_login(
        make_membership(role, organisation).user, backend="allauth.account.auth_backends.AuthenticationBackend"
    )
    return client


def make_demo_book(business_date: date = TODAY) -> None:
    """Make this a demo book that stands still on a day."""
    services.keep_book(
        actor=SYSTEM_ACTOR, name=Text("演示账本", "Demo book"), is_demo=True, business_date_pin=business_date
    )
