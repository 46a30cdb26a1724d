"""Facts of firms that leave as a file: asked for with a purpose, approved by another person, taken with a watermark.

Invariant: a request, its decision and each taking are written once and never changed.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class ExportRequest(models.Model):
    """Who wants which classes of facts of which firms, for what."""

    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    firms = models.ManyToManyField("atlas.Firm", related_name="+")
    classes = models.JSONField("事实类别")
    purpose = models.CharField("用途", max_length=300)
    asked_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    asked_by_name = models.CharField("申请人", max_length=120)
    asked_at = models.DateTimeField("申请时间", db_default=Now())

    class Meta:
        verbose_name = "导出申请"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(classes=[]) & ~Q(purpose=""), name="export_request_is_whole"),
        ]

    def __str__(self) -> str:
        return f"EX{self.pk}"


class ExportDecision(models.Model):
    """What another person of the same organisation decided."""

    request = models.OneToOneField("atlas.ExportRequest", on_delete=models.PROTECT, related_name="decision")
    is_approved = models.BooleanField("同意")
    reasons = models.CharField("理由", max_length=300, blank=True)
    decided_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    decided_by_name = models.CharField("审批人", max_length=120)
    decided_at = models.DateTimeField("审批时间", db_default=Now())

    class Meta:
        verbose_name = "导出审批"

    def __str__(self) -> str:
        return str(self.request_id)


class ExportTaking(models.Model):
    """One file that was taken: when, in which format, how many lines, how many of them masked."""

    request = models.ForeignKey("atlas.ExportRequest", on_delete=models.PROTECT, related_name="takings")
    file_format = models.CharField("格式", max_length=4)
    line_count = models.PositiveIntegerField("行数")
    masked_count = models.PositiveIntegerField("脱敏行数")
    taken_at = models.DateTimeField("时间", db_default=Now())

    class Meta:
        verbose_name = "导出记录"

    def __str__(self) -> str:
        return f"{self.request_id}.{self.file_format}"
