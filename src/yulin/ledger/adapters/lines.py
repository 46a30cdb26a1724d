"""Transfers as lines of the chain, written by PostgreSQL's COPY in the form of `yulin.ledger.core.chain`.

PostgreSQL reads a range of transfers in the order of its index and writes each line but for the codes of the two
accounts, which are put in here: a join would cost more than all else.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db import connection

from yulin.ledger.core.chain import as_field

_DEBIT, _CREDIT = 4, 5  # places of the accounts in a line
_LINES = """
COPY (
  SELECT t.id, t.key, t.link, t.kind, t.debit_id, t.credit_id, t.amount_fen, t.refers_to_id,
    to_char(t.value_on, 'YYYY-MM-DD'), to_char(t.booked_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
    to_char(t.expires_on, 'YYYY-MM-DD'), t.reason, t.actor_user_id, t.actor_organisation_id, t.facts
  FROM ledger_transfer AS t
  WHERE t.id BETWEEN %s AND %s AND t.id <@ %s::int8multirange
  ORDER BY t.id
) TO STDOUT
"""
_CODES = "SELECT id, code FROM ledger_account WHERE id = ANY(%s)"


def lines_of(ranges: Sequence[tuple[int, int]]) -> Iterator[tuple[int, bytes]]:
    """Give the transfers of the ranges that stand in the book, in order of their numbers, each with its line.

    A transfer on an account that does not exist is left out, as one that does not stand.
    """
    if not ranges:
        return
    connection.ensure_connection()
    # The outer bounds in plain numbers: they tell the planner how little of the book is wanted.
    bounds = [min(first for first, _ in ranges), max(last for _, last in ranges)]
    wanted = "{" + ",".join(f"[{first},{last}]" for first, last in ranges) + "}"
    with connection.connection.cursor() as cursor:
        with cursor.copy(_LINES, [*bounds, wanted]) as copy:
            rows = [bytes(row).split(b"\t", _CREDIT + 1) for row in copy]
        accounts = {row[_DEBIT] for row in rows} | {row[_CREDIT] for row in rows}
        cursor.execute(_CODES, [list(map(int, accounts))])
        codes = {b"%d" % number: as_field(code).encode() for number, code in cursor.fetchall()}
    for row in rows:
        debit, credit = codes.get(row[_DEBIT]), codes.get(row[_CREDIT])
        if debit is not None and credit is not None:
            row[_DEBIT], row[_CREDIT] = debit, credit
            yield int(row[0]), b"\t".join(row)
