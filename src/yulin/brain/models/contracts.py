"""Contracts of grants and their milestones: signed by two people, paid one by one after two people's release.

Invariant (the database's too): a grant has one contract; who drafts it does not sign it; two different people release a
milestone; one that is paid names the bank's reference and never changes.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from yulin.brain.core.contracts import MilestoneState
from yulin.brain.models.applications import Application


class GrantContract(models.Model):
    """The contract of one grant."""

    application = models.OneToOneField(Application, on_delete=models.PROTECT, related_name="contract")
    number = models.CharField("合同编号", max_length=40, unique=True)
    amount_fen = models.BigIntegerField("金额")
    made_on = models.DateField("拟定日")
    made_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, related_name="+")
    made_by_name = models.CharField("拟定人", max_length=120)
    signed_on = models.DateField("签订日", null=True, blank=True)
    signed_by = models.ForeignKey("people.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    signed_by_name = models.CharField("签订人", max_length=120, blank=True)
    payee_name = models.CharField("户名", max_length=140, blank=True, default="")
    account = models.CharField("账号", max_length=34, blank=True, default="")
    bank_code = models.CharField("联行号", max_length=12, blank=True, default="")
    made_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "资助合同"
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="grant_contract_amount"),
            models.CheckConstraint(
                condition=Q(signed_by__isnull=True) | ~Q(signed_by=F("made_by")), name="grant_contract_two_people"
            ),
        ]

    def __str__(self) -> str:
        return self.number


class GrantMilestone(models.Model):
    """One milestone: what is due, what it pays, how far it has come."""

    application = models.ForeignKey(Application, on_delete=models.PROTECT, related_name="milestones")
    contract = models.ForeignKey(GrantContract, on_delete=models.PROTECT, related_name="milestones")
    place = models.PositiveSmallIntegerField("序号")
    title = models.CharField("节点", max_length=200)
    due_on = models.DateField("期限")
    amount_fen = models.BigIntegerField("金额")
    state = models.CharField("状态", max_length=10, default=MilestoneState.PLANNED.value)
    report = models.CharField("完成情况", max_length=4000, blank=True)
    reported_on = models.DateField("报告日", null=True, blank=True)
    accepted_on = models.DateField("验收日", null=True, blank=True)
    accepted_by_name = models.CharField("验收人", max_length=120, blank=True)
    returned = models.CharField("退回理由", max_length=600, blank=True)
    first_release_by = models.ForeignKey(
        "people.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    first_release_name = models.CharField("第一放款人", max_length=120, blank=True)
    second_release_by = models.ForeignKey(
        "people.User", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    second_release_name = models.CharField("第二放款人", max_length=120, blank=True)
    paid_on = models.DateField("付款日", null=True, blank=True)
    reference = models.CharField("银行流水号", max_length=60, blank=True)

    class Meta:
        verbose_name = "合同节点"
        ordering: ClassVar[list[str]] = ["contract_id", "place"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["contract", "place"], name="grant_milestone_place"),
            models.CheckConstraint(
                condition=Q(amount_fen__gt=0, state__in=[str(one) for one in MilestoneState]),
                name="grant_milestone_state",
            ),
            models.CheckConstraint(
                condition=Q(second_release_by__isnull=True)
                | (Q(first_release_by__isnull=False) & ~Q(second_release_by=F("first_release_by"))),
                name="grant_milestone_two_people",
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["released", "paid"]) | Q(second_release_by__isnull=False),
                name="grant_milestone_released",
            ),
            models.CheckConstraint(
                condition=~Q(state="paid") | (Q(paid_on__isnull=False) & ~Q(reference="")),
                name="grant_milestone_paid",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contract_id}/{self.place}"
