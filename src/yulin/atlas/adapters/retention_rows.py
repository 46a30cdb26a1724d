"""Things whose time is over, in a temporary table: what is due, what of it stays and why, then the rest goes.

Set-based SQL, so that any number of rows is one statement. The tables live within one transaction.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from yulin.atlas.adapters.holders import holders
from yulin.atlas.adapters.kept_names import kept_names
from yulin.atlas.core.retention import RetentionRule
from yulin.atlas.enums import HoldKind, RetentionOf, RetentionSince

_CREATE = """
CREATE TEMPORARY TABLE retention_row (
  id bigint, firm_id bigint, name text, class text, since date, valid_from date, known_at timestamptz,
  receipt_id bigint, "row" int, goes_on date
) ON COMMIT DROP;
CREATE TEMPORARY TABLE retention_kept (id bigint, kind text) ON COMMIT DROP
"""
_DROP = "DROP TABLE IF EXISTS retention_row, retention_kept"
_SINCE = {
    RetentionSince.KNOWN: "(t.known_at AT TIME ZONE %(zone)s)::date",
    RetentionSince.VALID_FROM: "t.valid_from",
    RetentionSince.ENDED: "least(t.valid_until, e.ends_on)",
}
_STATEMENTS = """
INSERT INTO retention_row
SELECT *, (since + make_interval(years => %(years)s))::date FROM (
  SELECT t.id, t.firm_id, t.fact, c.class, {since} AS since, t.valid_from, t.known_at, t.receipt_id, t."row"
  FROM atlas_statement t
  JOIN unnest(%(names)s::text[], %(classes)s::text[]) AS c (name, class) ON c.name = t.fact
  LEFT JOIN LATERAL (SELECT min(ends_on) AS ends_on FROM atlas_statementend WHERE statement_id = t.id) e ON TRUE
  WHERE %(sources)s::text[] = '{{}}' OR t.source = ANY(%(sources)s)
) AS every WHERE (since + make_interval(years => %(years)s))::date <= %(until)s
"""
_PARTICULARS = """
INSERT INTO retention_row
SELECT *, (since + make_interval(years => %(years)s))::date FROM (
  SELECT t.id, t.firm_id, t.kind || ':' || t.key, c.class, {since} AS since, t.valid_from, t.known_at, t.receipt_id,
    t."row"
  FROM atlas_particular t
  JOIN unnest(%(names)s::text[], %(classes)s::text[]) AS c (name, class) ON c.name = t.kind
  LEFT JOIN LATERAL (SELECT min(ends_on) AS ends_on FROM atlas_particularend WHERE particular_id = t.id) e ON TRUE
  WHERE %(sources)s::text[] = '{{}}' OR t.source = ANY(%(sources)s)
) AS every WHERE (since + make_interval(years => %(years)s))::date <= %(until)s
"""
_READINGS = """
INSERT INTO retention_row (id, firm_id, name, since, goes_on)
SELECT *, (since + make_interval(years => %(years)s))::date FROM (
  SELECT t.id, t.firm_id, '', (t.read_at AT TIME ZONE %(zone)s)::date AS since FROM atlas_reading t
  WHERE t.user_id IS NOT NULL OR t.reader_name <> %(masked)s
) AS every WHERE (since + make_interval(years => %(years)s))::date <= %(until)s
"""
_QUARANTINES = """
INSERT INTO retention_row (id, name, since, goes_on)
SELECT *, (since + make_interval(years => %(years)s))::date FROM (
  SELECT t.id, s.code, (t.known_at AT TIME ZONE %(zone)s)::date AS since
  FROM atlas_receipt t JOIN atlas_source s ON s.id = t.source_id
  WHERE t.id = ANY(%(receipts)s) AND (%(sources)s::text[] = '{{}}' OR s.code = ANY(%(sources)s))
) AS every WHERE (since + make_interval(years => %(years)s))::date <= %(until)s
"""
_OBJECTORS = """
INSERT INTO retention_row (id, firm_id, name, since, goes_on)
SELECT *, (since + make_interval(years => %(years)s))::date FROM ({rows}) AS every
WHERE (since + make_interval(years => %(years)s))::date <= %(until)s
"""
MASKED = "***"
_OPEN_OBJECTION = """
SELECT r.id FROM retention_row r JOIN atlas_objection o ON o.firm_id = r.firm_id AND o.fact = r.name
WHERE NOT EXISTS (SELECT FROM atlas_objectiondecision d WHERE d.objection_id = o.id)
"""
_OPEN_RECALL = """
SELECT r.id FROM retention_row r JOIN atlas_recall c ON c.firm_id = r.firm_id AND c.fact = r.name
WHERE EXISTS (
  SELECT FROM atlas_recallnotice n WHERE n.recall_id = c.id
  AND NOT EXISTS (SELECT FROM atlas_recallreceipt p WHERE p.notice_id = n.id)
)
"""
_OPEN_REPAIR = """
SELECT r.id FROM retention_row r JOIN atlas_adverserecord a ON a.statement_id = r.id
JOIN atlas_repairrequest q ON q.record_id = a.id
WHERE NOT EXISTS (SELECT FROM atlas_repairdecision d WHERE d.request_id = q.id)
"""
_PLACED = """
SELECT r.id FROM retention_row r JOIN atlas_retentionhold h ON h.firm_id = r.firm_id
WHERE NOT EXISTS (SELECT FROM atlas_retentionholdend e WHERE e.hold_id = h.id)
"""
_DECIDED = """
SELECT r.id FROM retention_row r WHERE EXISTS (SELECT FROM atlas_objection o WHERE o.statement_id = r.id)
  OR EXISTS (SELECT FROM atlas_objectiondecision d WHERE d.correction_id = r.id)
  OR EXISTS (
    SELECT FROM atlas_adverserecord a JOIN atlas_repairrequest q ON q.record_id = a.id WHERE a.statement_id = r.id
  )
