from __future__ import annotations

import threading

import pytest
from django.db import connection, transaction

from yulin.people.core.actors import SYSTEM_ACTOR
from yulin.people.core.audit_chain import ChainBreak, first_break
from yulin.people.models import AuditEntry, AuditSeal
from yulin.people.selectors import sealed_batches, unsealed_entries
from yulin.people.services import record_audit, seal_audit_trail


def write(n: int) -> int:
    return record_audit(actor=SYSTEM_ACTOR, action="test.write", subject=("thing", n), facts={"金额": n})


@pytest.mark.django_db(transaction=True)
def test_sealed_trail_holds_and_a_change_breaks_it() -> None:
    for n in range(3):
        write(n)
    assert seal_audit_trail() == 3
    write(3)
    assert seal_audit_trail() == 1
    assert seal_audit_trail() == 0
    assert AuditSeal.objects.count() == 2
    assert first_break(sealed_batches()) is None
    with connection.cursor() as cursor:  # as somebody would who can switch the trigger off
        cursor.execute("ALTER TABLE people_auditentry DISABLE TRIGGER people_append_only")
        cursor.execute("UPDATE people_auditentry SET actor_name = 'x' WHERE subject_id = '3'")
        cursor.execute("ALTER TABLE people_auditentry ENABLE TRIGGER people_append_only")
    assert first_break(sealed_batches()) == ChainBreak(2, "entries")


@pytest.mark.django_db(transaction=True)
def test_sealer_waits_for_a_writer_that_began_earlier() -> None:
    begun, may_end = threading.Event(), threading.Event()

    def slow_writer() -> None:
        with transaction.atomic():
            write(1)
            begun.set()
            may_end.wait(10)
        connection.close()

    thread = threading.Thread(target=slow_writer)
    thread.start()
    begun.wait(10)
    write(2)
    assert seal_audit_trail() == 0
    may_end.set()
    thread.join()
    assert seal_audit_trail() == 2
    assert list(AuditEntry.objects.order_by("id").values_list("subject_id", flat=True)) == ["1", "2"]
    assert first_break(sealed_batches()) is None


@pytest.mark.django_db(transaction=True)
def test_unsealed_tail_is_reported() -> None:
    write(1)
    seal_audit_trail()
    write(2)
    assert [entry.subject_id for entry in unsealed_entries()] == ["2"]
