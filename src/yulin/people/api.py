"""Tokens for programs: OAuth2 client credentials, at /api/v1/token."""

from __future__ import annotations

import base64
import binascii
from typing import Literal

from django.http import HttpRequest
from ninja import Form, Router, Schema

from yulin.kit.api import PROBLEMS
from yulin.people.services.clients import issue_token

router = Router(tags=["token"])


class TokenRequest(Schema):
    """The form of RFC 6749, 4.4: id and secret here, or by HTTP Basic."""

    grant_type: Literal["client_credentials"]
    client_id: str = ""
    client_secret: str = ""


class TokenAnswer(Schema):
    """A bearer token with its life in seconds."""

    access_token: str
    token_type: Literal["Bearer"] = "Bearer"  # noqa: S105 - the kind, no secret
    expires_in: int
    scope: str


@router.post("token", auth=None, response={200: TokenAnswer, **PROBLEMS}, operation_id="token")
def token(request: HttpRequest, form: Form[TokenRequest]) -> TokenAnswer:
    """Give a program a bearer token for its id and secret."""
    client_id, secret = _basic(request) or (form.client_id, form.client_secret)
    made = issue_token(client_id=client_id, secret=secret)
    return TokenAnswer(access_token=made.access_token, expires_in=made.expires_in, scope=made.scope)


def _basic(request: HttpRequest) -> tuple[str, str] | None:
    kind, _, encoded = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "basic":
        return None
    try:
        client_id, _, secret = base64.b64decode(encoded, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return "", ""
    return client_id, secret