"""
_DECIDED_PARTICULAR = """
SELECT r.id FROM retention_row r WHERE EXISTS (SELECT FROM atlas_objection o WHERE o.particular_id = r.id)
  OR EXISTS (SELECT FROM atlas_objectiondecision d WHERE d.corrected_particular_id = r.id)
"""
_READ = """
SELECT r.id FROM retention_row r WHERE EXISTS (
  SELECT FROM atlas_reading t WHERE t.firm_id = r.firm_id AND r.known_at <= t.known_by AND r.valid_from <= t.facts_on
  AND {what}
)
"""
_ANSWERED = """
SELECT r.id FROM retention_row r WHERE EXISTS (
  SELECT FROM atlas_signedanswer a WHERE a.firm_id = r.firm_id AND r.known_at <= a.answered_at
  AND a.openings @> jsonb_build_array(jsonb_build_object('fact', r.name))
)
"""
_HELD = """
SELECT r.id FROM retention_row r JOIN ({query}) h ON h.firm_id = r.firm_id
  AND (h.held_on IS NULL OR r.valid_from <= h.held_on) AND (h.held_at IS NULL OR r.known_at <= h.held_at)
"""
_JUDGING = """
SELECT r.id FROM retention_row r JOIN atlas_candidate c ON c.receipt_id = r.id
WHERE NOT EXISTS (SELECT FROM atlas_identityjudgement j WHERE j.candidate_id = c.id)
"""
_KEEP = """
INSERT INTO retention_kept
SELECT DISTINCT id, %s FROM ({query}) found WHERE NOT EXISTS (SELECT FROM retention_kept k WHERE k.id = found.id)
"""
# What a record says of a statement goes with it; one that a decision was asked on stays with the statement.
_TAKE_ENDS = (
    "DELETE FROM atlas_statementend WHERE statement_id IN (SELECT id FROM retention_row)",
    "DELETE FROM atlas_adverserecord WHERE statement_id IN (SELECT id FROM retention_row)",
)
_TAKE = {
    RetentionOf.STATEMENT: (*_TAKE_ENDS, "DELETE FROM atlas_statement WHERE id IN (SELECT id FROM retention_row)"),
    RetentionOf.PARTICULAR: (
        "DELETE FROM atlas_particularend WHERE particular_id IN (SELECT id FROM retention_row)",
        "DELETE FROM atlas_particular WHERE id IN (SELECT id FROM retention_row)",
    ),
    RetentionOf.QUARANTINE: (),
    RetentionOf.READING: (
        "UPDATE atlas_reading SET user_id = NULL, reader_name = %(masked)s WHERE id IN (SELECT id FROM retention_row)",
    ),
}
_ROWS = {
    RetentionOf.STATEMENT: _STATEMENTS,
    RetentionOf.PARTICULAR: _PARTICULARS,
    RetentionOf.READING: _READINGS,
    RetentionOf.QUARANTINE: _QUARANTINES,
}
_ONLY_OF_FILES = """
INSERT INTO retention_row
SELECT f.place, firm.id, f.name, f.class, f.since, f.valid_from, f.known_at, f.receipt_id, NULL, f.goes_on
FROM unnest(%(places)s::bigint[], %(subjects)s::text[], %(names)s::text[], %(classes)s::text[], %(since)s::date[],
  %(from)s::date[], %(known)s::timestamptz[], %(receipts)s::bigint[], %(goes)s::date[])
  AS f (place, subject, name, class, since, valid_from, known_at, receipt_id, goes_on)
