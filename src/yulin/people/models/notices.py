"""Notices to an organisation's people, and who has read them."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from yulin.base.text import Text

TITLE = 200


class Notice(models.Model):
    """One message to an organisation, or to one person of it; the required action stands in its title."""

    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="notices")
    user = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    kind = models.CharField("类别", max_length=60)
    title_zh = models.CharField("标题", max_length=TITLE)
    title_en = models.CharField("英文标题", max_length=TITLE)
    body_zh = models.TextField("正文", blank=True)
    body_en = models.TextField("英文正文", blank=True)
    path = models.CharField("页面", max_length=300, blank=True)
    due_on = models.DateField("期限", null=True, blank=True)
    sent_by_organisation = models.ForeignKey(
        "people.Organisation", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    sent_on = models.DateField("日期")  # the business date: in a demo book the day on which it stands
    about = models.CharField("所催事项", max_length=60, blank=True)  # what it asks to be done: `claim:5`
    done_on = models.DateField("办结日", null=True, blank=True)
    sent_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "通知"
        ordering: ClassVar[list[str]] = ["-id"]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["organisation", "-id"], name="notice_organisation"),
            models.Index(fields=["about"], condition=Q(done_on__isnull=True) & ~Q(about=""), name="notice_open"),
        ]

    def __str__(self) -> str:
        return self.title_zh

    @property
    def title(self) -> Text:
        """The title in both languages."""
        return Text(self.title_zh, self.title_en)

    @property
    def body(self) -> Text:
        """The body in both languages."""
        return Text(self.body_zh, self.body_en)


class NoticeReading(models.Model):
    """One person has read one notice."""

    notice = models.ForeignKey("people.Notice", on_delete=models.CASCADE, related_name="readings")
    user = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    read_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "已读"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["notice", "user"], name="notice_read_once"),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id}:{self.user_id}"
