"""Every read of firms, their codes and what is said about them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.db.models import Exists, F, Max, OuterRef, QuerySet

from yulin.atlas.adapters.lookups import AnyOf
from yulin.atlas.core.name_folding import fold_name
from yulin.atlas.core.statements import Said, values_on
from yulin.atlas.models import (
    Firm,
    FirmCode,
    FirmFormerName,
    FirmSpelling,
    Receipt,
    RegisterChange,
    Statement,
    StatementEnd,
)
from yulin.kit.row_security import EVERYTHING, scope

USCC = "USCC"


def firm_by_code(code: str, *, identifier_scheme: str = USCC) -> Firm | None:
    """Return the firm that a code leads to: its identifier, an old code or a successor's; None when nobody has it."""
    own = Firm.objects.filter(identifier_scheme=identifier_scheme, identifier=code).first()
    if own is not None or identifier_scheme != USCC:
        return own
    further = FirmCode.objects.filter(code=code).select_related("firm").first()
    return further.firm if further else None


def firm_ids_by_code(codes: Iterable[str], *, identifier_scheme: str = USCC) -> dict[str, int]:
    """Return the firms that many codes lead to, in two queries; codes that lead nowhere are absent."""
    wanted = list(set(codes))
    found = own_firm_ids(wanted, identifier_scheme=identifier_scheme)
    missing = [code for code in wanted if code not in found]
    if missing and identifier_scheme == USCC:
        found.update(FirmCode.objects.filter(AnyOf(F("code"), missing)).values_list("code", "firm_id"))
    return found


def own_firm_ids(codes: Sequence[str], *, identifier_scheme: str = USCC) -> dict[str, int]:
    """Return the firms whose own identifier is one of many codes, in one query."""
    own = Firm.objects.filter(AnyOf(F("identifier"), list(codes)), identifier_scheme=identifier_scheme)
    return dict(own.values_list("identifier", "id"))


def firms_named(name: str) -> list[Firm]:
    """Return the firms of the book that share a name, or once had it: namesakes, which prove nothing."""
    if not name:
        return []
    folded = fold_name(name)
    is_so_called = Exists(FirmSpelling.objects.filter(firm=OuterRef("pk"), folded=folded))
    was_so_called = Exists(FirmFormerName.objects.filter(firm=OuterRef("pk"), folded=folded))
    return list(Firm.objects.filter(is_so_called | was_so_called).order_by("pk"))


def former_names(firm: Firm) -> list[FirmFormerName]:
    """Return the names that a firm had, those that were its heading here first, each the latest first."""
    return names_in_force(every_former_name(firm))


def every_former_name(firm: Firm) -> list[FirmFormerName]:
    """Return every row of a firm's former names, also of histories that a later file said otherwise, the same order."""
    latest = (F("known_until").desc(nulls_last=True), F("held_until").desc(nulls_last=True), "-pk")
    return list(FirmFormerName.objects.filter(firm=firm).order_by(*latest))


def names_in_force(rows: Sequence[FirmFormerName]) -> list[FirmFormerName]:
    """Return those rows of one firm that still say its history: of each source what it said last, whole."""
    last = {one.source: one.cause for one in sorted(rows, key=lambda row: row.pk)}
    return [one for one in rows if not one.source or one.cause == last[one.source]]


def receipts_of(source: str = "") -> QuerySet[Receipt]:
    """Return the files taken in from a source, or from all, the latest first."""
    rows = Receipt.objects.select_related("source").order_by("-known_at", "-pk")
    return rows.filter(source__code=source) if source else rows


def codes_of(firm_id: int) -> list[str]:
    """Return every code that leads to a firm, its identifier first: what a search for duplicates has to look under."""
    firm = Firm.objects.get(pk=firm_id)
    return [firm.identifier, *firm.codes.order_by("id").values_list("code", flat=True)]


def firms(ids: Iterable[int]) -> dict[int, Firm]:
    """Return firms by id, in one query."""
    return Firm.objects.in_bulk(list(ids))


def facts_of(firm_ids: Sequence[int], *, on: date, known_at: datetime) -> Mapping[int, dict[str, Said]]:
    """Return what counts about each firm on a day, as known at an instant; an empty dict where nothing is known."""
    of_firms = Statement.objects.filter(AnyOf(F("firm_id"), list(firm_ids)))
    rows = of_firms.filter(known_at__lte=known_at, valid_from__lte=on).exclude(has_ended("pk", on, known_at))
    said: dict[int, list[Said]] = {firm_id: [] for firm_id in firm_ids}
    with scope(EVERYTHING):  # for rules to decide by, whoever asks; what is shown of it is asked of `access_of`
        for row in rows.iterator(chunk_size=5000):
            said[row.firm_id].append(Said(*(getattr(row, name) for name in _SAID)))
    return {firm_id: values_on(statements, on, known_at) for firm_id, statements in said.items()}


