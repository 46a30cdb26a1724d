"""Ask for an audit pack, and make it in the background: the ZIP is kept as a document under its own hash."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from functools import partial
from tempfile import TemporaryFile

from django.db import connections, transaction

from yulin.base.errors import YulinError
from yulin.kit import clock
from yulin.kit.documents import store
from yulin.kit.tasks import defer
from yulin.people.core.actors import Actor
from yulin.people.enums import Action
from yulin.people.errors import NotAllowedError
from yulin.people.services import record_audit
from yulin.pool.core.audit_pack.scope import PackScope
from yulin.pool.enums import AuditPackState
from yulin.pool.models import AuditPack
from yulin.pool.selectors.audit_pack import loans_in
from yulin.pool.services.audit_packs.write_audit_pack import write_audit_pack


@transaction.atomic
def ask_for_audit_pack(*, actor: Actor, scope: PackScope) -> AuditPack:
    """Ask for a pack; what names nothing in the book is refused at once.

    Effects: one `AuditPack` that waits, one task, audit row.
    Raises: `PEOPLE.NOT_ALLOWED`, `POOL.AUDIT_PACK.EMPTY`, `POOL.AUDIT_PACK.AMBIGUOUS`.
    """
    if not actor.may(Action.MAKE_AUDIT_PACKS):
        raise NotAllowedError(action=str(Action.MAKE_AUDIT_PACKS), role=str(actor.role))
    loans_in(actor, scope)
    asked = AuditPack.objects.create(scope=scope.plain(), made_by_id=actor.user_id, made_by_name=actor.name)
    record_audit(
        actor=actor, action="pool.ask_for_audit_pack", subject=("audit_pack_request", asked.pk), facts=scope.plain()
    )
    kept = {**asdict(actor), "kind": str(actor.kind), "role": str(actor.role)}
    defer("pool.make_audit_pack", lock=f"audit-pack-{asked.pk}", pack_id=asked.pk, actor=kept)
    return asked


def make_audit_pack(*, actor: Actor, pack_id: int) -> None:
    """Make a pack that was asked for; one that is ready already is left as it is.

    Effects: the ZIP kept; the pack ready, or failed with the reason; audit row with the manifest's hash.
    """
    asked = AuditPack.objects.get(pk=pack_id)
    if asked.state in {AuditPackState.READY, AuditPackState.FAILED}:
        return
    AuditPack.objects.filter(pk=pack_id).update(state=AuditPackState.WORKING.value)
    try:
        with TemporaryFile() as out:
            written = write_audit_pack(actor=actor, scope=asked.asked, out=out, progress=partial(_tell, pack_id))
            size, sha256 = out.tell(), store(out)
    except YulinError as error:
        AuditPack.objects.filter(pk=pack_id).update(state=AuditPackState.FAILED.value, fault=error.envelope())
        return
    AuditPack.objects.filter(pk=pack_id).update(
        state=AuditPackState.READY.value,
        ready_at=clock.now(),
        sha256=sha256,
        manifest_sha256=written.manifest_sha256,
        size_bytes=size,
        loans=written.loans,
        claims=written.claims,
    )


def _tell(pack_id: int, percent: int) -> None:
    """Write how far a pack is, where its page sees it: the pack itself is written within one snapshot of the book.

    A thread has a connection of its own, outside that snapshot.
    """
    with ThreadPoolExecutor(max_workers=1) as hands:
        hands.submit(_write_percent, pack_id, percent).result()


def _write_percent(pack_id: int, percent: int) -> None:
    try:
        AuditPack.objects.filter(pk=pack_id, state=AuditPackState.WORKING.value).update(percent=percent)
    finally:
        connections.close_all()
