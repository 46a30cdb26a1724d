"""What happened to old enrolments when a scheme was replaced: kept or moved, with the report of before and after."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from yulin.pool.enums import MoveRule


class SchemeMove(models.Model):
    """One decision on the enrolments of an old version of the law."""

    from_pack = models.ForeignKey("rules.PublishedPack", on_delete=models.PROTECT, related_name="+")
    to_pack = models.ForeignKey("rules.PublishedPack", on_delete=models.PROTECT, related_name="+")
    rule = models.CharField("规则", max_length=4)
    made_at = models.DateTimeField("时间", db_default=Now())
    made_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    report = models.JSONField("前后对照")

    class Meta:
        verbose_name = "新旧方案衔接"
        ordering: ClassVar[list[str]] = ["-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(rule__in=[str(each) for each in MoveRule]), name="scheme_move_rule"),
            models.CheckConstraint(condition=~Q(from_pack=F("to_pack")), name="scheme_move_two_packs"),
        ]

    def __str__(self) -> str:
        return f"{self.from_pack_id} → {self.to_pack_id}: {self.rule}"
