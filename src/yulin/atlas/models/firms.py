"""Firms, every code that leads to them, and what each source says about them at a time.

Invariant: one code leads to one firm, whatever its kind; a statement is never changed, a later one is added.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex, OpClass
from django.db import models
from django.db.models import Case, F, Q, When
from django.db.models.fields.json import KeyTextTransform
from django.db.models.functions import Now

from yulin.atlas.core.particulars import LONGEST_KEY
from yulin.atlas.core.statements import DEFAULT_PRIORITY
from yulin.atlas.enums import CodeKind, ParticularKind, ReceiptState


class Firm(models.Model):
    """A firm: its identifier under an identifier scheme (the USCC unless a pack names another)."""

    identifier_scheme = models.CharField("标识体系", max_length=30, default="USCC")
    identifier = models.CharField("标识", max_length=60)
    name = models.CharField("名称", max_length=300)
    name_original = models.CharField("原始名称", max_length=300, blank=True)
    registered_on = models.DateField("成立日期", null=True, blank=True)
    district_code = models.CharField("区划代码", max_length=12, null=True, blank=True)  # noqa: DJ001 - null is unknown
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "企业"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["identifier_scheme", "identifier"], name="firm_identifier"),
            models.CheckConstraint(condition=~Q(identifier=""), name="firm_has_identifier"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(
                OpClass("identifier", name="text_pattern_ops"),
                name="firm_code_start",
                condition=Q(identifier_scheme="USCC"),
            ),
        ]

    def __str__(self) -> str:
        return self.name


class RegisterChange(models.Model):
    """Firms were registered, or the day or the district that the register has of some changed.

    The database writes a line with each such statement of SQL, whoever runs it: rules read both where no source says
    otherwise, and what was computed before is old.
    """

    changed_at = models.DateTimeField("时间", db_default=Now())

    class Meta:
        verbose_name = "登记变更"

    def __str__(self) -> str:
        return f"#{self.pk}"


class FirmCode(models.Model):
    """A further code that leads to a firm: an old registration number, an organisation code, a successor's USCC."""

    firm = models.ForeignKey("atlas.Firm", on_delete=models.PROTECT, related_name="codes")
    code = models.CharField("代码", max_length=60, unique=True)
    kind = models.CharField("类别", max_length=20, choices=[(str(kind), str(kind)) for kind in CodeKind])
    valid_from = models.DateField("自", null=True, blank=True)
    valid_until = models.DateField("至（不含）", null=True, blank=True)

    class Meta:
        verbose_name = "企业代码"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_from__isnull=True) | Q(valid_until__gt=F("valid_from")),
                name="firm_code_interval",
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Source(models.Model):
    """A source as its contract stands now; what was taken in under an earlier contract keeps its hash."""

    code = models.CharField("代码", max_length=60, unique=True)
    title_zh = models.CharField("名称", max_length=120)
    title_en = models.CharField("英文名称", max_length=120)
    owner = models.CharField("责任方", max_length=120)
    licence = models.CharField("使用许可", max_length=60)
    priority = models.PositiveSmallIntegerField("优先级", help_text="数值越小越优先")
    contract_hash = models.CharField("约定哈希", max_length=64)
    contract = models.JSONField("约定")

    class Meta:
        verbose_name = "数据源"

    def __str__(self) -> str:
        return self.code


