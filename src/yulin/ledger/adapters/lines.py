"""Transfers as lines of the chain, written by PostgreSQL in the form of `yulin.ledger.core.chain`.

`ledger_lines` writes the lines of a range of transfers as one text, without escapes: nearly no text needs one. Where
one does, the text has more of the marks than its fields make, and COPY writes the lines, row by row.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db import connection

from yulin.ledger.core.chain import FIELDS, as_field

_DEBIT, _CREDIT = 4, 5  # places of the accounts in a line
_WHOLE = "SELECT lines, line_count, null_count FROM ledger_lines(%s, %s, %s::int8multirange)"
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
_ESCAPED = (b"\r", b"\b", b"\f", b"\v")


def numbered_lines(ranges: Sequence[tuple[int, int]]) -> Iterator[tuple[int, bytes]]:
    """Give the lines of `standing_lines`, each with the number of its transfer."""
    for line in standing_lines(ranges):
        yield number_of(line), line


def number_of(line: bytes) -> int:
    """Return the number of the transfer that a line tells of."""
    return int(line[: line.index(b"\t")])


def standing_lines(ranges: Sequence[tuple[int, int]]) -> list[bytes]:
    """Return the lines of the transfers of the ranges that stand in the book, in order of their numbers.

    A transfer on an account that does not exist is left out, as one that does not stand.
    """
    if not ranges:
        return []
    # The outer bounds in plain numbers: they tell the planner how little of the book is wanted.
    bounds = (min(first for first, _ in ranges), max(last for _, last in ranges))
    wanted = "{" + ",".join(f"[{first},{last}]" for first, last in ranges) + "}"
    with connection.cursor() as cursor:
        cursor.execute(_WHOLE, [*bounds, wanted if len(ranges) > 1 else None])
        written, line_count, null_count = cursor.fetchone()
    if not line_count:
        return []
    text = written.encode() + b"\n"
    marks = (line_count, line_count * (len(FIELDS) - 1), null_count)
    if (text.count(b"\n"), text.count(b"\t"), text.count(b"\\")) != marks or any(one in text for one in _ESCAPED):
        return _copied(bounds, wanted)
    lines: list[bytes] = text.splitlines(keepends=True)
    return lines


def _copied(bounds: tuple[int, int], wanted: str) -> list[bytes]:
    """Return lines in which a text is escaped; the codes of the accounts are put in here."""
    with connection.connection.cursor() as cursor:
        with cursor.copy(_LINES, [*bounds, wanted]) as copy:
            rows = [bytes(row).split(b"\t", _CREDIT + 1) for row in copy]
        accounts = {row[_DEBIT] for row in rows} | {row[_CREDIT] for row in rows}
        cursor.execute(_CODES, [list(map(int, accounts))])
        codes = {b"%d" % number: as_field(code).encode() for number, code in cursor.fetchall()}
    lines = []
    for row in rows:
        debit, credit = codes.get(row[_DEBIT]), codes.get(row[_CREDIT])
        if debit is not None and credit is not None:
            row[_DEBIT], row[_CREDIT] = debit, credit
            lines.append(b"\t".join(row))
    return lines
