"""How long things are kept: rules put in force by two persons, holds, and what each run deleted or masked.

Invariant: a proposal, its decision and end, a hold and its end are written once and never changed. The database lets
rows be deleted or masked only inside a run whose rule two persons have put in force.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from yulin.atlas.models.hands import Ended, SecondHand


class RetentionOrder(models.Model):
    """A rule as it stood when somebody proposed to put it in force."""

    rule_id = models.CharField("规则", max_length=60)
    rule_hash = models.CharField("规则散列", max_length=64)
    rule = models.JSONField("规则内容")
    reason = models.CharField("理由", max_length=300)
    proposed_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    proposed_by_name = models.CharField("提议人", max_length=120)
    proposed_at = models.DateTimeField("提议时间", db_default=Now())

    class Meta:
        verbose_name = "留存规则提议"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(reason=""), name="retention_order_has_reason"),
        ]

    def __str__(self) -> str:
        return f"{self.rule_id}:{self.rule_hash[:8]}"


class RetentionDecision(SecondHand):
    """What another person than the proposer decided of a rule."""

    order = models.OneToOneField("atlas.RetentionOrder", on_delete=models.PROTECT, related_name="decision")

    class Meta:
        verbose_name = "留存规则决定"

    def __str__(self) -> str:
        return str(self.order_id)


class RetentionEnd(Ended):
    """From this instant on nothing goes under a proposal: taken back, or replaced by a later one."""

    order = models.OneToOneField("atlas.RetentionOrder", on_delete=models.PROTECT, related_name="end")

    class Meta:
        verbose_name = "留存规则停用"

    def __str__(self) -> str:
        return str(self.order_id)


class RetentionHold(models.Model):
    """The authority holds everything about a firm, whatever its time."""

    firm = models.ForeignKey("atlas.Firm", on_delete=models.PROTECT, related_name="+")
    reason = models.CharField("理由", max_length=300)
    placed_by_name = models.CharField("操作人", max_length=120)
    placed_at = models.DateTimeField("时间", db_default=Now())

    class Meta:
        verbose_name = "保留"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(reason=""), name="retention_hold_has_reason"),
        ]

    def __str__(self) -> str:
        return str(self.firm_id)


class RetentionHoldEnd(Ended):
    """A hold is over."""

    hold = models.OneToOneField("atlas.RetentionHold", on_delete=models.PROTECT, related_name="end")

    class Meta:
        verbose_name = "解除保留"

    def __str__(self) -> str:
        return str(self.hold_id)


class RetentionRun(models.Model):
    """One run of one rule: how many things were due, how many went, and how many stayed for which reason."""

    order = models.ForeignKey("atlas.RetentionOrder", on_delete=models.PROTECT, related_name="runs")
    ran_on = models.DateField("运行日")
    ran_at = models.DateTimeField("时间", db_default=Now())
    ended_at = models.DateTimeField("结束时间", null=True)
    due_count = models.PositiveBigIntegerField("到期", default=0)
    gone_count = models.PositiveBigIntegerField("已处理", default=0)
    kept_count = models.PositiveBigIntegerField("保留", default=0)
    kept_for = models.JSONField("保留原因", default=dict)

    class Meta:
        verbose_name = "留存处理"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(due_count=F("gone_count") + F("kept_count")), name="retention_run_loses_nothing"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.order_id}:{self.ran_on}"
