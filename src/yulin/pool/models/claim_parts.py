"""What else is recorded of a claim: visits and joint meetings before its decision, what makes an instalment due.

Invariant (the database's too): all only grow; each names its paper by the SHA-256 of its content.
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


class ClaimVisit(models.Model):
    """One visit to a claim's firm: which expert of the register went, when, what was found, who wrote it down."""

    claim = models.ForeignKey("pool.Claim", on_delete=models.PROTECT, related_name="visits")
    visited_on = models.DateField("走访日")
    expert_number = models.CharField("专家编号", max_length=20)
    expert_name = models.CharField("专家", max_length=120)
    expert_house = models.CharField("任职单位", max_length=200, blank=True)
    expert_user_id = models.BigIntegerField()
    finding = models.CharField("走访结论", max_length=1000)
    recorded_at = models.DateTimeField(db_default=Now())
    recorded_by_id = models.BigIntegerField("登记人", null=True)
    recorded_by_name = models.CharField("登记人", max_length=120, blank=True)

    class Meta:
        verbose_name = "专家走访"
        ordering: ClassVar[list[str]] = ["claim_id", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=~Q(finding="") & ~Q(expert_number="") & ~Q(expert_name=""), name="claim_visit_named"
            ),
            models.CheckConstraint(
                condition=Q(recorded_by_id__isnull=True) | ~Q(recorded_by_id=F("expert_user_id")),
                name="claim_visit_by_another",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id}/{self.visited_on}"


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


class NoticeObjection(models.Model):
    """An objection that anybody raised against a claim while it was on public notice, and how to reach that person."""

    claim = models.ForeignKey("pool.Claim", on_delete=models.PROTECT, related_name="objections")
    receipt = models.CharField("回执编号", max_length=40, unique=True)
    words = models.CharField("异议", max_length=2000)
    name = models.CharField("提出人", max_length=80)
    contact = models.CharField("联系方式", max_length=120)
    filed_on = models.DateField("提出日")
    answer_due_on = models.DateField("答复期限", null=True)
    filed_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "公示异议"
        ordering: ClassVar[list[str]] = ["claim_id", "id"]

    def __str__(self) -> str:
        return self.receipt


class ObjectionAnswer(models.Model):
    """The one answer to an objection: upheld, so that the claim is decided again, or not, with the reasons."""

    objection = models.OneToOneField(NoticeObjection, on_delete=models.PROTECT, related_name="answer")
    is_upheld = models.BooleanField("成立")
    reasons = models.CharField("理由", max_length=1000)
    answered_on = models.DateField("答复日")
    answered_by_id = models.BigIntegerField("答复人", null=True)
    answered_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "异议答复"
        ordering: ClassVar[list[str]] = ["objection_id"]

    def __str__(self) -> str:
        return f"{self.objection_id}/{self.is_upheld}"
