"""Adverse records of firms and their repair.

Invariant: a record, a request and a decision are written once and never changed; that a record is shown and used no
longer is an end of its statement.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class AdverseRecord(models.Model):
    """One decision against a firm: how grave, by which document of which day, how long it may be shown and used."""

    statement = models.OneToOneField("atlas.Statement", on_delete=models.PROTECT, related_name="record")
    grade = models.CharField("失信程度", max_length=10, blank=True)
    decided_on = models.DateField("文书作出日")
    document = models.CharField("文书", max_length=200)
    entered_by = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    is_ruled = models.BooleanField("适用信用修复规则")
    repair_from = models.DateField("最早可申请修复日", null=True, blank=True)
    shown_until = models.DateField("公示与使用至（不含）", null=True, blank=True)
    rule = models.CharField("规则版本", max_length=80, blank=True)
    entered_at = models.DateTimeField("录入时间", db_default=Now())

    class Meta:
        verbose_name = "失信记录"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(is_ruled=True) | Q(shown_until__isnull=True), name="record_period_has_a_rule"
            ),
        ]

    def __str__(self) -> str:
        return self.document


class RepairRequest(models.Model):
    """A firm asks for repair: it says that it has made good and has given its promise in public."""

    record = models.ForeignKey("atlas.AdverseRecord", on_delete=models.PROTECT, related_name="requests")
    evidence = models.TextField("纠正与承诺的凭据")
    asked_on = models.DateField("申请日")
    asked_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField("申请时间", db_default=Now())

    class Meta:
        verbose_name = "信用修复申请"

    def __str__(self) -> str:
        return f"{self.record_id}@{self.asked_on}"


class RepairDecision(models.Model):
    """What was decided on a request, with reasons."""

    request = models.OneToOneField("atlas.RepairRequest", on_delete=models.PROTECT, related_name="decision")
    is_granted = models.BooleanField("准予修复")
    reasons = models.TextField("理由")
    decided_on = models.DateField("决定日")
    decided_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField("决定时间", db_default=Now())

    class Meta:
        verbose_name = "信用修复决定"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(reasons=""), name="repair_decision_has_reasons"),
        ]

    def __str__(self) -> str:
        return str(self.request_id)
