"""Claims, their papers, deductions, diligence answers, history and vouchers.

Invariant (the database's too): a loan has one claim that is not withdrawn; who checks did not review; what is decided
is at most the loss base; the history is append-only; each layer has one voucher per instalment.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from yulin.pool.enums import ClaimDecision, ClaimRoute, ClaimState, Holder, VoucherState


class ClaimQuerySet(models.QuerySet["Claim"]):
    """Claims in the words of the field."""

    def open(self) -> ClaimQuerySet:
        """Those that somebody still has to act on."""
        ended = [ClaimState.PAID, ClaimState.DENIED, ClaimState.WITHDRAWN]
        return self.exclude(state__in=[each.value for each in ended])

    def held_by(self, *holders: Holder) -> ClaimQuerySet:
        """Those that wait for one of these."""
        return self.filter(holder__in=[each.value for each in holders])

    def with_money(self) -> ClaimQuerySet:
        """Those whose compensation counts against caps and breakers: decided, and neither denied nor reopened."""
        counted = [ClaimState.DECIDED, ClaimState.NOTICED, ClaimState.APPROVED, ClaimState.PAID]
        return self.filter(state__in=[each.value for each in counted])


class Claim(models.Model):
    """A lender's or a guarantor's request for compensation on one enrolled loan."""

    number = models.CharField("申请编号", max_length=40, unique=True)
    enrolment = models.ForeignKey("pool.Enrolment", on_delete=models.PROTECT, related_name="claims")
    scheme_id = models.CharField("方案", max_length=60)
    pack = models.ForeignKey("rules.PublishedPack", on_delete=models.PROTECT, related_name="+", verbose_name="方案版本")
    # Who claims: the lender, or in guarantee mode the guarantor that paid it out. Money goes to and comes from it.
    bank = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name="申请机构")
    lender = models.ForeignKey(
        "people.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name="放款银行"
    )
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
    district_code = models.CharField("备案时区划", max_length=12, null=True, blank=True)  # noqa: DJ001 - null is unknown
    firm_name = models.CharField("企业名称", max_length=200)
    loan_number = models.CharField("借据号", max_length=80)
    state = models.CharField("状态", max_length=12, default=ClaimState.DRAFT.value)
    holder = models.CharField("承办", max_length=12, default=Holder.BANK.value)
    since_on = models.DateField("本环节起")
    due_on = models.DateField("本环节期限", null=True, blank=True)
    opens_on = models.DateField("可申请日")
    defaulted_on = models.DateField("违约日")
    events = models.JSONField("条件日期", default=dict)
    principal_fen = models.BigIntegerField("未还本金")
    interest_fen = models.BigIntegerField("利息", default=0)
    interest_days = models.PositiveIntegerField("计息天数", null=True, blank=True)
    cost_fen = models.BigIntegerField("费用", default=0)
    npa_fen = models.BigIntegerField("不良认定日应收本息", null=True, blank=True)  # where the lower of both days counts
    recovered_fen = models.BigIntegerField("申请前已回收", default=0)
    guarantee_paid_fen = models.BigIntegerField("代偿金额", null=True, blank=True)
    guarantee_paid_on = models.DateField("代偿日", null=True, blank=True)
    statement = models.JSONField("申请表", default=dict)
    loss_base_fen = models.BigIntegerField("补偿基数", default=0)
    route = models.CharField("审核方式", max_length=8, default=ClaimRoute.NORMAL.value)
    is_early_default = models.BooleanField("早期违约", default=False)
    route_reasons = models.JSONField("转深度审核的原因", default=list)
    visit_on = models.DateField("走访日", null=True, blank=True)
    visit_note = models.CharField("走访结论", max_length=1000, blank=True)
    reviewed_by_id = models.BigIntegerField("初审人", null=True, blank=True)
    checked_by_id = models.BigIntegerField("复核人", null=True, blank=True)
    decided_by_id = models.BigIntegerField("审定人", null=True, blank=True)
    former_decider_id = models.BigIntegerField("复议前审定人", null=True, blank=True)
    submitted_on = models.DateField("提交日", null=True, blank=True)
    decided_on = models.DateField("审定日", null=True, blank=True)
    appealed_on = models.DateField("复议日", null=True, blank=True)
    deferred_at = models.DateTimeField("暂缓时间", null=True, blank=True)
    decision = models.CharField("决定", max_length=8, blank=True)
    decision_clause = models.CharField("决定条款", max_length=200, blank=True)
    decision_note = models.CharField("决定理由", max_length=1000, blank=True)
    decided_base_fen = models.BigIntegerField("核定基数", null=True, blank=True)
    public_fen = models.BigIntegerField("财政补偿", default=0)
    over_cap_fen = models.BigIntegerField("超上限", default=0)
    sheet = models.JSONField("结算单", default=dict)
    noticed_on = models.DateField("公示日", null=True, blank=True)
    notice_until = models.DateField("公示截止", null=True, blank=True)
    paid_on = models.DateField("拨付日", null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())
    version = models.PositiveIntegerField(default=1)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = "补偿申请"
        ordering: ClassVar[list[str]] = ["-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["enrolment"], condition=~Q(state=ClaimState.WITHDRAWN.value), name="claim_once_per_loan"
            ),
            models.CheckConstraint(condition=Q(state__in=[str(each) for each in ClaimState]), name="claim_state"),
            models.CheckConstraint(condition=Q(holder__in=[str(each) for each in Holder]), name="claim_holder"),
            models.CheckConstraint(condition=Q(route__in=[str(each) for each in ClaimRoute]), name="claim_route"),
            models.CheckConstraint(
                condition=Q(decision__in=["", *(str(each) for each in ClaimDecision)]), name="claim_decision"
            ),
            models.CheckConstraint(
                condition=Q(checked_by_id__isnull=True)
                | Q(reviewed_by_id__isnull=True)
                | ~Q(checked_by_id=F("reviewed_by_id")),
                name="claim_four_eyes",
            ),
            models.CheckConstraint(
                condition=Q(decided_by_id__isnull=True)
                | (
                    (Q(reviewed_by_id__isnull=True) | ~Q(decided_by_id=F("reviewed_by_id")))
                    & (Q(checked_by_id__isnull=True) | ~Q(decided_by_id=F("checked_by_id")))
                ),
                name="claim_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(decided_by_id__isnull=True)
                | Q(former_decider_id__isnull=True)
                | ~Q(decided_by_id=F("former_decider_id")),
                name="claim_appeal_decided_by_another",
            ),
            models.CheckConstraint(
                condition=Q(decided_base_fen__isnull=True)
                | (Q(decided_base_fen__gte=0) & Q(decided_base_fen__lte=F("loss_base_fen"))),
                name="claim_decided_within_loss",
            ),
            models.CheckConstraint(
                condition=Q(public_fen__gte=0) & Q(public_fen__lte=F("loss_base_fen")), name="claim_public_within_loss"
            ),
            models.CheckConstraint(
                condition=Q(principal_fen__gt=0)
                & Q(interest_fen__gte=0)
                & Q(cost_fen__gte=0)
                & Q(recovered_fen__gte=0)
                & Q(over_cap_fen__gte=0),
                name="claim_amounts",
            ),
            models.CheckConstraint(
                condition=Q(bank=F("lender")) | Q(bank=F("guarantor"), guarantee_paid_fen__isnull=False),
                name="claim_by_lender_or_guarantor",
            ),
            models.CheckConstraint(
                condition=Q(guarantee_paid_fen__isnull=True, guarantee_paid_on__isnull=True)
                | Q(guarantee_paid_fen__isnull=False, guarantee_paid_on__isnull=False, guarantee_paid_fen__gt=0),
                name="claim_guarantee_payment",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["decided", "noticed", "approved", "paid"])
                | (Q(decided_by_id__isnull=False) & Q(decided_base_fen__isnull=False) & ~Q(decision="")),
                name="claim_decided_is_signed",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["noticed", "approved"]) | Q(notice_until__isnull=False),
                name="claim_notice_has_end",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["bank", "-id"], name="claim_bank"),
            models.Index(fields=["holder", "due_on"], name="claim_holder_due"),
            models.Index(fields=["scheme_id", "decided_on"], name="claim_decided_on"),
            models.Index(fields=["deferred_at", "id"], condition=Q(state="deferred"), name="claim_deferred"),
        ]

    def __str__(self) -> str:
        return self.number


class ClaimEvent(models.Model):
    """One step of a claim: who, when, from where to where, why."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="history")
    at = models.DateTimeField("时间", db_default=Now())
    on = models.DateField("业务日")
    actor_user_id = models.BigIntegerField(null=True)
    actor_organisation_id = models.BigIntegerField(null=True)
    actor_name = models.CharField("经办", max_length=80, blank=True)
    step = models.CharField("步骤", max_length=16)
    from_state = models.CharField("原状态", max_length=12)
    to_state = models.CharField("新状态", max_length=12)
    clause = models.CharField("条款", max_length=200, blank=True)
    note = models.CharField("理由", max_length=1000, blank=True)

    class Meta:
        verbose_name = "申请经过"
        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return f"{self.claim_id}: {self.from_state} → {self.to_state}"


