"""Reads of files: who sees which upload, what waits, the verdicts on its rows, the mapping that a bank keeps."""

from __future__ import annotations

from io import BytesIO

import polars as pl
from django.db.models import Count, Q, QuerySet

from yulin.exchange.core.columns import ColumnMapping as Columns
from yulin.exchange.enums import MessageState, UploadKind
from yulin.exchange.errors import UploadNotFoundError
from yulin.exchange.models import ColumnMapping, Message, Upload, UploadVerdict
from yulin.kit.documents import read_document
from yulin.people.core.actors import Actor


def uploads_visible_to(actor: Actor) -> QuerySet[Upload]:
    """Return the uploads of the actor's organisation; of all, for those who work on all rows."""
    uploads = Upload.objects.select_related("bank").defer("preview", "columns")
    return uploads if actor.sees_all_rows else uploads.filter(bank_id=actor.organisation_id)


def waiting_uploads(actor: Actor) -> QuerySet[Upload]:
    """Return the loan files of the actor's own organisation that wait for somebody, newest first."""
    own = Upload.objects.filter(bank_id=actor.organisation_id, kind=UploadKind.LOANS.value)
    return own.waiting().select_related("bank").defer("preview", "columns")[:20]


def upload_for(actor: Actor, upload_id: int) -> Upload:
    """Return one upload that the actor may see.

    Raises: FILE.UPLOAD.NOT_FOUND.
    """
    uploads = Upload.objects.select_related("bank")
    if not actor.sees_all_rows:
        uploads = uploads.filter(bank_id=actor.organisation_id)
    found = uploads.filter(pk=upload_id).first()
    if found is None:
        raise UploadNotFoundError(upload_id)
    return found


def verdicts_of_upload(
    upload: Upload, *, severity: str = "", code: str = "", words: str = ""
) -> QuerySet[UploadVerdict]:
    """Return the findings on an upload, refused rows first; `words` looks in row, firm and loan number."""
    verdicts = UploadVerdict.objects.filter(upload=upload)
    if severity:
        verdicts = verdicts.filter(severity=severity)
    if code:
        verdicts = verdicts.filter(code=code)
    if words:
        found = Q(firm_name__icontains=words) | Q(loan_number__icontains=words)
        verdicts = verdicts.filter(found | Q(row=int(words)) if words.isdecimal() and len(words) < 9 else found)
    return verdicts


def accepted_rows(upload: Upload, *, words: str = "") -> pl.DataFrame | None:
    """Return the rows of a file that no finding concerns; None where the file was checked before they were kept.

    **Shapes**: row, firm_name, loan_number, amount (fen); `words` looks in firm and loan number.
    """
    if not upload.accepted_sha256:
        return None
    rows = pl.read_parquet(BytesIO(read_document(upload.accepted_sha256)))
    flagged = list(UploadVerdict.objects.filter(upload=upload).order_by().values_list("row", flat=True).distinct())
    rows = rows.filter(~pl.col("row").is_in(flagged))
    if not words:
        return rows
    in_firm = pl.col("firm_name").str.contains(words, literal=True)
    return rows.filter(in_firm | pl.col("loan_number").str.contains(words, literal=True))


def codes_of_upload(upload: Upload) -> list[tuple[str, int]]:
    """Return the codes found on an upload with how many rows each has, most frequent first."""
    counted = UploadVerdict.objects.filter(upload=upload).values_list("code").annotate(rows=Count("row", distinct=True))
    return list(counted.order_by("-rows", "code"))


def kept_mappings(bank_id: int, kind: UploadKind | str) -> list[Columns]:
    """Return the mappings that a bank has kept for a kind of file, the newest first."""
    kept = ColumnMapping.objects.filter(bank_id=bank_id, kind=str(kind)).order_by("-version")[:10]
    return [Columns.from_json(one.columns) for one in kept]


def messages_visible_to(actor: Actor) -> QuerySet[Message]:
    """Return messages to partners' systems, the latest first: the actor's own, all for who oversees them."""
    rows = Message.objects.order_by("-made_at", "pk")
    return rows if actor.sees_all_rows else rows.filter(organisation=actor.organisation_id or 0)


def unsent_messages(actor: Actor, *, organisation_id: int | None = None) -> QuerySet[Message]:
    """Return the messages that were given up or failed at least once, those given up first."""
    failed = Q(state=str(MessageState.DEAD)) | Q(state=str(MessageState.WAITING), attempts__gt=0)
    rows = messages_visible_to(actor).filter(failed)
    if organisation_id is not None:
        rows = rows.filter(organisation=organisation_id)
    return rows.order_by("state", "-made_at", "pk")


def dead_messages(actor: Actor) -> QuerySet[Message]:
    """Return the messages that were given up, of those that the actor may see."""
    return messages_visible_to(actor).filter(state=str(MessageState.DEAD))
