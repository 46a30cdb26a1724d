"""The book that this instance keeps, and its calendar of working days.

Invariant: there is one book; a day that stands still exists on demo books only.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from yulin.base.text import Text


class Book(models.Model):
    """The one book of this instance: whose pool it is, and whether it is a demo."""

    id = models.PositiveSmallIntegerField(primary_key=True, default=1)
    name_zh = models.CharField("名称", max_length=120, default="科技金融服务平台")
    name_en = models.CharField("英文名称", max_length=120, default="Technology-finance platform")
    is_demo = models.BooleanField("演示账本", default=False)
    business_date_pin = models.DateField("固定业务日期", null=True, blank=True)
    demo_seed = models.PositiveIntegerField(null=True, blank=True)
    demo_scale = models.DecimalField(max_digits=8, decimal_places=3, null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "账本"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(id=1), name="book_one"),
            models.CheckConstraint(
                condition=Q(business_date_pin__isnull=True) | Q(is_demo=True), name="book_pin_on_demo_only"
            ),
        ]

    def __str__(self) -> str:
        return self.name_zh

    @property
    def name(self) -> Text:
        """The name in both languages."""
        return Text(self.name_zh, self.name_en)


class CalendarDay(models.Model):
    """A day that the authority set to working or free, over what ships with Yulin."""

    day = models.DateField("日期", primary_key=True)
    is_workday = models.BooleanField("工作日")
    note = models.CharField("说明", max_length=200, blank=True)
    set_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "工作日历"
        ordering: ClassVar[list[str]] = ["day"]

    def __str__(self) -> str:
        return f"{self.day}: {'work' if self.is_workday else 'free'}"


class CalendarYear(models.Model):
    """A year, later than those that ship with Yulin, whose days off and make-up days are entered in full."""

    year = models.PositiveSmallIntegerField("年份", primary_key=True)
    document = models.CharField("文号", max_length=200, blank=True)
    set_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    set_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "已发布的年份"
        ordering: ClassVar[list[str]] = ["year"]

    def __str__(self) -> str:
        return str(self.year)
