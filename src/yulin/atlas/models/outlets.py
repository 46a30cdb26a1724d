"""Where a partner shows portraits in a system of its own: the terms, the links into it, and how much it is used.

Invariant: terms, their decision and end, a link and its revocation are written once and never changed; what changes is
counts only. Of one organisation's terms at most one are in force.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from yulin.atlas.enums import LinkKind, OutletEndReason, UseOutcome
from yulin.atlas.models.hands import Ended, SecondHand


class Outlet(models.Model):
    """The terms of one partner as proposed: facts, origins of pages, how often, at which prices, where news goes."""

    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    facts = models.JSONField("可展示的事实")
    origins = models.JSONField("可嵌入的来源")
    per_minute = models.PositiveIntegerField("每分钟次数上限")
    feed_url = models.CharField("变更推送地址", max_length=500, blank=True)
    look_price_fen = models.PositiveIntegerField("每次展示价格（分）", db_default=0)
    news_price_fen = models.PositiveIntegerField("每次变更价格（分）", db_default=0)
    free_a_month = models.PositiveIntegerField("每月免费次数", db_default=0)
    reason = models.CharField("事由", max_length=300)
    proposed_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    proposed_by_name = models.CharField("提议人", max_length=120)
    proposed_at = models.DateTimeField("提议时间", db_default=Now())

    class Meta:
        verbose_name = "场景接入"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(facts=[]), name="outlet_has_facts"),
            models.CheckConstraint(condition=Q(per_minute__gte=1), name="outlet_has_a_rate"),
        ]

    def __str__(self) -> str:
        return f"{self.organisation_id}:{self.pk}"


class OutletDecision(SecondHand):
    """What another person than the proposer decided of the terms."""

    outlet = models.OneToOneField("atlas.Outlet", on_delete=models.PROTECT, related_name="decision")

    class Meta:
        verbose_name = "场景接入决定"

    def __str__(self) -> str:
        return str(self.outlet_id)


class OutletEnd(Ended):
    """From this instant on the terms open nothing: taken back, or replaced by newer ones."""

    outlet = models.OneToOneField("atlas.Outlet", on_delete=models.PROTECT, related_name="end")
    why = models.CharField("原因", max_length=10, choices=[(str(one), str(one)) for one in OutletEndReason])

    class Meta:
        verbose_name = "场景接入终止"

    def __str__(self) -> str:
        return str(self.outlet_id)


class PortraitLink(models.Model):
    """A link that a partner made to one firm's portrait, for one audience and a short time."""

    outlet = models.ForeignKey("atlas.Outlet", on_delete=models.PROTECT, related_name="links")
    firm = models.ForeignKey("atlas.Firm", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("方式", max_length=10, choices=[(str(one), str(one)) for one in LinkKind])
    audience = models.CharField("对象", max_length=200)
    made_by_name = models.CharField("生成人", max_length=120)
    made_at = models.DateTimeField("生成时间", db_default=Now())
    expires_at = models.DateTimeField("失效时间")

    class Meta:
        verbose_name = "画像链接"

    def __str__(self) -> str:
        return f"{self.outlet_id}→{self.firm_id}"


class LinkRevocation(models.Model):
    """A link that its partner has taken back."""

    link = models.OneToOneField("atlas.PortraitLink", on_delete=models.PROTECT, related_name="revocation")
    revoked_by_name = models.CharField("撤回人", max_length=120)
    revoked_at = models.DateTimeField("撤回时间", db_default=Now())

    class Meta:
        verbose_name = "撤回画像链接"

    def __str__(self) -> str:
        return str(self.link_id)


class OutletUse(models.Model):
    """How often a partner asked for a firm on a day, by which way, and what came of it."""

    outlet = models.ForeignKey("atlas.Outlet", on_delete=models.PROTECT, related_name="uses")
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    firm = models.ForeignKey("atlas.Firm", on_delete=models.PROTECT, related_name="outlet_uses")
    used_on = models.DateField("日")
    kind = models.CharField("方式", max_length=10, choices=[(str(one), str(one)) for one in LinkKind])
    outcome = models.CharField("结果", max_length=10, choices=[(str(one), str(one)) for one in UseOutcome])
    times = models.PositiveIntegerField("次数", default=0)

    class Meta:
        verbose_name = "接入用量"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["outlet", "firm", "used_on", "kind", "outcome"], name="outlet_use_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["firm", "used_on"], name="outlet_use_firm")]

    def __str__(self) -> str:
        return f"{self.outlet_id}:{self.used_on}"


class OutletMinute(models.Model):
    """How many requests of the current minute a partner has had: the database counts, so that all workers share it."""

    outlet = models.OneToOneField("atlas.Outlet", on_delete=models.CASCADE, primary_key=True, related_name="minute")
    began_at = models.DateTimeField("该分钟起点")
    times = models.PositiveIntegerField("次数", default=0)

    class Meta:
        verbose_name = "接入频次"

    def __str__(self) -> str:
        return f"{self.outlet_id}:{self.times}"
