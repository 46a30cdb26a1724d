"""Messages to partners' systems: queued once, sent until they arrive, given up after the last attempt, replayed.

Who queues a message of a topic also says what it holds at the moment of each attempt (`compose_with`): what was taken
back since then is not sent.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from yulin.exchange.adapters.posting import SECONDS, Posted, post
from yulin.exchange.core.messages import Signer, headers_of, seconds_to_wait
from yulin.exchange.enums import MessageState
from yulin.exchange.errors import MessageNotDeadError, MessageNotFoundError
from yulin.exchange.models import Message
from yulin.exchange.selectors import messages_visible_to
from yulin.kit import clock
from yulin.kit.signing import canonical, key_id, sign_bytes
from yulin.people.core.actors import Actor
from yulin.people.services import record_audit

_LEASE = timedelta(seconds=6 * SECONDS)  # a message whose sender died is tried again after this


@dataclass(frozen=True)
class Outgoing:
    """Where a message goes and what it says now."""

    url: str
    content: Mapping[str, Any]


# What a message of a topic to an organisation says now, by its subject; None: it may not have it any more.
Composer = Callable[[int, Mapping[str, Any]], Outgoing | None]
_COMPOSERS: dict[str, Composer] = {}


def compose_with(topic: str, composer: Composer) -> None:
    """Let an area say what messages of its topic hold; called when its application is ready."""
    _COMPOSERS[topic] = composer


@dataclass(frozen=True)
class NewMessage:
    """To whom, about what, under which key: the same key queues nothing twice."""

    organisation_id: int
    topic: str
    key: str
    subject: Mapping[str, Any]


@transaction.atomic
def queue_messages(*, actor: Actor, messages: list[NewMessage]) -> int:
    """Queue messages in the caller's transaction and return how many were new.

    Effects: `Message` rows; audit row where any is new.
    """
    before = Message.objects.filter(key__in=[one.key for one in messages]).count()
    Message.objects.bulk_create(
        [
            Message(organisation_id=one.organisation_id, topic=one.topic, key=one.key, subject=dict(one.subject))
            for one in messages
        ],
        ignore_conflicts=True,
    )
    made = len({one.key for one in messages}) - before
    if made:
        record_audit(actor=actor, action="exchange.queue_messages", subject=("message", ""), facts={"new": made})
    return made


def send_due_messages(*, most: int = 200) -> dict[str, int]:
    """Send what is due, oldest first, and return how many ended in each state; a receiver that fails waits its turn.

    Effects: each message's state, attempts and next attempt, in a transaction of its own. No audit row: the message
    itself keeps what came of it.
    """
    counts: dict[str, int] = {}
    failing: set[int] = set()
    for _ in range(most):
        message = _claim(failing)
        if message is None:
            break
        state = _send(message)
        counts[str(state)] = counts.get(str(state), 0) + 1
        if state in {MessageState.WAITING, MessageState.DEAD}:
            failing.add(message.organisation_id)
    return counts


@transaction.atomic
def _claim(failing: set[int]) -> Message | None:
    """Take the next due message for some seconds, so that no other worker sends it meanwhile."""
    now = clock.now()
    due = Message.objects.filter(state=str(MessageState.WAITING), next_at__lte=now).exclude(organisation__in=failing)
    message = due.select_for_update(skip_locked=True).order_by("made_at", "pk").first()
    if message is not None:
        message.next_at = now + _LEASE
        message.save(update_fields=["next_at"])
    return message


def _send(message: Message) -> MessageState:
    outgoing = _COMPOSERS[message.topic](message.organisation_id, message.subject)
    if outgoing is None:
        return _settle(message, MessageState.WITHDRAWN)
    at = clock.now()
    content = {
        "id": str(message.pk),
        "topic": message.topic,
        "made_at": message.made_at.isoformat(),
        **outgoing.content,
    }
    body = canonical(content)
    headers = headers_of(str(message.pk), int(at.timestamp()), body, Signer(sign_bytes, key_id()))
    posted = post(outgoing.url, body, headers)
    message.attempts += 1
    message.last_status, message.last_error = posted.status, _error_of(posted)
    if posted.has_arrived:
        return _settle(message, MessageState.SENT)
    wait = seconds_to_wait(message.attempts)
    if wait is None:
        return _settle(message, MessageState.DEAD)
    message.next_at = at + timedelta(seconds=wait)
    message.save(update_fields=["attempts", "last_status", "last_error", "next_at"])
    return MessageState.WAITING


def _error_of(posted: Posted) -> str:
    if posted.has_arrived:
        return ""
    return posted.error or f"the receiver answered {posted.status}"


def _settle(message: Message, state: MessageState) -> MessageState:
    message.state, message.settled_at = str(state), clock.now()
    message.save(update_fields=["state", "settled_at", "attempts", "last_status", "last_error"])
    return state


@transaction.atomic
def replay_message(*, actor: Actor, message_id: UUID) -> Message:
    """Send a message that was given up once more, from its first attempt on, under the same id.

    Raises: `EXCHANGE.MESSAGE.NOT_FOUND`, `EXCHANGE.MESSAGE.NOT_DEAD`.
    Effects: the `Message` waits again; audit row.
    """
    if not messages_visible_to(actor).filter(pk=message_id).exists():
        raise MessageNotFoundError(number=str(message_id))
    message = Message.objects.select_for_update().get(pk=message_id)
    if message.state != MessageState.DEAD:
        raise MessageNotDeadError(number=str(message_id))
    message.state, message.attempts, message.next_at, message.settled_at = (
        str(MessageState.WAITING),
        0,
        clock.now(),
        None,
    )
    message.save(update_fields=["state", "attempts", "next_at", "settled_at"])
    record_audit(actor=actor, action="exchange.replay_message", subject=("message", str(message.pk)))
    return message
