"""Guarantee fees that were charged: one row for each kind and year of a loan's guarantee, beside its transfer.

Invariant (the database's too): of one loan, kind and year one charge stands at most, however often it was undone
before; rows are never changed; who undoes a charge is not who made it.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class FeeChargeQuerySet(models.QuerySet["FeeCharge"]):
    """Charges in the words of the field."""

    def standing(self) -> FeeChargeQuerySet:
        """Those that were not undone."""
        return self.filter(undo=None)


class FeeCharge(models.Model):
    """One guarantee fee as it was charged to a lender, with what it was measured by."""

    enrolment = models.ForeignKey("pool.Enrolment", on_delete=models.PROTECT, related_name="fees")
    bank = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name="银行")
    scheme_id = models.CharField("方案", max_length=60)
    pack = models.ForeignKey(
        "rules.PublishedPack", on_delete=models.PROTECT, null=True, related_name="+", verbose_name="方案版本"
    )
    kind = models.CharField("费种", max_length=40)
    number = models.PositiveSmallIntegerField("第几年")
    turn = models.PositiveSmallIntegerField("第几次计收", default=1)
    table_id = models.CharField("费率表", max_length=60)
    measured = models.JSONField("计费依据", default=dict)
    base_fen = models.BigIntegerField("计费基数（四舍五入）")
    amount_fen = models.BigIntegerField("金额")
    charged_on = models.DateField("计收日")
    charged_by_id = models.BigIntegerField("计收人", null=True)
    created_at = models.DateTimeField(db_default=Now())

    objects = FeeChargeQuerySet.as_manager()

    class Meta:
        verbose_name = "担保费"
        ordering: ClassVar[list[str]] = ["enrolment_id", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["enrolment", "kind", "number", "turn"], name="fee_once"),
            models.CheckConstraint(
                condition=Q(number__gte=1) & Q(turn__gte=1) & Q(base_fen__gte=0) & Q(amount_fen__gte=0),
                name="fee_amounts",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["scheme_id", "bank", "charged_on"], name="fee_of_bank_year")
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id}/{self.kind}/{self.number}"


class FeeUndo(models.Model):
    """The undoing of one charge: why, when, by whom."""

    charge = models.OneToOneField(FeeCharge, on_delete=models.PROTECT, related_name="undo")
    reason = models.CharField("理由", max_length=300)
    undone_on = models.DateField("撤销日")
    undone_by_id = models.BigIntegerField("撤销人", null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "担保费撤销"
        ordering: ClassVar[list[str]] = ["charge_id"]

    def __str__(self) -> str:
        return f"{self.charge_id}: {self.reason}"
