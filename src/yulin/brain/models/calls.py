"""Calls for applications under a policy of the library: the window, the form, the papers, the criteria, as data.

Invariant (the database's too): what a published call asks never changes; who made it does not publish it; an
extension is a row of its own, later than what it extends, with its reason.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from yulin.base.text import Text
from yulin.brain.core.call_forms import CallForm, read_form
from yulin.brain.core.windows import Window
from yulin.brain.enums import CallState


class Call(models.Model):
    """One call: which policy it carries out, from when until when, what it asks for."""

    policy = models.ForeignKey("brain.Policy", on_delete=models.PROTECT, related_name="calls")
    number = models.CharField("编号", max_length=40, unique=True)
    title_zh = models.CharField("名称", max_length=200)
    title_en = models.CharField("英文名称", max_length=200)
    state = models.CharField("状态", max_length=12, default=CallState.PROPOSED.value)
    opens_on = models.DateField("开始日")
    closes_on = models.DateField("截止日")
    grace_days = models.PositiveSmallIntegerField("宽限天数", default=0)
    form = models.JSONField("申报表")
    expert_count = models.PositiveSmallIntegerField("每项专家数", default=2)
    quorum = models.PositiveSmallIntegerField("表决法定人数", default=2)
    notice_workdays = models.PositiveSmallIntegerField("公示工作日", default=5)
    budget_fen = models.BigIntegerField("资金总额", null=True, blank=True)
    most_fen = models.BigIntegerField("单项上限", null=True, blank=True)
    made_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    made_by_name = models.CharField("提交人", max_length=120)
    made_at = models.DateTimeField("提交时间", db_default=Now())
    checked_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    checked_by_name = models.CharField("发布人", max_length=120, blank=True)
    checked_at = models.DateTimeField("发布时间", null=True, blank=True)
    reason = models.CharField("退回理由", max_length=600, blank=True)

    class Meta:
        verbose_name = "申报通知"
        ordering: ClassVar[list[str]] = ["-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(state__in=[str(one) for one in CallState]), name="call_state"),
            models.CheckConstraint(condition=Q(closes_on__gte=F("opens_on"), grace_days__lte=60), name="call_window"),
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True) | Q(made_by__isnull=True) | ~Q(checked_by=F("made_by")),
                name="call_four_eyes",
            ),
            models.CheckConstraint(
                condition=~Q(state=CallState.PUBLISHED.value) | Q(made_by__isnull=True) | Q(checked_by__isnull=False),
                name="call_published_is_checked",
            ),
            models.CheckConstraint(
                condition=(Q(budget_fen__isnull=True) | Q(budget_fen__gt=0))
                & (Q(most_fen__isnull=True) | Q(most_fen__gt=0)),
                name="call_amounts_known_or_null",
            ),
            models.CheckConstraint(
                condition=Q(quorum__gte=1, expert_count__gte=F("quorum"), notice_workdays__gte=1), name="call_panel"
            ),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def title(self) -> Text:
        """The title in both languages."""
        return Text(self.title_zh, self.title_en or self.title_zh)

    @property
    def window(self) -> Window:
        """Its days, extensions counted; reads the extensions that were fetched with it."""
        later = tuple(one.closes_on for one in self.extensions.all())
        return Window(self.opens_on, self.closes_on, self.grace_days, later)

    @property
    def asks(self) -> CallForm:
        """What it asks for."""
        return read_form(self.form)


class CallExtension(models.Model):
    """A later last day of a call, and why."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="extensions")
    closes_on = models.DateField("延至")
    reason = models.CharField("理由", max_length=600)
    made_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    made_by_name = models.CharField("经办", max_length=120)
    made_at = models.DateTimeField("时间", db_default=Now())

    class Meta:
        verbose_name = "延期"
        ordering: ClassVar[list[str]] = ["call_id", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(reason=""), name="call_extension_reason"),
            models.UniqueConstraint(fields=["call", "closes_on"], name="call_extension_once"),
        ]

    def __str__(self) -> str:
        return f"{self.call_id} → {self.closes_on}"
