"""Applications of firms under a call: fields with their versions, papers by hash, who may write, what was submitted.

Invariant (the database's too): a firm has one application under a call that is not withdrawn; every word that was
typed stays in the edits; a submission is written once, with the hash of its content, and never changes.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.db.models.functions import Now

from yulin.brain.core.application_states import ApplicationState
from yulin.brain.models.calls import Call


class Application(models.Model):
    """One firm's application under one call."""

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="applications")
    number = models.CharField("编号", max_length=40, unique=True)
    house = models.ForeignKey(
        "people.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name="申报单位"
    )
    firm = models.ForeignKey("atlas.Firm", on_delete=models.PROTECT, related_name="+", verbose_name="企业")
    state = models.CharField("状态", max_length=12, default=ApplicationState.DRAFT.value)
    returned_until = models.DateField("补正期限", null=True, blank=True)
    notice_from = models.DateField("公示起", null=True, blank=True)
    notice_until = models.DateField("公示止", null=True, blank=True)
    made_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    made_by_name = models.CharField("创建人", max_length=120)
    made_at = models.DateTimeField("创建时间", db_default=Now())

    class Meta:
        verbose_name = "申报"
        ordering: ClassVar[list[str]] = ["-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(state__in=[str(one) for one in ApplicationState]), name="application_state"
            ),
            models.UniqueConstraint(
                fields=["call", "firm"],
                condition=~Q(state=ApplicationState.WITHDRAWN.value),
                name="application_once",
            ),
        ]

    def __str__(self) -> str:
        return self.number


class ApplicationField(models.Model):
    """What stands in one field, which version of it, whose it is, and from which source it was pre-filled."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="values")
    field = models.CharField("字段", max_length=40)
    value = models.JSONField("内容", null=True)
    version = models.PositiveIntegerField("版次", default=1)
    fact = models.CharField("来源事实", max_length=80, blank=True)
    source = models.CharField("来源", max_length=80, blank=True)
    source_on = models.DateField("来源日期", null=True, blank=True)
    edited_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    edited_by_name = models.CharField("修改人", max_length=120)
    edited_at = models.DateTimeField("修改时间", db_default=Now())

    class Meta:
        verbose_name = "申报内容"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["application", "field"], name="application_field_once"),
        ]

    def __str__(self) -> str:
        return f"{self.application_id}.{self.field}"


class FieldEdit(models.Model):
    """What somebody typed in a field, on which version; `version` is that which it became, None where it stands beside.

    A difference is open until it is settled.
    """

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="edits")
    field = models.CharField("字段", max_length=40)
    value = models.JSONField("内容", null=True)
    base = models.PositiveIntegerField("依据版次")
    version = models.PositiveIntegerField("版次", null=True)
    settled_at = models.DateTimeField("处理时间", null=True, blank=True)
    settled_by_name = models.CharField("处理人", max_length=120, blank=True)
    made_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    made_by_name = models.CharField("填写人", max_length=120)
    made_at = models.DateTimeField("时间", db_default=Now())

    class Meta:
        verbose_name = "填写记录"
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["application", "field", "version"],
                condition=Q(version__isnull=False),
                name="field_edit_version_once",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["application"], condition=Q(version__isnull=True, settled_at__isnull=True),
                         name="field_edit_open"),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.application_id}.{self.field}#{self.pk}"


class ApplicationPaper(models.Model):
    """One attachment by its hash; one that was taken away stays on record."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="papers")
    kind = models.CharField("种类", max_length=40)
    name = models.CharField("文件名", max_length=255)
    sha256 = models.CharField("哈希", max_length=64)
    size_bytes = models.BigIntegerField("大小")
    made_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    made_by_name = models.CharField("上传人", max_length=120)
    made_at = models.DateTimeField("上传时间", db_default=Now())
    removed_at = models.DateTimeField("撤下时间", null=True, blank=True)
    removed_by_name = models.CharField("撤下人", max_length=120, blank=True)

    class Meta:
        verbose_name = "附件"
        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return self.name


class ApplicationHelper(models.Model):
    """An outside adviser whom the firm has let in, with the rights that it named; revocable at any time."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="helpers")
    house = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    rights = ArrayField(models.CharField(max_length=10), verbose_name="权限")
    made_by_name = models.CharField("邀请人", max_length=120)
    made_at = models.DateTimeField("邀请时间", db_default=Now())
    revoked_at = models.DateTimeField("取消时间", null=True, blank=True)
    revoked_by_name = models.CharField("取消人", max_length=120, blank=True)

    class Meta:
        verbose_name = "外部顾问"
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["application", "organisation"],
                condition=Q(revoked_at__isnull=True),
                name="application_helper_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.application_id}:{self.organisation_id}"


class Submission(models.Model):
    """One submission: the whole content as it was, its hash, its receipt; the latest turn is the one that is judged."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="submissions")
    turn = models.PositiveSmallIntegerField("第几次提交")
    receipt = models.CharField("回执编号", max_length=40, unique=True)
    content = models.JSONField("内容")
    content_hash = models.CharField("内容哈希", max_length=64)
    submitted_on = models.DateField("提交日")
    submitted_at = models.DateTimeField("提交时间")
    submitted_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    submitted_by_name = models.CharField("提交人", max_length=120)

    class Meta:
        verbose_name = "提交"
        ordering: ClassVar[list[str]] = ["application_id", "turn"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["application", "turn"], name="submission_turn"),
        ]

    def __str__(self) -> str:
        return self.receipt


class ApplicationEvent(models.Model):
    """One line of an application's history."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="events")
    step = models.CharField("事项", max_length=20)
    state = models.CharField("状态", max_length=12)
    labels = ArrayField(models.CharField(max_length=40), verbose_name="标签", default=list)
    reasons = ArrayField(models.CharField(max_length=40), verbose_name="常用理由", default=list)
    note = models.TextField("说明", blank=True)
    is_inner = models.BooleanField("仅主管部门可见", default=False)
    made_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    made_by_name = models.CharField("经办", max_length=120)
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, null=True, related_name="+")
    made_on = models.DateField("日期")
    made_at = models.DateTimeField("时间", db_default=Now())

    class Meta:
        verbose_name = "申报记录"
        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return f"{self.application_id}:{self.step}"
