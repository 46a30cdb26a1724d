"""Audit packs that were asked for: what of, by whom, and the ZIP once it is made.

Invariant (the database's too): a pack that is ready has its content's hash and its manifest's.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from yulin.pool.core.audit_pack.scope import PackScope
from yulin.pool.enums import AuditPackState


class AuditPack(models.Model):
    """One audit pack: asked for by a person, made in the background, kept as a document."""

    scope = models.JSONField("范围")
    state = models.CharField("状态", max_length=8, default=AuditPackState.WAITING.value)
    percent = models.PositiveSmallIntegerField("进度", default=0)
    made_by_id = models.BigIntegerField("提出人", null=True)
    made_by_name = models.CharField("提出人姓名", max_length=120, blank=True)
    asked_at = models.DateTimeField("提出时间", db_default=Now())
    ready_at = models.DateTimeField("完成时间", null=True, blank=True)
    sha256 = models.CharField("内容散列", max_length=64, blank=True)
    manifest_sha256 = models.CharField("清单散列", max_length=64, blank=True)
    size_bytes = models.BigIntegerField("大小", default=0)
    loans = models.PositiveIntegerField("备案", default=0)
    claims = models.PositiveIntegerField("申请", default=0)
    fault = models.JSONField("未成原因", default=dict)

    class Meta:
        verbose_name = "审计包"
        ordering: ClassVar[list[str]] = ["-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(state__in=[str(each) for each in AuditPackState]), name="audit_pack_state"
            ),
            models.CheckConstraint(
                condition=~Q(state=AuditPackState.READY.value)
                | (~Q(sha256="") & ~Q(manifest_sha256="") & Q(ready_at__isnull=False)),
                name="audit_pack_ready_has_hashes",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk}: {self.state}"

    @property
    def asked(self) -> PackScope:
        """What the pack is about."""
        kept: dict[str, Any] = self.scope
        return PackScope(**kept)

    @property
    def short_manifest(self) -> str:
        """The first sixteen characters of the manifest's hash, as pages show it."""
        return self.manifest_sha256[:16]

    @property
    def rest_percent(self) -> int:
        """What is still to be written."""
        return 100 - self.percent

    @property
    def is_in_the_making(self) -> bool:
        """Whether it waits or is being written."""
        return self.state in {AuditPackState.WAITING, AuditPackState.WORKING}