LEFT JOIN LATERAL (
  SELECT id FROM atlas_firm WHERE identifier = f.subject UNION SELECT firm_id FROM atlas_firmcode WHERE code = f.subject
  LIMIT 1
) firm ON TRUE
"""


def stage_due(rule: RetentionRule, classes: dict[str, str], until: date, asked: dict[str, Any]) -> None:
    """Put everything whose time is over by a day into the table.

    `classes`: name of a fact, or kind of a particular → its class; `asked`: `zone`, and `receipts` with a quarantine.
    """
    values = {
        "sources": list(rule.sources), "years": rule.years, "until": until, "masked": MASKED,
        "names": list(classes), "classes": list(classes.values()), **asked,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_DROP)
        cursor.execute(_CREATE)
        for statement in _rows_of(rule):
            cursor.execute(statement, values)


def _rows_of(rule: RetentionRule) -> list[str]:
    if rule.of is RetentionOf.OBJECTOR:
        return [_OBJECTORS.format(rows=kept.rows) for kept in kept_names()]
    return [_ROWS[rule.of].format(since=_SINCE[rule.since])]


@dataclass(frozen=True)
class OnlyInFile:
    """What a file said of a subject that stands in no table: fact, class, since when, and from which receipt."""

    receipt_id: int
    subject: str
    fact: str
    class_id: str
    since: date
    valid_from: date
    known_at: datetime
    goes_on: date


def stage_of_files(found: Sequence[OnlyInFile]) -> None:
    """Add what stands in files alone; its number is its place, below zero."""
    columns = zip(*((-place, *astuple(one)) for place, one in enumerate(found, 1)), strict=True)
    names = ("places", "receipts", "subjects", "names", "classes", "since", "from", "known", "goes")
    with connection.cursor() as cursor:
        cursor.execute(_ONLY_OF_FILES, {name: list(column) for name, column in zip(names, columns, strict=True)})


def places_to_go() -> list[int]:
    """Return the places of what goes from files alone."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT -id FROM retention_row WHERE id < 0 ORDER BY id DESC")
        return [place for (place,) in cursor.fetchall()]


