"""Transfers as lines of the chain, written by PostgreSQL's COPY in the form of `yulin.ledger.core.chain`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db import connection

_LINES = """
COPY (
  SELECT t.id, t.key, t.link, t.kind, debit.code, credit.code, t.amount_fen, t.refers_to_id,
    to_char(t.value_on, 'YYYY-MM-DD'), to_char(t.booked_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    to_char(t.expires_on, 'YYYY-MM-DD'), t.reason, t.actor_user_id, t.actor_organisation_id, t.facts
  FROM unnest(%s::bigint[], %s::bigint[]) AS r(first_id, last_id)
  JOIN ledger_transfer AS t ON t.id BETWEEN r.first_id AND r.last_id
  JOIN ledger_account AS debit ON debit.id = t.debit_id
  JOIN ledger_account AS credit ON credit.id = t.credit_id
  ORDER BY t.id
) TO STDOUT
"""


def lines_of(ranges: Sequence[tuple[int, int]]) -> Iterator[tuple[int, bytes]]:
    """Give the transfers of the ranges that stand in the book, in order of their numbers, each with its line."""
    if not ranges:
        return
    connection.ensure_connection()
    firsts, lasts = (list(ends) for ends in zip(*ranges, strict=True))
    with connection.connection.cursor() as cursor, cursor.copy(_LINES, [firsts, lasts]) as copy:
        for row in copy:
            line = bytes(row)
            yield int(line[: line.index(b"\t")]), line
