"""Enrolments, their history, and the series that their numbers are drawn from.

Invariant (the database's too): one loan is enrolled once, whichever bank files it; a confirmed loan has a number; the
enrolled amount is at most the eligible amount, that at most the loan.
"""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import RangeOperators
from django.db import models
from django.db.models import F, Func, Q, Value
from django.db.models.functions import Now

from yulin.pool.core.states import IN_FORCE, NUMBERED
from yulin.pool.enums import EnrolmentState, FiveClass, LoanStatus, Mode, Sector, Security

_LIVE = ~Q(state=EnrolmentState.REVOKED.value)
_EQUAL = RangeOperators.EQUAL
_OTHER = RangeOperators.NOT_EQUAL
# The contract's number by its 64-bit hash, within one firm: a third of the cost of comparing texts in the index.
_CONTRACT = Func(F("contract_number"), Value(0), function="hashtextextended", output_field=models.BigIntegerField())


class EnrolmentQuerySet(models.QuerySet["Enrolment"]):
    """Enrolments in the words of the field."""

    def live(self) -> EnrolmentQuerySet:
        """Those that hold their loan: all but the revoked."""
        return self.exclude(state=EnrolmentState.REVOKED.value)

    def in_force(self) -> EnrolmentQuerySet:
        """Those under which a loss may be claimed."""
        return self.filter(state__in=sorted(IN_FORCE))

    def to_review(self) -> EnrolmentQuerySet:
        """Those that wait for the manager."""
        return self.filter(state__in=[EnrolmentState.SUBMITTED.value, EnrolmentState.REVIEWED.value])


