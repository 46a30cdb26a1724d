"""Versions of packs in this database: drafted by one person, published by another, then never changed.

Invariant (the database's too): maker and checker differ; a published version keeps its content; on one day at most one
published version of a pack is in force; all published versions of a pack have one currency, because its accounts go on.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now

from yulin.base.text import OWN_CURRENCY, Text
from yulin.rules.enums import DraftState, PackState

_PUBLISHED = Q(state=PackState.PUBLISHED.value)


class PublishedPackQuerySet(models.QuerySet["PublishedPack"]):
    """Versions in the words of the field."""

    def published(self) -> PublishedPackQuerySet:
        """Those that are law here."""
        return self.filter(_PUBLISHED)

    def drafts(self) -> PublishedPackQuerySet:
        """Those that wait for a second person."""
        return self.filter(state=PackState.DRAFT.value)


class PublishedPack(models.Model):
    """One version of one pack: its files as text, its hash, its interval, and who made and checked it."""

    pack_id = models.CharField("规则包", max_length=60)
    version = models.CharField("版本", max_length=80)
    kind = models.CharField("类别", max_length=12)
    title_zh = models.CharField("名称", max_length=300)
    title_en = models.CharField("英文名称", max_length=300)
    document = models.CharField("文号", max_length=200, blank=True)
    currency = models.CharField("币种", max_length=3, default=OWN_CURRENCY, db_default=OWN_CURRENCY)
    content = models.JSONField("文本")
    manager_values = models.JSONField("管理机构填定的值", default=dict, blank=True)
    effective_from = models.DateField("自")
    effective_until = models.DateField("至（不含）", null=True, blank=True)
    state = models.CharField("状态", max_length=12, default=PackState.DRAFT.value)
    made_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+", verbose_name="起草")
    made_at = models.DateTimeField(db_default=Now())
    checked_by = models.ForeignKey(
        "people.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="复核"
    )
    published_at = models.DateTimeField("发布时间", null=True, blank=True)

    objects = PublishedPackQuerySet.as_manager()

    class Meta:
        verbose_name = "规则包版本"
        ordering: ClassVar[list[str]] = ["pack_id", "-effective_from", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["pack_id", "version", "manager_values"],
                condition=~Q(state=PackState.WITHDRAWN.value),
                name="pack_version_once",
            ),
            models.CheckConstraint(condition=Q(state__in=[str(state) for state in PackState]), name="pack_state"),
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True) | ~Q(checked_by=F("made_by")), name="pack_four_eyes"
            ),
            models.CheckConstraint(
                condition=~_PUBLISHED | (Q(checked_by__isnull=False) & Q(published_at__isnull=False)),
                name="pack_published_is_checked",
            ),
            models.CheckConstraint(
                condition=Q(effective_until__isnull=True) | Q(effective_until__gt=F("effective_from")),
                name="pack_interval",
            ),
            ExclusionConstraint(
                name="pack_one_in_force",
                expressions=[
                    ("pack_id", RangeOperators.EQUAL),
                    (
                        Func(F("effective_from"), F("effective_until"), function="daterange"),
                        RangeOperators.OVERLAPS,
                    ),
                ],
                condition=_PUBLISHED,
            ),
            ExclusionConstraint(
                name="pack_one_currency",
                expressions=[("pack_id", RangeOperators.EQUAL), ("currency", RangeOperators.NOT_EQUAL)],
                condition=_PUBLISHED,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pack_id}@{self.effective_from}"

    @property
    def title(self) -> Text:
        """The title in both languages."""
        return Text(self.title_zh, self.title_en)

    @property
    def short_version(self) -> str:
        """The first twelve characters of the hash, as pages show it."""
        return self.version.removeprefix("sha256:")[:12]


class PackDraftQuerySet(models.QuerySet["PackDraft"]):
    """Drafts in the words of the field."""

    def waiting(self) -> PackDraftQuerySet:
        """Those that somebody has to do something about."""
        return self.filter(state__in=[DraftState.OPEN.value, DraftState.SUBMITTED.value])


class PackDraft(models.Model):
    """The text of a version that is being written, which may still have defects; its maker alone writes in it.

    What is submitted becomes a `PublishedPack` in draft, of that very text, for the second person to publish.
    """

    base_key = models.CharField("所本版本", max_length=120, blank=True)
    pack_id = models.CharField("规则包", max_length=120, blank=True)
    title_zh = models.CharField("名称", max_length=300, blank=True)
    title_en = models.CharField("英文名称", max_length=300, blank=True)
    content = models.JSONField("文本")
    manager_values = models.JSONField("管理机构填定的值", default=dict, blank=True)
    state = models.CharField("状态", max_length=12, default=DraftState.OPEN.value)
    lock = models.PositiveIntegerField("改动次数", default=0)
    made_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+", verbose_name="起草")
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(db_default=Now())
    saved_at = models.DateTimeField("保存时间", db_default=Now())
    submission = models.OneToOneField(
        PublishedPack, on_delete=models.PROTECT, null=True, blank=True, related_name="drafting"
    )

    objects = PackDraftQuerySet.as_manager()

    class Meta:
        verbose_name = "规则草案"
        ordering: ClassVar[list[str]] = ["-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(state__in=[str(state) for state in DraftState]), name="pack_draft_state"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=[DraftState.SUBMITTED.value, DraftState.PUBLISHED.value])
                | Q(submission__isnull=False),
                name="pack_draft_submission",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pack_id} #{self.pk}"

    @property
    def title(self) -> Text:
        """The title in both languages, as the text last said it."""
        return Text(self.title_zh or self.pack_id or "—", self.title_en or self.pack_id or "—")


class DraftStep(models.Model):
    """One step of a draft: who did what when, and why; rows are only ever added."""

    draft = models.ForeignKey(PackDraft, on_delete=models.CASCADE, related_name="steps")
    act = models.CharField("步骤", max_length=12)
    by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(db_default=Now())
    note = models.CharField("说明", max_length=600, blank=True)

    class Meta:
        verbose_name = "草案步骤"
        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return f"{self.act} #{self.draft_id}"
