"""Changed facts for a partner's own system: a feed that goes on from a cursor, and the key that proves its messages."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from django.utils.cache import add_never_cache_headers
from ninja import Field, Query, Router, Schema

from yulin.atlas.selectors.outlets import outlet_of
from yulin.atlas.services.news import read_feed
from yulin.kit.api import PROBLEMS
from yulin.kit.signing import key_id, public_key
from yulin.people.adapters.tokens import callers
from yulin.people.core.actors import Actor
from yulin.people.enums import Action

router = Router(tags=["atlas"], auth=callers(Action.SEE_OPEN_PORTRAITS))


class Change(Schema):
    """A fact that changed: what it says now; of one that is gone no value is given."""

    number: int
    firm_code: str
    fact: str
    changed_at: datetime
    is_gone: bool
    value: Any = None
    source: str = ""
    valid_from: str = ""
    is_contested: bool = False


class Changes(Schema):
    """A part of the feed; call again with `after` = `cursor`."""

    changes: list[Change]
    cursor: int


class ChangesQuery(Schema):
    """From where the feed goes on."""

    after: Annotated[int, Field(ge=0, description="the cursor of the last answer; 0 from the beginning")] = 0
    limit: Annotated[int, Field(ge=1, le=500)] = 100


class Key(Schema):
    """The Ed25519 key (32 bytes in base64) and its name in `webhook-key-id`."""

    id: str
    public_key: str


@router.get("changes", response={200: Changes, **PROBLEMS}, operation_id="changes")
def changes(request: HttpRequest, response: HttpResponse, asked: Query[ChangesQuery]) -> Changes:
    """Give what has changed of listed facts of the firms that let the caller in, in order; each firm sees the call."""
    actor: Actor = request.actor  # type: ignore[attr-defined]  # set by the guard
    add_never_cache_headers(response)
    found = read_feed(actor=actor, outlet=outlet_of(actor), after=asked.after, most=asked.limit)
    return Changes(changes=[Change(**one.as_json()) for one in found.news], cursor=found.cursor)


@router.get("key", response={200: Key, **PROBLEMS}, operation_id="signing_key")
def key(request: HttpRequest) -> Key:  # noqa: ARG001 - every caller has the same
    """Give the key that proves messages, notices and answers of this instance."""
    return Key(id=key_id(), public_key=public_key())
