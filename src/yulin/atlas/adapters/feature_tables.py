"""What a table of features is made of: the lake's parts, what the book alone says, and which codes lead to which firm.

Of a file's statements those count that the book has too: served, not struck out, of batches that were kept whole. What
the book says without a file (forms, corrections, the register) is copied out of it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
from django.db import connection
from django.db.models import Exists, Min, OuterRef

from yulin.atlas.adapters.statement_files import parts_of
from yulin.atlas.core.features import SAID, years_apart
from yulin.atlas.core.statements import DEFAULT_PRIORITY
from yulin.atlas.models import Candidate, Receipt, Statement, StatementEnd
from yulin.kit.row_security import EVERYTHING, scope
from yulin.rules.core.vocabulary import Vocabulary

USCC = "USCC"
_LAST = 32_767
_CODES = """
SELECT subject, firm_id FROM (
  SELECT identifier AS subject, identifier AS firm_id FROM atlas_firm WHERE identifier_scheme = 'USCC'
  UNION
  SELECT c.code, f.identifier FROM atlas_firmcode c JOIN atlas_firm f ON f.id = c.firm_id AND identifier_scheme = 'USCC'
) AS every ORDER BY firm_id COLLATE "C", subject COLLATE "C"
"""
_US = "(extract(epoch FROM {}) * 1000000)::bigint"
# The register's own day of registration is a statement of its source; its district stands in where nobody says one.
# A row without a code that was judged to be a firm stands in no file under the firm's code.
_BOOK = f"""
SELECT f.identifier, s.fact, s.value #>> '{{}}', s.source, s.valid_from, s.valid_until, {_US.format("s.known_at")},
  s.priority
FROM atlas_statement s JOIN atlas_firm f ON f.id = s.firm_id AND f.identifier_scheme = 'USCC'
WHERE (s.receipt_id IS NULL
    OR (s.firm_id, s.receipt_id, s."row") IN (SELECT c.firm_id, c.receipt_id, c."row" FROM atlas_candidate c))
  AND s.known_at <= %(known_at)s AND s.valid_from <= %(on)s
  AND (s.valid_until IS NULL OR s.valid_until > %(on)s)
  AND NOT EXISTS (
    SELECT FROM atlas_statementend e WHERE e.statement_id = s.id AND e.ends_on <= %(on)s AND e.known_at <= %(known_at)s
  )
UNION ALL
SELECT identifier, 'registered_on', registered_on::text, %(register)s, registered_on, NULL, {_US.format("created_at")},
  {DEFAULT_PRIORITY}
FROM atlas_firm WHERE identifier_scheme = 'USCC' AND registered_on IS NOT NULL
UNION ALL
SELECT identifier, 'district_code', district_code, %(register)s, '0001-01-01'::date, NULL, {_US.format("created_at")},
  {_LAST}
FROM atlas_firm WHERE identifier_scheme = 'USCC' AND district_code IS NOT NULL
"""  # noqa: S608 - our own constants


@dataclass(frozen=True)
class Files:
    """Parts that are read alike: the priority of their source then, what of them counts, what of it is struck out."""

    parts: tuple[Path, ...]
    priority: int
    facts: frozenset[str]
    struck: tuple[tuple[int, str], ...] = ()  # row and fact


@dataclass(frozen=True)
class FeatureTables:
    """Where all of it lies: `codes` (subject, firm_id, by firm), `book` (as `SAID`), and the lake's files."""

    codes: Path
    book: Path
    lake: tuple[Files, ...]

    @property
    def parts(self) -> Iterator[Path]:
        """Yield every part of the lake that is read."""
        return (part for files in self.lake for part in files.parts)

    def names(self) -> set[str]:
        """Return every name of a fact that a statement may have."""
        said = pl.scan_parquet(self.book).select(pl.col("fact").unique()).collect()["fact"]
        return set(said).union(*(files.facts for files in self.lake))


def feature_tables(folder: Path, vocabulary: Vocabulary, on: date, known_at: datetime) -> FeatureTables:
    """Copy what the book alone says into a folder, and find the parts of the lake. **Raises**: `ATLAS.LAKE.PART`."""
    asked = {"on": on, "known_at": known_at, "register": vocabulary.facts["registered_on"].source}
    said = {name: pl.Int64() if name == "known_at" else dtype for name, dtype in SAID.items()}
    with scope(EVERYTHING):  # for rules to decide by, as `facts_of` reads
        codes = _copied(folder / "codes.parquet", _CODES, {}, {"subject": pl.String(), "firm_id": pl.String()})
        book = _with_years(_copied(folder / "book.parquet", _BOOK, asked, said), vocabulary, on, known_at)
        lake = tuple(_lake(on, known_at))
    return FeatureTables(codes, book, lake)


