from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection

from yulin.kit.errors import IdempotencyConflictError
from yulin.kit.idempotency import idempotent, once
from yulin.kit.models import IdempotencyKey
from yulin.people.core.actors import SYSTEM_ACTOR, Actor

calls: list[int] = []


@idempotent
def count_up(*, actor: Actor, step: int) -> dict[str, int]:
    calls.append(step)
    return {"count": len(calls)}


@pytest.fixture(autouse=True)
def _no_calls() -> None:
    calls.clear()


@pytest.mark.django_db
def test_same_key_and_content_answers_the_same() -> None:
    first = count_up(actor=SYSTEM_ACTOR, step=1, idempotency_key="a")
    assert count_up(actor=SYSTEM_ACTOR, step=1, idempotency_key="a") == first
    assert calls == [1]


@pytest.mark.django_db
def test_same_key_with_other_content_is_a_conflict() -> None:
    count_up(actor=SYSTEM_ACTOR, step=1, idempotency_key="a")
    with pytest.raises(IdempotencyConflictError):
        count_up(actor=SYSTEM_ACTOR, step=2, idempotency_key="a")
    assert calls == [1]


@pytest.mark.django_db
def test_without_a_key_the_service_is_called_each_time() -> None:
    count_up(actor=SYSTEM_ACTOR, step=1)
    count_up(actor=SYSTEM_ACTOR, step=1)
    assert calls == [1, 1]


@pytest.mark.django_db
def test_error_leaves_the_key_free() -> None:
    def fails() -> Any:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        once(caller="test", key="a", content=1, work=fails)
    assert once(caller="test", key="a", content=1, work=lambda: "yes") == "yes"


@pytest.mark.django_db(transaction=True)
def test_two_requests_in_the_same_moment_are_done_once() -> None:
    start, answers = threading.Barrier(4), []

    def ask() -> None:
        start.wait()
        answers.append(count_up(actor=SYSTEM_ACTOR, step=1, idempotency_key="same"))
        connection.close()

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == [{"count": 1}] * 4
    assert IdempotencyKey.objects.count() == 1
