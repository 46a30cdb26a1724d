"""Batches of benefits that are paid without an application: the list as decided, each firm's award, objections.

Invariant (the database's too): what a list froze never changes; who lists does not put it under notice; of a policy one
batch at most waits; a firm has one award that stands under a policy and period, so that nobody is paid twice; two
different people release it; one that is paid names the bank's reference and never changes.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from yulin.brain.core.award_claims import ClaimState
from yulin.brain.core.awards import STANDING, AwardState, BatchState, Rhythm
from yulin.brain.models.policies import Policy
from yulin.brain.models.radar import PolicyCriteria


class AwardBatch(models.Model):
    """One list of entitled firms under a policy, as decided by the facts of a day that were known at an instant."""

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="award_batches")
    criteria = models.ForeignKey(PolicyCriteria, on_delete=models.PROTECT, related_name="+")
    number = models.CharField("编号", max_length=40, unique=True)
    state = models.CharField("状态", max_length=12, default=BatchState.PROPOSED.value)
    on = models.DateField("事实之日")
    known_at = models.DateTimeField("获知截止")
    rhythm = models.CharField("兑付频次", max_length=8)
    period = models.CharField("期间", max_length=8)
    amount_fen = models.BigIntegerField("每家金额")
    budget_fen = models.BigIntegerField("批次资金")
    notice_workdays = models.PositiveSmallIntegerField("公示工作日", default=5)
    firm_count = models.PositiveIntegerField("企业数")
    open_count = models.PositiveIntegerField("待补充企业数")
    content_hash = models.CharField("名单哈希", max_length=64)
    made_on = models.DateField("拟定日")
    made_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    made_by_name = models.CharField("拟定人", max_length=120)
    made_at = models.DateTimeField("拟定时间", db_default=Now())
    checked_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    checked_by_name = models.CharField("复核人", max_length=120, blank=True)
    checked_at = models.DateTimeField("复核时间", null=True, blank=True)
    reason = models.CharField("退回理由", max_length=600, blank=True)
    notice_from = models.DateField("公示起", null=True, blank=True)
    notice_until = models.DateField("公示止", null=True, blank=True)

    class Meta:
        verbose_name = "免申即享批次"
        ordering: ClassVar[list[str]] = ["-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(state__in=[str(one) for one in BatchState], rhythm__in=[str(one) for one in Rhythm]),
                name="award_batch_state",
            ),
            models.CheckConstraint(
                condition=Q(amount_fen__gt=0, budget_fen__gt=0, firm_count__gt=0, notice_workdays__gte=1),
                name="award_batch_amounts",
            ),
            models.CheckConstraint(
                condition=Q(checked_by__isnull=True) | ~Q(checked_by=F("made_by")), name="award_batch_four_eyes"
            ),
            models.CheckConstraint(
                condition=~Q(state=BatchState.NOTICED.value)
                | Q(checked_by__isnull=False, notice_from__isnull=False, notice_until__gte=F("notice_from")),
                name="award_batch_noticed",
            ),
            models.UniqueConstraint(
                fields=["policy"], condition=Q(state=BatchState.PROPOSED.value), name="award_batch_one_waits"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class AwardListing(models.Model):
    """A list that is made in the background for who asked for it: how far it is, then its batch or what refused it."""

    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="+")
    on = models.DateField("事实之日")
    rhythm = models.CharField("兑付频次", max_length=8)
    budget_fen = models.BigIntegerField("批次资金")
    notice_workdays = models.PositiveSmallIntegerField("公示工作日")
    asked_by = models.ForeignKey("people.User", on_delete=models.PROTECT, related_name="+")
    asked_as = models.JSONField("提出人的身份")
    asked_at = models.DateTimeField("提出时间", db_default=Now())
    firms_total = models.PositiveBigIntegerField("企业数", default=0)
    firms_done = models.PositiveBigIntegerField("已核算企业数", default=0)
    moved_at = models.DateTimeField("最近进展", db_default=Now())
    done_at = models.DateTimeField("完成时间", null=True)
    batch = models.OneToOneField(AwardBatch, on_delete=models.PROTECT, null=True, related_name="+")
    refusal = models.JSONField("未成的原因", default=dict)

    class Meta:
        verbose_name = "拟定名单"
        ordering: ClassVar[list[str]] = ["-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["policy"], condition=Q(done_at__isnull=True), name="award_listing_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(done_at__isnull=True, batch__isnull=True, refusal={})
                | (Q(done_at__isnull=False) & (Q(batch__isnull=True) ^ Q(refusal={}))),
                name="award_listing_ends_one_way",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.policy_id} #{self.pk}"


class Award(models.Model):
    """What one firm is entitled to, with the facts and clauses that decided it, and how far it has come."""

    batch = models.ForeignKey(AwardBatch, on_delete=models.PROTECT, related_name="awards")
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="+")
    period = models.CharField("期间", max_length=8)
    firm = models.ForeignKey("atlas.Firm", on_delete=models.PROTECT, related_name="+", verbose_name="企业")
    house = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, null=True, related_name="+")
    identifier = models.CharField("统一社会信用代码", max_length=40)
    amount_fen = models.BigIntegerField("金额")
    facts = models.JSONField("依据的事实")
    clauses = models.JSONField("依据的条款")
    state = models.CharField("状态", max_length=12, default=AwardState.LISTED.value)
    turn = models.PositiveSmallIntegerField("第几次确认", default=0)
    payee_name = models.CharField("户名", max_length=140, blank=True)
    account = models.CharField("账号", max_length=34, blank=True)
    bank_code = models.CharField("联行号", max_length=12, blank=True)
    answered_on = models.DateField("答复日", null=True, blank=True)
    answered_by_name = models.CharField("答复人", max_length=120, blank=True)
    first_release_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    first_release_name = models.CharField("第一放款人", max_length=120, blank=True)
    second_release_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    second_release_name = models.CharField("第二放款人", max_length=120, blank=True)
    paid_on = models.DateField("付款日", null=True, blank=True)
    reference = models.CharField("银行流水号", max_length=60, blank=True)

    class Meta:
        verbose_name = "免申即享"
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(state__in=[str(one) for one in AwardState], amount_fen__gt=0), name="award_state"
            ),
            models.UniqueConstraint(
                fields=["policy", "firm", "period"],
                condition=Q(state__in=sorted(str(one) for one in STANDING)),
                name="award_once",
            ),
            models.UniqueConstraint(fields=["batch", "firm"], name="award_once_in_batch"),
            models.CheckConstraint(
                condition=~Q(state__in=["accepted", "released", "paid"])
                | (Q(house__isnull=False, answered_on__isnull=False, turn__gte=1) & ~Q(account="")),
                name="award_accepted",
            ),
            models.CheckConstraint(
                condition=Q(second_release_by__isnull=True)
                | (Q(first_release_by__isnull=False) & ~Q(second_release_by=F("first_release_by"))),
                name="award_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["released", "paid"]) | Q(second_release_by__isnull=False),
                name="award_released",
            ),
            models.CheckConstraint(
                condition=~Q(state="paid") | (Q(paid_on__isnull=False) & ~Q(reference="")), name="award_paid"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}:{self.identifier}"


class AwardGap(models.Model):
    """A firm that goes the short way: which facts that decide are unknown, and which it contests."""

    batch = models.ForeignKey(AwardBatch, on_delete=models.PROTECT, related_name="gaps")
    firm = models.ForeignKey("atlas.Firm", on_delete=models.PROTECT, related_name="+", verbose_name="企业")
    house = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, null=True, related_name="+")
    identifier = models.CharField("统一社会信用代码", max_length=40)
    missing = models.JSONField("缺的事实")
    contested = models.JSONField("有异议的事实")

    class Meta:
        verbose_name = "待补充"
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["batch", "firm"], name="award_gap_once"),
        ]

    def __str__(self) -> str:
        return f"{self.batch_id}:{self.identifier}"


class AwardObjection(models.Model):
    """What somebody says against one firm of a public notice, and the answer."""

    award = models.ForeignKey(Award, on_delete=models.PROTECT, related_name="objections")
    words = models.CharField("异议", max_length=2000)
    name = models.CharField("提出人", max_length=120)
    contact = models.CharField("联系方式", max_length=200)
    made_on = models.DateField("提出日")
    due_on = models.DateField("答复期限")
    is_upheld = models.BooleanField("成立", null=True, blank=True)
    answer = models.CharField("答复", max_length=2000, blank=True)
    answered_on = models.DateField("答复日", null=True, blank=True)
    answered_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    answered_by_name = models.CharField("答复人", max_length=120, blank=True)

    class Meta:
        verbose_name = "公示异议"
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(is_upheld__isnull=True, answered_on__isnull=True)
                | (Q(is_upheld__isnull=False, answered_on__isnull=False) & ~Q(answer="")),
                name="award_objection_answered",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.award_id}#{self.pk}"


class AwardClaim(models.Model):
    """A short application: the facts that a firm says of itself, their proof, the day by which it is paid."""

    gap = models.OneToOneField(AwardGap, on_delete=models.PROTECT, related_name="claim")
    policy = models.ForeignKey(Policy, on_delete=models.PROTECT, related_name="+")
    firm = models.ForeignKey("atlas.Firm", on_delete=models.PROTECT, related_name="+", verbose_name="企业")
    house = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+")
    number = models.CharField("编号", max_length=40, unique=True)
    period = models.CharField("期间", max_length=8)
    given = models.JSONField("企业补充")
    paper_name = models.CharField("证明", max_length=255)
    paper_sha256 = models.CharField("证明哈希", max_length=64)
    state = models.CharField("状态", max_length=12, default=ClaimState.SUBMITTED.value)
    submitted_on = models.DateField("提交日")
    submitted_by_name = models.CharField("提交人", max_length=120)
    due_on = models.DateField("兑付期限")
    verified_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    verified_by_name = models.CharField("核实人", max_length=120, blank=True)
    verified_on = models.DateField("核实日", null=True)
    reason = models.CharField("退回理由", max_length=600, blank=True)

    class Meta:
        verbose_name = "快申快享"
        ordering: ClassVar[list[str]] = ["due_on", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(state__in=[str(one) for one in ClaimState]), name="award_claim_state"),
            models.CheckConstraint(
                condition=~Q(state="verified") | Q(verified_by__isnull=False, verified_on__isnull=False),
                name="award_claim_verified",
            ),
            models.UniqueConstraint(fields=["policy", "firm", "period"], name="award_claim_once"),
        ]

    def __str__(self) -> str:
        return self.number
