"""Money after compensation: what came in, whose it is, what was remitted, and the end of the pursuit.

Invariant (the database's too): a bank's reference is entered once per claim; lines are append-only, so that what was
booked and corrected stays to be seen; a write-off is approved by another person than proposed it.
"""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Now

from yulin.pool.enums import RecoverySource, WriteOffState


class Recovery(models.Model):
    """One receipt of money on a compensated loan, with what its replay in value-date order says now."""

    claim = models.ForeignKey("pool.Claim", on_delete=models.PROTECT, related_name="recoveries")
    bank = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name="银行")
    district_code = models.CharField("区划", max_length=12, null=True, blank=True)  # noqa: DJ001 - null is unknown
    holder = models.ForeignKey(
        "people.Organisation", on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="收款方"
    )  # the new owner of the debt, where the money came to it; else the claimant has it
    held_by = models.CharField("收款方为", max_length=30, blank=True)  # the party of the sheet, or `transferee`
    value_on = models.DateField("到账日")
    gross_fen = models.BigIntegerField("到账金额")
    cost_fen = models.BigIntegerField("追偿费用", default=0)
    source = models.CharField("来源", max_length=12, default=RecoverySource.BORROWER.value)
    reference = models.CharField("流水号", max_length=80)
    note = models.CharField("说明", max_length=300, blank=True)
    net_fen = models.BigIntegerField("净额", default=0)
    remitted_fen = models.BigIntegerField("应上缴", default=0)
    refund_due_fen = models.BigIntegerField("应返还银行", default=0)
    carried_fen = models.BigIntegerField("结转费用", default=0)
    remit_due_on = models.DateField("上缴期限", null=True, blank=True)
    entered_at = models.DateTimeField("登记时间", db_default=Now())
    entered_by_id = models.BigIntegerField("登记人", null=True)
    undone_on = models.DateField("撤销日", null=True, blank=True)
    undone_by_id = models.BigIntegerField("撤销人", null=True, blank=True)
    undone_note = models.CharField("撤销理由", max_length=300, blank=True)

    class Meta:
        verbose_name = "追偿回收"
        ordering: ClassVar[list[str]] = ["-value_on", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["claim", "reference"], condition=Q(undone_on__isnull=True), name="recovery_reference_once"
            ),
            models.CheckConstraint(
                condition=Q(gross_fen__gt=0)
                & Q(cost_fen__gte=0)
                & Q(net_fen__gte=0)
                & Q(remitted_fen__gte=0)
                & Q(refund_due_fen__gte=0)
                & Q(carried_fen__gte=0)
                & Q(net_fen__lte=F("gross_fen")),
                name="recovery_amounts",
            ),
            models.CheckConstraint(
                condition=Q(source__in=[str(each) for each in RecoverySource]), name="recovery_source"
            ),
            models.CheckConstraint(
                condition=Q(undone_on__isnull=True) | ~Q(undone_note=""), name="recovery_undone_with_reason"
            ),
            models.CheckConstraint(
                condition=Q(holder__isnull=True, held_by="") | (Q(holder__isnull=False) & ~Q(held_by="")),
                name="recovery_holder_is_named",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["claim", "value_on", "id"], name="recovery_replay"),
            models.Index(fields=["bank", "value_on"], name="recovery_bank_day"),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id}: {self.value_on} {self.gross_fen}"


class RecoveryLine(models.Model):
    """What one party gets of one receipt; a negative line is the mirror of one that no longer holds.

    A line that is unpaid is no money: it lessens what the party, a layer, still has to pay on the claim.
    """

    claim = models.ForeignKey("pool.Claim", on_delete=models.PROTECT, related_name="recovery_lines")
    recovery = models.ForeignKey(Recovery, on_delete=models.PROTECT, related_name="lines")
    cause = models.ForeignKey(Recovery, on_delete=models.PROTECT, related_name="+")
    party = models.CharField("承担方", max_length=30)
    amount_fen = models.BigIntegerField("金额")
    is_unpaid = models.BooleanField("冲减未付凭证", default=False)
    booked_at = models.DateTimeField("登记时间", db_default=Now())

    class Meta:
        verbose_name = "回收分配"
        ordering: ClassVar[list[str]] = ["id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=~Q(amount_fen=0), name="recovery_line_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.recovery_id}/{self.party}: {self.amount_fen}"


