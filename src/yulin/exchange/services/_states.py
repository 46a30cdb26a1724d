"""An upload under its lock, in one of the states that a step asks for."""

from __future__ import annotations

from yulin.base.text import Text
from yulin.exchange.enums import STATE_TEXTS, UploadState
from yulin.exchange.errors import UploadNotFoundError, UploadStateError
from yulin.exchange.models import Upload


def locked_upload(upload_id: int, *states: UploadState) -> Upload:
    """Return an upload locked until the transaction ends.

    Raises: FILE.UPLOAD.NOT_FOUND, FILE.UPLOAD.STATE.
    """
    upload = Upload.objects.select_for_update().filter(pk=upload_id).first()
    if upload is None:
        raise UploadNotFoundError(upload_id)
    if states and UploadState(upload.state) not in states:
        zh = "、".join(STATE_TEXTS[state].zh for state in states)
        en = " / ".join(STATE_TEXTS[state].en for state in states)
        raise UploadStateError(upload_id, upload.state_text, Text(zh, en))
    return upload
