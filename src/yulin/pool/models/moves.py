"""What happens to old enrolments when a scheme is replaced: kept or moved, proposed by one person, decided by another.

Invariant (the database's too): maker and checker differ; for two versions at most one proposal waits.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from yulin.pool.enums import MoveRule, MoveState


class SchemeMove(models.Model):
    """One decision on the enrolments of an old version of the law, with the report of before and after."""

    from_pack = models.ForeignKey("rules.PublishedPack", on_delete=models.PROTECT, related_name="+")
    to_pack = models.ForeignKey("rules.PublishedPack", on_delete=models.PROTECT, related_name="+")
    rule = models.CharField("规则", max_length=4)
    made_at = models.DateTimeField("时间", db_default=Now())
    made_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    state = models.CharField("状态", max_length=12)
    note = models.CharField("提议理由", max_length=300)
    checked_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    checked_at = models.DateTimeField("复核时间", null=True)
    answer = models.CharField("复核意见", max_length=300, blank=True)
    report = models.JSONField("前后对照")

    class Meta:
        verbose_name = "新旧方案衔接"
        ordering: ClassVar[list[str]] = ["-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(rule__in=[str(each) for each in MoveRule]), name="scheme_move_rule"),
            models.CheckConstraint(condition=Q(state__in=[str(each) for each in MoveState]), name="scheme_move_state"),
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True) | Q(made_by__isnull=True) | ~Q(made_by=F("checked_by")),
                name="scheme_move_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(state=MoveState.PROPOSED.value) | Q(checked_at__isnull=True), name="scheme_move_waits"
            ),
            models.UniqueConstraint(
                fields=["from_pack", "to_pack"],
                condition=Q(state=MoveState.PROPOSED.value),
                name="scheme_move_one_proposal",
            ),
            models.CheckConstraint(condition=~Q(from_pack=F("to_pack")), name="scheme_move_two_packs"),
        ]

    def __str__(self) -> str:
        return f"{self.from_pack_id} → {self.to_pack_id}: {self.rule}"
