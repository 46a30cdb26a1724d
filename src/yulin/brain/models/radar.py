"""A policy's criteria, and the runs of the radar; how each firm stands lies in Parquet tables, some firms in each.

Invariant (the database's too): what criteria say never changes; a person confirms them who did not write them; of one
policy at most one set is confirmed and at most one waits.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from yulin.base.text import Text
from yulin.brain.core.criteria import criteria_of
from yulin.brain.core.criteria_reading import Criterion
from yulin.brain.enums import CriteriaState
from yulin.brain.models.policies import Policy, PolicyVersion


class PolicyCriteria(models.Model):
    """What a version of a policy asks of a firm: rows with their words, and the pack that decides them."""

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="criteria")
    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="criteria")
    number = models.PositiveIntegerField("序号")
    state = models.CharField("状态", max_length=12, default=CriteriaState.PROPOSED.value)
    rows = models.JSONField("条件")
    pack = models.TextField("规则包")
    pack_version = models.CharField("规则包哈希", max_length=80)
    note = models.CharField("修改说明", max_length=600, blank=True)
    made_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    made_by_name = models.CharField("提交人", max_length=120)
    made_at = models.DateTimeField("提交时间", db_default=Now())
    checked_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    checked_by_name = models.CharField("确认人", max_length=120, blank=True)
    checked_at = models.DateTimeField("确认时间", null=True, blank=True)
    reason = models.CharField("退回理由", max_length=600, blank=True)

    class Meta:
        verbose_name = "政策条件"
        ordering: ClassVar[list[str]] = ["policy_id", "-number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["policy", "number"], name="policy_criteria_once"),
            models.UniqueConstraint(
                fields=["policy"], condition=Q(state=CriteriaState.PROPOSED.value), name="policy_criteria_one_waits"
            ),
            models.UniqueConstraint(
                fields=["policy"], condition=Q(state=CriteriaState.CONFIRMED.value), name="policy_criteria_one_rules"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[str(state) for state in CriteriaState]), name="policy_criteria_state"
            ),
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True) | Q(made_by__isnull=True) | ~Q(checked_by=F("made_by")),
                name="policy_criteria_four_eyes",
            ),
            models.CheckConstraint(
                condition=~Q(state=CriteriaState.CONFIRMED.value) | Q(checked_by__isnull=False),
                name="policy_criteria_confirmed_by_a_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy_id} c{self.number}"

    @property
    def maker(self) -> Text:
        """Who made it, as a page says: a person, or the rules that read the text, named in both languages."""
        zh, _, en = self.made_by_name.partition(" · ") if self.made_by_id is None else (self.made_by_name, "", "")
        return Text(zh, en or zh)

    @property
    def criteria(self) -> list[Criterion]:
        """Its rows."""
        return criteria_of(self.rows)


class RadarRun(models.Model):
    """All firms against all live policies on one day; it goes on after the last firm of its last part."""

    on = models.DateField("事实之日")
    asked_at = models.DateTimeField("开始时间")
    computed_at = models.DateTimeField("完成时间", null=True)
    last_statement = models.BigIntegerField("最后一条陈述")
    packs = models.JSONField("规则包版本")
    firms = models.JSONField("各区企业数", default=dict)
    counts = models.JSONField("各政策各区计数", default=dict)
    tables = models.JSONField("结果表", default=list)
    last_firm = models.BigIntegerField("已到企业", default=0)
    firms_done = models.PositiveBigIntegerField("已核算企业数", default=0)
    firms_total = models.PositiveBigIntegerField("企业数", default=0)

    class Meta:
        verbose_name = "政策匹配"
        ordering: ClassVar[list[str]] = ["-id"]

    def __str__(self) -> str:
        return f"{self.on} #{self.pk}"


class DeadlineFeed(models.Model):
    """A person's own address of the calendar of deadlines; taken back, it answers nobody any more."""

    user = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    firm = models.ForeignKey("atlas.Firm", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField("建立时间", db_default=Now())
    revoked_at = models.DateTimeField("撤销时间", null=True)

    class Meta:
        verbose_name = "截止日日历"
        ordering: ClassVar[list[str]] = ["-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["user", "firm"], condition=Q(revoked_at__isnull=True), name="deadline_feed_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} → {self.firm_id}"


class DeadlineReminder(models.Model):
    """That a firm was told once that a policy which it is entitled to ends soon."""

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="+")
    firm = models.ForeignKey("atlas.Firm", on_delete=models.PROTECT, related_name="+")
    ends_on = models.DateField("截止日")
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "截止提醒"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["policy", "firm", "ends_on"], name="deadline_reminder_once"),
        ]

    def __str__(self) -> str:
        return f"{self.policy_id} → {self.firm_id} {self.ends_on}"
