"""The table of idempotency keys: what a caller asked under a key, and what the answer was.

Invariant: one key of one caller stands for one content.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now


class IdempotencyKey(models.Model):
    """One key of one caller, the hash of the content sent with it, and the answer given."""

    caller = models.CharField(max_length=80)
    key = models.CharField(max_length=200)
    content_hash = models.CharField(max_length=64)
    answer = models.JSONField(null=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "幂等键"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["caller", "key"], name="idempotency_key_once"),
        ]

    def __str__(self) -> str:
        return f"{self.caller}:{self.key}"
