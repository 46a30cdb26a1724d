"""Signed answers to yes-or-no questions about firms.

Invariant: an answer is written once and never changed.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class SignedAnswer(models.Model):
    """One answer as it was signed, and the nonces that open its commitments to whoever audits it."""

    firm = models.ForeignKey("atlas.Firm", on_delete=models.PROTECT, related_name="answers")
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, null=True, related_name="+")
    question = models.CharField("问题", max_length=60)
    content = models.JSONField("答复")
    signature = models.CharField("签名", max_length=100)
    openings = models.JSONField("承诺的随机数")
    answered_at = models.DateTimeField("时间", db_default=Now())

    class Meta:
        verbose_name = "是否问答"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["firm", "-id"], name="answer_firm")]

    def __str__(self) -> str:
        return f"{self.firm_id}:{self.question}"
