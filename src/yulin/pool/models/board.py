"""The headline board's snapshots: all figures of one day, computed in one pass over the book."""

from __future__ import annotations

from typing import ClassVar

from django.db import models


class BoardSnapshot(models.Model):
    """The figures of one group of schemes on one day, as computed at one instant."""

    as_of = models.DateField("截至")
    scheme_group = models.CharField("方案组", max_length=60)
    computed_at = models.DateTimeField("计算时间")
    figures = models.JSONField("数字")

    class Meta:
        verbose_name = "统计快照"
        ordering: ClassVar[list[str]] = ["-as_of", "-computed_at"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["scheme_group", "-as_of", "-computed_at"], name="board_snapshot_latest")
        ]

    def __str__(self) -> str:
        return f"{self.scheme_group} {self.as_of}"
