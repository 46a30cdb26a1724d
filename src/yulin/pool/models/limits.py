"""Running totals under limits that several banks share.

Invariant (the database's too): a total never passes its limit and never falls below nothing. It is changed only under
its row lock, taken in the order of (scheme, kind, key, period).
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q


class LimitUse(models.Model):
    """How much is enrolled over one thing in one period, and the limit of it if the scheme knows one."""

    scheme_id = models.CharField("方案", max_length=60)
    kind = models.CharField("限额", max_length=20)
    key = models.CharField("对象", max_length=80)
    period = models.CharField("期间", max_length=10)
    limit_fen = models.BigIntegerField("上限", null=True, blank=True)
    used_fen = models.BigIntegerField("已用", default=0)

    class Meta:
        verbose_name = "限额占用"
        ordering: ClassVar[list[str]] = ["scheme_id", "kind", "key", "period"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["scheme_id", "kind", "key", "period"], name="limit_use_once"),
            models.CheckConstraint(
                condition=Q(used_fen__gte=0) & (Q(limit_fen__isnull=True) | Q(used_fen__lte=F("limit_fen"))),
                name="limit_use_within",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.scheme_id}/{self.kind}/{self.key}/{self.period}"
