"""The assignment of compensated debts: packages, their debts, requests, ownership, papers, notices and history.

A package is one bank's debts sold at one price to one transferee; what it says of a debt is frozen when the debt is put
into it. Who owns a debt on which day is said by its ownership rows alone.

Invariant (the database's too): a debt lies in at most one open package and has one open sale; the days on which
somebody owns it never overlap; principal and price of a package are the sums of its debts'; who asks does not decide;
history and papers only grow.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.db.models.functions import Now

from yulin.base.text import OWN_CURRENCY
from yulin.pool.enums import (
    AssignmentKind,
    AssignmentPaperKind,
    AssignmentState,
    NoticeWay,
    PackageState,
    RequestState,
    TransferAct,
    TransfereeKind,
)

_PPM = 1_000_000


class DebtPackage(models.Model):
    """One bank's compensated debts, to be assigned to one transferee at one price."""

    number = models.CharField("转让包编号", max_length=40, unique=True)
    bank = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name="出让银行")
    currency = models.CharField("币种", max_length=3, default=OWN_CURRENCY, db_default=OWN_CURRENCY)  # of all its debts
    kind = models.CharField("转让方式", max_length=24)
    state = models.CharField("状态", max_length=12, default=PackageState.DRAFT.value)
    transferee = models.ForeignKey(
        "people.Organisation",
        on_delete=models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name="受让机构",
    )
    transferee_name = models.CharField("受让方", max_length=140, blank=True)
    transferee_code = models.CharField("受让方代码", max_length=30, blank=True)
    transferee_kind = models.CharField("受让方类型", max_length=16, blank=True)
    price_ratio_ppm = models.BigIntegerField("价格比例", null=True, blank=True)
    settles_on = models.DateField("交割日", null=True, blank=True)
    answers = models.JSONField("出让方申明", default=dict)
    debt_count = models.PositiveIntegerField("债权笔数", default=0)
    principal_fen = models.BigIntegerField("本金", default=0)
    price_fen = models.BigIntegerField("价款", default=0)
    active_from = models.DateField("转让生效日", null=True, blank=True)
    made_at = models.DateTimeField(db_default=Now())
    made_by_id = models.BigIntegerField("建立人", null=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name = "债权转让包"
        ordering: ClassVar[list[str]] = ["-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(kind__in=[str(each) for each in AssignmentKind]), name="package_kind"),
            models.CheckConstraint(condition=Q(state__in=[str(each) for each in PackageState]), name="package_state"),
            models.CheckConstraint(
                condition=Q(transferee_kind__in=["", *(str(each) for each in TransfereeKind)]),
                name="package_transferee_kind",
            ),
            models.CheckConstraint(
                condition=Q(principal_fen__gte=0) & Q(price_fen__gte=0) & Q(price_fen__lte=F("principal_fen")),
                name="package_amounts",
            ),
            models.CheckConstraint(
                condition=Q(price_ratio_ppm__isnull=True) | (Q(price_ratio_ppm__gt=0) & Q(price_ratio_ppm__lte=_PPM)),
                name="package_price_ratio",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "cancelled"])
                | (Q(price_ratio_ppm__isnull=False) & Q(settles_on__isnull=False) & ~Q(transferee_name="")),
                name="package_terms_when_submitted",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["active", "bought_back"]) | Q(active_from__isnull=False),
                name="package_active_from",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["bank", "-id"], name="package_bank"),
            models.Index(fields=["transferee", "-id"], name="package_transferee"),
        ]

    def __str__(self) -> str:
        return self.number


