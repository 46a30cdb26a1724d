"""The audit packs that were asked for."""

from __future__ import annotations

from django.db.models import QuerySet

from yulin.pool.enums import AuditPackState
from yulin.pool.models import AuditPack


def audit_packs() -> QuerySet[AuditPack]:
    """Return every pack that was asked for, the newest first."""
    return AuditPack.objects.order_by("-pk")


def audit_pack_ready(pack_id: int) -> AuditPack | None:
    """Return a pack that can be handed over, or None."""
    return AuditPack.objects.filter(pk=pack_id, state=AuditPackState.READY.value).first()
