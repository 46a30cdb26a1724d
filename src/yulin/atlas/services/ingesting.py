"""A source's file taken in: streamed in batches, each kept whole or not at all, resumable, and never twice."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import polars as pl
from django.db import connection, transaction

from yulin.atlas.adapters.source_files import Batch, read_batches
from yulin.atlas.adapters.staged_firms import claims_to_known_codes, named_otherwise, register_staged, stage_firms
from yulin.atlas.adapters.statement_files import Stamp, write_quarantine, write_statements
from yulin.atlas.core.contracts import SourceContract
from yulin.atlas.core.handover import changes_hands
from yulin.atlas.core.intake import QUARANTINE, Intake, keep_out, nothing_seen, take_rows
from yulin.atlas.core.particular_rows import ParticularRow, particular_rows
from yulin.atlas.core.quality import add_quality, broken_promise, drift_of
from yulin.atlas.enums import FieldType, Problem, ReceiptState
from yulin.atlas.errors import SchemaDriftError
from yulin.atlas.errors.lake import FileOfTomorrowError
from yulin.atlas.models import FactChange, Receipt, Source
from yulin.atlas.services.identifying import raise_candidates
from yulin.atlas.services.naming import follow_names, keep_former_names
from yulin.base.errors import YulinError
from yulin.kit import clock
from yulin.kit.row_security import EVERYTHING, scope
from yulin.kit.tasks import defer
from yulin.people.core.actors import Actor
from yulin.people.services import record_audit

BATCH_ROWS = 50_000
_HASH_CHUNK = 1 << 20
_NOTED_AT_ONCE = 5_000

_KEEP_PARTICULARS = """
INSERT INTO atlas_particular
  (firm_id, kind, key, value, source, valid_from, valid_until, known_at, priority, receipt_id, "row", original)
SELECT f.id, %(kind)s, one.key, one.value::jsonb, %(source)s, one.since, one.until, %(known_at)s, %(priority)s,
  %(receipt)s, one.row, one.original
FROM unnest(%(subjects)s::text[], %(keys)s::text[], %(values)s::text[], %(since)s::date[], %(until)s::date[],
  %(rows)s::int[], %(originals)s::text[]) AS one (subject, key, value, since, until, "row", original)
JOIN LATERAL (
  SELECT id FROM atlas_firm WHERE identifier_scheme = %(scheme)s AND identifier = one.subject
  UNION SELECT firm_id FROM atlas_firmcode WHERE %(scheme)s = 'USCC' AND code = one.subject
) f ON TRUE
"""
_SERVE = """
INSERT INTO atlas_statement (firm_id, fact, value, source, valid_from, known_at, priority, receipt_id, "row", original)
SELECT f.id, one.fact, one.value::jsonb, %(source)s, %(as_of)s, %(known_at)s, %(priority)s, %(receipt)s,
  one.row, one.original
FROM unnest(%(subjects)s::text[], %(facts)s::text[], %(values)s::text[], %(rows)s::int[], %(originals)s::text[])
  AS one (subject, fact, value, "row", original)
