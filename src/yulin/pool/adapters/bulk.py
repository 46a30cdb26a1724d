"""Thousands of enrolments in a handful of statements: a staging table filled by COPY, then set-based inserts.

Everything here runs inside the caller's transaction; the staging tables end with it. Totals are locked in the order of
their keys, so that two files under the same limits wait for each other and never for ever.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import polars as pl
from django.db import connection, transaction

from yulin.pool.core.book_findings import Held
from yulin.pool.core.limits import LimitKey, Usage, firm_key
from yulin.pool.enums import LimitKind

# Columns of the staging table, in the order of the COPY, with the type of the enrolment's column that each becomes.
FILING_COLUMNS: Mapping[str, str] = {
    "row": "integer",
    "scheme_id": "text",
    "pack_id": "bigint",
    "branch_name": "text",
    "firm_id": "bigint",
    "firm_name": "text",
    "firm_code": "text",
    "loan_number": "text",
    "contract_number": "text",
    "line_fen": "bigint",
    "predecessor_loan_number": "text",
    "mode": "text",
    "security": "text",
    "purpose": "text",
    "disbursed_on": "date",
    "due_on": "date",
    "loan_amount_fen": "bigint",
    "eligible_amount_fen": "bigint",
    "enrolled_amount_fen": "bigint",
    "annual_rate_ppm": "bigint",
    "district_code": "text",
    "industry": "text",
    "sector": "text",
    "is_hnte": "boolean",
    "is_pure_credit": "boolean",
    "is_first_loan": "boolean",
    "guarantor_id": "bigint",
    "insurer_id": "bigint",
    "contract_bp": "jsonb",
    "facts": "jsonb",
    "outcome": "text",
    "missing": "jsonb",
    "ratio_bp": "jsonb",
    "ratio_clause": "text",
    "state": "text",
    "condition": "text",
    "conditional_until": "date",
    "number": "text",
    "verification_code": "text",
}
_IDENTITY_COLUMNS = {"row": "integer", "firm_id": "bigint", "loan_number": "text", "contract_number": "text"}

_DUPLICATES = """
SELECT staged.row, held.bank_id = %(bank)s AS is_own, held.loan_number = staged.loan_number AS is_loan,
       coalesce(held.number, ''), held.id, held.loan_amount_fen
FROM staged_identity AS staged
JOIN pool_enrolment AS held
  ON held.bank_id = %(bank)s AND held.loan_number = staged.loan_number AND held.state <> 'revoked'
UNION ALL
SELECT staged.row, false, true, coalesce(held.number, ''), held.id, held.loan_amount_fen
FROM staged_identity AS staged
JOIN pool_enrolment AS held
  ON held.firm_id = staged.firm_id AND held.loan_number = staged.loan_number
 AND held.state <> 'revoked' AND held.bank_id <> %(bank)s
UNION ALL
SELECT staged.row, false, false, coalesce(held.number, ''), held.id, held.loan_amount_fen
FROM staged_identity AS staged
JOIN pool_enrolment AS held
  ON held.firm_id = staged.firm_id AND held.contract_number = staged.contract_number
 AND held.contract_number <> '' AND held.state <> 'revoked' AND held.bank_id <> %(bank)s
