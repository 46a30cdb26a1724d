"""What else is recorded of a claim: joint meetings before its decision, events that make a later instalment due.

Invariant (the database's too): both only grow; each names its paper by the SHA-256 of its content.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now


class JointMeeting(models.Model):
    """One joint meeting that considered a claim: when, what about, who, what it advised, and its minutes."""

    claim = models.ForeignKey("pool.Claim", on_delete=models.PROTECT, related_name="meetings")
    held_on = models.DateField("会议日")
    agenda = models.CharField("议题", max_length=300)
    members = models.JSONField("参会人", default=list)
    opinion = models.CharField("会议意见", max_length=1000)
    minutes_name = models.CharField("纪要文件名", max_length=200)
    minutes_sha256 = models.CharField("纪要散列", max_length=64)
    recorded_at = models.DateTimeField(db_default=Now())
    recorded_by_id = models.BigIntegerField("登记人", null=True)

    class Meta:
        verbose_name = "联席会议"
        ordering: ClassVar[list[str]] = ["claim_id", "id"]

    def __str__(self) -> str:
        return f"{self.claim_id}/{self.held_on}"


class InstalmentEvent(models.Model):
    """An event of a day that makes an instalment of a claim due from a day on, with its evidence."""

    claim = models.ForeignKey("pool.Claim", on_delete=models.PROTECT, related_name="instalment_events")
    instalment = models.PositiveSmallIntegerField("期次")
    event = models.CharField("事件", max_length=20)
    on = models.DateField("事件日")
    due_on = models.DateField("可付自")
    note = models.CharField("说明", max_length=500)
    file_name = models.CharField("文件名", max_length=200)
    sha256 = models.CharField("内容散列", max_length=64)
    stated_at = models.DateTimeField(db_default=Now())
    stated_by_id = models.BigIntegerField("登记人", null=True)

    class Meta:
        verbose_name = "分期付款条件"
        ordering: ClassVar[list[str]] = ["claim_id", "instalment", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["claim", "instalment", "event"], name="instalment_event_once"),
            models.CheckConstraint(condition=Q(due_on__gte=F("on")), name="instalment_event_days"),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id}/{self.instalment}/{self.event}"