class Remittance(models.Model):
    """Money that a bank, or the new owner of its debt, handed over on one debt."""

    claim = models.ForeignKey("pool.Claim", on_delete=models.PROTECT, related_name="remittances")
    bank = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name="银行")
    holder = models.ForeignKey(
        "people.Organisation", on_delete=models.PROTECT, related_name="+", null=True, blank=True, verbose_name="上缴方"
    )  # the new owner, where it handed on what it holds; else the claimant
    district_code = models.CharField("区划", max_length=12, null=True, blank=True)  # noqa: DJ001 - null is unknown
    on = models.DateField("上缴日")
    amount_fen = models.BigIntegerField("金额")
    parts = models.JSONField("各方所得", default=dict)  # fen by party, as the ledger booked them
    reference = models.CharField("回单号", max_length=80)
    entered_at = models.DateTimeField("登记时间", db_default=Now())
    entered_by_id = models.BigIntegerField("登记人", null=True)

    class Meta:
        verbose_name = "回收上缴"
        ordering: ClassVar[list[str]] = ["on", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["claim", "reference"], name="remittance_reference_once"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="remittance_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id}: {self.on} {self.amount_fen}"


class Refund(models.Model):
    """Money given back to a bank that had remitted all: its own part of what it recovered on one debt."""

    claim = models.ForeignKey("pool.Claim", on_delete=models.PROTECT, related_name="refunds")
    bank = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name="银行")
    district_code = models.CharField("区划", max_length=12, null=True, blank=True)  # noqa: DJ001 - null is unknown
    on = models.DateField("返还日")
    amount_fen = models.BigIntegerField("金额")
    reference = models.CharField("回单号", max_length=80)
    entered_at = models.DateTimeField("登记时间", db_default=Now())
    entered_by_id = models.BigIntegerField("登记人", null=True)

    class Meta:
        verbose_name = "回收返还"
        ordering: ClassVar[list[str]] = ["on", "id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["claim", "reference"], name="refund_reference_once"),
            models.CheckConstraint(condition=Q(amount_fen__gt=0), name="refund_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id}: {self.on} {self.amount_fen}"


class WriteOff(models.Model):
    """The end of pursuit of one debt; what comes in later is shared like any other recovery."""

    claim = models.ForeignKey("pool.Claim", on_delete=models.PROTECT, related_name="write_offs")
    bank = models.ForeignKey("people.Organisation", on_delete=models.PROTECT, related_name="+", verbose_name="银行")
    district_code = models.CharField("区划", max_length=12, null=True, blank=True)  # noqa: DJ001 - null is unknown
    on = models.DateField("核销日")
    amount_fen = models.BigIntegerField("核销金额")
    clause = models.CharField("条款", max_length=200)
    reason = models.CharField("理由", max_length=500)
    state = models.CharField("状态", max_length=10, default=WriteOffState.PROPOSED.value)
    proposed_by_id = models.BigIntegerField("提出人", null=True)
    approved_by_id = models.BigIntegerField("批准人", null=True, blank=True)
    created_at = models.DateTimeField(db_default=Now())

    class Meta:
        verbose_name = "核销"
        ordering: ClassVar[list[str]] = ["-on", "-id"]
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["claim"], condition=~Q(state=WriteOffState.UNDONE.value), name="write_off_once"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[str(each) for each in WriteOffState]), name="write_off_state"
            ),
            models.CheckConstraint(
                condition=Q(approved_by_id__isnull=True)
                | Q(proposed_by_id__isnull=True)
                | ~Q(approved_by_id=F("proposed_by_id")),
                name="write_off_four_eyes",
            ),
            models.CheckConstraint(
                condition=~Q(state=WriteOffState.APPROVED.value) | Q(approved_by_id__isnull=False),
                name="write_off_is_signed",
            ),
            models.CheckConstraint(condition=Q(amount_fen__gte=0), name="write_off_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.claim_id}: {self.on}"