JOIN LATERAL (
  SELECT id FROM atlas_firm WHERE identifier_scheme = %(scheme)s AND identifier = one.subject
  UNION SELECT firm_id FROM atlas_firmcode WHERE %(scheme)s = 'USCC' AND code = one.subject
) f ON TRUE
ORDER BY f.id, one.fact
"""
# As the triggers of 0014: only of firms that let in a partner with terms of its own.
_HEARD = """
SELECT DISTINCT f.id, one.subject
FROM unnest(%(subjects)s::text[]) AS one (subject)
JOIN LATERAL (
  SELECT id FROM atlas_firm WHERE identifier_scheme = %(scheme)s AND identifier = one.subject
  UNION SELECT firm_id FROM atlas_firmcode WHERE %(scheme)s = 'USCC' AND code = one.subject
) f ON TRUE
WHERE EXISTS (
  SELECT FROM atlas_consent c JOIN atlas_outlet o ON o.organisation_id = c.organisation_id WHERE c.firm_id = f.id
)
"""
_IS_ANY_HEARD = """
SELECT EXISTS (SELECT FROM atlas_consent c JOIN atlas_outlet o ON o.organisation_id = c.organisation_id)
"""


@dataclass(frozen=True)
class Delivery:
    """A file as a source delivered it: where it lies, the day its content stands for, when it was fetched."""

    path: Path
    as_of: date
    fetched_at: datetime | None = None
    batch_rows: int = BATCH_ROWS


def ingest_file(
    *, actor: Actor, contract: SourceContract, content: dict[str, Any], delivery: Delivery
) -> tuple[Receipt, bool]:
    """Take a file in and return its receipt, and whether anything was done: a file that was taken in is not read again.

    Each batch is one transaction: the firms that are new, the statements that rules read, and how far the file is. Its
    Parquet is written before; a crash between the two repeats the same part. Raises: `ATLAS.SOURCE.FILE` (batches
    before it stay), `ATLAS.SOURCE.DRIFT`, `ATLAS.SOURCE.AS_OF` (nothing is written), the FILE.* codes of a workbook.
    Effects: `Source`, `Receipt`, `Firm`, `FirmFormerName`, `Statement`, `Candidate` rows; Parquet parts; an audit row a
    batch, one for candidates and one at the end.
    """
    if delivery.as_of > clock.business_date():
        raise FileOfTomorrowError(file=delivery.path.name, as_of=delivery.as_of, today=clock.business_date())
    receipt = _receipt(actor, contract, content, delivery)
    if receipt.state == ReceiptState.DONE:
        return receipt, False
    stamp = _stamp(receipt, contract)
    seen = nothing_seen()
    try:
        for number, batch in enumerate(read_batches(delivery.path, receipt.batch_rows)):
            taken = take_rows(batch.rows, contract, seen, clock.business_date())
            seen = taken.seen
            if number == 0:
                _check_promise(batch, taken, contract, delivery.path.name)
            if number >= receipt.batches_done:
                _keep_batch(actor, receipt, contract, _Kept(number, batch, taken, stamp))
    except YulinError:
        _finish(actor, receipt, ReceiptState.STOPPED)
        raise
    raise_candidates(actor=actor, receipt=receipt)
    _finish(actor, receipt, ReceiptState.DONE)
    defer("atlas.spell_firms", once_as="atlas.spell_firms")
    return receipt, True


@dataclass(frozen=True)
class _Kept:
    """A batch about to be kept: its number, as read, as taken, and what its statements have in common."""

    number: int
    batch: Batch
    taken: Intake
    stamp: Stamp

    @property
    def quarantine(self) -> pl.DataFrame:
        """Return what is kept out: lines that are no rows, rows, cells."""
        lines = [
            (row, None, problem.value, raw, raw, None, self.batch.needed.get(problem))
            for row, problem, raw in self.batch.unreadable
        ]
        return pl.concat([self.taken.quarantine, pl.DataFrame(lines, schema=QUARANTINE, orient="row")])


def keep_source(contract: SourceContract, content: dict[str, Any]) -> Source:
    """Keep a source as its contract stands now. Effects: one `Source`."""
    source, _ = Source.objects.update_or_create(
        code=contract.id,
        defaults={
            "title_zh": contract.title.zh,
            "title_en": contract.title.en,
            "owner": contract.owner,
            "licence": contract.licence,
            "priority": contract.priority,
            "contract_hash": contract.content_hash,
            "contract": json.loads(json.dumps(content, default=str)),
        },
    )
    return source


def _receipt(actor: Actor, contract: SourceContract, content: dict[str, Any], delivery: Delivery) -> Receipt:
    digest = hashlib.sha256()
    with delivery.path.open("rb") as file:
        while chunk := file.read(_HASH_CHUNK):
            digest.update(chunk)
    known_at = clock.now()
    with transaction.atomic():
        source = keep_source(contract, content)
        receipt, is_new = Receipt.objects.get_or_create(
            source=source,
            file_sha256=digest.hexdigest(),
            contract_hash=contract.content_hash,
            defaults={
                "file_name": delivery.path.name[-255:],
                "as_of": delivery.as_of,
                "known_at": known_at,
                "fetched_at": delivery.fetched_at or known_at,
                "state": str(ReceiptState.READING),
                "batch_rows": delivery.batch_rows,
            },
        )
        if is_new:
            facts = {"source": source.code, "file": receipt.file_sha256, "contract": contract.content_hash}
            record_audit(actor=actor, action="atlas.receive_file", subject=("receipt", receipt.pk), facts=facts)
    return receipt


def _stamp(receipt: Receipt, contract: SourceContract) -> Stamp:
    return Stamp(
        source=contract.id,
        file_sha256=receipt.file_sha256,
        contract_hash=contract.content_hash,
        licence=contract.licence,
        confidence_bp=contract.confidence_bp,
        as_of=receipt.as_of,
        known_at=receipt.known_at,
        fetched_at=receipt.fetched_at,
    )


def _check_promise(batch: Batch, taken: Intake, contract: SourceContract, file: str) -> None:
    why = broken_promise(batch.rows.columns, taken, contract)
    if why is not None:
        raise SchemaDriftError(file=file, why=why)


def _keep_batch(actor: Actor, receipt: Receipt, contract: SourceContract, kept: _Kept) -> None:
    """Write a batch in one transaction: firms, Parquet, served statements, and how far the receipt is.

    The Parquet is written before the transaction ends: after a crash in between, the same part is written again.
    """
    with transaction.atomic():
        # Two processes with one file take turns, and the second finds the batch done.
        now = Receipt.objects.select_for_update().get(pk=receipt.pk)
        if now.batches_done > kept.number:
            return
        stage_firms(kept.taken.firms)
        kept = _without_handovers(kept, contract)
        kept, particulars = _particulars(kept, contract, now.as_of)
        left_out = list(set(kept.quarantine.filter(pl.col("fact").is_null())["row"]))
        has_names = contract.naming is not None and contract.naming.is_current
        renamed = named_otherwise(contract.identifier_scheme, contract.id, now.as_of) if has_names else []
        made, filled_in = register_staged(contract.identifier_scheme, left_out)
        write_statements(kept.stamp, kept.number, kept.taken.statements)
        write_quarantine(kept.stamp, kept.number, kept.quarantine)
        _serve(now, contract, kept.taken.statements)
        _keep_particulars(now, contract, particulars)
        _note_changes(contract, kept.taken.statements)
        to_name = dict.fromkeys(firm for row, firm in renamed if row not in left_out)
        follow_names(actor=actor, receipt=now, source=contract.id, firm_ids=to_name)
        keep_former_names(actor=actor, receipt=now, contract=contract, taken=kept.taken)
        _count(now, kept, contract)
        now.save()
        facts = {"batch": kept.number, "made": made, "filled_in": filled_in, "taken": kept.taken.firms.height}
        record_audit(actor=actor, action="atlas.ingest_batch", subject=("receipt", now.pk), facts=facts)
    receipt.refresh_from_db()


def _without_handovers(kept: _Kept, contract: SourceContract) -> _Kept:
    """Keep out rows whose code belongs to a firm of another name and another day of registration."""
    handed = changes_hands(claims_to_known_codes(contract.identifier_scheme))
    if not handed.height:
        return kept
    raw = kept.batch.rows.join(handed.select("row"), on="row", how="semi")
    raw = raw.select("row", raw=pl.struct(pl.exclude("row")).struct.json_encode())
    return replace(kept, taken=keep_out(kept.taken, handed.join(raw, on="row")))


def _particulars(kept: _Kept, contract: SourceContract, as_of: date) -> tuple[_Kept, list[ParticularRow]]:
    """Return a batch's particulars, and the batch without rows that end before they begin."""
    if contract.particular is None:
        return kept, []
    rows, reversed_rows = particular_rows(kept.taken.statements, contract, as_of)
    if not reversed_rows:
        return kept, rows
    raw = kept.batch.rows.filter(pl.col("row").is_in(reversed_rows))
    out = raw.select(
        "row",
        problem=pl.lit(Problem.ENDS_BEFORE.value),
        found=pl.col(contract.ends_column or ""),
        column=pl.lit(contract.ends_column),
        needed=pl.col(contract.begins_column) if contract.begins_column else pl.lit(as_of.isoformat()),
        raw=pl.struct(pl.exclude("row")).struct.json_encode(),
    )
    return replace(kept, taken=keep_out(kept.taken, out)), rows


