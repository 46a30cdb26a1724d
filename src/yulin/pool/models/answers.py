"""Pre-loan answers that somebody kept, found again by an unguessable token."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class PreLoanAnswer(models.Model):
    """One question before lending, and what it was answered, with the version of the scheme that answered."""

    token = models.CharField("编号", max_length=40, unique=True)
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, null=True, related_name="+")
    asked_by_user_id = models.BigIntegerField(null=True)
    asked_at = models.DateTimeField("时间", db_default=Now())
    asked_on = models.DateField("业务日期")
    inputs = models.JSONField("条件")
    answer = models.JSONField("答复")
    pack = models.ForeignKey("rules.PublishedPack", on_delete=models.PROTECT, related_name="+")
    valid_until = models.DateField("有效至", null=True, blank=True)

    class Meta:
        verbose_name = "贷前测算答复"
        ordering: ClassVar[list[str]] = ["-id"]

    def __str__(self) -> str:
        return self.token