class ClaimDocument(models.Model):
    """One paper of a claim, by its content's hash, with what the bank read from it."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="documents")
    kind = models.CharField("材料", max_length=60)
    file_name = models.CharField("文件名", max_length=200)
    sha256 = models.CharField("内容散列", max_length=64)
    size_bytes = models.BigIntegerField("大小")
    firm = models.ForeignKey("atlas.Firm", on_delete=models.PROTECT, related_name="+")
    bank = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    amount_fen = models.BigIntegerField("所载金额", null=True, blank=True)
    name = models.CharField("所载企业名称", max_length=200, blank=True)
    code = models.CharField("所载信用代码", max_length=30, blank=True)
    loan = models.CharField("所载借据号", max_length=80, blank=True)
    dated_on = models.DateField("所载日期", null=True, blank=True)
    added_at = models.DateTimeField(db_default=Now())
    added_by_id = models.BigIntegerField(null=True)

    class Meta:
        verbose_name = "申请材料"
        ordering: ClassVar[list[str]] = ["id"]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["sha256"], name="claim_document_hash")]

    def __str__(self) -> str:
        return f"{self.claim_id}: {self.kind}"


class ClaimDeduction(models.Model):
    """One amount that a decision does not cover."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="deductions")
    item = models.CharField("项目", max_length=12)
    amount_fen = models.BigIntegerField("扣减金额")
    clause = models.CharField("条款", max_length=200)
    reason = models.CharField("理由", max_length=500)
    decided_at = models.DateTimeField(db_default=Now())
    is_current = models.BooleanField("现行", default=True)

    class Meta:
        verbose_name = "扣减"
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="claim_deduction_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id}: {self.item} {self.amount_fen}"


