"""The library: policies, their versions, clauses, the files they came from, and readers' corrections.

Invariant (the database's too): a published version never changes and is never deleted, what is newer is a further
version; who made a version does not publish it; an end stands only where one was read, and never before the start.
"""

from __future__ import annotations

from datetime import date
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.db.models.functions import Now

from yulin.brain.core.policies import Ending, PolicyState, Terms
from yulin.brain.enums import CorrectionState, VersionState


class PolicyFile(models.Model):
    """One file taken into the library: its content by hash, how it was read, and what came of it."""

    name = models.CharField("文件", max_length=255)
    sha256 = models.CharField("哈希", max_length=64)
    form = models.CharField("格式", max_length=8)
    profile = models.CharField("版式", max_length=60)
    source = models.CharField("来源", max_length=60)
    area = models.CharField("适用地区", max_length=120, blank=True)
    pages = models.PositiveIntegerField("页数", default=0)
    report = models.JSONField("读取结果", default=dict)
    made_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    made_by_name = models.CharField("导入人", max_length=120)
    made_at = models.DateTimeField("导入时间", db_default=Now())

    class Meta:
        verbose_name = "政策文件"
        ordering: ClassVar[list[str]] = ["-id"]

    def __str__(self) -> str:
        return self.name


class Policy(models.Model):
    """One policy under the key of its source; what it says stands in its versions.

    `general` is the policy of which this is a local variant; `current` is the version that is shown; by publishing it
    the library came to the `edition`.
    """

    key = models.CharField("编号", max_length=200, unique=True)
    general = models.ForeignKey("self", on_delete=models.PROTECT, null=True, blank=True, related_name="variants")
    current = models.OneToOneField(
        "brain.PolicyVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="shown_for"
    )
    edition = models.PositiveIntegerField("发布于版次", default=0, db_default=0)
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "政策"
        verbose_name_plural = "政策"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(general__isnull=True) | ~Q(general=F("id")), name="policy_not_variant_of_itself"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["edition"], name="policy_edition")]

    def __str__(self) -> str:
        return self.key


def state_on(today: date, prefix: str = "") -> Case:
    """Return the state of versions on a day as SQL says it; `core.policies.state_of` says the same of one."""

    def q(**conditions: object) -> Q:
        return Q(**{f"{prefix}{name}": value for name, value in conditions.items()})

    return Case(
        When(q(archived_on__lte=today), then=Value(PolicyState.ARCHIVED.value)),
        When(q(used_up_on__lte=today), then=Value(PolicyState.USED_UP.value)),
        When(q(ending=Ending.DATED.value, ends_on__lt=today), then=Value(PolicyState.CLOSED.value)),
        When(q(opens_on__gt=today), then=Value(PolicyState.AHEAD.value)),
        When(q(ending=Ending.PERMANENT.value), then=Value(PolicyState.PERMANENT.value)),
        When(q(ending=Ending.DATED.value, ends_on__isnull=False), then=Value(PolicyState.OPEN.value)),
        default=Value(PolicyState.UNKNOWN_END.value),
        output_field=models.CharField(),
    )


