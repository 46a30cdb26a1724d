from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction

from yulin.base.text import Text
from yulin.people import services
from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.enums import OrganisationKind, Role
from yulin.people.errors import OrganisationCodeTakenError, RoleDoesNotFitError, UserNameTakenError
from yulin.people.models import AuditEntry, Membership, Organisation
from yulin.people.selectors import actor_for

pytestmark = pytest.mark.django_db


def bank(code: str = "B001") -> Organisation:
    return services.create_organisation(
        actor=SYSTEM_ACTOR, kind=OrganisationKind.BANK, code=code, name=Text("木棉示例银行", "Kapok Demo Bank")
    )


def test_organisation_is_created_with_its_audit_row() -> None:
    organisation = bank()
    entry = AuditEntry.objects.get()
    assert (entry.action, entry.subject_kind, entry.subject_id) == (
        "people.create_organisation",
        "organisation",
        str(organisation.pk),
    )
    assert entry.transaction > 0


def test_organisation_code_is_taken_once() -> None:
    bank()
    with pytest.raises(OrganisationCodeTakenError):
        bank()


def test_user_name_is_taken_whatever_its_case() -> None:
    services.create_user(actor=SYSTEM_ACTOR, username="lin", name="林示例")
    with pytest.raises(UserNameTakenError):
        services.create_user(actor=SYSTEM_ACTOR, username="LIN", name="林示例")


def test_role_must_fit_the_kind() -> None:
    user = services.create_user(actor=SYSTEM_ACTOR, username="lin", name="林示例")
    with pytest.raises(RoleDoesNotFitError):
        services.grant_membership(
            actor=SYSTEM_ACTOR, user_id=user.pk, organisation_id=bank().pk, role=Role.AUTHORITY_CHECKER
        )


def test_database_refuses_a_role_that_does_not_fit_the_organisation() -> None:
    user = services.create_user(actor=SYSTEM_ACTOR, username="lin", name="林示例")
    row = {"user": user, "organisation": bank(), "valid_from": date(2022, 1, 1)}
    with pytest.raises(IntegrityError), transaction.atomic():
        Membership.objects.create(organisation_kind="bank", role="authority_checker", **row)
    with pytest.raises(IntegrityError, match="membership_kind_of_organisation"), transaction.atomic():
        Membership.objects.create(organisation_kind="authority", role="authority_checker", **row)


def test_actor_is_the_current_role() -> None:
    user = services.create_user(actor=SYSTEM_ACTOR, username="lin", name="林示例")
    organisation = bank()
    for role in (Role.BANK_CLERK, Role.BANK_MANAGER):
        services.grant_membership(
            actor=SYSTEM_ACTOR,
            user_id=user.pk,
            organisation_id=organisation.pk,
            role=role,
            valid_from=date(2022, 1, 1),
        )
    user.refresh_from_db()
    first = actor_for(user, on=date(2022, 1, 19))
    assert first is not None
    assert first.role == Role.BANK_CLERK
    manager = Membership.objects.get(role=Role.BANK_MANAGER)
    services.switch_role(actor=first, membership_id=manager.pk)
    user.refresh_from_db()
    second = actor_for(user, on=date(2022, 1, 19))
    assert second is not None
    assert second.role == Role.BANK_MANAGER
    assert actor_for(user, on=date(2021, 12, 31)) is None


@pytest.mark.parametrize("statement", ["UPDATE people_auditentry SET action = 'x'", "DELETE FROM people_auditentry"])
def test_audit_rows_cannot_be_changed(statement: str) -> None:
    bank()
    connection = transaction.get_connection()
    with pytest.raises(IntegrityError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