def sort_out_kept(rule: RetentionRule) -> None:
    """Find what stays and why; a thing counts under its first reason."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE retention_row")
        for kind, query in _reasons(rule.of):
            cursor.execute(_KEEP.format(query=query), [kind.value])


def counted(by: date) -> tuple[int, dict[HoldKind, int]]:
    """Return how many things are due by a day, and how many of them stay for each reason."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT k.kind, count(*) FROM retention_row r LEFT JOIN retention_kept k USING (id)"
            " WHERE r.goes_on <= %s GROUP BY k.kind", [by]
        )  # fmt: skip
        found = dict(cursor.fetchall())
    return sum(found.values()), {HoldKind(kind): count for kind, count in found.items() if kind is not None}


def _reasons(of: RetentionOf) -> Iterable[tuple[HoldKind, str]]:
    """Yield why things of a kind stay, the open matters before the past ones."""
    if of is RetentionOf.QUARANTINE:
        yield HoldKind.JUDGING, _JUDGING
        return
    yield HoldKind.PLACED, _PLACED
    above = [(holder.kind, _HELD.format(query=holder.query)) for holder in holders()]
    if of is RetentionOf.OBJECTOR:
        yield from (reason for kept in kept_names() for reason in kept.held)
    if of in {RetentionOf.READING, RetentionOf.OBJECTOR}:  # a masked name takes nothing from a replay
        yield from ((kind, query) for kind, query in above if kind in {HoldKind.CLAIM, HoldKind.AUDIT})
        return
    yield HoldKind.OBJECTION, _OPEN_OBJECTION
    yield HoldKind.RECALL, _OPEN_RECALL
    is_statement = of is RetentionOf.STATEMENT
    if is_statement:
        yield HoldKind.REPAIR, _OPEN_REPAIR
    yield from above
    yield HoldKind.DECIDED, _DECIDED if is_statement else _DECIDED_PARTICULAR
    yield HoldKind.READ, _READ.format(what="t.facts ? r.name" if is_statement else "t.classes ? r.class")
    yield HoldKind.ANSWERED, _ANSWERED


def kept_things(by: date, limit: int) -> list[tuple[HoldKind, int | None, str, date]]:
    """Return why, whose, what and since when of things due by a day that stay, the longest first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT k.kind, r.firm_id, r.name, r.since FROM retention_kept k JOIN retention_row r USING (id)"
            " WHERE r.goes_on <= %s ORDER BY r.since, r.id LIMIT %s", [by, limit]
        )  # fmt: skip
        return [(HoldKind(kind), *rest) for kind, *rest in cursor.fetchall()]


def going_things(limit: int) -> list[tuple[int | None, str, date]]:
    """Return whose, what and on which day of things that go, the next first."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT r.firm_id, r.name, r.goes_on FROM retention_row r LEFT JOIN retention_kept k USING (id)"
            " WHERE k.id IS NULL ORDER BY r.goes_on, r.id LIMIT %s", [limit]
        )  # fmt: skip
        return list(cursor.fetchall())


def drop_kept() -> None:
    """Leave in the table only what goes."""
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM retention_row WHERE id IN (SELECT id FROM retention_kept)")


def vanishing() -> list[tuple[int, int | None, str]]:
    """Return receipt, row and name of what goes and came from a file."""
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT receipt_id, "row", name FROM retention_row WHERE receipt_id IS NOT NULL AND id > 0 ORDER BY 1, 2'
        )
        return list(cursor.fetchall())


def receipts_to_go() -> list[int]:
    """Return the receipts whose quarantine goes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM retention_row ORDER BY id")
        return [pk for (pk,) in cursor.fetchall()]


def _takes(of: RetentionOf) -> tuple[str, ...]:
    return tuple(one for kept in kept_names() for one in kept.take) if of is RetentionOf.OBJECTOR else _TAKE[of]


def take_away(of: RetentionOf, run_id: int) -> int:
    """Delete or mask what is left in the table, inside a run that the database knows; return how many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT set_config('yulin.retention', %s, true)", [str(run_id)])
        for statement in _takes(of):
            cursor.execute(statement, {"masked": MASKED})
        cursor.execute("SELECT set_config('yulin.retention', '', true)")
        cursor.execute("SELECT count(*) FROM retention_row")
        (count,) = cursor.fetchone()
    return int(count)
