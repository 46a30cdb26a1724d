"""Recalls for a partner's own system: the signed notices, the key that proves them, and the receipt."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest
from ninja import Router, Schema

from yulin.atlas.models import RecallNotice
from yulin.atlas.selectors.recalls import notices_visible_to
from yulin.atlas.services.recalling import return_receipt
from yulin.kit.api import PROBLEMS
from yulin.kit.signing import public_key
from yulin.people.adapters.tokens import callers
from yulin.people.core.actors import Actor
from yulin.people.enums import Action

router = Router(tags=["atlas"])


class Notice(Schema):
    """One signed notice: the signature is over `content` as JSON with sorted keys and no spaces, in UTF-8."""

    id: int
    content: dict[str, Any]
    signature: str
    sent_at: datetime
    returned_at: datetime | None


class Notices(Schema):
    """The notices to the caller, and the Ed25519 key that proves them (32 bytes in base64)."""

    public_key: str
    notices: list[Notice]


class Receipt(Schema):
    """When the caller said that it has dropped the fact."""

    notice: int
    returned_at: datetime


@router.get("recalls", auth=callers(Action.SEE_RECALLS), response={200: Notices, **PROBLEMS}, operation_id="recalls")
def recalls(request: HttpRequest) -> Notices:
    """Give the notices to the caller's organisation, those without a receipt first."""
    found = [_notice(one) for one in notices_visible_to(_actor(request))]
    return Notices(public_key=public_key(), notices=found)


@router.post(
    "recalls/{notice_id}/receipt",
    auth=callers(Action.RETURN_RECEIPTS),
    response={200: Receipt, **PROBLEMS},
    operation_id="return_receipt",
)
def receipt(request: HttpRequest, notice_id: int) -> Receipt:
    """Say that what a notice recalls has been dropped; said twice it stays said once."""
    made = return_receipt(actor=_actor(request), notice_id=notice_id)
    made.refresh_from_db(fields=["returned_at"])
    return Receipt(notice=notice_id, returned_at=made.returned_at)


def _notice(one: RecallNotice) -> Notice:
    returned = getattr(one, "receipt", None)
    return Notice(
        id=one.pk,
        content=one.content,
        signature=one.signature,
        sent_at=one.sent_at,
        returned_at=returned.returned_at if returned else None,
    )


def _actor(request: HttpRequest) -> Actor:
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the guard
    return actor