class AssignedDebt(models.Model):
    """One debt of a package, as the book stood when it was put in."""

    package = models.ForeignKey(DebtPackage, on_delete=models.PROTECT, related_name="debts")
    claim = models.ForeignKey("pool.Claim", on_delete=models.PROTECT, related_name="assignments")
    claim_number = models.CharField("申请编号", max_length=40)
    loan_number = models.CharField("借据号", max_length=80)
    firm_name = models.CharField("企业名称", max_length=200)
    firm_code = models.CharField("企业代码", max_length=30)
    five_class = models.CharField("五级分类", max_length=20, blank=True)
    loan_status = models.CharField("转让前状态", max_length=16)
    principal_fen = models.BigIntegerField("本金余额")
    compensated_fen = models.BigIntegerField("已获补偿")
    returned_fen = models.BigIntegerField("已回收", default=0)
    price_fen = models.BigIntegerField("价款", default=0)
    is_open = models.BooleanField("在办或已转让", default=True)
    put_in_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "转让的债权"
        ordering: ClassVar[list[str]] = ["package_id", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["package", "claim"], name="assigned_debt_once_per_package"),
            models.UniqueConstraint(
                fields=["claim"], condition=Q(is_open=True), name="assigned_debt_in_one_open_package"
            ),
            models.CheckConstraint(
                condition=Q(principal_fen__gt=0)
                & Q(compensated_fen__gte=0)
                & Q(price_fen__gte=0)
                & Q(price_fen__lte=F("principal_fen")),
                name="assigned_debt_amounts",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.package_id}/{self.loan_number}"


class TransferAsk(models.Model):
    """A request about a package: its sale, or its buy-back; who asked, who decided, what the pre-flight said."""

    package = models.ForeignKey(DebtPackage, on_delete=models.PROTECT, related_name="asks")
    act = models.CharField("事项", max_length=10)
    state = models.CharField("状态", max_length=12, default=RequestState.SUBMITTED.value)
    price_ratio_ppm = models.BigIntegerField("价格比例")
    price_fen = models.BigIntegerField("价款")
    asked_on = models.DateField("申请日")
    settles_on = models.DateField("交割日")
    asked_by_id = models.BigIntegerField("申请人", null=True)
    decided_on = models.DateField("审批日", null=True, blank=True)
    decided_by_id = models.BigIntegerField("审批人", null=True, blank=True)
    note = models.CharField("理由", max_length=500, blank=True)
    preflight = models.JSONField("出表预检", default=dict)

    class Meta:
        verbose_name = "转让申请"
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(act__in=[str(each) for each in TransferAct]), name="ask_act"),
            models.CheckConstraint(condition=Q(state__in=[str(each) for each in RequestState]), name="ask_state"),
            models.CheckConstraint(
                condition=Q(price_ratio_ppm__gt=0) & Q(price_ratio_ppm__lte=_PPM) & Q(price_fen__gte=0),
                name="ask_price",
            ),
            models.CheckConstraint(condition=Q(settles_on__gte=F("asked_on")), name="ask_settles_later"),
            models.CheckConstraint(
                condition=Q(decided_by_id__isnull=True)
                | Q(asked_by_id__isnull=True)
                | ~Q(decided_by_id=F("asked_by_id")),
                name="ask_decided_by_another",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "done"]) | Q(decided_by_id__isnull=False), name="ask_is_signed"
            ),
            models.UniqueConstraint(
                fields=["package", "act"],
                condition=Q(state__in=["submitted", "approved"]),
                name="ask_one_pending_of_an_act",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.package_id}/{self.act}"


class DebtOwnership(models.Model):
    """One state of one request for one debt over a half-open interval of days."""

    debt = models.ForeignKey(AssignedDebt, on_delete=models.PROTECT, related_name="ownership")
    claim = models.ForeignKey("pool.Claim", on_delete=models.PROTECT, related_name="ownership")
    ask = models.ForeignKey(TransferAsk, on_delete=models.PROTECT, related_name="ownership")
    act = models.CharField("事项", max_length=10)
    state = models.CharField("状态", max_length=12)
    valid_from = models.DateField("起")
    valid_until = models.DateField("止（不含）", null=True, blank=True)
    reason = models.CharField("原因", max_length=500, blank=True)

    class Meta:
        verbose_name = "债权归属"
        ordering: ClassVar[list[str]] = ["claim_id", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(state__in=[str(each) for each in AssignmentState]), name="ownership_state"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")), name="ownership_days"
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=False) | Q(state__in=["pending", "active"]), name="ownership_ended"
            ),
            models.UniqueConstraint(
                fields=["claim"], condition=Q(act="sale", valid_until__isnull=True), name="ownership_one_open_sale"
            ),
            ExclusionConstraint(
                name="ownership_never_overlaps",
                expressions=[
                    ("claim", RangeOperators.EQUAL),
                    (Func(F("valid_from"), F("valid_until"), function="daterange"), RangeOperators.OVERLAPS),
                ],
                condition=Q(state="active"),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id}: {self.state} {self.valid_from}"


