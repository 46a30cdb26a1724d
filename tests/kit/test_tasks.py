from __future__ import annotations

import pytest
from django.db import transaction
from procrastinate.contrib.django.models import ProcrastinateJob

from yulin.kit.tasks import defer

NAME = "kit.retry_stalled_jobs"


def waiting() -> int:
    return ProcrastinateJob.objects.filter(task_name=NAME).count()


@pytest.mark.django_db(transaction=True)
def test_task_is_deferred_with_its_transaction() -> None:
    with transaction.atomic():
        defer(NAME)
        transaction.set_rollback(True)
    assert waiting() == 0
    with transaction.atomic():
        assert defer(NAME) > 0
    assert waiting() == 1


@pytest.mark.django_db
def test_waiting_task_is_not_added_twice() -> None:
    assert defer(NAME, once_as="seal") > 0
    assert defer(NAME, once_as="seal") == 0
    assert waiting() == 1
