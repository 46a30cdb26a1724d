"""Compensation asked back: what was paid wrongly, the interest on it, and the day it came back.

Invariant (the database's too): a claim is recalled once; a recall is paid back on or after the day it was asked.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


class Recall(models.Model):
    """Part or all of one claim's compensation asked back, with simple interest from payment to recall."""

    claim = models.OneToOneField("pool.Claim", on_delete=models.PROTECT, related_name="recall")
    bank = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name="银行")
    district_code = models.CharField("区划", max_length=12, null=True, blank=True)  # noqa: DJ001 - null is unknown
    principal_fen = models.BigIntegerField("追回金额")
    interest_fen = models.BigIntegerField("利息", default=0)
    interest_parts = models.JSONField("各层利息", default=dict)  # fen by layer, as the ledger booked them
    annual_rate_ppm = models.BigIntegerField("年利率")
    paid_on = models.DateField("首次拨付日")
    recalled_on = models.DateField("追回日")
    clause = models.CharField("条款", max_length=200)
    reason = models.CharField("理由", max_length=500)
    recalled_by_id = models.BigIntegerField("决定人", null=True)
    repaid_on = models.DateField("退回日", null=True, blank=True)
    reference = models.CharField("回单号", max_length=80, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "补偿追回"
        ordering: ClassVar[list[str]] = ["-recalled_on", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(principal_fen__gt=0) & Q(interest_fen__gte=0) & Q(annual_rate_ppm__gte=0),
                name="recall_amounts",
            ),
            models.CheckConstraint(
                condition=Q(recalled_on__gte=F("paid_on"))
                & (Q(repaid_on__isnull=True) | Q(repaid_on__gte=F("recalled_on"))),
                name="recall_days",
            ),
            models.CheckConstraint(
                condition=Q(repaid_on__isnull=True) | ~Q(reference=""), name="recall_repaid_with_receipt"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id}: {self.principal_fen}"

    @property
    def total_fen(self) -> int:
        """What the bank owes back."""
        return self.principal_fen + self.interest_fen
