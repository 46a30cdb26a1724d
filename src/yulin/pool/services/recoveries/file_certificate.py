"""A lender files its auditor's yearly certificate on recoveries; the book's own figures are kept beside it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.core.files import File
from django.db import transaction

from yulin.kit import clock
from yulin.kit.documents import store
from yulin.kit.row_security import EVERYTHING, scope
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.people.errors import NotAllowedError
from yulin.people.services import record_audit
from yulin.pool.errors import CertificateDayError, CertificateNotOwedError
from yulin.pool.models import RecoveryCertificate
from yulin.pool.selectors.certificates import certificate_tasks, year_sums


@dataclass(frozen=True)
class Certified:
    """What an auditor certified, and the paper."""

    auditor_name: str
    signed_on: date
    received_fen: int
    remitted_fen: int
    file_name: str
    content: bytes | File[bytes]


def file_certificate(
    *, actor: Actor, scheme_id: str, as_of: date, certified: Certified, limit_bytes: int
) -> RecoveryCertificate:
    """Keep an auditor's certificate on the year of the actor's organisation that ends on `as_of`.

    A later certificate on the same year takes the place of the earlier, which stays to be seen. The same paper again is
    answered with the certificate that stands.

    Effects: the paper by its hash; one certificate with the book's sums of today; audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.CERTIFICATE.NOT_OWED`, `POOL.CERTIFICATE.DAY`, `KIT.UPLOAD.TOO_LARGE`.
    """
    if not actor.may(Action.ENTER_RECOVERIES) or actor.sees_all_rows or actor.organisation_id is None:
        raise NotAllowedError(action=str(Action.ENTER_RECOVERIES), role=str(actor.role))
    today = clock.business_date()
    with transaction.atomic(), scope(EVERYTHING):
        tasks = certificate_tasks(actor, today=today)
        task = next((one for one in tasks if (one.scheme_id, one.year.as_of) == (scheme_id, as_of)), None)
        if task is None:
            raise CertificateNotOwedError(scheme=scheme_id, as_of=as_of)
        if not as_of < certified.signed_on <= today:
            raise CertificateDayError(signed_on=certified.signed_on, as_of=as_of, today=today)
        sha256 = store(certified.content, limit_bytes=limit_bytes, name=certified.file_name)
        standing = RecoveryCertificate.objects.filter(
            scheme_id=scheme_id, bank_id=actor.organisation_id, as_of=as_of, is_current=True
        )
        before = standing.select_for_update().first()
        if before is not None and before.sha256 == sha256:
            return before
        standing.update(is_current=False)
        book = year_sums(scheme_id, actor.organisation_id, task.year)
        kept = RecoveryCertificate.objects.create(
            scheme_id=scheme_id,
            bank_id=actor.organisation_id,
            as_of=as_of,
            auditor_name=certified.auditor_name.strip()[:120],
            signed_on=certified.signed_on,
            received_fen=certified.received_fen,
            remitted_fen=certified.remitted_fen,
            book_received_fen=book.received_fen,
            book_remitted_fen=book.remitted_fen,
            file_name=certified.file_name[:200],
            sha256=sha256,
            filed_on=today,
            filed_by_id=actor.user_id,
        )
        facts = {"scheme": scheme_id, "as_of": as_of.isoformat(), "sha256": sha256, "before": before and before.pk}
        record_audit(actor=actor, action="pool.file_certificate", subject=("certificate", kept.pk), facts=facts)
    return kept
