"""What the brain keeps: runs over all firms with their counts; the answers themselves lie in Parquet tables."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class AreaRun(models.Model):
    """All firms under every title on one day, as known at one instant."""

    on = models.DateField("事实与规则之日")
    computed_at = models.DateTimeField("计算时间")
    last_statement = models.BigIntegerField("最后一条陈述")
    packs = models.JSONField("规则包版本")
    firms = models.JSONField("各区企业数")
    titles = models.JSONField("各资质各区计数")
    table = models.CharField("结果表", max_length=200)

    class Meta:
        verbose_name = "区域体检"
        ordering: ClassVar[list[str]] = ["-computed_at"]

    def __str__(self) -> str:
        return f"{self.on} {self.computed_at:%H:%M:%S}"


class EffectRun(models.Model):
    """What a change of law does to all firms: the last result for two versions, and how far the next one has come.

    Versions stand under their hashes, so that a draft saved anew has no result yet.
    """

    old_key = models.CharField("旧版", max_length=120)
    new_key = models.CharField("新版", max_length=120)
    old_version = models.CharField("旧版哈希", max_length=80)
    new_version = models.CharField("新版哈希", max_length=80)
    asked_at = models.DateTimeField("提出时间")
    moved_at = models.DateTimeField("进展时间")
    firms_done = models.PositiveBigIntegerField("已核算企业数", default=0)
    firms_total = models.PositiveBigIntegerField("企业数", default=0)
    on = models.DateField("事实之日", null=True)
    computed_at = models.DateTimeField("计算时间", null=True)
    last_statement = models.BigIntegerField("最后一条陈述", default=0)
    moves = models.JSONField("各区各变化企业数", default=dict)
    table = models.CharField("结果表", max_length=200, blank=True)

    class Meta:
        verbose_name = "规则影响"
        ordering: ClassVar[list[str]] = ["-asked_at", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["old_version", "new_version"], name="effect_run_once"),
            models.CheckConstraint(
                condition=models.Q(computed_at__isnull=True) | (models.Q(on__isnull=False) & ~models.Q(table="")),
                name="effect_run_result",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.old_key} → {self.new_key}"