def has_ended(statement: str, on: date, known_at: datetime) -> Exists:
    """Return whether a statement, named by a path to its key, has ended by a day, as far as was known at an instant."""
    return Exists(StatementEnd.objects.filter(statement=OuterRef(statement), ends_on__lte=on, known_at__lte=known_at))


_SAID = ("fact", "value", "source", "valid_from", "valid_until", "known_at", "priority")


_COUNTING = """
(SELECT DISTINCT ON (s.firm_id, s.fact) s.firm_id, s.fact, s.value #>> '{}'
FROM atlas_statement s JOIN atlas_firm f ON f.id = s.firm_id
WHERE s.known_at <= %(known_at)s AND s.valid_from <= %(on)s AND (s.valid_until IS NULL OR s.valid_until > %(on)s)
  AND f.identifier_scheme = 'USCC' AND (%(district)s::text IS NULL OR f.district_code = %(district)s)
  AND s.firm_id BETWEEN %(first)s AND %(last)s
  AND (%(facts)s::text[] IS NULL OR regexp_replace(s.fact, '_([0-9]{4}|by_year)$', '') = ANY(%(facts)s))
  AND NOT EXISTS (
    SELECT FROM atlas_statementend e WHERE e.statement_id = s.id AND e.ends_on <= %(on)s AND e.known_at <= %(known_at)s
  )
ORDER BY s.firm_id, s.fact, s.priority, s.valid_from DESC, s.known_at DESC, s.source COLLATE "C" DESC,
  COALESCE(s.value #>> '{}', 'null') COLLATE "C" DESC)
UNION ALL
SELECT id, 'registered_on', registered_on::text FROM atlas_firm
WHERE registered_on IS NOT NULL AND identifier_scheme = 'USCC' AND id BETWEEN %(first)s AND %(last)s
  AND (%(district)s::text IS NULL OR district_code = %(district)s)
"""
_MOST = 2**63 - 1
PER_PART = 10_000  # firms whose facts are in memory at once
_Said = list[tuple[int, str, str | None]]


def said_in_area(district_code: str | None, *, on: date, known_at: datetime) -> _Said:
    """Return firm, fact and value (as text) of all that counts about the firms of a district, or of all, on a day."""
    return _counting(district_code, on, known_at)


@dataclass(frozen=True)
class Part:
    """Some firms, each with its district, and what counts about them as firm, fact and value (as text)."""

    firms: Sequence[tuple[int, str | None]]
    said: _Said


def said_in_parts(
    *, on: date, known_at: datetime, facts: Collection[str] | None = None, after: int = 0
) -> Iterator[Part]:
    """Yield every firm with what counts about it on a day, some firms at a time, so that any number fits in memory.

    `facts` narrows it to these, by their names without a year; `after` to firms beyond a key, to go on after a stop.
    """
    while True:
        rows = Firm.objects.filter(identifier_scheme=USCC, pk__gt=after).order_by("pk")
        some = list(rows.values_list("pk", "district_code")[:PER_PART])
        if not some:
            return
        first, after = some[0][0], some[-1][0]
        yield Part(some, _counting(None, on, known_at, first, after, facts))


def _counting(
    district_code: str | None,
    on: date,
    known_at: datetime,
    first: int = 0,
    last: int = _MOST,
    facts: Collection[str] | None = None,
) -> _Said:
    asked = {
        "district": district_code, "on": on, "known_at": known_at, "first": first, "last": last,
        "facts": None if facts is None else sorted(facts),
    }  # fmt: skip
    with scope(EVERYTHING), connection.cursor() as cursor:
        cursor.execute(_COUNTING, asked)
        found: _Said = cursor.fetchall()
    return found


def firm_count() -> int:
    """Return how many firms `said_in_parts` yields."""
    return Firm.objects.filter(identifier_scheme=USCC).count()


def last_statement_id() -> int:
    """Return a number that grows with all that rules read of firms: what was computed before it grew is old.

    It grows with each statement, each end of one, and each change of the register's own day or district of a firm.
    """
    tables = Statement, StatementEnd, RegisterChange
    return sum(int(table.objects.aggregate(last=Max("pk"))["last"] or 0) for table in tables)


def district_of_firms() -> Iterator[tuple[int, str | None]]:
    """Return every firm with its district."""
    return Firm.objects.values_list("id", "district_code").iterator(chunk_size=20_000)
