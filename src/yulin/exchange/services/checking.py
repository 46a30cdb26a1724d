"""A file is read in the background: its columns named or asked for, its verdicts kept, its failure said."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

import polars as pl
from django.db import connection, transaction

from yulin.base.errors import YulinError
from yulin.base.ids import is_like_personal_id, normalise_code
from yulin.base.text import Text
from yulin.exchange.adapters.bounds import upload_bounds
from yulin.exchange.adapters.files import read_bytes
from yulin.exchange.core.codes import masked
from yulin.exchange.core.columns import ColumnMapping as Columns
from yulin.exchange.core.columns import apply_kept, guess_mapping
from yulin.exchange.core.fields import FileForm
from yulin.exchange.core.sheets import Sheet, unescape
from yulin.exchange.core.typing import TypedFile, head_of, is_blank_row
from yulin.exchange.core.verdicts import Tally, Verdict
from yulin.exchange.enums import UploadState
from yulin.exchange.models import Upload, UploadVerdict
from yulin.exchange.selectors import kept_mappings
from yulin.exchange.services._states import locked_upload
from yulin.kit import clock
from yulin.kit.documents import read_document, store
from yulin.people.core.actors import Actor
from yulin.people.services import record_audit

_PREVIEW_ROWS = 10
_PAST_READING = frozenset({UploadState.ENROLLING, UploadState.ENROLLED})
_READING = tuple(state for state in UploadState if state not in _PAST_READING)
_COLUMNS = (
    "upload_id, bank_id, row, cell, field, code, severity, found, needed, message_zh, message_en, next_zh, next_en,"
    " firm_name, loan_number, amount_fen"
)
# A table under row-level security takes no COPY, so the rows come through one without.
_STAGE = "CREATE TEMPORARY TABLE staged_verdict (LIKE exchange_uploadverdict) ON COMMIT DROP"
_KEEP = f"INSERT INTO exchange_uploadverdict ({_COLUMNS}) SELECT {_COLUMNS} FROM staged_verdict"  # noqa: S608 - no input


@dataclass(frozen=True)
class Check:
    """What checking a file came to."""

    typed: TypedFile
    tally: Tally
    verdicts: Iterable[Verdict]
    enrollable_rows: pl.Series
    milliseconds: int
    remarks: Sequence[Text] = field(default=())


def read_upload(upload: Upload, form: FileForm) -> tuple[Sheet, Columns | None]:
    """Return the sheet of an upload and the mapping by which to read it: the one chosen for it, or the bank's own.

    None means that nobody has confirmed a mapping whose columns this file has. Raises: FILE.* codes.
    """
    sheet = read_bytes(read_document(upload.sha256), upload.file_name, upload_bounds())
    head = head_of(sheet, form)
    if upload.columns and upload.are_columns_confirmed:
        return sheet, apply_kept(Columns.from_json(upload.columns), head, form)
    kept = (apply_kept(mapping, head, form) for mapping in kept_mappings(upload.bank_id, upload.kind))
    return sheet, next((mapping for mapping in kept if mapping is not None), None)


def report_progress(*, upload_id: int, stage: str, done: int, total: int) -> None:
    """Say how far the work on an upload is.

    Effects: the upload's progress, committed at once where no transaction is open. No audit row: nothing is decided.
    """
    Upload.objects.filter(pk=upload_id).update(stage=stage, rows_done=done, rows_total=total)


def await_mapping(*, actor: Actor, upload_id: int, sheet: Sheet, form: FileForm) -> None:
    """Keep the guess and the first ten rows, and wait for a person to confirm the columns.

    Effects: the upload's guess, preview and state, an audit row.
    """
    head = head_of(sheet, form)
    rows = [[_cell_text(cell) for cell in row] for row in sheet.rows[head.row + 1 :] if not is_blank_row(row)][
        :_PREVIEW_ROWS
    ]
    with transaction.atomic():
        upload = locked_upload(upload_id, *_READING)
        upload.columns, upload.are_columns_confirmed = guess_mapping(head, form).as_json(), False
        upload.preview, upload.sheet_name, upload.head_row = rows, sheet.name[:120], head.row + 1
        upload.remarks = [_kept(remark) for remark in sheet.remarks]
        upload.state, upload.stage = UploadState.MAPPING.value, ""
        upload.save()
        record_audit(actor=actor, action="exchange.await_mapping", subject=("upload", upload_id))


def _cell_text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else f"{cell:.15G}"
    text = unescape(str(cell))
    return masked(text) if is_like_personal_id(normalise_code(text)) else text[:60]


def record_check(*, actor: Actor, upload_id: int, check: Check) -> None:
    """Keep the verdicts and counts of a checked file, in place of those of an earlier check.

    Effects: the upload's verdicts, the list of rows without any, counts, mapping and state, an audit row.
    """
    typed, tally = check.typed, check.tally
    shown = {line["row"]: line for line in typed.table.select("row", *shown_columns(typed.table)).iter_rows(named=True)}
    amounts = typed.table.select("row", _amount_of(typed.table))
    with transaction.atomic():
        upload = locked_upload(upload_id, *_READING)
        UploadVerdict.objects.filter(upload=upload).delete()
        flagged: set[int] = set()
        copy_verdicts(upload, _noting(check.verdicts, flagged), shown)
        upload.accepted_sha256 = _keep_accepted(typed.table, flagged)
        upload.rows_total, upload.accepted_count = tally.rows, tally.accepted
        upload.warned_count, upload.refused_count = tally.warned, tally.refused
        upload.enrollable_count = check.enrollable_rows.len()
        upload.amount_fen = int(amounts.get_column("amount").sum())
        good = amounts.filter(pl.col("row").is_in(check.enrollable_rows.implode()))
        upload.enrollable_amount_fen = int(good.get_column("amount").sum())
        upload.columns, upload.are_columns_confirmed = typed.mapping.as_json(), True
        upload.sheet_name, upload.head_row = typed.sheet_name[:120], typed.head.row + 1
        upload.remarks = [_kept(remark) for remark in (*typed.remarks, *check.remarks)]
        upload.check_milliseconds, upload.checked_at = check.milliseconds, clock.now()
        upload.state, upload.error, upload.stage = UploadState.CHECKED.value, None, ""
        upload.rows_done = tally.rows
        upload.save()
        facts = {"rows": tally.rows, "accepted": tally.accepted, "warned": tally.warned, "refused": tally.refused}
        record_audit(actor=actor, action="exchange.record_check", subject=("upload", upload_id), facts=facts)


def _noting(verdicts: Iterable[Verdict], rows: set[int]) -> Iterator[Verdict]:
    """Yield verdicts and note the rows that have one."""
    for verdict in verdicts:
        rows.add(verdict.row)
        yield verdict


def _keep_accepted(table: pl.DataFrame, flagged: set[int]) -> str:
    """Keep the rows without a finding as a document of a few columns; return its digest."""
    accepted = table.select("row", *shown_columns(table)).filter(~pl.col("row").is_in(list(flagged)))
    content = BytesIO()
    accepted.write_parquet(content)
    return store(content.getvalue())


def shown_columns(table: pl.DataFrame) -> list[pl.Expr]:
    """Return the columns of a typed table that stand beside a verdict."""
    return [pl.col("firm_name").fill_null(""), pl.col("loan_number").fill_null(""), _amount_of(table)]


def _amount_of(table: pl.DataFrame) -> pl.Expr:
    name = "loan_amount_fen" if "loan_amount_fen" in table.columns else "outstanding_fen"
    return pl.col(name).alias("amount")


def copy_verdicts(upload: Upload, verdicts: Iterable[Verdict], shown: dict[int, dict[str, object]]) -> None:
    """Write verdicts in one COPY, each with what is shown of its row."""
    with connection.cursor() as cursor:
        cursor.execute("DROP TABLE IF EXISTS staged_verdict")
        cursor.execute(_STAGE)
        cursor.execute("ALTER TABLE staged_verdict ALTER COLUMN id DROP NOT NULL")
        with cursor.copy(f"COPY staged_verdict ({_COLUMNS}) FROM STDIN") as copy:
            _write_verdicts(copy, upload, verdicts, shown)
        cursor.execute(_KEEP)


def _write_verdicts(
    copy: Any, upload: Upload, verdicts: Iterable[Verdict], shown: Mapping[int, Mapping[str, object]]
) -> None:
    for verdict in verdicts:
        line = shown.get(verdict.row, {})
        copy.write_row(
            (
                upload.pk,
                upload.bank_id,
                verdict.row,
                verdict.cell,
                verdict.field,
                verdict.code,
                verdict.severity.value,
                verdict.found[:400],
                verdict.needed[:400],
                verdict.message.zh,
                verdict.message.en,
                verdict.next.zh,
                verdict.next.en,
                line.get("firm_name", ""),
                line.get("loan_number", ""),
                line.get("amount"),
            )
        )


def fail_upload(*, actor: Actor, upload_id: int, error: YulinError) -> None:
    """Say why a file could not be read; nothing of it is kept but the document and the reason.

    Effects: the upload's error and state, an audit row.
    """
    with transaction.atomic():
        upload = locked_upload(upload_id, *_READING)
        UploadVerdict.objects.filter(upload=upload).delete()
        envelope_zh, envelope_en = error.envelope("zh-hans"), error.envelope("en")
        upload.error = {
            "code": error.code,
            "message": {"zh": envelope_zh["message"], "en": envelope_en["message"]},
            "hint": {"zh": envelope_zh["hint"], "en": envelope_en["hint"]},
        }
        upload.state, upload.stage = UploadState.FAILED.value, ""
        upload.save()
        record_audit(
            actor=actor, action="exchange.fail_upload", subject=("upload", upload_id), facts={"code": error.code}
        )


def _kept(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}
