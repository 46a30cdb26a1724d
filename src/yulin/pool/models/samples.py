"""Sample audits of a lender's compensated claims before their later instalments, and what was found in each claim.

Invariant (the database's too): a lender has one open sample under a scheme; who closes it did not draw it; an error is
at most what was paid.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q


class SampleAudit(models.Model):
    """One sample: whose claims, of how many and how much, what was found, and whether the others may be paid."""

    scheme_id = models.CharField("方案", max_length=60)
    bank = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name="申请机构")
    drawn_on = models.DateField("抽样日")
    seed = models.CharField("抽样种子", max_length=140)
    claim_count = models.PositiveIntegerField("总体件数")
    population_fen = models.BigIntegerField("总体已付金额")
    most_bp = models.PositiveIntegerField("允许差错率")
    drawn_by_id = models.BigIntegerField("抽样人", null=True)
    audited_fen = models.BigIntegerField("样本金额", default=0)
    error_fen = models.BigIntegerField("差错金额", default=0)
    extrapolated_fen = models.BigIntegerField("推断差错", default=0)
    has_passed = models.BooleanField("通过", default=False)
    conclusion = models.CharField("结论", max_length=1000, blank=True)
    closed_on = models.DateField("办结日", null=True, blank=True)
    closed_by_id = models.BigIntegerField("办结人", null=True, blank=True)

    class Meta:
        verbose_name = "抽样审计"
        ordering: ClassVar[list[str]] = ["-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["scheme_id", "bank"], condition=Q(closed_on__isnull=True), name="sample_open_once"
            ),
            models.CheckConstraint(
                condition=Q(closed_on__isnull=True)
                | Q(closed_by_id__isnull=True)
                | Q(drawn_by_id__isnull=True)
                | ~Q(closed_by_id=F("drawn_by_id")),
                name="sample_closed_by_another",
            ),
            models.CheckConstraint(
                condition=Q(error_fen__gte=0, error_fen__lte=F("audited_fen"))
                & Q(audited_fen__lte=F("population_fen")),
                name="sample_amounts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scheme_id}/{self.bank_id}/{self.drawn_on}"


class SampleLine(models.Model):
    """One claim of a sample: what was paid on it, and what of that should not have been."""

    audit = models.ForeignKey(SampleAudit, on_delete=models.PROTECT, related_name="lines")
    claim = models.ForeignKey("pool.Claim", on_delete=models.PROTECT, related_name="+")
    paid_fen = models.BigIntegerField("已付金额")
    error_fen = models.BigIntegerField("差错金额", null=True, blank=True)
    finding = models.CharField("审计发现", max_length=1000, blank=True)
    found_by_id = models.BigIntegerField("审计人", null=True, blank=True)

    class Meta:
        verbose_name = "抽样审计件"
        ordering: ClassVar[list[str]] = ["audit_id", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["audit", "claim"], name="sample_line_once"),
            models.CheckConstraint(
                condition=Q(error_fen__isnull=True) | Q(error_fen__gte=0, error_fen__lte=F("paid_fen")),
                name="sample_line_error",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.audit_id}/{self.claim_id}"
