"""What has changed about firms, for the systems of partners that such firms let in.

The database itself writes a line with each new statement, end of one, or recall, whoever wrote it; the lines get their
numbers afterwards, in one place, so that a reader who goes on from a number misses none that was written meanwhile.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now


class FactChange(models.Model):
    """A fact of a firm has changed; what it says now is asked for anew, not kept here."""

    firm = models.ForeignKey("atlas.Firm", on_delete=models.PROTECT, related_name="+")
    fact = models.CharField("事实", max_length=80)
    changed_at = models.DateTimeField("时间", db_default=Now())
    number = models.BigIntegerField("序号", null=True, unique=True)

    class Meta:
        verbose_name = "事实变更"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["id"], name="change_unnumbered", condition=Q(number__isnull=True)),
            models.Index(fields=["firm", "number"], name="change_of_firm"),
        ]

    def __str__(self) -> str:
        return f"{self.firm_id}.{self.fact}"


class NewsMark(models.Model):
    """Up to which change news has been queued for a partner."""

    organisation = models.OneToOneField("people.Organisation", on_delete=models.PROTECT, primary_key=True)
    number = models.BigIntegerField("已排至")

    class Meta:
        verbose_name = "变更推送进度"

    def __str__(self) -> str:
        return f"{self.organisation_id}:{self.number}"
