"""Uploads, what was found on their rows, and the columns that a bank's files have.

Invariant (the database's too): the same file of the same bank for the same purpose is one upload; each change of a
bank's mapping is a new version.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from yulin.exchange.enums import Severity, UploadKind, UploadMode, UploadState


class ColumnMapping(models.Model):
    """Which column of a bank's file is which of ours; a change is a new version, the last one counts."""

    bank = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name="银行")
    kind = models.CharField("文件类别", max_length=10)
    version = models.PositiveIntegerField("版本", default=1)
    columns = models.JSONField("列对应")
    saved_by_user_id = models.BigIntegerField(null=True)
    saved_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "列对应"
        ordering: ClassVar[list[str]] = ["bank_id", "kind", "-version"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["bank", "kind", "version"], name="column_mapping_version"),
            models.CheckConstraint(
                condition=Q(kind__in=[str(kind) for kind in UploadKind]), name="column_mapping_kind"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bank_id}/{self.kind}/{self.version}"


class Upload(models.Model):
    """One file of one bank, on its way into the book."""

    bank = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name="银行")
    kind = models.CharField("文件类别", max_length=10)
    scheme_id = models.CharField("方案", max_length=60, blank=True)
    month = models.DateField("月份（首日）", null=True, blank=True)
    file_name = models.CharField("文件名", max_length=255)
    sha256 = models.CharField("摘要", max_length=64)
    size_bytes = models.BigIntegerField("大小")
    mode = models.CharField("方式", max_length=12, default=UploadMode.VALID_ROWS.value)
    state = models.CharField("状态", max_length=12, default=UploadState.RECEIVED.value)
    columns = models.JSONField("所用列对应", default=dict, blank=True)
    rows_done = models.PositiveIntegerField("已处理行数", default=0)
    rows_total = models.PositiveIntegerField("总行数", default=0)
    accepted_count = models.PositiveIntegerField("接受", default=0)
    warned_count = models.PositiveIntegerField("提醒", default=0)
    refused_count = models.PositiveIntegerField("拒绝", default=0)
    enrolled_count = models.PositiveIntegerField("已入库", default=0)
    error = models.JSONField("错误", null=True, blank=True)
    created_by_user_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)

    class Meta:
        verbose_name = "上传文件"
        ordering: ClassVar[list[str]] = ["-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["bank", "kind", "scheme_id", "sha256"], name="upload_once"),
            models.CheckConstraint(condition=Q(kind__in=[str(kind) for kind in UploadKind]), name="upload_kind"),
            models.CheckConstraint(condition=Q(mode__in=[str(mode) for mode in UploadMode]), name="upload_mode"),
            models.CheckConstraint(condition=Q(state__in=[str(state) for state in UploadState]), name="upload_state"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["bank", "-id"], name="upload_bank")]

    def __str__(self) -> str:
        return self.file_name


class UploadVerdict(models.Model):
    """One finding on one row of an upload: where, what was found, under which code."""

    upload = models.ForeignKey("exchange.Upload", on_delete=models.CASCADE, related_name="verdicts", db_index=False)
    row = models.PositiveIntegerField("行")
    cell = models.CharField("单元格", max_length=12, blank=True)
    field = models.CharField("列", max_length=60, blank=True)
    code = models.CharField("代码", max_length=80)
    severity = models.CharField("结论", max_length=8)
    found = models.CharField("发现", max_length=300, blank=True)
    needed = models.CharField("需要", max_length=300, blank=True)

    class Meta:
        verbose_name = "行结论"
        ordering: ClassVar[list[str]] = ["upload_id", "row", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(severity__in=[str(severity) for severity in Severity]), name="upload_verdict_severity"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["upload", "severity", "row"], name="upload_verdict_row")
        ]

    def __str__(self) -> str:
        return f"{self.upload_id}/{self.cell or self.row}: {self.code}"
