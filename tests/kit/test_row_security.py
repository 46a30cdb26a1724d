from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.db.utils import ConnectionHandler

from yulin.kit import row_security
from yulin.kit.row_security import EVERYTHING, NOTHING, current_scope, policy_operations, scope

TABLE = "row_security_probe"


@pytest.fixture
def probe(db: None) -> Iterator[None]:
    """Make a table of two banks' rows under row-level security."""
    (operation,) = policy_operations(
        TABLE, owner_columns=["bank_id", "guarantor_id"], district_column="district_code", is_public="is_listed"
    )
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TABLE {TABLE} (id int, bank_id bigint, guarantor_id bigint, district_code text, is_listed bool)"
        )
        cursor.execute(
            f"INSERT INTO {TABLE} VALUES (1, 7, NULL, '440112', false), (2, 8, 7, '440115', false),"
            " (3, 8, NULL, '440115', true)"
        )
        for statement in operation.sql:
            cursor.execute(statement)
    yield
    with connection.cursor() as cursor:
        for statement in operation.reverse_sql:
            cursor.execute(statement)


def seen() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT id FROM {TABLE} ORDER BY id")
        return [row[0] for row in cursor.fetchall()]


@pytest.mark.parametrize(
    ("reach", "ids"),
    [
        (EVERYTHING, [1, 2, 3]),
        (NOTHING, [3]),
        ("", [3]),
        (row_security.organisation_scope(7), [1, 2, 3]),
        (row_security.organisation_scope(8), [2, 3]),
        (row_security.organisation_scope(77), [3]),
        (row_security.district_scope("440112"), [1, 3]),
        (row_security.district_scope("44011"), [3]),
        ("organisation:7 OR true", [3]),
    ],
)
def test_reach_decides_which_rows_are_seen(probe: None, reach: str, ids: list[int]) -> None:
    with scope(reach):
        assert seen() == ids
    assert seen() == [1, 2, 3]


def test_rows_of_another_organisation_cannot_be_written(probe: None) -> None:
    with scope("organisation:8"), connection.cursor() as cursor:
        cursor.execute(f"UPDATE {TABLE} SET is_listed = true WHERE id = 1")
        assert cursor.rowcount == 0
        with pytest.raises(ProgrammingError, match="row-level security"), transaction.atomic():
            cursor.execute(f"INSERT INTO {TABLE} VALUES (9, 7, NULL, '440112', false)")


def test_district_reads_and_does_not_write(probe: None) -> None:
    with scope("district:440112"), connection.cursor() as cursor:
        assert seen() == [1, 3]
        cursor.execute(f"DELETE FROM {TABLE}")
        assert cursor.rowcount == 0


def test_reach_is_restored_after_an_error(probe: None) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), scope("organisation:8"), connection.cursor() as cursor:
        cursor.execute("SELECT 1 / 0")
    assert current_scope() == EVERYTHING
    assert seen() == [1, 2, 3]


@pytest.mark.django_db(transaction=True)
def test_new_connection_carries_the_reach_of_its_reader() -> None:
    with scope("organisation:8"):
        connection.close()
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_setting('yulin.scope')")
            assert cursor.fetchone() == ("organisation:8",)


def test_role_is_bound_by_row_level_security(db: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT rolsuper OR rolbypassrls FROM pg_roles WHERE rolname = current_user")
        assert cursor.fetchone() == (False,)


@pytest.mark.django_db(transaction=True)
def test_pooled_connection_never_carries_the_reach_of_the_last_reader() -> None:
    ours = connection.settings_dict
    options = {**ours["OPTIONS"], "pool": {"min_size": 1, "max_size": 1}}
    pooled = ConnectionHandler({"default": {**ours, "OPTIONS": options}})["default"]
    seen = []
    for reach in ("organisation:8", "district:440112", NOTHING):
        with scope(reach), pooled.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid(), current_setting('yulin.scope')")
            seen.append(cursor.fetchone())
        pooled.close()
    pooled.close_pool()
    assert [reach for _, reach in seen] == ["organisation:8", "district:440112", NOTHING]
    assert len({pid for pid, _ in seen}) == 1
