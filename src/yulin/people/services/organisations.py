"""Organisations, their people and the roles in which people act."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.db import IntegrityError, transaction

from yulin.base.text import Text
from yulin.kit import clock
from yulin.people.core.actors import Actor
from yulin.people.core.rights import ROLES_OF_KIND, fits
from yulin.people.enums import Action, OrganisationKind, Role
from yulin.people.errors import (
    NoSuchRoleHeldError,
    NotAllowedError,
    OrganisationCodeTakenError,
    RoleDoesNotFitError,
    UserNameTakenError,
)
from yulin.people.models import Membership, Organisation, User
from yulin.people.services.audit import record_audit


@transaction.atomic
def create_organisation(*, actor: Actor, kind: OrganisationKind, code: str, name: Text, **fields: Any) -> Organisation:
    """Create an organisation. `fields`: `short_name_zh`, `identifier`, `district_code`.

    Raises: `PEOPLE.ORGANISATION.CODE_TAKEN`.
    Effects: one `Organisation`; audit row.
    """
    holder = Organisation.objects.filter(code=code).first()
    if holder is not None:
        raise OrganisationCodeTakenError(organisation_code=code, holder=holder.name_zh)
    organisation = Organisation.objects.create(kind=str(kind), code=code, name_zh=name.zh, name_en=name.en, **fields)
    record_audit(
        actor=actor,
        action="people.create_organisation",
        subject=("organisation", organisation.pk),
        facts={"kind": str(kind), "code": code, "name": name.zh},
    )
    return organisation


@transaction.atomic
def rename_organisation(*, actor: Actor, organisation_id: int, name_zh: str) -> None:
    """Give an organisation another Chinese name; an English one that only repeated the old name follows.

    Effects: one `Organisation`; audit row.
    """
    held = Organisation.objects.select_for_update().get(pk=organisation_id)
    was = held.name_zh
    held.name_en = name_zh if held.name_en == was else held.name_en
    held.name_zh = name_zh
    held.save(update_fields=["name_zh", "name_en"])
    record_audit(
        actor=actor,
        action="people.rename_organisation",
        subject=("organisation", organisation_id),
        facts={"was": was, "is": name_zh},
    )


@transaction.atomic
def create_user(*, actor: Actor, username: str, name: str, password: str | None = None, **fields: Any) -> User:
    """Create a person who can sign in; without a password the person cannot sign in until one is set.

    Raises: `PEOPLE.USER.NAME_TAKEN`.
    Effects: one `User`; audit row.
    """
    if User.objects.filter(username__iexact=username).exists():
        raise UserNameTakenError(username=username)
    try:
        with transaction.atomic():
            user = User.objects.create_user(username, password, name=name, **fields)
    except IntegrityError:
        raise UserNameTakenError(username=username) from None
    record_audit(
        actor=actor, action="people.create_user", subject=("user", user.pk), facts={"username": username, "name": name}
    )
    return user


@transaction.atomic
def grant_membership(
    *,
    actor: Actor,
    user_id: int,
    organisation_id: int,
    role: Role,
    valid_from: date | None = None,
    unit: Text | None = None,
) -> Membership:
    """Give a person a role in an organisation, from a day on; a role that was ended is taken up again.

    Raises: `PEOPLE.ROLE.DOES_NOT_FIT`.
    Effects: one `Membership`; audit row.
    """
    organisation = Organisation.objects.get(pk=organisation_id)
    if not fits(organisation.kind, role):
        allowed = [str(one) for one in ROLES_OF_KIND[OrganisationKind(organisation.kind)]]
        raise RoleDoesNotFitError(kind=organisation.kind, role=str(role), allowed=allowed)
    start = valid_from or clock.business_date()
    membership, _ = Membership.objects.update_or_create(
        user_id=user_id,
        organisation_id=organisation_id,
        role=str(role),
        defaults={
            "organisation_kind": organisation.kind,
            "valid_from": start,
            "valid_until": None,
            "unit_zh": unit.zh if unit else "",
            "unit_en": unit.en if unit else "",
        },
    )
    record_audit(
        actor=actor,
        action="people.grant_membership",
        subject=("membership", membership.pk),
        facts={"user": user_id, "organisation": organisation_id, "role": str(role), "valid_from": start.isoformat()},
    )
    return membership


@transaction.atomic
def end_membership(*, actor: Actor, membership_id: int, on: date) -> Membership:
    """End a role from a day on (that day no longer counts).

    Effects: `Membership.valid_until`; audit row.
    """
    membership = Membership.objects.select_for_update().get(pk=membership_id)
    if on <= membership.valid_from:
        Membership.objects.filter(pk=membership_id).delete()
    else:
        membership.valid_until = on
        membership.save(update_fields=["valid_until"])
    record_audit(
        actor=actor,
        action="people.end_membership",
        subject=("membership", membership_id),
        facts={"user": membership.user_id, "role": membership.role, "valid_until": on.isoformat()},
    )
    return membership


@transaction.atomic
def switch_role(*, actor: Actor, membership_id: int) -> Membership:
    """Make one of the person's roles the current one.

    Raises: `PEOPLE.ROLE.NOT_HELD`.
    Effects: `User.current_membership`; audit row.
    """
    held = Membership.objects.held_on(clock.business_date()).filter(pk=membership_id).first()
    if held is None or held.user_id != actor.user_id:
        raise NoSuchRoleHeldError(membership_id=membership_id)
    User.objects.filter(pk=held.user_id).update(current_membership=held)
    record_audit(
        actor=actor,
        action="people.switch_role",
        subject=("membership", membership_id),
        facts={"role": held.role, "organisation": held.organisation_id},
    )
    return held


@transaction.atomic
def add_person(*, actor: Actor, username: str, name: str, role: Role, password: str) -> Membership:
    """Add a new person to the actor's own organisation, in one of its roles.

    Raises: `PEOPLE.USER.NAME_TAKEN`, `PEOPLE.ROLE.DOES_NOT_FIT`, `PEOPLE.NOT_ALLOWED`.
    Effects: one `User`, one `Membership`; an audit row each.
    """
    if actor.organisation_id is None or not actor.may(Action.MANAGE_USERS):
        raise NotAllowedError(action=str(Action.MANAGE_USERS), role=str(actor.role))
    user = create_user(actor=actor, username=username, name=name, password=password)
    return grant_membership(actor=actor, user_id=user.pk, organisation_id=actor.organisation_id, role=role)


@transaction.atomic
def set_first_password(*, actor: Actor, membership_id: int, password: str) -> None:
    """Give a person of the actor's own organisation a new password; a second step at sign-in stays as it is.

    Only a person who belongs to no other organisation: nobody opens another organisation's door.

    Raises: `PEOPLE.NOT_ALLOWED`.
    Effects: `User.password`, which ends the person's sessions; audit row.
    """
    seat = Membership.objects.select_related("user").get(pk=membership_id)
    elsewhere = Membership.objects.filter(user=seat.user).exclude(organisation_id=actor.organisation_id or 0)
    if not actor.may(Action.MANAGE_USERS) or seat.organisation_id != actor.organisation_id or elsewhere.exists():
        raise NotAllowedError(action="set_first_password", role=str(actor.role))
    seat.user.set_password(password)
    seat.user.save(update_fields=["password"])
    record_audit(actor=actor, action="people.set_first_password", subject=("user", seat.user_id))