class Enrolment(models.Model):
    """One loan under one version of a scheme, with the facts and the answer frozen at filing."""

    number = models.CharField("确认编号", max_length=40, null=True, blank=True)  # noqa: DJ001 - unique once given
    verification_code = models.CharField("验证码", max_length=20, null=True, blank=True)  # noqa: DJ001 - unique once given
    scheme_id = models.CharField("方案", max_length=60)
    pack = models.ForeignKey(
        "rules.PublishedPack", on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name="方案版本"
    )
    bank = models.ForeignKey(
        "people.Organisation", on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name="银行"
    )
    branch_name = models.CharField("经办机构", max_length=200, blank=True)
    firm = models.ForeignKey(
        "atlas.Firm", on_delete=models.PROTECT, related_name="+", db_index=False, verbose_name="企业"
    )
    firm_name = models.CharField("企业名称（报送）", max_length=300)
    firm_code = models.CharField("企业代码（报送）", max_length=60)
    loan_number = models.CharField("借据号", max_length=80)
    contract_number = models.CharField("合同号", max_length=80, blank=True)
    credit_line = models.ForeignKey(
        "pool.CreditLine", on_delete=models.PROTECT, null=True, blank=True, related_name="loans", db_index=False
    )
    predecessor = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="successors", db_index=False
    )
    mode = models.CharField("模式", max_length=20, default=Mode.BANK.value)
    security = models.CharField("担保方式", max_length=30, blank=True)
    purpose = models.CharField("用途", max_length=300, blank=True)
    disbursed_on = models.DateField("放款日")
    due_on = models.DateField("到期日")
    loan_amount_fen = models.BigIntegerField("放款金额")
    eligible_amount_fen = models.BigIntegerField("合格金额")
    enrolled_amount_fen = models.BigIntegerField("入库金额")
    annual_rate_ppm = models.BigIntegerField("年利率", null=True, blank=True)
    district_code = models.CharField("备案时区划", max_length=12, null=True, blank=True)  # noqa: DJ001 - null is unknown
    industry = models.CharField("行业", max_length=40, blank=True)
    sector = models.CharField("产业", max_length=10, blank=True)
    is_hnte = models.BooleanField("高新技术企业", null=True)
    is_pure_credit = models.BooleanField("纯信用", null=True)
    is_first_loan = models.BooleanField("首贷", null=True)
    facts = models.JSONField("备案时事实", default=dict)
    guarantor = models.ForeignKey(
        "people.Organisation",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="担保机构",
    )
    insurer = models.ForeignKey(
        "people.Organisation",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name="保险机构",
    )
    contract_bp = models.JSONField("第三方合同比例", default=dict)
    outcome = models.CharField("认定", max_length=10)
    missing = models.JSONField("缺少的事实", default=list)
    ratio_bp = models.JSONField("分担比例", default=dict)
    ratio_clause = models.CharField("比例条款", max_length=200, blank=True)
    state = models.CharField("状态", max_length=12, default=EnrolmentState.DRAFT.value)
    refusal_code = models.CharField("不予备案条款", max_length=80, blank=True)
    condition = models.CharField("条件", max_length=300, blank=True)
    conditional_until = models.DateField("条件期限", null=True, blank=True)
    submitted_on = models.DateField("报送日", null=True, blank=True)
    confirmed_on = models.DateField("确认日", null=True, blank=True)
    closed_on = models.DateField("结清日", null=True, blank=True)
    times_reopened = models.PositiveSmallIntegerField("恢复在册次数", default=0, db_default=0)
    upload = models.ForeignKey("exchange.Upload", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    upload_row = models.PositiveIntegerField("文件行号", null=True, blank=True)
    loan_status = models.CharField("贷款状态", max_length=16, default=LoanStatus.CURRENT.value)
    outstanding_fen = models.BigIntegerField("余额")
    overdue_days = models.PositiveIntegerField("逾期天数", default=0)
    five_class = models.CharField("五级分类", max_length=16, default=FiveClass.NORMAL.value)
    defaulted_on = models.DateField("违约日", null=True, blank=True)
    last_return_month = models.DateField("最近月报", null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    version = models.PositiveIntegerField(default=1)

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = "入库备案"
        ordering: ClassVar[list[str]] = ["-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["number"], name="enrolment_number"),
            models.UniqueConstraint(fields=["verification_code"], name="enrolment_verification_code"),
            models.UniqueConstraint(fields=["bank", "loan_number"], condition=_LIVE, name="enrolment_loan_once"),
            # With the constraint above: the same loan number of the same firm from another bank.
            models.UniqueConstraint(fields=["firm", "loan_number"], condition=_LIVE, name="enrolment_loan_of_one_bank"),
            ExclusionConstraint(
                name="enrolment_contract_of_one_bank",
                expressions=[("firm", _EQUAL), (_CONTRACT, _EQUAL), ("bank", _OTHER)],
                condition=_LIVE & ~Q(contract_number=""),
            ),
            models.CheckConstraint(
                condition=Q(loan_amount_fen__gt=0)
                & Q(eligible_amount_fen__gte=0)
                & Q(enrolled_amount_fen__gte=0)
                & Q(eligible_amount_fen__lte=F("loan_amount_fen"))
                & Q(enrolled_amount_fen__lte=F("eligible_amount_fen")),
                name="enrolment_three_amounts",
            ),
            models.CheckConstraint(condition=Q(due_on__gt=F("disbursed_on")), name="enrolment_due_after_lent"),
            models.CheckConstraint(
                condition=~Q(state__in=sorted(each.value for each in NUMBERED))
                | (Q(number__isnull=False) & Q(verification_code__isnull=False)),
                name="enrolment_confirmed_has_number",
            ),
            models.CheckConstraint(
                condition=~Q(state=EnrolmentState.CONDITIONAL.value) | Q(conditional_until__isnull=False),
                name="enrolment_condition_has_end",
            ),
            models.CheckConstraint(condition=Q(outstanding_fen__gte=0), name="enrolment_outstanding"),
            models.CheckConstraint(
                condition=Q(state__in=[str(each) for each in EnrolmentState]), name="enrolment_state"
            ),
            models.CheckConstraint(condition=~Q(mode=""), name="enrolment_mode"),
            models.CheckConstraint(
                condition=Q(security__in=["", *(str(each) for each in Security)]), name="enrolment_security"
            ),
            models.CheckConstraint(
                condition=Q(loan_status__in=[str(each) for each in LoanStatus]), name="enrolment_loan_status"
            ),
            models.CheckConstraint(
                condition=Q(five_class__in=[str(each) for each in FiveClass]), name="enrolment_five_class"
            ),
            models.CheckConstraint(
                condition=Q(sector__in=["", *(str(each) for each in Sector)]), name="enrolment_sector"
            ),
            models.CheckConstraint(condition=Q(outcome__in=["met", "not_met", "unknown"]), name="enrolment_outcome"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["bank", "-id"], name="enrolment_bank"),
            models.Index(fields=["firm", "disbursed_on"], name="enrolment_firm"),
            models.Index(fields=["disbursed_on"], name="enrolment_lent_on"),
            models.Index(fields=["confirmed_on"], name="enrolment_confirmed_on"),
            models.Index(
                fields=["submitted_on", "id"], condition=Q(state__in=["submitted", "reviewed"]), name="enrolment_review"
            ),
            models.Index(fields=["conditional_until"], condition=Q(state="conditional"), name="enrolment_conditional"),
        ]

    def __str__(self) -> str:
        return self.number or f"#{self.pk}"

    @property
    def own_risk_bp(self) -> int:
        """What the bank carries, in basis points."""
        return int(self.ratio_bp.get("bank", 10_000)) if self.ratio_bp else 10_000


class EnrolmentEvent(models.Model):
    """One step of an enrolment: who, when, from where to where, under which clause."""

    enrolment = models.ForeignKey("pool.Enrolment", on_delete=models.PROTECT, related_name="events")
    at = models.DateTimeField("时间", db_default=Now())
    actor_user_id = models.BigIntegerField(null=True)
    actor_organisation_id = models.BigIntegerField(null=True)
    actor_name = models.CharField("经办", max_length=80, blank=True)
    step = models.CharField("步骤", max_length=24)
    from_state = models.CharField("原状态", max_length=12)
    to_state = models.CharField("新状态", max_length=12)
    clause = models.CharField("条款", max_length=200, blank=True)
    note = models.CharField("理由", max_length=1000, blank=True)

    class Meta:
        verbose_name = "备案经过"
        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return f"{self.enrolment_id}: {self.from_state} → {self.to_state}"


class NumberSeries(models.Model):
    """The last number drawn of one prefix and year; locked while numbers are drawn, so that none is missing."""

    prefix = models.CharField(max_length=20)
    year = models.PositiveIntegerField()
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = "编号序列"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["prefix", "year"], name="number_series_once"),
        ]

    def __str__(self) -> str:
        return f"{self.prefix}-{self.year}"
