"""What a person states of a firm by hand: on a document, decided by another person, taken back by an end.

Invariant: all three are written once and never changed (the database refuses it).
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from yulin.atlas.models.hands import Ended, SecondHand


class HandEdit(models.Model):
    """One value of one fact, from when to when, why, and the document that shows it; it counts once it is approved."""

    firm = models.ForeignKey("atlas.Firm", on_delete=models.PROTECT, related_name="hand_edits")
    fact = models.CharField("事实", max_length=80)
    value = models.JSONField("值")
    valid_from = models.DateField("自")
    valid_until = models.DateField("至（不含）", null=True, blank=True)
    reason = models.CharField("理由", max_length=300)
    document_sha256 = models.CharField("凭据哈希", max_length=64)
    document_name = models.CharField("凭据", max_length=200)
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    stated_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    stated_by_name = models.CharField("录入人", max_length=120)
    stated_at = models.DateTimeField("录入时间", db_default=Now())

    class Meta:
        verbose_name = "手工录入"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(reason=""), name="hand_edit_has_reason"),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")), name="hand_edit_interval"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["firm", "fact"], name="hand_edit_firm")]

    def __str__(self) -> str:
        return f"HE{self.pk}"


class HandEditDecision(SecondHand):
    """What another person than the one who stated it decided."""

    edit = models.OneToOneField("atlas.HandEdit", on_delete=models.PROTECT, related_name="decision")

    class Meta:
        verbose_name = "手工录入复核"

    def __str__(self) -> str:
        return str(self.edit_id)


class HandEditEnd(Ended):
    """From this instant on the value is neither used nor shown: it was taken back, and why."""

    edit = models.OneToOneField("atlas.HandEdit", on_delete=models.PROTECT, related_name="end")
    reason = models.CharField("理由", max_length=300)

    class Meta:
        verbose_name = "手工录入撤回"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(reason=""), name="hand_edit_end_has_reason"),
        ]

    def __str__(self) -> str:
        return str(self.edit_id)
