"""Firms of a file in a temporary table: COPY in, then set-based SQL, many times faster than arrays of parameters.

Invariant: the table lives from `stage_firms` to `register_staged`, within one transaction.
"""

from __future__ import annotations

from datetime import date
from io import BytesIO

import polars as pl
from django.db import connection

from yulin.atlas.core.handover import Claim

_CREATE = """
CREATE TEMPORARY TABLE staged_firm ("row" int, subject text, name text, registered_on date) ON COMMIT DROP
"""
_COPY = """COPY staged_firm ("row", subject, name, registered_on) FROM STDIN (FORMAT csv, NULL '')"""
_CLAIMS = """
SELECT s."row", s.subject, s.name, s.registered_on, f.name, f.registered_on
FROM staged_firm s JOIN atlas_firm f ON f.identifier_scheme = %(scheme)s AND f.identifier = s.subject
WHERE f.registered_on <> s.registered_on AND f.name <> s.name
ORDER BY s."row"
"""
_NAMED_OTHERWISE = """
SELECT s."row", f.id
FROM staged_firm s JOIN atlas_firm f ON f.identifier_scheme = %(scheme)s AND f.identifier = s.subject
WHERE f.name <> s.name OR EXISTS (
  SELECT FROM atlas_firmformername n
  WHERE n.firm_id = f.id AND n.source = %(source)s AND (n.held_until IS NULL OR n.held_until > %(as_of)s)
)
ORDER BY f.id, s."row"
"""
_REGISTER = """
WITH made AS (
  INSERT INTO atlas_firm (identifier_scheme, identifier, name, name_original, registered_on)
  SELECT DISTINCT ON (s.subject) %(scheme)s, s.subject, left(coalesce(s.name, s.subject), 300),
    left(coalesce(s.name, s.subject), 300), s.registered_on
  FROM staged_firm s
  WHERE NOT (%(scheme)s = 'USCC' AND EXISTS (SELECT 1 FROM atlas_firmcode c WHERE c.code = s.subject))
  ORDER BY s.subject, s."row"
  ON CONFLICT (identifier_scheme, identifier) DO UPDATE SET registered_on = excluded.registered_on
  WHERE atlas_firm.registered_on IS NULL AND excluded.registered_on IS NOT NULL
  RETURNING xmax = 0 AS is_new
)
SELECT count(*) FILTER (WHERE is_new), count(*) FILTER (WHERE NOT is_new) FROM made
"""


def stage_firms(firms: pl.DataFrame) -> None:
    """Put rows of row, subject, name and registered_on into the table; an open transaction is needed."""
    lines = BytesIO()
    name = pl.col("name").str.replace_all("\0", "", literal=True)  # PostgreSQL has no such character
    firms.select("row", "subject", name, "registered_on").write_csv(lines, include_header=False)
    with connection.cursor() as cursor:
        cursor.execute(_CREATE)
        with cursor.copy(_COPY) as copy:
            copy.write(lines.getbuffer())


def claims_to_known_codes(identifier_scheme: str) -> list[Claim]:
    """Return the staged rows whose code is registered under another name and another day."""
    with connection.cursor() as cursor:
        cursor.execute(_CLAIMS, {"scheme": identifier_scheme})
        claims: list[Claim] = cursor.fetchall()
    return claims


def named_otherwise(identifier_scheme: str, source: str, as_of: date) -> list[tuple[int, int]]:
    """Return row and firm of each staged row that calls a known firm otherwise, or says since when it has its name.

    The name that is the firm's today says so where its source gave another one up on a later day than the file's.
    """
    with connection.cursor() as cursor:
        cursor.execute(_NAMED_OTHERWISE, {"scheme": identifier_scheme, "source": source, "as_of": as_of})
        found: list[tuple[int, int]] = cursor.fetchall()
    return found


def register_staged(identifier_scheme: str, left_out: list[int]) -> tuple[int, int]:
    """Register the staged firms but for some rows; return how many are new and how many were filled in."""
    with connection.cursor() as cursor:
        cursor.execute('DELETE FROM staged_firm WHERE "row" = ANY(%s)', [left_out])
        cursor.execute(_REGISTER, {"scheme": identifier_scheme})
        made, filled_in = cursor.fetchone()
        cursor.execute("DROP TABLE staged_firm")
    return made, filled_in
