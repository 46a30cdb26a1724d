"""Firms, every code that leads to them, and what each source says about them at a time.

Invariant: one code leads to one firm, whatever its kind; a statement is never changed, a later one is added.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from yulin.atlas.enums import CodeKind


class Firm(models.Model):
    """A firm: its identifier under an identifier scheme (the USCC unless a pack names another)."""

    identifier_scheme = models.CharField("标识体系", max_length=30, default="USCC")
    identifier = models.CharField("标识", max_length=60)
    name = models.CharField("名称", max_length=300)
    name_original = models.CharField("原始名称", max_length=300, blank=True)
    registered_on = models.DateField("成立日期", null=True, blank=True)
    district_code = models.CharField("区划代码", max_length=12, null=True, blank=True)  # noqa: DJ001 - null is unknown
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "企业"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["identifier_scheme", "identifier"], name="firm_identifier"),
            models.CheckConstraint(condition=~Q(identifier=""), name="firm_has_identifier"),
        ]

    def __str__(self) -> str:
        return self.name


class FirmCode(models.Model):
    """A further code that leads to a firm: an old registration number, an organisation code, a successor's USCC."""

    firm = models.ForeignKey("atlas.Firm", on_delete=models.PROTECT, related_name="codes")
    code = models.CharField("代码", max_length=60, unique=True)
    kind = models.CharField("类别", max_length=20, choices=[(str(kind), str(kind)) for kind in CodeKind])
    valid_from = models.DateField("自", null=True, blank=True)
    valid_until = models.DateField("至（不含）", null=True, blank=True)

    class Meta:
        verbose_name = "企业代码"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_from__isnull=True) | Q(valid_until__gt=F("valid_from")),
                name="firm_code_interval",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Statement(models.Model):
    """What one source says about one fact of a firm: valid from a day, known since an instant."""

    firm = models.ForeignKey("atlas.Firm", on_delete=models.PROTECT, related_name="statements", db_index=False)
    fact = models.CharField("事实", max_length=80)
    value = models.JSONField("值", null=True)
    source = models.CharField("来源", max_length=120)
    valid_from = models.DateField("自")
    valid_until = models.DateField("至（不含）", null=True, blank=True)
    known_at = models.DateTimeField("获知时间", db_default=Now())

    class Meta:
        verbose_name = "陈述"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["firm", "fact", "valid_from", "known_at"], name="statement_as_of"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")), name="statement_interval"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.firm_id}.{self.fact}"
