"""The book's own law of stacking: texts that one person proposes and another puts in force.

Invariant: what was proposed never changes; of a text the last published version is law, over what ships by its name.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from yulin.brain.enums import VersionState


class StackingVersion(models.Model):
    """One text of the law of stacking as somebody proposed it, and what another person decided."""

    key = models.CharField("规则文件", max_length=60)
    number = models.PositiveIntegerField("版次")
    state = models.CharField("状态", max_length=12, default=VersionState.PROPOSED.value)
    text = models.TextField("内容")
    content_hash = models.CharField("内容哈希", max_length=64)
    note = models.CharField("修改说明", max_length=600)
    made_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    made_by_name = models.CharField("提交人", max_length=120)
    made_at = models.DateTimeField("提交时间", db_default=Now())
    checked_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    checked_by_name = models.CharField("复核人", max_length=120, blank=True)
    checked_at = models.DateTimeField("复核时间", null=True, blank=True)
    reason = models.CharField("退回理由", max_length=600, blank=True)

    class Meta:
        verbose_name = "叠加规则版本"
        ordering: ClassVar[list[str]] = ["key", "-number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["key", "number"], name="stacking_version_once"),
            models.UniqueConstraint(
                fields=["key"], condition=Q(state=VersionState.PROPOSED.value), name="stacking_one_proposal"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[str(state) for state in VersionState]), name="stacking_version_state"
            ),
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True) | ~Q(checked_by=F("made_by")), name="stacking_four_eyes"
            ),
            models.CheckConstraint(
                condition=~Q(state=VersionState.PUBLISHED.value) | Q(checked_by__isnull=False),
                name="stacking_published_is_checked",
            ),
            models.CheckConstraint(
                condition=~Q(state=VersionState.RETURNED.value) | ~Q(reason=""), name="stacking_returned_has_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.key} {self.number}"