"""

_LINES = """
INSERT INTO pool_creditline (bank_id, contract_number, firm_id, line_fen, signed_on)
SELECT DISTINCT ON (contract_number) %(bank)s, contract_number, firm_id, line_fen, disbursed_on
FROM staged_filing
WHERE contract_number <> '' AND line_fen > 0
ORDER BY contract_number, disbursed_on, row
ON CONFLICT (bank_id, contract_number) DO NOTHING
"""

_ENROLMENTS = """
INSERT INTO pool_enrolment (
  bank_id, upload_id, upload_row, scheme_id, pack_id, branch_name, firm_id, firm_name, firm_code, loan_number,
  contract_number, credit_line_id, predecessor_id, mode, security, purpose, disbursed_on, due_on, loan_amount_fen,
  eligible_amount_fen, enrolled_amount_fen, annual_rate_ppm, district_code, industry, sector, is_hnte, is_pure_credit,
  is_first_loan, guarantor_id, insurer_id, contract_bp, facts, outcome, missing, ratio_bp, ratio_clause, state,
  refusal_code, condition, conditional_until, number, verification_code,
  submitted_on, confirmed_on, loan_status, outstanding_fen, overdue_days, five_class, version
)
SELECT
  %(bank)s, %(upload)s, staged.row, staged.scheme_id, staged.pack_id, staged.branch_name, staged.firm_id,
  staged.firm_name, staged.firm_code, staged.loan_number, staged.contract_number, line.id, predecessor.id, staged.mode,
  staged.security, staged.purpose, staged.disbursed_on, staged.due_on, staged.loan_amount_fen,
  staged.eligible_amount_fen, staged.enrolled_amount_fen, staged.annual_rate_ppm, staged.district_code, staged.industry,
  staged.sector, staged.is_hnte, staged.is_pure_credit, staged.is_first_loan, staged.guarantor_id, staged.insurer_id,
  staged.contract_bp, staged.facts, staged.outcome, staged.missing, staged.ratio_bp, staged.ratio_clause, staged.state,
  '', staged.condition, staged.conditional_until, staged.number, staged.verification_code,
  %(today)s, CASE WHEN staged.number IS NOT NULL THEN %(today)s::date END,
  CASE WHEN staged.disbursed_on > %(today)s THEN 'undisbursed' ELSE 'current' END, staged.loan_amount_fen, 0,
  'normal', 1
FROM staged_filing AS staged
LEFT JOIN pool_creditline AS line ON line.bank_id = %(bank)s AND line.contract_number = staged.contract_number
LEFT JOIN pool_enrolment AS predecessor
  ON predecessor.bank_id = %(bank)s AND predecessor.loan_number = staged.predecessor_loan_number
 AND predecessor.state <> 'revoked'
ORDER BY staged.row
RETURNING upload_row, id
"""

_EVENTS = """
INSERT INTO pool_enrolmentevent (
  enrolment_id, actor_user_id, actor_organisation_id, actor_name, step, from_state, to_state, clause, note
)
SELECT enrolment.id, step.actor_user_id, step.actor_organisation_id, step.actor_name, step.step, step.from_state,
       step.to_state, '', step.note
FROM unnest(%(ids)s::bigint[]) AS enrolment (id)
CROSS JOIN unnest(
  %(users)s::bigint[], %(organisations)s::bigint[], %(names)s::text[], %(steps)s::text[], %(froms)s::text[],
  %(tos)s::text[], %(notes)s::text[]
) WITH ORDINALITY AS step
  (actor_user_id, actor_organisation_id, actor_name, step, from_state, to_state, note, place)
ORDER BY enrolment.id, step.place
"""

_NEW_TOTALS = """
INSERT INTO pool_limituse (scheme_id, kind, key, period, limit_fen, used_fen)
SELECT wanted.*, 0 FROM unnest(
  %(schemes)s::text[], %(kinds)s::text[], %(keys)s::text[], %(periods)s::text[], %(limits)s::bigint[]
) AS wanted (scheme_id, kind, key, period, limit_fen)
ORDER BY wanted.scheme_id, wanted.kind, wanted.key, wanted.period
ON CONFLICT (scheme_id, kind, key, period) DO UPDATE SET limit_fen = excluded.limit_fen
WHERE pool_limituse.limit_fen IS DISTINCT FROM excluded.limit_fen
  AND (excluded.limit_fen IS NULL OR pool_limituse.used_fen <= excluded.limit_fen)
"""

_LOCK_TOTALS = """
SELECT held.scheme_id, held.kind, held.key, held.period, held.limit_fen, held.used_fen
FROM pool_limituse AS held
JOIN unnest(%(schemes)s::text[], %(kinds)s::text[], %(keys)s::text[], %(periods)s::text[])
  AS wanted (scheme_id, kind, key, period) USING (scheme_id, kind, key, period)
