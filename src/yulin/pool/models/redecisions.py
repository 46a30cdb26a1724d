"""What was decided again because a fact it rested on was wrong: what it said with the wrong value, and says without.

Invariant: written once for each correction and what rested on it, never changed; it holds no value of the fact.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from yulin.pool.enums import RedecisionKind


class Redecision(models.Model):
    """A check-up, a pre-loan answer or a signed answer decided again; `changes` are what it says otherwise now."""

    kind = models.CharField("类别", max_length=20, choices=[(str(one), str(one)) for one in RedecisionKind])
    firm = models.ForeignKey("atlas.Firm", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, null=True, related_name="+")
    answer = models.ForeignKey("pool.PreLoanAnswer", on_delete=models.PROTECT, null=True, related_name="redecisions")
    signed_answer = models.ForeignKey("atlas.SignedAnswer", on_delete=models.PROTECT, null=True, related_name="+")
    fact = models.CharField("事实", max_length=80)
    why = models.CharField("原因", max_length=12)
    cause = models.CharField("所据决定", max_length=60)
    changes = models.JSONField("变化")
    decided_on = models.DateField("业务日期")
    decided_at = models.DateTimeField("时间", db_default=Now())

    class Meta:
        verbose_name = "重新认定"
        ordering: ClassVar[list[str]] = ["-id"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["firm", "kind"], name="redecision_of_firm")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["kind", "firm", "cause", "answer", "signed_answer"],
                name="redecision_once",
                nulls_distinct=False,
            ),
            models.CheckConstraint(
                condition=Q(kind="check_up", answer=None, signed_answer=None, organisation=None)
                | Q(kind="pre_loan_answer", answer__isnull=False, signed_answer=None)
                | Q(kind="signed_answer", answer=None, signed_answer__isnull=False),
                name="redecision_of_one_thing",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.cause}"
