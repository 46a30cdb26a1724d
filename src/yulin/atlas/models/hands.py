"""What the second pair of hands leaves of a proposal: the decision, and who ended it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class SecondHand(models.Model):
    """What another person than the proposer decided."""

    is_approved = models.BooleanField("同意")
    reasons = models.CharField("理由", max_length=300, blank=True)
    decided_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_by_name = models.CharField("决定人", max_length=120)
    decided_at = models.DateTimeField("决定时间", db_default=Now())

    class Meta:
        abstract: ClassVar[bool] = True


class Ended(models.Model):
    """From this instant on nothing goes under what it ends."""

    ended_by_name = models.CharField("操作人", max_length=120)
    ended_at = models.DateTimeField("时间", db_default=Now())

    class Meta:
        abstract: ClassVar[bool] = True