class DiligenceCase(models.Model):
    """The answer to one case of non-diligence of the scheme, with its evidence."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="diligence")
    case = models.CharField("情形", max_length=60)
    is_case = models.BooleanField("属于该情形")
    evidence = models.CharField("证据", max_length=500, blank=True)

    class Meta:
        verbose_name = "尽职免责"
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["claim", "case"], name="diligence_case_once"),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id}: {self.case}"


class Voucher(models.Model):
    """What one layer pays on one claim in one instalment, at its own time."""

    claim = models.ForeignKey(Claim, on_delete=models.PROTECT, related_name="vouchers")
    party = models.CharField("承担方", max_length=30)
    instalment = models.PositiveSmallIntegerField("期次", default=1)
    awaits_event = models.BooleanField("等待付款条件", default=False)
    amount_fen = models.BigIntegerField("金额")
    district_code = models.CharField("区划", max_length=12, null=True, blank=True)  # noqa: DJ001 - null: the city's
    bank = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name="收款银行")
    state = models.CharField("状态", max_length=10, default=VoucherState.HELD.value)
    hold_key = models.CharField("冻结键", max_length=120, blank=True)
    transfer_key = models.CharField("转账键", max_length=120, blank=True)
    paid_on = models.DateField("付款日", null=True, blank=True)
    paid_at = models.DateTimeField("付款登记时间", null=True, blank=True)
    note = models.CharField("说明", max_length=300, blank=True)

    class Meta:
        verbose_name = "凭证"
        ordering: ClassVar[list[str]] = ["claim_id", "instalment", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["claim", "party", "instalment"],
                condition=~Q(state=VoucherState.VOID.value),
                name="voucher_once",
            ),
            models.UniqueConstraint(
                fields=["transfer_key"], condition=~Q(transfer_key=""), name="voucher_paid_by_one_transfer"
            ),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="voucher_amount"),
            models.CheckConstraint(condition=Q(state__in=[str(each) for each in VoucherState]), name="voucher_state"),
            models.CheckConstraint(
                condition=~Q(state=VoucherState.PAID.value) | Q(paid_on__isnull=False), name="voucher_paid_on"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id}/{self.party}/{self.instalment}"