def _keep_particulars(receipt: Receipt, contract: SourceContract, rows: list[ParticularRow]) -> None:
    """Add a batch's particulars to the book."""
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            _KEEP_PARTICULARS,
            {
                "kind": str(contract.particular),
                "scheme": contract.identifier_scheme,
                "source": contract.id,
                "known_at": receipt.known_at,
                "priority": contract.priority,
                "receipt": receipt.pk,
                "subjects": [one.subject for one in rows],
                "keys": [one.key for one in rows],
                "values": [json.dumps(one.value, ensure_ascii=False) for one in rows],
                "since": [one.valid_from for one in rows],
                "until": [one.valid_until for one in rows],
                "rows": [one.row for one in rows],
                "originals": [one.original.replace("\0", "") for one in rows],
            },
        )


def _serve(receipt: Receipt, contract: SourceContract, statements: pl.DataFrame) -> None:
    """Add the statements that rules read to the book."""
    types = {field.fact: field.type for field in contract.fields if field.is_served}
    rows = statements.filter(pl.col("predicate").is_in(list(types)))
    if not rows.height:
        return
    quoted = {FieldType.TEXT, FieldType.DATE}
    values = [
        json.dumps(value.replace("\0", ""), ensure_ascii=False) if types[fact] in quoted else value
        for fact, value in rows.select("predicate", "value").iter_rows()
    ]
    with connection.cursor() as cursor:
        cursor.execute(
            _SERVE,
            {
                "scheme": contract.identifier_scheme,
                "source": contract.id,
                "as_of": receipt.as_of,
                "known_at": receipt.known_at,
                "priority": contract.priority,
                "receipt": receipt.pk,
                "subjects": rows["subject"].to_list(),
                "facts": rows["predicate"].to_list(),
                "values": values,
                "rows": rows["row"].to_list(),
                "originals": rows["original"].str.replace_all("\0", "", literal=True).to_list(),
            },
        )


