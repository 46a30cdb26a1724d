"""Records of many sources resolved into entities, run by run: which number each record bears, since when, and why.

Invariant: every row is written once and never changed (the database refuses it). What a record bears is its latest
place; a number that was merged leads on for good, one that parted says from which.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from yulin.atlas.enums import EntityChangeKind


class EntityRun(models.Model):
    """One resolution of all records known by then, and what came of it."""

    file_name = models.CharField("文件名", max_length=255, blank=True)
    file_sha256 = models.CharField("文件哈希", max_length=64, blank=True)
    records = models.PositiveIntegerField("记录数")
    entities = models.PositiveIntegerField("主体数")
    possible = models.PositiveIntegerField("待核对数")
    run_at = models.DateTimeField("时间", db_default=Now())
    run_by_name = models.CharField("操作人", max_length=120)

    class Meta:
        verbose_name = "主体归并"

    def __str__(self) -> str:
        return str(self.pk)


class EntityRecord(models.Model):
    """What a source says under one key, as a run took it in; the latest of a key counts."""

    run = models.ForeignKey("atlas.EntityRun", on_delete=models.PROTECT, related_name="+")
    key = models.CharField("记录键", max_length=120)
    name = models.CharField("名称", max_length=300, blank=True)
    code = models.CharField("代码", max_length=60, blank=True)
    content = models.JSONField("其他内容")

    class Meta:
        verbose_name = "来源记录"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["code"], name="entity_record_code")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["key", "run"], name="entity_record_once"),
            models.CheckConstraint(condition=~Q(key=""), name="entity_record_has_key"),
        ]

    def __str__(self) -> str:
        return self.key


class EntityPlace(models.Model):
    """From a run on a record bears a number, tied to another record for reasons; a record alone is tied to none."""

    run = models.ForeignKey("atlas.EntityRun", on_delete=models.PROTECT, related_name="+")
    key = models.CharField("记录键", max_length=120)
    number = models.PositiveBigIntegerField("主体编号")
    tied_to = models.CharField("归并自", max_length=120, blank=True)
    reasons = models.JSONField("理由")

    class Meta:
        verbose_name = "记录所属主体"
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["number"], name="entity_place_number")]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["key", "run"], name="entity_place_once"),
        ]

    def __str__(self) -> str:
        return f"{self.key}→{self.number}"


class EntityChange(models.Model):
    """What became of a number in a run: merged into another, or parted from another."""

    run = models.ForeignKey("atlas.EntityRun", on_delete=models.PROTECT, related_name="changes")
    number = models.PositiveBigIntegerField("主体编号")
    kind = models.CharField("变化", max_length=8, choices=[(str(one), str(one)) for one in EntityChangeKind])
    other = models.PositiveBigIntegerField("另一编号")

    class Meta:
        verbose_name = "主体编号变化"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["number", "run"], name="entity_change_once"),
            models.CheckConstraint(condition=~Q(number=models.F("other")), name="entity_change_between_two"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["other"], name="entity_change_other")]

    def __str__(self) -> str:
        return f"{self.number} {self.kind} {self.other}"


class EntityPair(models.Model):
    """Two records that a run found possible, each with why; a person judges."""

    run = models.ForeignKey("atlas.EntityRun", on_delete=models.PROTECT, related_name="pairs")
    left = models.CharField("记录", max_length=120)
    right = models.CharField("另一记录", max_length=120)
    points = models.PositiveSmallIntegerField("分值")
    reasons = models.JSONField("理由")

    class Meta:
        verbose_name = "待核对记录对"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["run", "left", "right"], name="entity_pair_once"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["run", "-points"], name="entity_pair_points")]

    def __str__(self) -> str:
        return f"{self.left}~{self.right}"


class EntityJudgement(models.Model):
    """What a person found of two records: one firm, or two. Of those on a pair the latest counts."""

    left = models.CharField("记录", max_length=120)
    right = models.CharField("另一记录", max_length=120)
    is_same = models.BooleanField("同一企业")
    reason = models.CharField("理由", max_length=300)
    judged_at = models.DateTimeField("判定时间")
    judged_by_name = models.CharField("判定人", max_length=120)

    class Meta:
        verbose_name = "记录判定"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["left", "right", "judged_at", "judged_by_name"], name="entity_judgement_once"
            ),
            models.CheckConstraint(condition=Q(left__lt=models.F("right")), name="entity_judgement_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.left}~{self.right}:{self.is_same}"