ORDER BY held.scheme_id, held.kind, held.key, held.period
FOR UPDATE OF held
"""

_ADD_TO_TOTALS = """
UPDATE pool_limituse AS held SET used_fen = held.used_fen + added.amount_fen
FROM unnest(%(schemes)s::text[], %(kinds)s::text[], %(keys)s::text[], %(periods)s::text[], %(amounts)s::bigint[])
  AS added (scheme_id, kind, key, period, amount_fen)
WHERE held.scheme_id = added.scheme_id AND held.kind = added.kind AND held.key = added.key
  AND held.period = added.period
"""

_LOCK_BALANCES_OF_LOANS = """
SELECT held.scheme_id, held.key
FROM pool_limituse AS held
JOIN (SELECT DISTINCT scheme_id, firm_id::text AS key FROM pool_enrolment WHERE id = ANY(%(ids)s)) AS loan
  USING (scheme_id, key)
WHERE held.kind = 'firm' AND held.period = ''
ORDER BY held.scheme_id, held.key
FOR UPDATE OF held
"""

# A statement of its own after the lock: only then does it see what the transaction before it wrote.
_RECOUNT_BALANCES = """
UPDATE pool_limituse AS held SET
  used_fen = owed.used_fen,
  limit_fen = CASE WHEN owed.limit_fen IS NOT NULL THEN greatest(owed.limit_fen, owed.used_fen)
                   WHEN NOT %(is_stated)s AND held.limit_fen IS NOT NULL THEN greatest(held.limit_fen, owed.used_fen)
              END
