"""What the brain keeps: each run over all firms, with its counts; the answers themselves lie in a Parquet table."""

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
