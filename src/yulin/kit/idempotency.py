"""The same request twice is done once: same key and same content answer the same, other content is a conflict.

Two requests with one key at the same moment: the second waits for the first's transaction at the unique index, then
reads its answer.

Invariant: the key is written in the transaction of the work, so that neither stands without the other.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.db import connection, transaction
from django.http import HttpRequest

from yulin.kit.errors import IdempotencyConflictError
from yulin.kit.models import IdempotencyKey


def content_hash(content: Any) -> str:
    """Return the hash of a request's content: plain JSON, whatever the order of its keys."""
    line = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(line.encode()).hexdigest()


def once(*, caller: str, key: str, content: Any, work: Callable[[], Any]) -> Any:
    """Return the answer of `work`, done at most once per key of a caller. The answer must be plain JSON.

    Raises: `KIT.IDEMPOTENCY.CONFLICT` when the key stands for another content. An error of `work` leaves the key free.
    """
    asked = content_hash(content)
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO kit_idempotencykey (caller, key, content_hash) VALUES (%s, %s, %s)"
                " ON CONFLICT (caller, key) DO NOTHING RETURNING id",
                [caller, key, asked],
            )
            made = cursor.fetchone()
        if made is None:
            kept = IdempotencyKey.objects.get(caller=caller, key=key)
            if kept.content_hash != asked:
                raise IdempotencyConflictError(key=key)
            return kept.answer
        answer = work()
        IdempotencyKey.objects.filter(pk=made[0]).update(answer=answer)
        return answer


def once_per_header(request: HttpRequest, *, content: Any, work: Callable[[], Any]) -> Any:
    """Return the answer of `work`, done at most once per `Idempotency-Key` of the caller; each time without one.

    Raises: `KIT.IDEMPOTENCY.CONFLICT`.
    """
    key = request.headers.get("Idempotency-Key", "").strip()
    if not key:
        return work()
    actor = request.actor  # type: ignore[attr-defined]  # set by the middleware of people
    caller = f"{request.method} {request.path}:{actor.organisation_id}:{actor.user_id}"
    return once(caller=content_hash(caller), key=key[:200], content=content, work=work)


def idempotent(service: Callable[..., Any]) -> Callable[..., Any]:
    """Give a service the argument `idempotency_key`: keyword-only services with `actor` whose answer is plain JSON.

    Without a key (an empty one) the service is simply called.
    """

    @wraps(service)
    def asked(*args: Any, idempotency_key: str = "", **kwargs: Any) -> Any:
        if not idempotency_key:
            return service(*args, **kwargs)
        actor = kwargs["actor"]
        content = {name: value for name, value in kwargs.items() if name != "actor"}
        return once(
            caller=content_hash([service.__module__, service.__qualname__, actor.organisation_id, actor.user_id]),
            key=idempotency_key,
            content=content,
            work=lambda: service(*args, **kwargs),
        )

    return asked
