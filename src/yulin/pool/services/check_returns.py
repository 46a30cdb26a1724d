"""Check an uploaded monthly return: read, mapped, typed, matched to the bank's enrolments; nothing is taken yet."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from yulin.base.errors import YulinError
from yulin.exchange.core.fields import return_form
from yulin.exchange.core.reasons import REASONS, WORDS
from yulin.exchange.core.typing import TypedFile, type_sheet
from yulin.exchange.core.verdicts import join_findings, refused_rows, tally_rows, verdicts_of
from yulin.exchange.selectors import upload_for
from yulin.exchange.services import Check, await_mapping, fail_upload, read_upload, record_check, report_progress
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import SYSTEM_ACTOR, Actor
from yulin.pool.core.return_rows import CONTRADICTIONS, RETURN_REASONS, read_returns
from yulin.pool.services.returns import enrolled_of, full_month

if TYPE_CHECKING:
    from yulin.exchange.models import Upload

_ALL_REASONS = {**REASONS, **RETURN_REASONS}


def check_returns(*, actor: Actor, upload_id: int) -> None:
    """Read a return file and keep its verdicts; ask for its columns where nobody has confirmed them.

    Effects: verdicts and counts, or the guess of its columns, or why it cannot be taken. Checking again replaces them.
    """
    upload = upload_for(SYSTEM_ACTOR, upload_id)
    started = time.monotonic()
    report_progress(upload_id=upload_id, stage="read", done=0, total=upload.rows_total)
    try:
        full_month(upload.month)
        sheet, mapping = read_upload(upload, return_form())
        if mapping is None:
            await_mapping(actor=actor, upload_id=upload_id, sheet=sheet, form=return_form())
            return
        typed = type_sheet(sheet, return_form(), mapping)
        check = _check(upload, typed, started)
    except YulinError as error:
        fail_upload(actor=actor, upload_id=upload_id, error=error)
        return
    record_check(actor=actor, upload_id=upload_id, check=check)


def _check(upload: Upload, typed: TypedFile, started: float) -> Check:
    month = full_month(upload.month)
    with scope(EVERYTHING):
        enrolled = enrolled_of(upload.bank_id, month=month)
    _, found = read_returns(typed.valid, enrolled, month=month, letters=typed.letters)
    findings = join_findings([typed.findings, found])
    rows = typed.table.get_column("row")
    return Check(
        typed=typed,
        tally=tally_rows(typed.row_count, findings, _ALL_REASONS),
        verdicts=verdicts_of(findings, _ALL_REASONS, {**WORDS, **CONTRADICTIONS}),
        enrollable_rows=rows.filter(~rows.is_in(refused_rows(findings, _ALL_REASONS).implode())),
        milliseconds=int((time.monotonic() - started) * 1000),
    )