FROM (
  SELECT wanted.scheme_id, wanted.key, wanted.limit_fen,
         coalesce(sum(least(loan.outstanding_fen, loan.enrolled_amount_fen)), 0)::bigint AS used_fen
  FROM unnest(%(schemes)s::text[], %(keys)s::text[], %(limits)s::bigint[]) AS wanted (scheme_id, key, limit_fen)
  LEFT JOIN pool_enrolment AS loan
    ON loan.firm_id = wanted.key::bigint AND loan.scheme_id = wanted.scheme_id
   AND loan.state NOT IN ('closed', 'revoked')
  GROUP BY wanted.scheme_id, wanted.key, wanted.limit_fen
) AS owed
WHERE held.scheme_id = owed.scheme_id AND held.kind = 'firm' AND held.key = owed.key AND held.period = ''
RETURNING held.scheme_id, held.key, held.used_fen
"""


def locked_totals(limits: Mapping[LimitKey, int | None]) -> dict[LimitKey, Usage]:
    """Return the running totals under `limits`, made where they are missing, each locked until the transaction ends.

    A limit that the law has changed since is taken over, unless more than that is used already. What a firm owes is
    counted anew under its lock, loans from before the ceiling too; above the ceiling it leaves no room.
    """
    keys = sorted(limits)
    wanted = _key_arrays(keys)
    with connection.cursor() as cursor:
        cursor.execute(_NEW_TOTALS, {**wanted, "limits": [limits[key] for key in keys]})
        cursor.execute(_LOCK_TOTALS, wanted)
        rows = cursor.fetchall()
    found = {
        LimitKey(scheme_id, LimitKind(kind), key, period): Usage(limit_fen, used_fen)
        for scheme_id, kind, key, period, limit_fen, used_fen in rows
    }
    owed = _recounted({key: limit for key, limit in limits.items() if key.kind is LimitKind.FIRM}, is_stated=True)
    return found | {key: Usage(limits[key], used_fen) for key, used_fen in owed.items()}


def recount_balances(keys: Iterable[LimitKey]) -> None:
    """Count anew what firms owe, where a total of it is kept, and hold it until the transaction ends.

    A balance that rose above the ceiling stands: the total says so, and leaves no room.
    """
    wanted = sorted(key for key in keys if key.kind is LimitKind.FIRM)
    if wanted:
        with connection.cursor() as cursor:
            cursor.execute(_LOCK_TOTALS, _key_arrays(wanted))
        _recounted(dict.fromkeys(wanted))


def recount_balances_of_loans(ids: Sequence[int]) -> None:
    """Count anew what the firms of some loans owe, as `recount_balances`: their balance or state has changed."""
    with connection.cursor() as cursor:
        cursor.execute(_LOCK_BALANCES_OF_LOANS, {"ids": list(ids)})
        kept = [firm_key(scheme_id, int(key)) for scheme_id, key in cursor.fetchall()]
    _recounted(dict.fromkeys(kept))


def _recounted(limits: Mapping[LimitKey, int | None], *, is_stated: bool = False) -> dict[LimitKey, int]:
    """Write what firms owe into locked totals and return it; `is_stated` takes over the limits, else they stay."""
    if not limits:
        return {}
    keys = sorted(limits)
    values: dict[str, Any] = {**_key_arrays(keys), "limits": [limits[key] for key in keys], "is_stated": is_stated}
    with connection.cursor() as cursor:
        cursor.execute(_RECOUNT_BALANCES, values)
        return {firm_key(scheme_id, int(key)): used_fen for scheme_id, key, used_fen in cursor.fetchall()}


def add_to_totals(amounts_fen: Mapping[LimitKey, int]) -> None:
    """Add to locked totals; the database refuses one above its limit."""
    keys = sorted(amounts_fen)
    if keys:
        with connection.cursor() as cursor:
            cursor.execute(_ADD_TO_TOTALS, {**_key_arrays(keys), "amounts": [amounts_fen[key] for key in keys]})


def held_elsewhere(loans: pl.DataFrame, *, bank_id: int) -> list[Held]:
    """Return the live enrolments that a row's loan or contract meets.

    **Shapes**: `loans` has row, firm_id, loan_number, contract_number; a row may meet several.
    """
    with transaction.atomic(), connection.cursor() as cursor:  # the staging table ends with it
        _stage(cursor, "staged_identity", _IDENTITY_COLUMNS, loans)
        cursor.execute(_DUPLICATES, {"bank": bank_id})
        return [Held(*line) for line in cursor.fetchall()]


def insert_enrolments(filing: pl.DataFrame, *, bank_id: int, upload_id: int | None, today: Any) -> dict[int, int]:
    """Insert credit lines and enrolments from a decided frame (`FILING_COLUMNS`); return the id of each row."""
    values = {"bank": bank_id, "upload": upload_id, "today": today}
    with connection.cursor() as cursor:
        _stage(cursor, "staged_filing", FILING_COLUMNS, filing)
        cursor.execute(_LINES, values)
        cursor.execute(_ENROLMENTS, values)
        return {row: enrolment_id for row, enrolment_id in cursor.fetchall()}  # noqa: C416 - typed as ints


def insert_events(ids: Sequence[int], steps: Iterable[Mapping[str, Any]]) -> None:
    """Insert the same steps for many enrolments, in their order."""
    rows = list(steps)
    if not ids or not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _EVENTS,
            {
                "ids": list(ids),
                "users": [row["actor_user_id"] for row in rows],
                "organisations": [row["actor_organisation_id"] for row in rows],
                "names": [row["actor_name"] for row in rows],
                "steps": [row["step"] for row in rows],
                "froms": [row["from_state"] for row in rows],
                "tos": [row["to_state"] for row in rows],
                "notes": [row.get("note", "") for row in rows],
            },
        )


def _key_arrays(keys: Sequence[LimitKey]) -> dict[str, list[str]]:
    return {
        "schemes": [key.scheme_id for key in keys],
        "kinds": [str(key.kind) for key in keys],
        "keys": [key.key for key in keys],
        "periods": [key.period for key in keys],
    }


def _stage(cursor: Any, table: str, columns: Mapping[str, str], frame: pl.DataFrame) -> None:
    """Make a temporary table that ends with the transaction, and fill it by COPY."""
    spec = ", ".join(f"{name} {kind}" for name, kind in columns.items())
    cursor.execute(f"DROP TABLE IF EXISTS {table}")
    cursor.execute(f"CREATE TEMPORARY TABLE {table} ({spec}) ON COMMIT DROP")
    lines = frame.select(*columns).write_csv(include_header=False, quote_style="non_numeric", null_value="\\N")
    with cursor.copy(f"COPY {table} FROM STDIN (FORMAT csv, NULL '\\N')") as copy:
        copy.write(lines)
    cursor.execute(f"ANALYZE {table} (row, loan_number, contract_number)")
