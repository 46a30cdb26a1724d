"""Monthly returns: one line per enrolment and month, and the file that a bank sent for a month."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class MonthlyReturn(models.Model):
    """What the bank says of one enrolled loan at a month's end."""

    enrolment = models.ForeignKey("pool.Enrolment", on_delete=models.PROTECT, related_name="returns")
    month = models.DateField("月份（首日）")
    outstanding_fen = models.BigIntegerField("余额")
    overdue_days = models.PositiveIntegerField("逾期天数", default=0)
    five_class = models.CharField("五级分类", max_length=16, blank=True)
    annual_rate_ppm = models.BigIntegerField("年利率", null=True, blank=True)
    loan_status = models.CharField("贷款状态", max_length=16)
    deposit_fen = models.BigIntegerField("企业存款余额", null=True, blank=True)
    purpose = models.CharField("实际用途", max_length=300, blank=True, db_default="")
    received_at = models.DateTimeField("收到时间")
    is_late = models.BooleanField("迟报", default=False)

    class Meta:
        verbose_name = "月报"
        ordering: ClassVar[list[str]] = ["-month"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["enrolment", "month"], name="monthly_return_once"),
            models.CheckConstraint(condition=Q(month__day=1), name="monthly_return_first_day"),
            models.CheckConstraint(condition=Q(outstanding_fen__gte=0), name="monthly_return_outstanding"),
        ]

    def __str__(self) -> str:
        return f"{self.enrolment_id} {self.month:%Y-%m}"


class ReturnFile(models.Model):
    """One bank's file of one month: when it was due, when it came."""

    bank = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name="银行")
    month = models.DateField("月份（首日）")
    upload = models.ForeignKey("exchange.Upload", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    due_on = models.DateField("期限", null=True, blank=True)
    received_at = models.DateTimeField("收到时间")
    is_late = models.BooleanField("迟报", default=False)
    line_count = models.PositiveIntegerField("行数", default=0)

    class Meta:
        verbose_name = "月报文件"
        ordering: ClassVar[list[str]] = ["-month", "bank_id", "-received_at"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(month__day=1), name="return_file_first_day"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["bank", "month"], name="return_file_month")]

    def __str__(self) -> str:
        return f"{self.bank_id} {self.month:%Y-%m}"