class PolicyVersion(models.Model):
    """What a policy says, from one reading of a file or one edit: proposed by one person, published by another.

    `sure` and `quotes` say of each fact that was read by rules how sure it is (of 100) and by which words.
    """

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField("版次")
    state = models.CharField("状态", max_length=12, default=VersionState.PROPOSED.value)
    title = models.CharField("名称", max_length=300)
    general = models.ForeignKey(
        Policy, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name="一般政策"
    )
    document_number = models.CharField("发文字号", max_length=200, blank=True)
    authority = models.CharField("发文机构", max_length=200, blank=True)
    area = models.CharField("适用地区", max_length=120, blank=True)
    audience = models.TextField("支持对象", blank=True)
    domain = models.CharField("领域", max_length=200, blank=True)
    url = models.CharField("网址", max_length=500, blank=True)
    issued_on = models.DateField("发布日期", null=True, blank=True)
    ending = models.CharField("截止方式", max_length=12, default=Ending.UNKNOWN.value)
    opens_on = models.DateField("开始日期", null=True, blank=True)
    ends_on = models.DateField("截止日期", null=True, blank=True)
    used_up_on = models.DateField("额度用完日期", null=True, blank=True)
    archived_on = models.DateField("归档日期", null=True, blank=True)
    amount_fen = models.BigIntegerField("最高支持金额", null=True, blank=True)
    parts = models.JSONField("内容")
    text = models.TextField("全文", blank=True)
    content_hash = models.CharField("内容哈希", max_length=64)
    sketch = ArrayField(models.BigIntegerField(), verbose_name="相似特征", default=list)
    sure = models.JSONField("把握", default=dict)
    quotes = models.JSONField("依据文字", default=dict)
    defects = ArrayField(models.CharField(max_length=40), verbose_name="读取问题", default=list)
    file = models.ForeignKey(PolicyFile, on_delete=models.PROTECT, null=True, blank=True, related_name="versions")
    place = models.CharField("页码", max_length=40, blank=True)
    note = models.CharField("修改说明", max_length=600, blank=True)
    made_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    made_by_name = models.CharField("提交人", max_length=120)
    made_at = models.DateTimeField("提交时间", db_default=Now())
    checked_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    checked_by_name = models.CharField("复核人", max_length=120, blank=True)
    checked_at = models.DateTimeField("复核时间", null=True, blank=True)
    reason = models.CharField("退回理由", max_length=600, blank=True)

    class Meta:
        verbose_name = "政策版本"
        ordering: ClassVar[list[str]] = ["policy_id", "-number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["policy", "number"], name="policy_version_once"),
            models.UniqueConstraint(
                fields=["policy"], condition=Q(state=VersionState.PROPOSED.value), name="policy_one_proposal"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[str(state) for state in VersionState]), name="policy_version_state"
            ),
            models.CheckConstraint(condition=Q(ending__in=[str(each) for each in Ending]), name="policy_ending"),
            models.CheckConstraint(
                condition=Q(ending=Ending.DATED.value, ends_on__isnull=False)
                | (~Q(ending=Ending.DATED.value) & Q(ends_on__isnull=True)),
                name="policy_end_iff_dated",
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(opens_on__isnull=True) | Q(ends_on__gte=F("opens_on")),
                name="policy_end_not_before_start",
            ),
            models.CheckConstraint(
                condition=Q(amount_fen__isnull=True) | Q(amount_fen__gt=0), name="policy_amount_known_or_null"
            ),
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True) | Q(made_by__isnull=True) | ~Q(checked_by=F("made_by")),
                name="policy_four_eyes",
            ),
            models.CheckConstraint(
                condition=~Q(state=VersionState.PUBLISHED.value)
                | Q(made_by__isnull=True)
                | Q(checked_by__isnull=False),
                name="policy_published_is_checked",
            ),
            models.CheckConstraint(
                condition=~Q(state=VersionState.PUBLISHED.value) | ~Q(text=""), name="policy_published_has_text"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            GinIndex(fields=["sketch"], name="policy_sketch"),
            models.Index(fields=["document_number"], name="policy_document_number"),
            models.Index(fields=["issued_on"], name="policy_issued_on"),
            models.Index(
                fields=["area"],
                include=["ending", "opens_on", "ends_on", "used_up_on", "archived_on", "issued_on"],
                name="policy_area_and_terms",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy_id} v{self.number}"

    @property
    def needs_text(self) -> bool:
        """Whether a person has to type in what no program could read."""
        return "no_text" in self.defects

    @property
    def is_scanned(self) -> bool:
        """Whether a program read its text from a scan, so that a person has to look at it alone."""
        return "ocr" in self.defects

    @property
    def terms(self) -> Terms:
        """What decides its state."""
        return Terms(self.ending, self.opens_on, self.ends_on, self.used_up_on, self.archived_on)


class PolicyClause(models.Model):
    """One clause of a version; the current version's are what search reads, each as a text of its own."""

    version = models.ForeignKey(PolicyVersion, on_delete=models.CASCADE, related_name="clauses")
    number = models.PositiveIntegerField("序号")
    part = models.CharField("部分", max_length=20)
    label = models.CharField("标号", max_length=30, blank=True)
    path = models.CharField("上级标号", max_length=120, blank=True)
    heading = models.CharField("标题", max_length=80, blank=True)
    start = models.PositiveIntegerField("起")
    end = models.PositiveIntegerField("止")
    searched = models.OneToOneField(
        "brain.TextDocument", on_delete=models.SET_NULL, null=True, blank=True, related_name="clause"
    )

    class Meta:
        verbose_name = "条款"
        ordering: ClassVar[list[str]] = ["version_id", "number"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["version", "number"], name="policy_clause_once"),
        ]

    def __str__(self) -> str:
        return f"{self.version_id} {self.path} {self.label}".strip()


class PolicyCorrection(models.Model):
    """What a reader says is wrong on a policy's page, and the answer of whom it was answered by."""

    version = models.ForeignKey(PolicyVersion, on_delete=models.PROTECT, related_name="corrections")
    clause = models.PositiveIntegerField("条款序号", null=True, blank=True)
    said = models.CharField("建议", max_length=1000)
    source = models.CharField("依据", max_length=500, blank=True)
    state = models.CharField("状态", max_length=12, default=CorrectionState.OPEN.value)
    made_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    made_by_name = models.CharField("提出人", max_length=120)
    organisation = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField("提出时间", db_default=Now())
    answer = models.CharField("答复", max_length=1000, blank=True)
    answered_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_by_name = models.CharField("答复人", max_length=120, blank=True)
    answered_at = models.DateTimeField("答复时间", null=True, blank=True)

    class Meta:
        verbose_name = "更正建议"
        ordering: ClassVar[list[str]] = ["-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(state__in=[str(state) for state in CorrectionState]), name="policy_correction_state"
            ),
            models.CheckConstraint(
                condition=Q(state=CorrectionState.OPEN.value, answered_at__isnull=True)
                | (~Q(state=CorrectionState.OPEN.value) & Q(answered_at__isnull=False) & ~Q(answer="")),
                name="policy_correction_answered",
            ),
        ]

    def __str__(self) -> str:
        return f"#{self.pk}"
