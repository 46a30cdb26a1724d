"""Premiums of a year: what an insurer took for the loans of a scheme, by which its loss ratio is measured.

Invariant (the database's too): one number for each scheme, insurer and year, never below nothing.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q


class Premium(models.Model):
    """The premiums that an insurer took in one year under one scheme, as it states them."""

    scheme_id = models.CharField("方案", max_length=60)
    insurer = models.ForeignKey(
        "people.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name="保险机构"
    )
    year = models.PositiveIntegerField("年度")
    premium_fen = models.BigIntegerField("保费收入")
    stated_at = models.DateTimeField("申报时间", auto_now=True)
    stated_by_id = models.BigIntegerField("申报人", null=True)

    class Meta:
        verbose_name = "保费"
        ordering: ClassVar[list[str]] = ["-year", "scheme_id", "insurer_id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["scheme_id", "insurer", "year"], name="premium_once"),
            models.CheckConstraint(condition=Q(premium_fen__gte=0), name="premium_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.scheme_id}/{self.insurer_id}/{self.year}"