class Receipt(models.Model):
    """One file of a source taken in: how far, with what counts, what its fields are worth, and how it drifted."""

    source = models.ForeignKey("atlas.Source", on_delete=models.PROTECT, related_name="receipts")
    file_sha256 = models.CharField("文件哈希", max_length=64)
    file_name = models.CharField("文件名", max_length=255)
    contract_hash = models.CharField("约定哈希", max_length=64)
    as_of = models.DateField("数据截至")
    known_at = models.DateTimeField("获知时间")
    fetched_at = models.DateTimeField("取得时间")
    state = models.CharField("状态", max_length=10, choices=[(str(state), str(state)) for state in ReceiptState])
    batches_done = models.PositiveIntegerField("已完成批次", default=0)
    batch_rows = models.PositiveIntegerField("每批行数")
    rows_read = models.PositiveIntegerField("读取行数", default=0)
    rows_taken = models.PositiveIntegerField("入库行数", default=0)
    rows_repeated = models.PositiveIntegerField("重复行数", default=0)
    rows_kept_out = models.PositiveIntegerField("隔离行数", default=0)
    cells_kept_out = models.PositiveIntegerField("隔离单元格数", default=0)
    statement_count = models.PositiveBigIntegerField("陈述数", default=0)
    quality = models.JSONField("质量", default=dict)
    drift = models.JSONField("结构变化", default=dict)

    class Meta:
        verbose_name = "入库回执"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["source", "file_sha256", "contract_hash"], name="receipt_once"),
            models.CheckConstraint(
                condition=Q(rows_read=F("rows_taken") + F("rows_repeated") + F("rows_kept_out")),
                name="receipt_loses_no_row",
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class Statement(models.Model):
    """What one source says about one fact of a firm: valid from a day, known since an instant.

    `priority` is that of its source when it was taken in (smaller is believed first), so that a replay of any day
    chooses as that day did.
    """

    firm = models.ForeignKey("atlas.Firm", on_delete=models.PROTECT, related_name="statements", db_index=False)
    fact = models.CharField("事实", max_length=80)
    value = models.JSONField("值", null=True)
    source = models.CharField("来源", max_length=120)
    valid_from = models.DateField("自")
    valid_until = models.DateField("至（不含）", null=True, blank=True)
    known_at = models.DateTimeField("获知时间", db_default=Now())
    priority = models.PositiveSmallIntegerField("来源优先级", db_default=DEFAULT_PRIORITY)
    receipt = models.ForeignKey("atlas.Receipt", on_delete=models.PROTECT, null=True, blank=True, db_index=False)
    row = models.PositiveIntegerField("原始行号", null=True, blank=True)
    original = models.TextField("原文", blank=True, db_default="")

    class Meta:
        verbose_name = "陈述"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["firm", "fact", "valid_from", "known_at"], name="statement_as_of"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")), name="statement_interval"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.firm_id}.{self.fact}"


class Particular(models.Model):
    """What one source says of one of a firm's many things of a kind: an invoice, a holding, a right, a pledge.

    Never changed: what is said later of the same thing (`kind` and `key`) is a further row.
    """

    firm = models.ForeignKey("atlas.Firm", on_delete=models.PROTECT, related_name="particulars", db_index=False)
    kind = models.CharField("类别", max_length=20, choices=[(str(kind), str(kind)) for kind in ParticularKind])
    key = models.CharField("编号", max_length=LONGEST_KEY)
    value = models.JSONField("内容")
    source = models.CharField("来源", max_length=120)
    valid_from = models.DateField("自")
    valid_until = models.DateField("至（不含）", null=True, blank=True)
    known_at = models.DateTimeField("获知时间", db_default=Now())
    priority = models.PositiveSmallIntegerField("来源优先级", db_default=DEFAULT_PRIORITY)
    receipt = models.ForeignKey("atlas.Receipt", on_delete=models.PROTECT, null=True, blank=True, db_index=False)
    row = models.PositiveIntegerField("原始行号", null=True, blank=True)
    original = models.TextField("原文", blank=True, db_default="")
    holder = models.GeneratedField(
        expression=Case(When(Q(kind="holding"), then=KeyTextTransform("holder", "value"))),
        output_field=models.TextField(null=True),
        db_persist=True,
        verbose_name="持有人",
    )

    class Meta:
        verbose_name = "明细"
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["firm", "kind", "key"], name="particular_of_firm"),
            models.Index(fields=["holder"], condition=Q(kind="holding"), name="particular_holder"),
        ]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")), name="particular_interval"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}:{self.key}"


class Spelled(models.Model):
    """A name as it can be typed; worked out from the name (`core/spelling.py`)."""

    folded = models.TextField("统一写法")
    brand = models.TextField("字号")
    pinyin = models.TextField("字号拼音")
    initials = models.TextField("字号首字母")
    placed_pinyin = models.TextField("带地名的拼音")
    placed_initials = models.TextField("带地名的首字母")
    pieces = ArrayField(models.TextField(), verbose_name="二字片段")

    class Meta:
        abstract: ClassVar[bool] = True


_TYPED = ("folded", "brand", "pinyin", "initials", "placed_pinyin", "placed_initials")


class FirmSpelling(Spelled):
    """How a firm's name can be typed; made anew when the name changes."""

    firm = models.OneToOneField("atlas.Firm", on_delete=models.CASCADE, primary_key=True, related_name="spelling")
    name = models.CharField("所据名称", max_length=300)

    class Meta:
        verbose_name = "企业名称写法"
        indexes: ClassVar[list[models.Index]] = [
            GinIndex(fields=["pieces"], name="spelling_pieces"),
            *(models.Index(OpClass(field, name="text_pattern_ops"), name=f"spelling_{field}") for field in _TYPED),
        ]

    def __str__(self) -> str:
        return self.name


class FirmFormerName(Spelled):
    """A name that a firm had, and why we know; it still finds the firm. Never changed.

    Until `known_until` it was the firm's heading here; null: it never was. With a `source` the firm really bore it, as
    a register says, until `held_until` where that day is known; without one it was wrong and was corrected.
    """

    firm = models.ForeignKey("atlas.Firm", on_delete=models.PROTECT, related_name="former_names")
    name = models.CharField("原名称", max_length=300)
    cause = models.CharField("更正依据", max_length=60)
    known_until = models.DateTimeField("此前所知", null=True, blank=True, db_default=Now())
    source = models.CharField("来源", max_length=120, blank=True, db_default="")
    held_until = models.DateField("使用至（不含）", null=True, blank=True)
    told_at = models.DateTimeField("获知时间", db_default=Now())

    class Meta:
        verbose_name = "企业原名称"
        indexes: ClassVar[list[models.Index]] = [
            GinIndex(fields=["pieces"], name="former_pieces"),
            *(models.Index(OpClass(field, name="text_pattern_ops"), name=f"former_{field}") for field in _TYPED),
        ]

    def __str__(self) -> str:
        return self.name