def _note_changes(contract: SourceContract, statements: pl.DataFrame) -> None:
    """Note what changed of facts that stand in the lake alone; of what the book holds the database itself notes it."""
    in_the_book = [field.fact for field in contract.fields if field.is_served]
    rows = statements.filter(~pl.col("predicate").is_in(in_the_book)).select("subject", "predicate").unique()
    if contract.particular is not None or not rows.height:
        return
    with scope(EVERYTHING), connection.cursor() as cursor:
        cursor.execute(_IS_ANY_HEARD)
        if not cursor.fetchone()[0]:
            return
        subjects = rows["subject"].unique().to_list()
        cursor.execute(_HEARD, {"scheme": contract.identifier_scheme, "subjects": subjects})
        heard = pl.DataFrame(cursor.fetchall(), schema={"firm": pl.Int64, "subject": pl.String}, orient="row")
    changed = rows.join(heard, on="subject").select("firm", "predicate").unique().sort("firm", "predicate")
    FactChange.objects.bulk_create(
        (FactChange(firm_id=firm, fact=fact) for firm, fact in changed.iter_rows()), batch_size=_NOTED_AT_ONCE
    )


def _count(receipt: Receipt, kept: _Kept, contract: SourceContract) -> None:
    quarantine = kept.quarantine
    whole_rows = quarantine.filter(pl.col("fact").is_null())
    receipt.rows_read += kept.taken.read + len(kept.batch.unreadable)
    receipt.rows_taken += kept.taken.firms.height
    receipt.rows_repeated += kept.taken.repeated
    receipt.rows_kept_out += whole_rows.height
    receipt.cells_kept_out += quarantine.height - whole_rows.height
    receipt.statement_count += kept.taken.statements.height
    receipt.batches_done = kept.number + 1
    problems = Counter(
        {
            (fact or "", problem): count
            for fact, problem, count in quarantine.group_by("fact", "problem").len().iter_rows()
        }
    )
    receipt.quality = add_quality(receipt.quality, kept.taken, problems)
    if kept.number == 0:
        receipt.drift = drift_of(kept.batch.rows.columns, contract)


@transaction.atomic
def _finish(actor: Actor, receipt: Receipt, state: ReceiptState) -> None:
    receipt.state = str(state)
    receipt.save(update_fields=["state"])
    record_audit(
        actor=actor,
        action="atlas.ingest_file",
        subject=("receipt", receipt.pk),
        facts={
            "state": receipt.state,
            "rows_read": receipt.rows_read,
            "rows_taken": receipt.rows_taken,
            "rows_repeated": receipt.rows_repeated,
            "rows_kept_out": receipt.rows_kept_out,
            "statements": receipt.statement_count,
        },
    )
