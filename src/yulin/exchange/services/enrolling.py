"""A checked file goes into the book: how strict, begun once, and what came of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction

from yulin.exchange.enums import UploadMode, UploadState
from yulin.exchange.models import Upload
from yulin.exchange.services._states import locked_upload
from yulin.kit import clock
from yulin.people.core.actors import Actor
from yulin.people.services import record_audit


def choose_mode(*, actor: Actor, upload_id: int, mode: UploadMode) -> Upload:
    """Choose whether one refused row stops the whole file.

    Effects: the upload's mode, an audit row. Raises: FILE.UPLOAD.STATE.
    """
    with transaction.atomic():
        upload = locked_upload(upload_id, UploadState.MAPPING, UploadState.CHECKED)
        upload.mode = mode.value
        upload.save(update_fields=["mode"])
        record_audit(
            actor=actor, action="exchange.choose_mode", subject=("upload", upload_id), facts={"mode": mode.value}
        )
    return upload


def begin_enrolment(*, actor: Actor, upload_id: int) -> Upload:
    """Mark a checked file as being enrolled; whoever begins it twice is told that it has begun.

    Effects: the upload's state, an audit row. Raises: FILE.UPLOAD.STATE.
    """
    with transaction.atomic():
        upload = locked_upload(upload_id, UploadState.CHECKED)
        upload.state, upload.stage = UploadState.ENROLLING.value, "decide"
        upload.rows_done = 0
        upload.save()
        record_audit(actor=actor, action="exchange.begin_enrolment", subject=("upload", upload_id))
    return upload


def record_enrolment(*, actor: Actor, upload_id: int, result: Mapping[str, Any], is_enrolled: bool = True) -> Upload:
    """Keep what came of an enrolment; one that was stopped leaves the file checked, to be mended.

    Effects: the upload's result and state, an audit row. Raises: FILE.UPLOAD.STATE.
    """
    with transaction.atomic():
        upload = locked_upload(upload_id, UploadState.ENROLLING)
        upload.result = dict(result)
        upload.state = (UploadState.ENROLLED if is_enrolled else UploadState.CHECKED).value
        upload.stage, upload.finished_at = "", clock.now() if is_enrolled else None
        upload.enrolled_count = int(result.get("enrolled", 0))
        upload.save()
        record_audit(actor=actor, action="exchange.record_enrolment", subject=("upload", upload_id), facts=dict(result))
    return upload
