"""Files that organisations upload, and what was found on their rows.

Invariant: one content of one bank and kind is one upload, however often it is sent.
"""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from yulin.base.text import Text
from yulin.exchange.enums import STATE_TEXTS, Severity, UploadKind, UploadMode, UploadState


class UploadQuerySet(models.QuerySet["Upload"]):
    """Uploads in the words of the field."""

    def of_bank(self, bank_id: int) -> UploadQuerySet:
        """Those of one bank."""
        return self.filter(bank_id=bank_id)

    def waiting(self) -> UploadQuerySet:
        """Those that wait for somebody: columns to map, rows to confirm, a file to replace."""
        states = (UploadState.MAPPING, UploadState.CHECKED, UploadState.FAILED)
        return self.filter(state__in=[str(state) for state in states])


class Upload(models.Model):
    """One file, with where it stands on its way into the book."""

    bank = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name="银行")
    kind = models.CharField("文件种类", max_length=10)
    file_name = models.CharField("文件名", max_length=255)
    sha256 = models.CharField("摘要", max_length=64)
    size_bytes = models.BigIntegerField("字节数")
    scheme_id = models.CharField("方案", max_length=60, blank=True)
    month = models.DateField("月份", null=True, blank=True)
    mode = models.CharField("处理方式", max_length=12, default=UploadMode.VALID_ROWS.value)
    state = models.CharField("状态", max_length=12, default=UploadState.RECEIVED.value)
    stage = models.CharField("步骤", max_length=20, blank=True)
    rows_done = models.PositiveIntegerField("已处理行数", default=0)
    sheet_name = models.CharField("工作表", max_length=120, blank=True)
    head_row = models.PositiveIntegerField("表头行", default=0)
    preview = models.JSONField("前十行", default=list)
    remarks = models.JSONField("整个文件的提示", default=list)
    columns = models.JSONField("所用列对应", default=dict, blank=True)
    are_columns_confirmed = models.BooleanField("列对应已确认", default=False)
    rows_total = models.PositiveIntegerField("行数", default=0)
    accepted_count = models.PositiveIntegerField("接受", default=0)
    warned_count = models.PositiveIntegerField("提醒", default=0)
    refused_count = models.PositiveIntegerField("拒绝", default=0)
    enrollable_count = models.PositiveIntegerField("可入库", default=0)
    enrolled_count = models.PositiveIntegerField("已入库", default=0)
    amount_fen = models.BigIntegerField("合计金额", default=0)
    enrollable_amount_fen = models.BigIntegerField("可入库金额", default=0)
    check_milliseconds = models.PositiveIntegerField("核验用时", default=0)
    accepted_sha256 = models.CharField("无意见的行", max_length=64, blank=True)
    error = models.JSONField("不能读取的原因", null=True, blank=True)
    result = models.JSONField("入库结果", null=True, blank=True)
    created_by_user_id = models.BigIntegerField(null=True)
    created_at = models.DateTimeField(db_default=Now())
    checked_at = models.DateTimeField(null=True, blank=True)
    finished_at = models.DateTimeField("完成时间", null=True, blank=True)

    objects = UploadQuerySet.as_manager()

    class Meta:
        verbose_name = "上传文件"
        ordering: ClassVar[list[str]] = ["-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["bank", "kind", "sha256"], name="upload_once"),
            models.CheckConstraint(condition=Q(kind__in=list(map(str, UploadKind))), name="upload_kind"),
            models.CheckConstraint(condition=Q(mode__in=list(map(str, UploadMode))), name="upload_mode"),
            models.CheckConstraint(condition=Q(state__in=list(map(str, UploadState))), name="upload_state"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["bank", "-id"], name="upload_bank")]

    def __str__(self) -> str:
        return self.file_name

    @property
    def state_text(self) -> Text:
        """The state in words."""
        return STATE_TEXTS[UploadState(self.state)]

    @property
    def remark_texts(self) -> list[Text]:
        """What concerns the file as a whole."""
        return [_text(remark) for remark in self.remarks]

    @property
    def error_texts(self) -> tuple[str, Text, Text] | None:
        """The code, the sentence and the next step of what kept the file from being read."""
        if not self.error:
            return None
        return str(self.error["code"]), _text(self.error["message"]), _text(self.error["hint"])


def _text(kept: dict[str, Any]) -> Text:
    return Text(str(kept["zh"]), str(kept["en"]))


class UploadVerdict(models.Model):
    """One finding on one row of a file, in the words in which it was given."""

    upload = models.ForeignKey(Upload, on_delete=models.CASCADE, related_name="verdicts")
    bank = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    row = models.PositiveIntegerField("行")
    cell = models.CharField("格", max_length=12, blank=True)
    field = models.CharField("列", max_length=60, blank=True)
    code = models.CharField("代码", max_length=80)
    severity = models.CharField("结论", max_length=10)
    found = models.CharField("发现", max_length=400, blank=True)
    needed = models.CharField("需要", max_length=400, blank=True)
    message_zh = models.TextField("说明")
    message_en = models.TextField("英文说明")
    next_zh = models.TextField("下一步")
    next_en = models.TextField("英文下一步")
    firm_name = models.CharField("企业", max_length=400, blank=True)
    loan_number = models.CharField("借据号", max_length=64, blank=True)
    amount_fen = models.BigIntegerField("金额", null=True, blank=True)

    class Meta:
        verbose_name = "行结论"
        ordering: ClassVar[list[str]] = ["upload_id", "severity", "row", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(severity__in=list(map(str, Severity))), name="verdict_severity"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["upload", "severity", "row"], name="verdict_upload"),
        ]

    def __str__(self) -> str:
        return f"{self.cell} {self.code}"

    @property
    def message(self) -> Text:
        """The finding in both languages."""
        return Text(self.message_zh, self.message_en)

    @property
    def next(self) -> Text:
        """The next step in both languages."""
        return Text(self.next_zh, self.next_en)
