"""Messages that Yulin posts to the systems of partners: queued with what caused them, tried again until they arrive.

Invariant: one key stands for one message; a message that was sent, or that nobody may have any more, is not sent again.
"""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from yulin.exchange.enums import MessageState


class Message(models.Model):
    """One message to one organisation. What it says is worked out each time it is sent, by who knows its topic."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    topic = models.CharField("主题", max_length=60)
    key = models.CharField("唯一键", max_length=120, unique=True)
    subject = models.JSONField("所据")
    state = models.CharField(
        "状态", max_length=10, choices=[(str(one), str(one)) for one in MessageState], default=str(MessageState.WAITING)
    )
    attempts = models.PositiveSmallIntegerField("已尝试次数", default=0)
    next_at = models.DateTimeField("下次尝试", db_default=Now())
    last_status = models.PositiveSmallIntegerField("最近状态码", null=True, blank=True)
    last_error = models.CharField("最近错误", max_length=300, blank=True)
    made_at = models.DateTimeField("生成时间", db_default=Now())
    settled_at = models.DateTimeField("办结时间", null=True, blank=True)

    class Meta:
        verbose_name = "推送消息"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["next_at"], name="message_due", condition=Q(state=str(MessageState.WAITING))),
            models.Index(fields=["organisation", "state", "-made_at"], name="message_of"),
        ]

    def __str__(self) -> str:
        return f"{self.topic}:{self.id}"
