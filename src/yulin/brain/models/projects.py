"""Approved projects as lists say them: one row a statement, with its file and row; and the lists themselves.

Invariant (the database's too): what a row says never changes and is never deleted; a later list that says otherwise of
the same project is a further row, and of each project one row is current. Nobody's personal number is kept.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q, Value
from django.db.models.functions import Now

from yulin.brain.core.projects import Level, ProjectStatus


class ProjectFile(models.Model):
    """One list taken in: its content by hash, how it was read, what came of each of its rows."""

    name = models.CharField("文件", max_length=255)
    sha256 = models.CharField("哈希", max_length=64)
    form = models.CharField("格式", max_length=8)
    choices = models.JSONField("读取方式", default=dict)
    choices_hash = models.CharField("文件与读取方式", max_length=64, unique=True)
    report = models.JSONField("读取结果", default=dict)
    made_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    made_by_name = models.CharField("导入人", max_length=120)
    made_at = models.DateTimeField("导入时间", db_default=Now())

    class Meta:
        verbose_name = "立项清单"
        ordering: ClassVar[list[str]] = ["-id"]

    def __str__(self) -> str:
        return self.name


class ApprovedProject(models.Model):
    """What one row of a list says of one approved project; null and empty are unknown.

    Which firm of the book the unit is, is asked of its code when it is shown, never kept. `names` are people's names as
    they are compared, `prints` the numbers by which texts with common stretches are found (`core/overlap.py`), `words`
    and `marks` what a search by words reads and looks up (`core/project_words.py`).
    """

    key = models.CharField("标识", max_length=64)
    version = models.PositiveIntegerField("版次", default=1)
    is_current = models.BooleanField("现行", default=True)
    content_hash = models.CharField("内容哈希", max_length=64)
    number = models.CharField("项目编号", max_length=120, blank=True)
    title = models.CharField("项目名称", max_length=300)
    title_folded = models.CharField(max_length=300)
    programme = models.CharField("计划类别", max_length=200, blank=True)
    level = models.CharField("级别", max_length=12, blank=True)
    year = models.PositiveSmallIntegerField("立项年度", null=True, blank=True)
    amount_fen = models.BigIntegerField("立项金额（分）", null=True, blank=True)
    unit = models.CharField("承担单位", max_length=300)
    unit_folded = models.CharField(max_length=300)
    unit_code = models.CharField("统一社会信用代码", max_length=18, blank=True)
    leader = models.CharField("负责人", max_length=120, blank=True)
    members = models.JSONField("成员", default=list)
    names = ArrayField(models.CharField(max_length=120), default=list)
    status = models.CharField("状态", max_length=12, blank=True)
    starts_on = models.DateField("开始日期", null=True, blank=True)
    ends_on = models.DateField("结束日期", null=True, blank=True)
    abstract = models.TextField("项目简介", blank=True)
    prints = ArrayField(models.IntegerField(), default=list)
    words = models.TextField(default="", db_default="")
    marks = ArrayField(models.IntegerField(), default=list, db_default=Value([], ArrayField(models.IntegerField())))
    authority = models.CharField("立项部门", max_length=200, blank=True)
    document = models.CharField("来源文件", max_length=300, blank=True)
    url = models.CharField("网址", max_length=500, blank=True)
    file = models.ForeignKey(ProjectFile, on_delete=models.PROTECT, related_name="projects")
    row = models.PositiveIntegerField("行号")
    made_at = models.DateTimeField("录入时间", db_default=Now())

    class Meta:
        verbose_name = "立项项目"
        ordering: ClassVar[list[str]] = ["-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["key", "version"], name="project_version_once"),
            models.UniqueConstraint(fields=["key"], condition=Q(is_current=True), name="project_one_current"),
            models.CheckConstraint(condition=~Q(title="") & ~Q(unit=""), name="project_has_title_and_unit"),
            models.CheckConstraint(
                condition=Q(amount_fen__isnull=True) | Q(amount_fen__gte=0), name="project_amount_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(level__in=["", *(str(one) for one in Level)]), name="project_level_known"
            ),
            models.CheckConstraint(
                condition=Q(status__in=["", *(str(one) for one in ProjectStatus)]), name="project_status_known"
            ),
            models.CheckConstraint(
                condition=Q(starts_on__isnull=True) | Q(ends_on__isnull=True) | Q(ends_on__gte=models.F("starts_on")),
                name="project_period",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # Whoever writes rows empties the lists of pending entries: a look-up print by print reads them every time.
            GinIndex(fields=["prints"], condition=Q(is_current=True), name="project_prints"),
            GinIndex(fields=["marks"], condition=Q(is_current=True), name="project_marks"),
            GinIndex(fields=["names"], condition=Q(is_current=True), name="project_names"),
            models.Index(fields=["unit_folded"], name="project_unit"),
            models.Index(fields=["unit_code"], name="project_unit_code"),
            models.Index(fields=["title_folded"], name="project_title"),
            models.Index(fields=["programme", "year"], condition=Q(is_current=True), name="project_programme"),
        ]

    def __str__(self) -> str:
        return self.title
