"""Column mappings that a bank has confirmed, kept for its next file.

Invariant: a kept mapping never changes; a correction is the next version.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from yulin.exchange.enums import UploadKind


class ColumnMapping(models.Model):
    """How one bank writes the columns of one kind of file."""

    bank = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name="银行")
    kind = models.CharField("文件种类", max_length=10)
    version = models.PositiveIntegerField("版本")
    columns = models.JSONField("列的对应")
    saved_by_user_id = models.BigIntegerField(null=True)
    saved_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "列的对应"
        ordering: ClassVar[list[str]] = ["bank_id", "kind", "-version"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["bank", "kind", "version"], name="column_mapping_version"),
            models.CheckConstraint(condition=Q(kind__in=list(map(str, UploadKind))), name="column_mapping_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} v{self.version}"
