"""Each time the clock asked a source: when, what came of it. Written once, never changed."""

from __future__ import annotations

from typing import ClassVar

from django.db import models

from yulin.atlas.enums import PullOutcome


class SourcePull(models.Model):
    """One asking of a source's API: taken in, nothing new, or failed and why."""

    source = models.ForeignKey("atlas.Source", on_delete=models.PROTECT, related_name="pulls")
    began_at = models.DateTimeField("开始")
    ended_at = models.DateTimeField("结束")
    outcome = models.CharField("结果", max_length=10, choices=[(str(one), str(one)) for one in PullOutcome])
    rows = models.PositiveIntegerField("行数", default=0)
    receipt = models.ForeignKey("atlas.Receipt", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    code = models.CharField("错误代码", max_length=60, blank=True, default="")
    why_zh = models.CharField("原因", max_length=500, blank=True, default="")
    why_en = models.CharField("原因（英文）", max_length=500, blank=True, default="")

    class Meta:
        verbose_name = "定时拉取"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["source", "-ended_at"], name="pull_of_source")]

    def __str__(self) -> str:
        return f"{self.source_id}:{self.outcome}"
