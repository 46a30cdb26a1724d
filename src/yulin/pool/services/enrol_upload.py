"""Enrol a checked file: read again, decided anew under the locks, written with its verdicts and its result at once.

Progress is told beside the transaction, so that it is seen while the work is still invisible. Whoever enrols the same
file at the same time waits, and then gets the answer of the first.
"""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import Any

from django.db import connection, transaction

from yulin.exchange.core.columns import ColumnMapping, guess_mapping
from yulin.exchange.core.reasons import WORDS
from yulin.exchange.core.typing import TypedFile, head_of, type_sheet
from yulin.exchange.core.verdicts import verdicts_of
from yulin.exchange.enums import UploadMode, UploadState
from yulin.exchange.errors import UploadStateError
from yulin.exchange.selectors import upload_for
from yulin.exchange.services import begin_enrolment, read_upload, record_enrolment, report_progress
from yulin.exchange.services.adding import add_verdicts
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor
from yulin.pool.adapters.packs import laws_of
from yulin.pool.core.deciding import Law
from yulin.pool.core.screening import SCREENING_REASONS, form_of, screening_words
from yulin.pool.errors import SchemeUnknownError, UploadNotReadyError
from yulin.pool.services.enrol_table import Enrolled, Order, Progress, enrol_table

_LOCK_SPACE = 0x59554C  # "YUL": advisory locks of uploads, apart from those of others


def enrol_upload(*, actor: Actor, upload_id: int) -> dict[str, Any]:
    """Enrol every row of a checked file that nothing refuses, or, in whole-file mode, all of them or none.

    The same file again, also at the same time, answers the same and changes nothing.

    Effects: the upload's state; then in one transaction firms, lines, enrolments, events, totals, numbers, the book's
    verdicts on rows, the upload's result, audit rows.
    Raises: `POOL.UPLOAD.NOT_READY`, `FILE.UPLOAD.NOT_FOUND`, and what reading the file may refuse.
    """
    upload = upload_for(actor, upload_id)
    if upload.state == UploadState.CHECKED.value:
        with suppress(UploadStateError):  # somebody else has just begun: wait for that answer
            begin_enrolment(actor=actor, upload_id=upload_id)
    with _progress_beside(upload_id) as progress, transaction.atomic(), scope(EVERYTHING):
        _wait_for_turn(upload_id)
        upload = upload_for(actor, upload_id)
        if upload.state == UploadState.ENROLLED.value:
            return dict(upload.result or {})
        if upload.state != UploadState.ENROLLING.value:
            raise UploadNotReadyError(upload=upload_id, state=str(upload.state))
        laws = laws_of(upload.scheme_id)
        if not laws:
            raise SchemeUnknownError(scheme=upload.scheme_id)
        typed = _typed(upload, laws)
        order = Order(
            bank_id=upload.bank_id,
            laws=laws,
            mode=UploadMode(upload.mode),
            upload_id=upload_id,
            letters=typed.letters,
            has_refused_rows=typed.valid.height < typed.row_count,
        )
        enrolled = enrol_table(actor=actor, order=order, loans=typed.valid, progress=progress)
        words = {**screening_words(laws), **WORDS}
        add_verdicts(
            upload=upload, table=typed.table, verdicts=verdicts_of(enrolled.findings, SCREENING_REASONS, words)
        )
        result = result_of(enrolled, refused_by_reading=typed.row_count - typed.valid.height)
        is_enrolled = enrolled.enrolled > 0 or enrolled.unchanged > 0
        record_enrolment(actor=actor, upload_id=upload_id, result=result, is_enrolled=is_enrolled)
    return result


def result_of(enrolled: Enrolled, *, refused_by_reading: int) -> dict[str, Any]:
    """Return what came of a file as plain JSON, as pages, the shell and the audit row say it."""
    return {
        "rows": enrolled.rows + refused_by_reading,
        "enrolled": enrolled.enrolled,
        "confirmed": sum(enrolled.by_state.get(state, 0) for state in ("confirmed", "active")),
        "conditional": enrolled.by_state.get("conditional", 0),
        "to_review": enrolled.by_state.get("submitted", 0),
        "unchanged": enrolled.unchanged,
        "refused": enrolled.refused + refused_by_reading,
        "amount_fen": enrolled.amount_fen,
        "first_number": enrolled.first_number,
        "last_number": enrolled.last_number,
    }


def _typed(upload: Any, laws: list[Law]) -> TypedFile:
    form = form_of(laws)
    sheet, mapping = read_upload(upload, form)
    chosen: ColumnMapping = mapping or guess_mapping(head_of(sheet, form), form)
    return type_sheet(sheet, form, chosen)


def _wait_for_turn(upload_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [_LOCK_SPACE, upload_id])


@contextmanager
def _progress_beside(upload_id: int) -> Iterator[Progress]:
    """Give a way to tell progress on a connection of its own; a report that fails never stops the work."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="progress") as beside:

        def tell(stage: str, done: int, total: int) -> None:
            beside.submit(report_progress, upload_id=upload_id, stage=stage, done=done, total=total)

        try:
            yield tell
        finally:
            beside.submit(_close_own_connection)


def _close_own_connection() -> None:
    connection.close()  # looked up here, so that it is the thread's own