class AssignmentPaper(models.Model):
    """One paper of a package, by its content's hash."""

    package = models.ForeignKey(DebtPackage, on_delete=models.PROTECT, related_name="papers")
    kind = models.CharField("文件", max_length=16)
    file_name = models.CharField("文件名", max_length=200)
    sha256 = models.CharField("内容散列", max_length=64)
    size_bytes = models.BigIntegerField("大小")
    dated_on = models.DateField("文件日期", null=True, blank=True)
    added_at = models.DateTimeField(db_default=Now())
    added_by_id = models.BigIntegerField("上传人", null=True)

    class Meta:
        verbose_name = "转让文件"
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(kind__in=[str(each) for each in AssignmentPaperKind]), name="assignment_paper_kind"
            ),
        ]

    def __str__(self) -> str:
        return self.file_name


class DebtorNotice(models.Model):
    """A notice of assignment to one debtor, with the paper that proves its delivery."""

    package = models.ForeignKey(DebtPackage, on_delete=models.PROTECT, related_name="notices")
    debt = models.ForeignKey(AssignedDebt, on_delete=models.PROTECT, related_name="notices")
    way = models.CharField("送达方式", max_length=16)
    sent_on = models.DateField("发出日")
    delivered_on = models.DateField("送达日")
    proof = models.ForeignKey(AssignmentPaper, on_delete=models.PROTECT, related_name="+", verbose_name="送达证明")
    recorded_at = models.DateTimeField(db_default=Now())
    recorded_by_id = models.BigIntegerField("登记人", null=True)

    class Meta:
        verbose_name = "转让通知"
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(way__in=[str(each) for each in NoticeWay]), name="notice_way"),
            models.CheckConstraint(condition=Q(delivered_on__gte=F("sent_on")), name="notice_days"),
        ]

    def __str__(self) -> str:
        return f"{self.debt_id}: {self.delivered_on}"


class PassedOnPayment(models.Model):
    """Money that the debtor paid to the bank although the debt was another's, and that the bank passed on."""

    package = models.ForeignKey(DebtPackage, on_delete=models.PROTECT, related_name="passed_on")
    debt = models.ForeignKey(AssignedDebt, on_delete=models.PROTECT, related_name="passed_on")
    received_on = models.DateField("到账日")
    passed_on_on = models.DateField("转付日")
    amount_fen = models.BigIntegerField("金额")
    reference = models.CharField("流水号", max_length=80)
    recorded_at = models.DateTimeField(db_default=Now())
    recorded_by_id = models.BigIntegerField("登记人", null=True)

    class Meta:
        verbose_name = "误付转付"
        ordering: ClassVar[list[str]] = ["received_on", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["debt", "reference"], name="passed_on_reference_once"),
            models.CheckConstraint(
                condition=Q(amount_fen__gt=0) & Q(passed_on_on__gte=F("received_on")), name="passed_on_amount_and_days"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.debt_id}: {self.received_on} {self.amount_fen}"


class PackageEvent(models.Model):
    """One step of a package: who, when, from where to where, why."""

    package = models.ForeignKey(DebtPackage, on_delete=models.PROTECT, related_name="history")
    at = models.DateTimeField("时间", db_default=Now())
    on = models.DateField("业务日")
    actor_user_id = models.BigIntegerField(null=True)
    actor_organisation_id = models.BigIntegerField(null=True)
    actor_name = models.CharField("经办", max_length=80, blank=True)
    step = models.CharField("步骤", max_length=20)
    from_state = models.CharField("原状态", max_length=12, blank=True)
    to_state = models.CharField("新状态", max_length=12)
    note = models.CharField("理由", max_length=1000, blank=True)

    class Meta:
        verbose_name = "转让经过"
        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return f"{self.package_id}: {self.from_state} → {self.to_state}"
