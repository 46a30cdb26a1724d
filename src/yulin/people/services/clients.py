"""API clients: made with a secret that is shown once, switched off, and given tokens that end by themselves."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from django.core import signing
from django.db import transaction

from yulin.people.core.actors import Actor
from yulin.people.core.rights import ROLES_OF_KIND, fits, may
from yulin.people.enums import Action, OrganisationKind, Role
from yulin.people.errors import ApiClientRefusedError, ApiClientUnknownError, RoleDoesNotFitError
from yulin.people.models import ApiClient, Organisation
from yulin.people.services.audit import record_audit

TOKEN_SECONDS = 900
TOKEN_SALT = "yulin.people.api-token"  # noqa: S105 - a salt that separates signatures, no secret


@dataclass(frozen=True)
class MadeClient:
    """A new client and its secret, which nobody can read again."""

    client: ApiClient
    secret: str


@dataclass(frozen=True)
class Token:
    """A bearer token, its life in seconds and what it may do."""

    access_token: str
    expires_in: int
    scope: str


@transaction.atomic
def create_api_client(
    *, actor: Actor, organisation_id: int, name: str, role: Role, scopes: Sequence[Action]
) -> MadeClient:
    """Make a client of an organisation and return it with its secret; scopes beyond the role's rights are left out.

    Raises: `PEOPLE.ROLE.DOES_NOT_FIT`.
    Effects: one `ApiClient`; audit row.
    """
    organisation = Organisation.objects.get(pk=organisation_id)
    if not fits(organisation.kind, role):
        allowed = [str(one) for one in ROLES_OF_KIND[OrganisationKind(organisation.kind)]]
        raise RoleDoesNotFitError(kind=organisation.kind, role=str(role), allowed=allowed)
    secret = secrets.token_urlsafe(32)
    client = ApiClient.objects.create(
        organisation=organisation,
        name=name,
        client_id=f"{organisation.code.lower()[:20]}-{secrets.token_hex(6)}",
        secret_hash=_hash(secret),
        role=str(role),
        scopes=[str(scope) for scope in scopes if may(role, scope)],
    )
    record_audit(
        actor=actor,
        action="people.create_api_client",
        subject=("api_client", client.pk),
        facts={"client_id": client.client_id, "role": str(role), "scopes": client.scopes, "name": name},
    )
    return MadeClient(client, secret)


@transaction.atomic
def switch_off_api_client(*, actor: Actor, client_id: str) -> None:
    """End a client; tokens that it holds stop at once. One that is ended already stays so, without a second audit row.

    Raises: `PEOPLE.CLIENT.UNKNOWN`.
    Effects: the `ApiClient`; audit row.
    """
    client = ApiClient.objects.select_for_update().filter(client_id=client_id).first()
    if client is None:
        raise ApiClientUnknownError(client_id=client_id)
    if not client.is_active:
        return
    client.is_active = False
    client.save(update_fields=["is_active"])
    record_audit(actor=actor, action="people.switch_off_api_client", subject=("api_client", client.pk), facts={})


def issue_token(*, client_id: str, secret: str) -> Token:
    """Return a token for a client that proves itself by its secret. Nothing is written.

    Raises: `PEOPLE.CLIENT.REFUSED`.
    """
    client = ApiClient.objects.filter(client_id=client_id, is_active=True, organisation__is_active=True).first()
    kept = client.secret_hash if client else _hash("")
    if not hmac.compare_digest(kept, _hash(secret)) or client is None:
        raise ApiClientRefusedError(client_id=client_id)
    return Token(signing.dumps(client.pk, salt=TOKEN_SALT), TOKEN_SECONDS, " ".join(client.scopes))


def _hash(secret: str) -> str:
    # The secret has 256 random bits, so a plain hash cannot be turned back.
    return hashlib.sha256(secret.encode()).hexdigest()
