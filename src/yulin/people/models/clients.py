"""Programs that speak for an organisation: OAuth2 client credentials, in one role, within named actions.

Invariant: the secret itself is nowhere kept, only its hash; a client without a right of its role has no right.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models.functions import Now

from yulin.people.models.organisations import ROLE_CHOICES


class ApiClient(models.Model):
    """One program of an organisation."""

    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="api_clients")
    name = models.CharField("名称", max_length=120)
    client_id = models.CharField("客户端编号", max_length=40, unique=True)
    secret_hash = models.CharField("密钥摘要", max_length=64)
    role = models.CharField("身份", max_length=24, choices=ROLE_CHOICES)
    scopes = models.JSONField("可做的事", default=list)
    is_active = models.BooleanField("在用", default=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "接口客户端"
        ordering: ClassVar[list[str]] = ["client_id"]

    def __str__(self) -> str:
        return self.client_id
