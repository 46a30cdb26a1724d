"""Check an uploaded loan file: read, mapped, typed, judged by the law and against the book; nothing is enrolled."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import polars as pl

from yulin.base.errors import YulinError
from yulin.base.text import Text
from yulin.exchange.core.columns import ColumnMapping
from yulin.exchange.core.fields import return_form
from yulin.exchange.core.reasons import REASONS, WORDS
from yulin.exchange.core.sheets import Sheet
from yulin.exchange.core.typing import type_sheet
from yulin.exchange.core.verdicts import join_findings, refused_rows, tally_rows, verdicts_of
from yulin.exchange.enums import UploadKind
from yulin.exchange.selectors import upload_for
from yulin.exchange.services import (
    Check,
    await_mapping,
    fail_upload,
    read_upload,
    record_check,
    report_progress,
)
from yulin.people.core.actors import SYSTEM_ACTOR, Actor
from yulin.pool.adapters.packs import laws_of
from yulin.pool.core.book_findings import Sheet as FindingSheet
from yulin.pool.core.return_rows import CONTRADICTIONS, RETURN_REASONS, read_returns
from yulin.pool.core.screening import SCREENING_REASONS, form_of, screen_loans, screening_words
from yulin.pool.selectors.parties import with_parties
from yulin.pool.selectors.preview import on_capacity, view_of_book
from yulin.pool.selectors.uploads import form_of_upload
from yulin.pool.services.returns import enrolled_of, full_month

if TYPE_CHECKING:
    from yulin.exchange.models import Upload

ALL_REASONS = {**REASONS, **SCREENING_REASONS}
_LIMITS_PER_BORROWER = Text(
    "借款人没有统一编号，每笔借据按一个未识别主体登记；单户限额无法判断。",
    "Borrowers carry no identifier: each loan is one unresolved party, and limits per borrower stay unknown.",
)


def check_upload(*, actor: Actor, upload_id: int) -> None:
    """Read a loan file and keep its verdicts; ask for its columns where nobody has confirmed them.

    Effects: the upload's progress; then verdicts and counts, or the guess of its columns, or why it cannot be read.
    Checking again replaces the verdicts. Raises: FILE.UPLOAD.NOT_FOUND, FILE.UPLOAD.STATE.
    """
    upload = upload_for(SYSTEM_ACTOR, upload_id)
    started = time.monotonic()
    report_progress(upload_id=upload_id, stage="read", done=0, total=upload.rows_total)
    try:
        form = form_of_upload(upload.kind, upload.scheme_id)
        sheet, mapping = read_upload(upload, form)
        if mapping is None:
            await_mapping(actor=actor, upload_id=upload_id, sheet=sheet, form=form)
            return
        check = _check(upload, sheet, mapping, started)
    except YulinError as error:
        fail_upload(actor=actor, upload_id=upload_id, error=error)
        return
    record_check(actor=actor, upload_id=upload_id, check=check)


def _check(upload: Upload, sheet: Sheet, mapping: ColumnMapping, started: float) -> Check:
    if upload.kind == UploadKind.RETURNS:
        return _check_returns(upload, sheet, mapping, started)
    laws = laws_of(upload.scheme_id)
    form = form_of(laws)
    total = len(sheet.rows)
    report_progress(upload_id=upload.pk, stage="type", done=total // 4, total=total)
    typed = type_sheet(sheet, form, mapping)
    report_progress(upload_id=upload.pk, stage="judge", done=total // 2, total=total)
    letters = typed.letters
    view = view_of_book(typed.valid, laws, FindingSheet(letters), bank_id=upload.bank_id)
    free, on_parties = with_parties(view.free_loans, FindingSheet(letters), laws)
    screened = screen_loans(free, laws, letters, view.used_fen)
    findings = join_findings([typed.findings, view.duplicates, on_parties, screened.findings])
    good = screened.decided.filter(~pl.col("row").is_in(refused_rows(findings, ALL_REASONS).implode()))
    findings = join_findings([findings, on_capacity(good, laws, FindingSheet(letters))])
    report_progress(upload_id=upload.pk, stage="write", done=total * 3 // 4, total=total)
    enrolled_before = view.duplicates.filter(pl.col("code") == "POOL.LOAN.ENROLLED").get_column("row")
    refused = refused_rows(findings, ALL_REASONS)
    enrollable = typed.table.get_column("row")
    enrollable = enrollable.filter(~enrollable.is_in(refused.implode()) & ~enrollable.is_in(enrolled_before.implode()))
    return Check(
        typed=typed,
        tally=tally_rows(typed.row_count, findings, ALL_REASONS),
        verdicts=verdicts_of(findings, ALL_REASONS, {**screening_words(laws), **WORDS}),
        enrollable_rows=enrollable,
        milliseconds=int((time.monotonic() - started) * 1000),
        remarks=() if form.identifier_scheme == "USCC" else (_LIMITS_PER_BORROWER,),
    )


def _check_returns(upload: Upload, sheet: Sheet, mapping: ColumnMapping, started: float) -> Check:
    """Judge a month's return against the loans that the bank has enrolled."""
    typed = type_sheet(sheet, return_form(), mapping)
    month = full_month(upload.month)
    taken, on_book = read_returns(
        typed.valid, enrolled_of(upload.bank_id, month=month), month=month, letters=typed.letters
    )
    findings = join_findings([typed.findings, on_book])
    reasons = {**REASONS, **RETURN_REASONS}
    rows = typed.table.get_column("row")
    good = rows.filter(~rows.is_in(refused_rows(findings, reasons).implode()))
    report_progress(upload_id=upload.pk, stage="write", done=len(taken), total=max(typed.row_count, 1))
    return Check(
        typed=typed,
        tally=tally_rows(typed.row_count, findings, reasons),
        verdicts=verdicts_of(findings, reasons, {**WORDS, **CONTRADICTIONS}),
        enrollable_rows=good,
        milliseconds=int((time.monotonic() - started) * 1000),
    )
