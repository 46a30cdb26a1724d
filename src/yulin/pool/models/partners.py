"""Partner banks of a scheme, their technology units, their loan products, and the credit lines they grant.

Invariant: a bank is a partner of one scheme at most once at a time, per unit.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now

from yulin.base.text import Text


class Partnership(models.Model):
    """A bank takes part in a scheme over a half-open interval, by one of its technology units if it has one."""

    scheme_id = models.CharField("方案", max_length=60)
    bank = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name="银行")
    valid_from = models.DateField("自")
    valid_until = models.DateField("至（不含）", null=True, blank=True)
    unit_name = models.CharField("科技专营机构", max_length=200, blank=True)

    class Meta:
        verbose_name = "合作关系"
        ordering: ClassVar[list[str]] = ["scheme_id", "bank_id", "valid_from"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")), name="partnership_interval"
            ),
            ExclusionConstraint(
                name="partnership_once_at_a_time",
                expressions=[
                    ("scheme_id", RangeOperators.EQUAL),
                    ("bank", RangeOperators.EQUAL),
                    ("unit_name", RangeOperators.EQUAL),
                    (
                        Func(F("valid_from"), F("valid_until"), function="daterange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scheme_id}: {self.bank_id} {self.unit_name}".strip()


class Product(models.Model):
    """A loan that a partner bank offers to technology firms, as the public page shows it."""

    bank = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name="银行")
    name_zh = models.CharField("产品", max_length=120)
    name_en = models.CharField("英文名称", max_length=120, blank=True)
    max_amount_fen = models.BigIntegerField("最高额度", null=True, blank=True)
    max_term_months = models.PositiveIntegerField("最长期限（月）", null=True, blank=True)
    rate_text_zh = models.CharField("利率", max_length=120, blank=True)
    rate_text_en = models.CharField("英文利率", max_length=120, blank=True)
    securities = models.JSONField("担保方式", default=list)
    audience_zh = models.CharField("适用企业", max_length=300, blank=True)
    audience_en = models.CharField("英文适用企业", max_length=300, blank=True)
    days_to_decide = models.PositiveIntegerField("审批天数", null=True, blank=True)
    url = models.URLField("网址", blank=True)
    is_open = models.BooleanField("开放", default=True)
    updated_on = models.DateField("更新日")

    class Meta:
        verbose_name = "贷款产品"
        ordering: ClassVar[list[str]] = ["bank_id", "name_zh"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["bank", "name_zh"], name="product_once"),
        ]

    def __str__(self) -> str:
        return self.name_zh

    @property
    def name(self) -> Text:
        """The name in both languages."""
        return Text(self.name_zh, self.name_en or self.name_zh)

    @property
    def rate_text(self) -> Text:
        """The rate in both languages."""
        return Text(self.rate_text_zh, self.rate_text_en or self.rate_text_zh)

    @property
    def audience(self) -> Text:
        """Whom it is for, in both languages."""
        return Text(self.audience_zh, self.audience_en or self.audience_zh)


class CreditLine(models.Model):
    """A line that a bank granted to a firm by one contract; loans are drawn under it."""

    bank = models.ForeignKey(
        "people.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name="银行"
    )
    contract_number = models.CharField("合同号", max_length=80)
    firm = models.ForeignKey("atlas.Firm", on_delete=models.PROTECT, related_name="+", verbose_name="企业")
    line_fen = models.BigIntegerField("授信金额")
    signed_on = models.DateField("签订日")
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "授信"
        ordering: ClassVar[list[str]] = ["-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["bank", "contract_number"], name="credit_line_once"),
            models.CheckConstraint(condition=Q(line_fen__gt=0), name="credit_line_positive"),
        ]

    def __str__(self) -> str:
        return self.contract_number
