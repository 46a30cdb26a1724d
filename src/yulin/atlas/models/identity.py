"""Rows of sources without a code beside the firms that they may be, and what persons judged of them.

Invariant: both are written once and never changed (the database refuses it); of the judgements the latest counts.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class Candidate(models.Model):
    """A row of a source that carries no code, and one firm that it may be, with the reasons for and against."""

    receipt = models.ForeignKey("atlas.Receipt", on_delete=models.PROTECT, related_name="candidates")
    row = models.PositiveIntegerField("原始行号")
    name = models.CharField("来源中的名称", max_length=300)
    record = models.JSONField("来源中的其他内容")
    firm = models.ForeignKey("atlas.Firm", on_delete=models.PROTECT, related_name="candidates")
    points = models.PositiveSmallIntegerField("分值")
    reasons = models.JSONField("理由")
    raised_at = models.DateTimeField("提出时间", db_default=Now())

    class Meta:
        verbose_name = "待核同一性"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["receipt", "row", "firm"], name="candidate_once"),
            models.CheckConstraint(condition=~Q(reasons=[]), name="candidate_has_reasons"),
        ]

    def __str__(self) -> str:
        return f"{self.name}→{self.firm_id}"


class IdentityJudgement(models.Model):
    """What a person found of a candidate: one firm, or not. A later one takes an earlier one back."""

    candidate = models.ForeignKey("atlas.Candidate", on_delete=models.PROTECT, related_name="judgements")
    is_same = models.BooleanField("同一企业")
    reason = models.CharField("理由", max_length=300)
    judged_at = models.DateTimeField("判定时间", db_default=Now())
    judged_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    judged_by_name = models.CharField("判定人", max_length=120)
    brought = models.JSONField("带入", default=dict)

    class Meta:
        verbose_name = "同一性判定"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["candidate", "-judged_at", "is_same"], name="judgement_standing"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(reason=""), name="identity_judgement_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.candidate_id}:{self.is_same}"
