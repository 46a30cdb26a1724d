"""Row-level security: PostgreSQL hides rows of other organisations, so that a forgotten filter leaks nothing.

A reader's reach is one word in the session setting `yulin.scope`: `all` (manager, authority, auditor, tasks),
`none` (nobody is signed in), `organisation:12` (a bank's or a guarantor's own rows) or `district:440112`.

Invariant: each connection carries the reach of the request that holds it; a request that says nothing sees nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from django.db import connections
from django.db.backends.signals import connection_created
from django.db.migrations.operations.special import RunSQL
from psycopg.pq import TransactionStatus

EVERYTHING = "all"
NOTHING = "none"

_scope: ContextVar[str] = ContextVar("yulin_scope", default=EVERYTHING)


def current_scope() -> str:
    """Return the reach of whoever is being served."""
    return _scope.get()


def organisation_scope(organisation_id: int) -> str:
    """Return the reach of one organisation: the rows whose owner column names it."""
    return f"organisation:{organisation_id}"


def district_scope(district_code: str) -> str:
    """Return the reach of one district: the rows whose district column names it."""
    return f"district:{district_code}"


def set_scope(scope: str) -> None:
    """Set the reach for the rest of this request."""
    _scope.set(scope)
    for connection in connections.all(initialized_only=True):
        _bind(connection, scope)


@contextmanager
def scope(reach: str) -> Iterator[None]:
    """Read with another reach inside the block, as public figures do that are counted over all rows."""
    before = current_scope()
    set_scope(reach)
    try:
        yield
    finally:
        set_scope(before)


def bind_new_connections() -> None:
    """Give each connection, new or taken from the pool, the reach of whoever takes it."""
    connection_created.connect(_bind_new, dispatch_uid="yulin.kit.row_security")


def policy_operations(
    table: str,
    *,
    owner_columns: Sequence[str],
    party_columns: Sequence[str] = (),
    district_column: str | None = None,
    is_public: str = "false",
) -> list[RunSQL]:
    """Return the migration operations that put a table under row-level security, with their reverse.

    A row is seen and written by reach `all`, by an organisation named in one of `owner_columns`, and (read only) by one
    named in `party_columns` and by the district named in `district_column`. `is_public` is an SQL condition on rows
    that everybody may read.
    """
    # Sub-selects, so that the setting is read once a statement and not once a row.
    reach = "(SELECT current_setting('yulin.scope', true))"
    organisation = "(SELECT substring(current_setting('yulin.scope', true) FROM '^organisation:([0-9]+)$')::bigint)"
    district = "(SELECT substring(current_setting('yulin.scope', true) FROM '^district:(.+)$'))"
    own = " OR ".join([f"{reach} = 'all'", *(f"{column} = {organisation}" for column in owner_columns)])
    seen = own if is_public == "false" else f"{own} OR {is_public}"
    for column in party_columns:
        seen += f" OR {column} = {organisation}"
    if district_column:
        seen += f" OR {district_column} = {district}"
    return [
        RunSQL(
            [
                f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
                f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
                f"CREATE POLICY {table}_seen ON {table} FOR SELECT USING ({seen})",
                f"CREATE POLICY {table}_written ON {table} FOR ALL USING ({own}) WITH CHECK ({own})",
            ],
            [
                f"DROP POLICY {table}_written ON {table}",
                f"DROP POLICY {table}_seen ON {table}",
                f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
                f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
            ],
        )
    ]


def row_policies(table: str, *, seen: str, written: str, changed: str = "") -> list[RunSQL]:
    """Return the migration operations for a table whose reach is more than columns of its own, with their reverse.

    `seen`, `written` and `changed` are SQL conditions on a row: to read it, to add it, to change, lock or delete it.
    The last is as to read it where none is named: a table that a trigger keeps append-only refuses a change aloud.
    """
    return [
        RunSQL(
            [
                f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
                f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
                f"CREATE POLICY {table}_seen ON {table} FOR SELECT USING ({seen})",
                f"CREATE POLICY {table}_written ON {table} FOR INSERT WITH CHECK ({written})",
                f"CREATE POLICY {table}_changed ON {table} FOR UPDATE USING ({changed or seen})",
                f"CREATE POLICY {table}_deleted ON {table} FOR DELETE USING ({changed or seen})",
            ],
            [
                f"DROP POLICY {table}_deleted ON {table}",
                f"DROP POLICY {table}_changed ON {table}",
                f"DROP POLICY {table}_written ON {table}",
                f"DROP POLICY {table}_seen ON {table}",
                f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
                f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
            ],
        )
    ]


def policy_change(before: Sequence[RunSQL], after: Sequence[RunSQL]) -> list[RunSQL]:
    """Return the migration operations that put one policy of a table in the place of another, with their reverse."""
    gone = [RunSQL(one.reverse_sql or "", one.sql) for one in reversed(before)]
    return [*gone, *after]


def _bind_new(*, connection: Any, **_: Any) -> None:
    _bind(connection, current_scope())


def _bind(connection: Any, reach: str) -> None:
    raw = getattr(connection, "connection", None)
    if connection.vendor != "postgresql" or raw is None or raw.closed:
        return
    if raw.info.transaction_status == TransactionStatus.INERROR:
        return  # the rollback that has to follow restores what was set before
    raw.execute("SELECT set_config('yulin.scope', %s, false)", [reach])
