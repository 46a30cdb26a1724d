"""Guarantee fees that were charged: one row for each kind and year of a loan's guarantee, beside its transfer.

Invariant (the database's too): a fee of one loan, kind and year is charged once; rows are never changed.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class FeeCharge(models.Model):
    """One guarantee fee as it was charged to a lender."""

    enrolment = models.ForeignKey("pool.Enrolment", on_delete=models.PROTECT, related_name="fees")
    bank = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name="银行")
    scheme_id = models.CharField("方案", max_length=60)
    kind = models.CharField("费种", max_length=40)
    number = models.PositiveSmallIntegerField("第几年")
    table_id = models.CharField("费率表", max_length=60)
    base_fen = models.BigIntegerField("计费基数（四舍五入）")
    amount_fen = models.BigIntegerField("金额")
    charged_on = models.DateField("计收日")
    charged_by_id = models.BigIntegerField("计收人", null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "担保费"
        ordering: ClassVar[list[str]] = ["enrolment_id", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["enrolment", "kind", "number"], name="fee_once"),
            models.CheckConstraint(
                condition=Q(number__gte=1) & Q(base_fen__gte=0) & Q(amount_fen__gte=0), name="fee_amounts"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["scheme_id", "bank", "charged_on"], name="fee_of_bank_year")
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id}/{self.kind}/{self.number}"
