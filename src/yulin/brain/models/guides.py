"""What explains a policy: its guide and its manual, each further text a row, and by when they are owed.

Invariant (the database's too): a text never changes and is never deleted; the newest of a kind is shown.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from yulin.brain.core.guides import GuideKind


class GuideTerm(models.Model):
    """The day by which a new policy's guide and manual are published, and the day on which both were.

    No day by which where the calendar of its year is not announced.
    """

    policy = models.OneToOneField("brain.Policy", on_delete=models.PROTECT, related_name="guide_term")
    due_on = models.DateField("应发布日", null=True, blank=True)
    done_on = models.DateField("发布齐全日", null=True, blank=True)

    class Meta:
        verbose_name = "解读时限"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["due_on"], condition=Q(done_on__isnull=True), name="guide_term_open"),
        ]

    def __str__(self) -> str:
        return f"{self.policy_id} {self.due_on}"


class PolicyGuide(models.Model):
    """One text that explains a policy, written for the version that ruled then."""

    policy = models.ForeignKey("brain.Policy", on_delete=models.PROTECT, related_name="guides")
    version = models.ForeignKey("brain.PolicyVersion", on_delete=models.PROTECT, related_name="+")
    kind = models.CharField("种类", max_length=12)
    text = models.TextField("正文")
    made_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    made_by_name = models.CharField("发布人", max_length=120)
    made_at = models.DateTimeField("发布时间", db_default=Now())

    class Meta:
        verbose_name = "政策解读"
        ordering: ClassVar[list[str]] = ["policy_id", "kind", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(kind__in=[str(kind) for kind in GuideKind]), name="policy_guide_kind"),
            models.CheckConstraint(condition=~Q(text=""), name="policy_guide_has_text"),
        ]

    def __str__(self) -> str:
        return f"{self.policy_id} {self.kind}"
