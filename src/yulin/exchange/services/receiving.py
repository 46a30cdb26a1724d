"""A file comes in, and its columns are named. The same content sent again is the same upload."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import IO

from django.core.files import File
from django.db import transaction
from django.db.models import Max

from yulin.exchange.core.columns import ColumnMapping as Columns
from yulin.exchange.enums import UploadKind, UploadMode, UploadState
from yulin.exchange.errors import FileTooLargeError
from yulin.exchange.models import ColumnMapping, Upload, UploadVerdict
from yulin.exchange.services._states import locked_upload
from yulin.kit import documents
from yulin.kit.errors import UploadTooLargeError
from yulin.people.core.actors import Actor
from yulin.people.services import record_audit

_BEFORE_ENROLMENT = (UploadState.RECEIVED, UploadState.MAPPING, UploadState.CHECKED, UploadState.FAILED)


@dataclass(frozen=True)
class Parcel:
    """What comes with a file: what it holds, under which scheme or for which month, and how strict it is."""

    bank_id: int
    kind: UploadKind = UploadKind.LOANS
    scheme_id: str = ""
    month: date | None = None
    mode: UploadMode = UploadMode.VALID_ROWS


def receive_upload(
    *, actor: Actor, parcel: Parcel, file_name: str, content: bytes | IO[bytes] | File[bytes], limit_bytes: int
) -> tuple[Upload, bool]:
    """Keep a file and return its upload, and whether it is new.

    The same content of the same bank and kind is the same upload: nothing is doubled. Before it is enrolled, sending it
    again under another scheme or mode starts its check anew.

    Effects: the document, the upload, an audit row. Raises: FILE.TOO_LARGE.
    """
    try:
        sha256 = documents.store(content, limit_bytes=limit_bytes, name=file_name)
    except UploadTooLargeError as error:
        raise FileTooLargeError(file_name, int(error.facts["found_bytes"]), limit_bytes) from error
    size = len(content) if isinstance(content, bytes) else content.seek(0, 2)
    with transaction.atomic():
        upload, is_new = Upload.objects.select_for_update().get_or_create(
            bank_id=parcel.bank_id,
            kind=str(parcel.kind),
            sha256=sha256,
            defaults={
                "file_name": file_name[:255],
                "size_bytes": size,
                "scheme_id": parcel.scheme_id,
                "month": parcel.month,
                "mode": str(parcel.mode),
                "created_by_user_id": actor.user_id,
            },
        )
        is_other = (upload.scheme_id, upload.month) != (parcel.scheme_id, parcel.month)
        if not is_new and is_other and UploadState(upload.state) in _BEFORE_ENROLMENT:
            upload.scheme_id, upload.month, upload.mode = parcel.scheme_id, parcel.month, str(parcel.mode)
            _start_anew(upload)
            is_new = True
        facts = {"file": upload.file_name, "sha256": sha256, "scheme": upload.scheme_id, "is_new": is_new}
        record_audit(actor=actor, action="exchange.receive_upload", subject=("upload", upload.pk), facts=facts)
    return upload, is_new


def _start_anew(upload: Upload) -> None:
    UploadVerdict.objects.filter(upload=upload).delete()
    upload.state, upload.error, upload.stage = UploadState.RECEIVED.value, None, ""
    upload.rows_done = 0
    upload.save()


def save_mapping(*, actor: Actor, upload_id: int, mapping: Columns) -> Upload:
    """Take the columns as a person named them, keep them for the bank's next file, and start the check.

    Effects: a new version of the bank's mapping where it differs from the last, the upload's state, an audit row.
    Raises: FILE.UPLOAD.STATE, FILE.UPLOAD.NOT_FOUND.
    """
    with transaction.atomic():
        upload = locked_upload(upload_id, *_BEFORE_ENROLMENT)
        kept = ColumnMapping.objects.filter(bank_id=upload.bank_id, kind=upload.kind)
        last = kept.order_by("-version").first()
        columns = mapping.as_json()
        if last is None or last.columns != columns:
            version = (kept.aggregate(last=Max("version"))["last"] or 0) + 1
            ColumnMapping.objects.create(
                bank_id=upload.bank_id,
                kind=upload.kind,
                version=version,
                columns=columns,
                saved_by_user_id=actor.user_id,
            )
        _start_anew(upload)
        upload.columns, upload.are_columns_confirmed = columns, True
        upload.state = UploadState.CHECKING.value
        upload.save()
        record_audit(
            actor=actor, action="exchange.save_mapping", subject=("upload", upload.pk), facts={"columns": columns}
        )
    return upload