def _copied(out: Path, query: str, asked: Mapping[str, Any], schema: Mapping[str, pl.DataType]) -> Path:
    """Write what a query finds as Parquet, passing it through a file, so that any number of rows fits in memory."""
    text = out.with_suffix(".csv")
    words = f"COPY ({query}) TO STDOUT (FORMAT csv)"  # an empty text is quoted, nothing at all is not
    with connection.cursor() as cursor, text.open("wb") as file, cursor.copy(words, asked) as copy:
        for data in copy:
            file.write(data)
    rows = (
        pl.scan_csv(text, has_header=False, schema=dict(schema)) if text.stat().st_size else pl.LazyFrame(schema=schema)
    )
    if "known_at" in schema:
        rows = rows.with_columns(pl.from_epoch("known_at", "us").dt.replace_time_zone("UTC"))
    rows.sink_parquet(out)
    text.unlink()
    return out


def _with_years(book: Path, vocabulary: Vocabulary, on: date, known_at: datetime) -> Path:
    """Take apart what says several years at once; only the book has such statements, a file has a column a year."""
    out = book.with_stem("years")
    years_apart(pl.scan_parquet(book), vocabulary, on, known_at).sink_parquet(out)
    book.unlink()
    return out


def _lake(on: date, known_at: datetime) -> Iterator[Files]:
    """Yield the files that count, those alike together; one with something struck out stands alone."""
    receipts = Receipt.objects.filter(known_at__lte=known_at, as_of__lte=on, batches_done__gt=0)
    rows = [
        one
        for one in receipts.select_related("source").order_by("pk")
        if one.source.contract["subject"]["scheme"] == USCC and not one.source.contract.get("particular")
    ]
    older = _older([one.pk for one in rows if one.contract_hash != one.source.contract_hash])
    struck = _struck(on, known_at)
    alike: dict[tuple[int, frozenset[str]], list[Path]] = defaultdict(list)
    for one in rows:
        is_current = one.contract_hash == one.source.contract_hash
        served = frozenset(fact for fact, field in one.source.contract["fields"].items() if field.get("serve"))
        found = {served: one.source.priority} if is_current else older.get(one.pk, {})
        for facts, priority in found.items():
            if not facts:
                continue
            parts = parts_of((one.source.code, one.file_sha256, one.contract_hash), one.batches_done)
            gone = tuple((row, fact) for row, fact in struck.get(one.pk, ()) if fact in facts)
            if gone:
                yield Files(tuple(parts), priority, facts, gone)
            else:
                alike[priority, facts] += parts
    for (priority, facts), paths in alike.items():
        yield Files(tuple(paths), priority, facts)


def _older(receipts: list[int]) -> dict[int, dict[frozenset[str], int]]:
    """Return, of files taken in under an earlier contract, what it served and how its source was believed then."""
    found: dict[int, dict[int, set[str]]] = defaultdict(lambda: defaultdict(set))
    if receipts:
        of_row = {"receipt": OuterRef("receipt"), "row": OuterRef("row"), "firm": OuterRef("firm")}
        in_files = Statement.objects.filter(~Exists(Candidate.objects.filter(**of_row)), receipt_id__in=receipts)
        rows = in_files.order_by().values_list("receipt_id", "fact")
        for receipt, fact, priority in rows.annotate(then=Min("priority")):
            found[receipt][priority].add(fact)
    return {one: {frozenset(facts): then for then, facts in by.items()} for one, by in found.items()}


def _struck(on: date, known_at: datetime) -> dict[int, list[tuple[int, str]]]:
    """Return row and fact of what has ended by the day, by the receipt of its file."""
    ends = StatementEnd.objects.filter(ends_on__lte=on, known_at__lte=known_at, statement__receipt__isnull=False)
    found: dict[int, list[tuple[int, str]]] = defaultdict(list)
    rows = ends.values_list("statement__receipt_id", "statement__row", "statement__fact").distinct()
    for receipt, row, fact in rows.iterator(chunk_size=5000):
        found[receipt].append((int(row or 0), fact))
    return found
